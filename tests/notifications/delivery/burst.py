"""A burst of notices for one office while its sender is killed again and again, in the middle of what it has under way.

The receiver itself gives the sign to kill, at an arrival, so a letter is under way each time. What counts is what the receiver has.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiohttp import web

from services.notifications.channels.webhook import ATTEMPT
from tests.notifications.delivery.outside import NOTICE_OF, Outside, outside
from tests.world import World

AT_ONCE = 200


@dataclass(frozen=True)
class Tally:
    """What both sides have, counted apart from each other.

    The receiver: `arrived` different letters, `doubles` arrivals beyond the first of each. The database: `resends` attempts after the first,
    `unknown` letters that passed that state. `silent`: attempts of the database whose number the receiver never saw: the sender died before
    they left. `wrong`: letters of which the two tell different stories. `unfinished`: deliveries that are not settled as delivered.
    """

    notices: int
    kills: int
    arrived: int
    doubles: int
    resends: int
    silent: int
    unknown: int
    wrong: int
    unfinished: int

    @property
    def faultless(self) -> bool:
        """Nothing lost, and as many doubles as the database counts, but for what never left."""
        return (
            self.arrived == self.notices and not self.unfinished and not self.wrong and self.doubles == self.resends - self.silent
        )


@dataclass(frozen=True)
class Counted:
    """A letter as the database has it."""

    attempt: int
    tries: int
    unknowns: int
    flagged: bool
    state: str

    def told_alike(self, seen: Sequence[int]) -> bool:
        """Whether what the receiver saw, by number of the attempt, can have come of this.

        No attempt arrives twice and none that was not begun, the last one arrived (a letter ends by its answer); each after the first
        follows one that was `unknown`, or of which it was known that it was not taken; and a letter that went out again is flagged.
        """
        again = self.attempt - 1 - self.tries
        once = len(set(seen)) == len(seen) and min(seen) >= 1 and max(seen) == self.attempt
        return once and again <= self.unknowns and self.flagged == (again > 0)


def tally(seen: Mapping[str, Sequence[int]], letters: Mapping[str, Counted], notices: int, kills: int) -> Tally:
    """The receiver's attempts, and the database's letters, by id."""
    arrivals = sum(map(len, seen.values()))
    return Tally(
        notices=notices,
        kills=kills,
        arrived=len(seen),
        doubles=arrivals - len(seen),
        resends=sum(each.attempt - 1 for each in letters.values()),
        silent=sum(len(set(range(1, each.attempt + 1)) - set(seen.get(id, ()))) for id, each in letters.items()),
        unknown=sum(each.unknowns > 0 for each in letters.values()),
        wrong=sum(id not in letters or not letters[id].told_alike(numbers) for id, numbers in seen.items()),
        unfinished=notices - sum(each.state == "delivered" for each in letters.values()),
    )


async def burst(place: World, folder: Path, notices: int, kills: int) -> Tally:
    """Queue, send, kill, wait for the end, count at both sides."""
    async with outside(place, folder) as office:
        await office.subscribe()
        for start in range(0, notices, AT_ONCE):
            await office.queue(*(replace(NOTICE_OF, subject_id=uuid4()) for _ in range(min(AT_ONCE, notices - start))))
        sender = _Sender(office, folder, [notices * n // (kills + 1) for n in range(1, kills + 1)])
        await sender.start()
        try:
            await place.until(sender.done, 120 + 30 * kills)  # each time a process starts anew
        finally:
            await sender.stop()
        return await _tally(office, notices, kills - len(sender.marks))


class _Sender:
    """The process, started anew after each kill."""

    def __init__(self, office: Outside, folder: Path, marks: list[int]) -> None:
        self._office, self._folder, self.marks = office, folder, marks
        self._process: Process | None = None
        self._again: asyncio.Task[None] | None = None
        office.there.answering = self._answer

    async def start(self) -> None:
        """Start the process."""
        config = self._office.runtime.settings
        shown = {
            "DATABASE_URL": config.database_url.get_secret_value(),
            "SITE_KEY": config.site_key.get_secret_value(),
            "REGISTRY": config.registry,
            "KAFKA": config.kafka,
            "PROFILE": "development",
        }
        environment = os.environ | {f"SHOUWANG_{name}": value for name, value in shown.items()}
        command = (sys.executable, "-m", "tests.notifications.delivery.sending", str(self._folder / "ca.pem"))
        self._process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=DEVNULL, stderr=DEVNULL)

    async def stop(self) -> None:
        """Kill it for good."""
        if self._again:
            await self._again
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def done(self) -> bool:
        """Whether everything that was queued is settled."""
        open_ = "SELECT EXISTS (SELECT FROM delivery WHERE state IN ('due', 'sending', 'unknown'))"
        made = await self._office.runtime.pool.fetchval("SELECT count(*) FROM delivery")
        return bool(made) and not self.marks and not await self._office.runtime.pool.fetchval(open_)

    async def _answer(self, _: web.Request, __: bytes) -> web.StreamResponse:
        """Kill the sender before it gets its answer, when it is time."""
        if self.marks and len(self._office.there.ids) >= self.marks[0] and (self._again is None or self._again.done()):
            self.marks.pop(0)
            assert self._process is not None
            os.kill(self._process.pid, signal.SIGKILL)
            self._again = asyncio.create_task(self._restart(self._process))
        return web.Response()

    async def _restart(self, killed: Process) -> None:
        await killed.wait()
        await self.start()


async def _tally(office: Outside, notices: int, kills: int) -> Tally:
    seen: defaultdict[str, list[int]] = defaultdict(list)
    for headers in office.there.headers:
        seen[headers["webhook-id"]].append(int(headers[ATTEMPT]))
    rows: Any = await office.runtime.pool.fetch(
        "SELECT letter_id::text AS id, attempt, tries, unknowns, flagged, state FROM delivery"
    )
    letters = {row["id"]: Counted(**{name: value for name, value in row.items() if name != "id"}) for row in rows}
    return tally(seen, letters, notices, kills)
