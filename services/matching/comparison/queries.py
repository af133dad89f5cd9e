"""The two sides of a comparison, and the comparisons that were run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.domain.months import last_day
from services.kernel.events import Recorded
from services.matching.comparison.completed_projection import COMPLETED_COMPARISONS, CompletedRow
from services.matching.comparison.projection import COMPARISONS, ComparisonRow
from services.matching.comparison.selections import SETS
from services.matching.comparison.sets import RULE, Compared, Holder, Undone, must_be_valid_on
from services.matching.entitlement.queries import paid_by, payable
from services.matching.finding.sight import Seen
from services.matching.policy.load import MatchingPolicy
from services.matching.roster.events import RosterConfirmed, RosterReceived, RosterWithdrawn
from services.matching.roster.queries import LATEST_ROSTER
from services.matching.vocabulary import RosterKind, Subsidy

_SETS = f"""
WITH {SETS},
missing AS (SELECT * FROM holder WHERE person_id IN (SELECT person_id FROM poor) AND person_id NOT IN (SELECT person_id FROM paid))
SELECT (SELECT count(*) FROM holder) AS certificates, (SELECT count(*) FROM poor) AS beneficiaries, (SELECT count(*) FROM paid) AS payments,
    (SELECT array_agg((person_id, certificate_id, division) ORDER BY person_id) FROM missing) AS missing,
    (SELECT array_agg(discrepancy_id ORDER BY discrepancy_id) FROM views.discrepancy d WHERE d.rule = '{RULE}' AND d.state = 'OPEN'
        AND starts_with(d.division, $1) AND d.month <= $3 AND d.person_id NOT IN (SELECT person_id FROM missing)) AS no_longer,
    (SELECT array_agg(roster_id ORDER BY roster_id) FROM views.roster WHERE division = $1 AND state = 'RECEIVED'
        AND (roster_id = $2 OR (kind = 'SUBSIDY_PAYMENT' AND period = $3))) AS rosters"""  # noqa: S608
_TAKEN_BACK = "SELECT state <> 'RECEIVED' FROM views.roster WHERE roster_id = $1"
# What went by a sheet, and what was found of the months of it.
_WENT_BY = """SELECT comparison_id, month FROM views.comparison
    WHERE division = $1 AND withdrawn_on IS NULL AND rosters ? $2 ORDER BY comparison_id"""
_FOUND = """SELECT discrepancy_id FROM views.discrepancy
    WHERE starts_with(division, $1) AND rule = $2 AND month = ANY($3::text[]) AND state <> 'RESOLVED' ORDER BY discrepancy_id"""


def compared(policy: MatchingPolicy) -> Any:
    """A facts function: for each roster that came in, its county compared by the latest list and payment sheet; None without a month."""

    async def facts(conn: Any, received: Sequence[Recorded]) -> list[Compared | None]:
        return [await _compare(conn, recorded, policy) for recorded in received]

    return facts


async def _compare(conn: Any, recorded: Recorded, policy: MatchingPolicy) -> Compared | None:
    received: RosterReceived | RosterConfirmed | RosterWithdrawn = recorded.event
    if not isinstance(received, RosterWithdrawn) and await conn.fetchval(_TAKEN_BACK, recorded.stream_id):
        return None  # meanwhile
    payment = await conn.fetchrow(LATEST_ROSTER, received.division, RosterKind.SUBSIDY_PAYMENT.value)
    poor = await conn.fetchrow(LATEST_ROSTER, received.division, RosterKind.SUBSISTENCE_ALLOWANCE.value)
    latest = payment["month"] if payment else None
    # What was taken back says nothing of any month: then only what stands is compared.
    pays = not isinstance(received, RosterWithdrawn) and received.kind is RosterKind.SUBSIDY_PAYMENT
    month = received.period if pays else latest
    if month is None:
        return None
    rule = policy.comparisons.one(RULE, recorded.occurred_on, received.division)
    valid_on = must_be_valid_on(month, rule.valid_on)
    sets = await conn.fetchrow(
        _SETS, received.division, poor["roster_id"] if poor else None, month, Subsidy.LIVING.value, last_day(month), valid_on
    )
    complete = payment is not None and poor is not None
    as_of = [sheet["as_of"] for sheet in (poor, payment) if sheet]
    return Compared(
        division=received.division,
        month=month,
        as_of=min(as_of if isinstance(received, RosterWithdrawn) else [received.as_of, *as_of]),
        complete=complete,
        rosters=tuple(sets["rosters"] or ()),
        certificates=sets["certificates"],
        beneficiaries=sets["beneficiaries"],
        payments=sets["payments"],
        missing=tuple(Holder(*holder) for holder in sets["missing"] or ()) if complete else (),
        no_longer=tuple(sets["no_longer"] or ()) if complete else (),
        late=() if isinstance(received, RosterWithdrawn) else tuple(await payable(conn, received.division)),
    )


def undone(policy: MatchingPolicy) -> Any:
    """A facts function: for each roster that was taken back, what followed from it, and its county compared without it."""

    async def facts(conn: Any, withdrawn: Sequence[Recorded]) -> list[Undone]:
        return [await _undo(conn, recorded, policy) for recorded in withdrawn]

    return facts


async def _undo(conn: Any, recorded: Recorded, policy: MatchingPolicy) -> Undone:
    roster_id, division = recorded.stream_id, recorded.event.division
    run = await conn.fetch(_WENT_BY, division, str(roster_id))
    findings = await conn.fetch(_FOUND, division, RULE, [row["month"] for row in run])
    return Undone(
        payments=tuple(await paid_by(conn, roster_id)),
        comparisons=tuple(row["comparison_id"] for row in run),
        months=frozenset(row["month"] for row in run),
        findings=tuple(row["discrepancy_id"] for row in findings),
        now=await _compare(conn, recorded, policy),
        late=tuple(await payable(conn, division, without=roster_id)),
    )


async def comparisons(conn: Any, limit: int) -> list[ComparisonRow]:
    """The latest comparisons."""
    rows = await conn.fetch("SELECT * FROM views.comparison ORDER BY month DESC, run_on DESC, comparison_id LIMIT $1", limit)
    return [COMPARISONS.from_record(row) for row in rows]


_PAGE = """SELECT * FROM views.completed_comparison WHERE (owner = ANY($1::text[]) OR finding = ANY($2::text[]))
    AND starts_with(division, $3) AND ($4::text IS NULL OR period = $4) AND ($5::text IS NULL OR rule = $5)
    AND ($6::boolean IS NULL OR $6 = (suspended <> '[]'))
    AND ($7::text IS NULL OR period < $7 OR period = $7 AND (division, rule) > ($8, $9))
    ORDER BY period DESC, division, rule LIMIT $10"""


@dataclass(frozen=True, slots=True)
class AskedOf:
    """Which comparisons are asked for; None is any. `suspended`: only those that could, or could not, be compared."""

    division: str = ""
    period: str | None = None
    rule: str | None = None
    suspended: bool | None = None


def place(row: CompletedRow) -> tuple[str, str, str]:
    """Where a comparison stands in the list."""
    return row.period, row.division, row.rule


async def completed(conn: Any, seen: Seen, asked: AskedOf, after: tuple[str, str, str] | None, limit: int) -> list[CompletedRow]:
    """Comparisons, newest period first."""
    about = (asked.division, asked.period, asked.rule, asked.suspended)
    behind = after or (None, "", "")
    rows = await conn.fetch(_PAGE, list(seen.owners), list(seen.types), *about, *behind, limit)
    return [COMPLETED_COMPARISONS.from_record(row) for row in rows]
