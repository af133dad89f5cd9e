"""Working days are counted by the list of holidays and make-up days."""

from datetime import date
from pathlib import Path

from services.domain.working_days import Calendar


def test_working_days_skip_holidays_and_count_make_up_days(tmp_path: Path) -> None:
    path = tmp_path / "calendar.toml"
    path.write_text("[year.2026]\nholidays = [2026-10-01, 2026-10-02]\nworkdays = [2026-10-10]\n")
    calendar = Calendar(path)
    assert calendar.add(date(2026, 9, 30), 1) == date(2026, 10, 5)
    assert calendar.add(date(2026, 10, 9), 1) == date(2026, 10, 10)
    assert calendar.add(date(2027, 10, 1), 1) == date(2027, 10, 4)
    assert calendar.add(date(2026, 10, 9), 0) == date(2026, 10, 9)
    assert calendar.between(date(2026, 9, 30), date(2026, 10, 12)) == 7  # 5 to 10 October, and the 12th
    assert [calendar.between(date(2026, 10, 9), date(2026, 10, day)) for day in (8, 9, 10)] == [0, 0, 1]
