"""A roster file that came in, judged before any transaction opens: rows to stage, or why it cannot be used.

A large sheet keeps a processor busy for seconds. It is read in a thread of its own, one file at a time in a process: the event loop
answers others meanwhile, no connection waits, and the cells of one file at most are in memory. Citizen ids do not leave this module.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.documents.sheet_header import Column
from services.documents.sheet_words import meanings
from services.domain.citizen_id import blind_index
from services.kernel.errors import Malformed
from services.kernel.events import stream_id
from services.matching.policy.load import MatchingPolicy
from services.matching.roster import sheet
from services.matching.vocabulary import RosterKind, Subsidy

_READER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="roster")


@dataclass(frozen=True, slots=True)
class Sent:
    """What an office says of its file: which list, of which county (six digits), of which day and
    month (YYYY-MM) or year; and which agency it is."""

    kind: RosterKind
    division: str
    as_of: date
    period: str | None
    agency: str

    def roster_id(self, data: bytes) -> UUID:
        """The stream of the file: the same for the same bytes, sent as the same list."""
        return stream_id(
            "roster", self.agency, self.kind.value, self.division, self.as_of, self.period, hashlib.sha256(data).hexdigest()
        )


@dataclass(frozen=True, slots=True)
class StagedRow:
    """One usable row as it is kept: whom it may lead to, and on payment sheets the subsidy and yuan."""

    number: int
    index: UUID
    subsidy: Subsidy | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Usable:
    """A file whose rows are taken. `rejected`: how many rows are not; `left_out`: how many lines are no rows (totals, repeated
    headers), or say themselves that nothing was paid."""

    staged: tuple[StagedRow, ...]
    problems: tuple[sheet.Problem, ...]
    rejected: int
    left_out: int = 0

    @property
    def rows(self) -> int:
        """How many rows it has, used or not."""
        return len(self.staged) + self.rejected


@dataclass(frozen=True, slots=True)
class Unusable:
    """A file that is refused as a whole: a code, a sentence for whoever sent it, and the row report, if rows were read at all."""

    reason: str
    detail: str
    rows: int = 0
    rejected: int = 0
    problems: tuple[sheet.Problem, ...] | None = None


async def judged(data: bytes, sent: Sent, policy: MatchingPolicy, site_key: str, today: date) -> Usable | Unusable:
    """What the file holds by the rows in force today (Asia/Shanghai) in its county. Returns when its turn has come and it is read."""
    return await asyncio.get_running_loop().run_in_executor(_READER, _judge, data, sent, policy, site_key, today)


def _judge(data: bytes, sent: Sent, policy: MatchingPolicy, site_key: str, today: date) -> Usable | Unusable:
    limits = policy.intake.one("roster", today, sent.division)
    try:
        subsidies, outcomes = (
            meanings(policy.cell_words, f"{sent.kind.value}.{column}", today, sent.division) for column in ("subsidy", "outcome")
        )
        words = sheet.CellWords(subsidies, outcomes)
        read = sheet.read(data, sent.kind, _columns(sent, policy, today), words, today, limits.max_rows)
    except Malformed as unusable:
        return Unusable(unusable.code, unusable.detail)
    rejected = len({problem.row for problem in read.problems if problem.rejected})
    rows = rejected + len(read.rows)
    if rejected * 100 > limits.max_rejected_percent * rows:
        return Unusable("too_many_bad_rows", f"{rows} 行中有 {rejected} 行不能使用", rows, rejected, read.problems)
    staged = (StagedRow(row.number, blind_index(site_key, row.citizen_id), row.subsidy, row.amount) for row in read.rows)
    return Usable(tuple(staged), read.problems, rejected, read.left_out)


def _columns(sent: Sent, policy: MatchingPolicy, today: date) -> Mapping[str, Column]:
    """The columns of the kind of sheet, by their plain names; a row's id is `KIND.name`."""
    in_force = (row for row in policy.columns.rows if row.holds(today, sent.division))
    return {row.id.partition(".")[2]: row.value for row in in_force if row.id.startswith(sent.kind.value)}
