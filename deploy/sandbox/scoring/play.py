"""A written county played from the first card of its register to its last list; the services see its files and what people do, no more."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from deploy.sandbox.county.score import score
from deploy.sandbox.doors import Doors, Quiet
from deploy.sandbox.progress import Shown
from deploy.sandbox.scoring.answers import Answers
from deploy.sandbox.scoring.days import Days
from deploy.sandbox.scoring.households import Households
from deploy.sandbox.scoring.lists import Lists
from deploy.sandbox.scoring.register import Register
from services.domain.months import first_day, last_day
from services.kernel.clock import set_clock

_PATIENCE = 600.0  # seconds until what was done has reached every service


async def scored(folder: Path, doors: Doors, quiet: Quiet, show: Shown) -> dict[str, Any]:
    """The score sheet (`county/score.py`) of a folder that `county/writing.py` has written; what was found is written beside the key."""
    key = json.loads((folder / "key.json").read_text(encoding="utf-8"))
    play = Play(folder, key["months"], doors, quiet)
    show.phase("certificates of earlier years are issued, households are followed")
    answers = Answers(doors, key, play.register.persons, play.households.ids, play.lists.files)
    await play.past()
    for month in key["months"]:
        show.phase(f"{month}: what happens in the register and in the households, then the lists")
        await play.month(month)
        await answers.look_at_candidates()
    show.phase("findings are compared with the answer key")
    found = await answers.findings()
    text = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in found)
    (folder / "found.jsonl").write_text(text, encoding="utf-8")
    return score(key, found, answers.offered())


class Play:
    """The county's part in its months."""

    def __init__(self, folder: Path, months: list[str], doors: Doors, quiet: Quiet) -> None:
        self._doors, self._quiet, self._first = doors, quiet, first_day(months[0])
        self.register = Register(doors, folder, months)
        self.households = Households(doors, folder, self.register)
        self.lists = Lists(doors, quiet, folder)
        self._days = Days()
        self.register.plan(self._days)
        self.households.plan(self._days, self._first)

    async def past(self) -> None:
        """Everything before the first month."""
        await self._live(date.min, self._first - timedelta(days=1))
        await self._quiet.wait(_PATIENCE)

    async def month(self, month: str) -> None:
        """What happens in a month; on its last day the lists come, and are compared."""
        await self._live(first_day(month), last_day(month))
        self._set_day(last_day(month))
        await self.households.grow()
        await self._quiet.wait(_PATIENCE)
        await self.households.refute_lapses()
        await self._quiet.wait(_PATIENCE, compared=True)
        await self.lists.send(month)

    async def _live(self, first: date, last: date) -> None:
        for day in self._days.between(first, last):
            self._set_day(day)
            await self._days.live(day)

    def _set_day(self, day: date) -> None:
        """Ten in the morning, Shanghai."""
        set_clock(self._doors.processes.clock_file, datetime(day.year, day.month, day.day, 2, tzinfo=UTC))
