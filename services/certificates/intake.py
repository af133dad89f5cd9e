"""Taking in a roster of the national register: rows become persons, cards and differences, batch by batch, each in one transaction.

A file is read once to be judged (too many unusable rows: nothing is taken) and once to be taken. After a crash the same file goes on at
the row where it stopped; the same roster again changes nothing; a newer one gives only what differs.
"""

import asyncio
import gc
import json
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from hashlib import sha256
from itertools import islice
from typing import Any
from uuid import UUID, uuid4, uuid5

from services import identity
from services.certificates import taking
from services.certificates.certificate import CERTIFICATE
from services.certificates.mirror import Record
from services.certificates.person import PERSON, Register
from services.certificates.roster import Entry, Finding, Places, read
from services.certificates.taking import Report
from services.kernel.errors import Conflict, Malformed, ShouwangError
from services.kernel.events import NAMESPACE, Context
from services.kernel.execute import Order
from services.kernel.service import Runtime

BATCH, LANES = 1000, 3
_OVER = ("REFUSED", "CANCELLED", "WITHDRAWN")


class Intake:
    """One file for one county, of one day, by one clerk of the county federation (`actor` = CL:<county>:<subject>)."""

    def __init__(self, runtime: Runtime, data: bytes, county: str, as_of: date, actor: str) -> None:
        today = Context(actor, runtime.clock(), uuid4(), uuid4()).today
        policy = runtime.service.policy
        if as_of > today:
            raise Malformed("as_of_in_future", "名册日期不得晚于今天")
        if policy.registers(county, today):
            raise Malformed("county_keeps_register", "本县自行登记，名册只作比对，不作导入")
        self.runtime, self.data, self.county, self.as_of, self.actor, self.today = runtime, data, county, as_of, actor, today
        self.import_id = uuid5(NAMESPACE, f"roster/{county}/{as_of}/{sha256(data).hexdigest()}")
        self.limits = policy.intake.one("roster", today, county)
        self._columns = {row.id: row.value for row in policy.columns.rows if row.holds(today, county)}
        self._divisions = Places(policy, county, today)
        self._key = runtime.settings.site_key.get_secret_value()

    def entries(self) -> Iterator[tuple[Entry | None, list[Finding]]]:
        """Every row below the header, read; a person's second row, and two names of one citizen id, are findings."""
        seen: dict[str, int] = {}
        for number, line, places in taking.below_header(self.data, self._columns, self.limits.max_rows):
            yield taking.once(read(number, line, places, self._divisions, self.today), seen)

    def judge(self, tick: Callable[[int], Any] = lambda _: None) -> Report:
        """Read everything and count. Raises `Malformed("too_many_bad_rows")` beyond the policy's share."""
        return taking.judged(self.entries(), self.limits, tick)

    async def take(self, report: Report, keep: bool = True, tick: Callable[[int], Any] = lambda _: None) -> Report:
        """Take every row that is not taken yet; with `keep=False` each batch is rolled back and only counted (dry run)."""
        start = await self._begin() if keep else 0
        gc.disable()  # rows make no cycles, and looking for some took a quarter of the time
        try:
            await self._lanes(report, start, keep, tick)
        finally:
            gc.enable()
        if keep:
            await self._end(report)
        return report

    async def _lanes(self, report: Report, start: int, keep: bool, tick: Callable[[int], Any]) -> None:
        """Several batches under way, so that the database works while the next is decided; finished in the file's order."""
        rows, lanes = self.entries(), deque[tuple[int, int, asyncio.Task[Counter[str]]]]()
        async with asyncio.TaskGroup() as group:
            while (batch := list(islice(rows, BATCH))) or lanes:
                if batch:
                    last = max((e.row if e else max((n.row for n in notes), default=0)) for e, notes in batch)
                    if last >= start:
                        lanes.append((last, len(batch), group.create_task(self._batch(batch, keep))))
                    else:
                        tick(len(batch))
                if lanes and (len(lanes) == LANES or not batch):
                    last, size, task = lanes.popleft()
                    report.outcomes.update(await task)
                    tick(size)
                    await self._move_on(last + 1, keep)

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
        counts = json.dumps({"findings": report.findings, "outcomes": report.outcomes, "rejected": report.rejected})
        query = "UPDATE roster_import SET finished_at = now(), counts = $2 WHERE import_id = $1"
        await self.runtime.pool.execute(query, self.import_id, counts)

    async def _batch(self, rows: Sequence[tuple[Entry | None, list[Finding]]], keep: bool) -> Counter[str]:
        entries = [entry for entry, _ in rows if entry is not None]
        findings = [note for _, notes in rows for note in notes]
        return await taking.in_one_transaction(self.runtime.pool, lambda conn: self._written(conn, entries, findings), keep)

    async def _written(self, conn: Any, entries: list[Entry], findings: list[Finding]) -> Counter[str]:
        known, fresh = await self._persons(conn, entries, findings)
        streams = await self._streams(conn, known)
        here = [e for e in entries if e.citizen_id in known]
        outcomes = Counter({"unchanged": 0})
        try:
            async with conn.transaction():
                outcomes.update(await self._record(conn, here, known, streams, fresh))
        except Conflict:
            raise
        except ShouwangError:  # one of them is refused: each on its own
            for entry in here:
                try:
                    async with conn.transaction():
                        outcomes.update(await self._record(conn, [entry], known, streams, fresh))
                except ShouwangError as refusal:
                    findings.append(Finding(entry.row, refusal.code, True))
        await conn.executemany(
            "INSERT INTO roster_finding (import_id, row, code, rejected) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            [(self.import_id, f.row, f.code, f.rejected) for f in findings],
        )
        return outcomes

    async def _persons(self, conn: Any, entries: list[Entry], findings: list[Finding]) -> tuple[dict[str, UUID], dict[str, UUID]]:
        """Citizen id → person: all of this county, and those that were not known before (with their rows made)."""
        index = {identity.blind_index(self._key, e.citizen_id): e for e in entries}
        known = await taking.found(conn, index, self.county, findings)
        index = {i: entry for i, entry in index.items() if entry.cancelled is None}  # what ended before we knew of it stays away
        fresh = await taking.entered(conn, index, self._key, self.today)
        return known | fresh, fresh

    async def _streams(self, conn: Any, known: dict[str, UUID]) -> dict[UUID, list[Any]]:
        """What a person has: streams with their step and last valid day, the open ones first."""
        rows = await conn.fetch(
            """SELECT person_id, certificate_id, step, valid_to FROM views.certificate_view WHERE person_id = ANY($1::uuid[])
               ORDER BY step = 'ISSUED' DESC, certificate_id""",
            [*known.values()],
        )
        found: dict[UUID, list[Any]] = {}
        for row in rows:
            found.setdefault(row["person_id"], []).append(row)
        return found

    async def _record(
        self, conn: Any, entries: list[Entry], known: dict[str, UUID], streams: dict[UUID, list[Any]], fresh: dict[str, UUID]
    ) -> Counter[str]:
        orders, cards = list[Order](), dict[UUID, Entry]()
        for entry in entries:
            person = known[entry.citizen_id]
            stream = _stream(streams.get(person, ()), entry)
            if stream is None and entry.cancelled is not None:
                continue  # it ended before we knew of it
            stream = stream or uuid5(self.import_id, f"{entry.row}/card")
            cards[stream] = entry
            if entry.citizen_id in fresh:
                born = f"{entry.citizen_id[6:10]}-{entry.citizen_id[10:12]}"
                orders.append(Order(PERSON, person, Register(born, entry.division), self._context(entry.row, "person")))
            said = Record(
                person, entry.division, entry.category, entry.grade, entry.valid_from, entry.valid_to, self.as_of, (),
                entry.frozen, entry.cancelled, entry.lost,
            )  # fmt: skip
            orders.append(Order(CERTIFICATE, stream, said, self._context(entry.row, "record")))
        done = await self.runtime.executor.execute_many(conn, orders)
        people = {person: citizen_id for citizen_id, person in fresh.items()}
        new = [(r, people[r.stream_id]) for r in done if r.stream_id in people and r.version == 1]
        await taking.published(conn, self.runtime.store, self._key, new)
        changed = {r.stream_id for r in done if r.stream_id in cards}
        await self._numbers(conn, {stream: cards[stream] for stream in changed})
        kinds = Counter(type(r.event).__name__ for r in done)
        kinds["unchanged"] = len(entries) - len(changed)
        return kinds

    async def _numbers(self, conn: Any, cards: dict[UUID, Entry]) -> None:
        """The numbers as the roster prints them."""
        ids, numbers = list(cards), [e.number for e in cards.values()]
        await conn.execute(
            """UPDATE certificate_number SET until = $3 WHERE until IS NULL
               AND (certificate_id = ANY($1::uuid[]) OR number = ANY($2::text[]))""",
            ids, numbers, self.as_of,
        )  # fmt: skip
        await conn.execute(
            """INSERT INTO certificate_number (certificate_id, number, division, since)
               SELECT u.certificate_id, u.number, u.division, $4 FROM unnest($1::uuid[], $2::text[], $3::text[])
                   AS u(certificate_id, number, division)
               ON CONFLICT (certificate_id, number) DO UPDATE SET until = NULL""",
            ids, numbers, [e.division for e in cards.values()], self.as_of,
        )  # fmt: skip

    def _context(self, row: int, what: str) -> Context:
        return Context(self.actor, self.runtime.clock(), uuid5(self.import_id, f"{row}/{what}"), self.import_id, None, self.county)


def _stream(streams: Sequence[Any], entry: Entry) -> UUID | None:
    """The card or open application that the row is about; a cancelled card only when it is that very card."""
    open_ = [row for row in streams if row["step"] not in _OVER]
    same = [row for row in streams if row["step"] == "CANCELLED" and row["valid_to"] == entry.valid_to]
    return next((row["certificate_id"] for row in (*open_, *same)), None)
