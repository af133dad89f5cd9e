"""Taking in a roster of the national register: a file is judged, taken batch by batch, and what it shows no more is proposed to end.

Too many unusable rows: nothing is taken. Each batch is one transaction, several are under way, and the file's place moves on in order:
after a crash the same file goes on at the row where it stopped. The same roster again changes nothing; a newer one gives what differs.
"""

import asyncio
import json
import os
from collections import deque
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import uuid4, uuid5

from services.certificates.roster_import import missing_cards
from services.certificates.roster_import.batch import Job, Taken
from services.certificates.roster_import.validation import Batch, Judgement, Report, check_day, counted
from services.certificates.roster_import.workers import Hands, hands
from services.engine.runtime import Runtime
from services.kernel.errors import Malformed
from services.kernel.events import NAMESPACE, Context

LARGE = 10  # batches from which worker processes are worth the second that they take to start
MOST = 4  # of them; each holds about 130 MB, and from there on the database is what takes the time


class Intake:
    """One file for one county, of one day, by one clerk of the county federation (`actor` = CL:<county>:<subject>)."""

    def __init__(self, runtime: Runtime, data: bytes, county: str, as_of: date, actor: str) -> None:
        today = Context(actor, runtime.clock(), uuid4(), uuid4()).today
        policy = runtime.service.policy
        check_day(as_of, today, policy.intake.one("roster", today, county))
        if county not in policy.counties:
            raise Malformed("county_unknown", "没有这个县（市）")
        if policy.registers(county, today):
            raise Malformed("county_keeps_register", "本县自行登记，名册只作比对，不作导入")
        self.runtime, self.data = runtime, data
        self.county, self.as_of, self.actor = county, as_of, actor
        self.import_id = uuid5(NAMESPACE, f"roster/{county}/{as_of}/{sha256(data).hexdigest()}")
        self.judgement = Judgement(data, county, today, policy)

    def judge(self, tick: Callable[[int], Any] = lambda _: None) -> Report:
        """Read everything and count; comes before `take`, and blocks. Raises `Malformed`."""
        return self.judgement.judged(tick)

    async def take(
        self,
        report: Report,
        keep: bool = True,
        tick: Callable[[int], Any] = lambda _: None,
        complete: bool = True,
        processes: int | None = None,
    ) -> Report:
        """Take every row that is not taken yet; with `keep=False` each batch is rolled back and only counted (dry run).

        `complete`: the whole county was to be on it, so that a known card which it does not show is proposed to end. `processes`:
        how many take (default: one for each core, at most four, when the file is large). Raises `Conflict`: import_interrupted, worker_died.
        """
        start = await self._begin() if keep else 0
        later = "SELECT true FROM roster_import WHERE division = $1 AND as_of > $2 LIMIT 1"
        newest = not await self.runtime.pool.fetchval(later, self.county, self.as_of)
        job = Job(self.import_id, self.county, self.as_of, self.actor, keep, newest, self.judgement.shared)
        if processes is None:
            processes = min(os.cpu_count() or 1, MOST) if len(self.judgement.batches) >= LARGE else 1
        async with hands(self.runtime, job, processes) as takers:
            await self._lanes(report, takers, start, keep, tick)
        if complete:
            known = self.judgement
            found = await missing_cards.propose(self.runtime, job, known.shown, known.nameless, known.limits.max_missing_percent)
            report.findings.update({code: n for code, n in found.items() if code == missing_cards.INCOMPLETE})
            report.outcomes.update({name: n for name, n in found.items() if name != missing_cards.INCOMPLETE})
        if keep:
            await self._end(report)
        return report

    async def _lanes(self, report: Report, takers: Hands, start: int, keep: bool, tick: Callable[[int], Any]) -> None:
        """Several batches under way; finished in the file's order."""
        lanes = deque[tuple[Batch, asyncio.Task[Taken]]]()

        async def finish() -> None:
            batch, task = lanes.popleft()
            taken = await task
            report.outcomes.update(taken.outcomes)
            report.taken.update(taken.rows)
            report.findings.update(taken.findings)
            tick(batch.size)
            await self._move_on(batch.last + 1, keep)

        try:
            for batch in self.judgement.batches:
                if batch.last < start:
                    report.taken["taken_before"] += batch.usable
                    tick(batch.size)
                    continue
                lanes.append((batch, asyncio.create_task(takers.take(batch.packed))))
                if len(lanes) == takers.lanes:
                    await finish()
            while lanes:
                await finish()
        finally:
            for _, task in lanes:
                task.cancel()
            await asyncio.gather(*(task for _, task in lanes), return_exceptions=True)

    async def _move_on(self, next_row: int, keep: bool) -> None:
        """Up to here everything is taken; what was taken beyond it and is taken again after a crash changes nothing."""
        if keep:
            query = "UPDATE roster_import SET next_row = $2 WHERE import_id = $1"
            await self.runtime.pool.execute(query, self.import_id, next_row)

    async def _begin(self) -> int:
        query = """INSERT INTO roster_import (import_id, division, as_of, next_row, actor) VALUES ($1, $2, $3, 0, $4)
            ON CONFLICT (import_id) DO UPDATE SET finished_at = NULL RETURNING next_row"""
        return int(await self.runtime.pool.fetchval(query, self.import_id, self.county, self.as_of, self.actor))

    async def _end(self, report: Report) -> None:
        counts = json.dumps(counted(report))
        query = "UPDATE roster_import SET finished_at = now(), counts = $2 WHERE import_id = $1"
        await self.runtime.pool.execute(query, self.import_id, counts)
