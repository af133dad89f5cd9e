"""Working days: data, since the State Council decides each year's holidays and make-up days. A leaf that every service may import.

The list for all services is `CALENDAR`; a service that decides by it counts it into the version of its policy.
"""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import structlog

log = structlog.get_logger()
CALENDAR = Path(__file__).with_name("calendar.toml")


class Calendar:
    """Working days from a yearly list of holidays and make-up days; an unknown year falls back to weekends, with a warning."""

    def __init__(self, path: Path) -> None:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        self.years = {int(y): (frozenset(v["holidays"]), frozenset(v["workdays"])) for y, v in raw["year"].items()}
        self._warned: set[int] = set()

    def is_working(self, day: date) -> bool:
        """Whether offices work on that day."""
        if day.year not in self.years and day.year not in self._warned:
            self._warned.add(day.year)
            log.warning("calendar_year_unknown", year=day.year, fallback="weekends only")
        holidays, workdays = self.years.get(day.year, (frozenset(), frozenset()))
        return day in workdays or (day.weekday() < 5 and day not in holidays)

    def add(self, day: date, working_days: int) -> date:
        """The day on which the `working_days`-th working day after `day` falls."""
        while working_days > 0:
            day += timedelta(days=1)
            working_days -= self.is_working(day)
        return day

    def between(self, day: date, later: date) -> int:
        """How many working days fall after `day` and not after `later`; 0 when `later` is not later."""
        return sum(self.is_working(day + timedelta(days=n)) for n in range(1, (later - day).days + 1))
