"""One county compared: its facts at one moment, all rules over them, and what follows, appended in batches.

Killed in the middle it is done again as a whole: what was appended already is known then, and deciders answer repeats with nothing. The
lock is the session's, so that it ends with whoever held it.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any
from uuid import uuid4, uuid5

import structlog

from services.domain.months import add_months, month_of
from services.engine.retry import raced
from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.kernel.events import Context
from services.kernel.execute import Order
from services.kernel.service import Issued
from services.matching.comparison.decider import COMPARISON, Complete, comparison_id
from services.matching.comparison.derive import Derived, Withdrawn, derive
from services.matching.comparison.events import ComparisonCompleted, Input, Suspension
from services.matching.comparison.rules import Rulebook
from services.matching.county_facts import snapshot
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import tables
from services.matching.entitlement import derive as entitlement
from services.matching.finding.decider import FINDING, Find, Settle, found_in
from services.matching.link import candidates
from services.matching.month_list.outcome import followed
from services.matching.policy.load import MatchingPolicy
from services.matching.vocabulary import RosterKind

ACTOR = "machine:matching.comparing"
BATCH = 1000  # commands of a transaction
log = structlog.get_logger()
_LOCK = "SELECT pg_try_advisory_lock(hashtext('comparison'), hashtext($1))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtext('comparison'), hashtext($1))"
_CHANGES = "SELECT changes, lists FROM views.county_change WHERE division = $1"
# Months of which something is known: from the first list on, and those of findings that are still open.
_MONTHS = """SELECT
    (SELECT min(left(coalesce(period, as_of::text), 7)) FROM views.roster WHERE division = $1 AND state = 'RECEIVED') AS first,
    (SELECT array_agg(DISTINCT period) FROM views.finding
        WHERE starts_with(division, $1) AND state = 'OPEN' AND length(period) = 7) AS open"""
_WITHDRAWN = "SELECT kind, period, as_of FROM views.roster WHERE division = $1 AND state = 'WITHDRAWN'"
_DONE = """INSERT INTO comparison_run (division, changes, lists, month, version, run_at) VALUES ($1, $2, $3, $4, $5, now())
    ON CONFLICT (division) DO UPDATE SET changes = $2, lists = $3, month = $4, version = $5, run_at = now()"""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a run made of a county."""

    found: int
    settled: int
    kept: int
    suspended: int


def version(policy: MatchingPolicy, rules: Rulebook) -> str:
    """Of all rows that a comparison goes by."""
    return f"{policy.version}/{rules.version}"


async def compare(runtime: Runtime, rules: Rulebook, division: str) -> Compared | None:
    """Compare a county and append what follows; None while somebody else is at it."""
    async with runtime.pool.acquire() as conn:
        if not await conn.fetchval(_LOCK, division):
            return None
        try:
            return await _compare(runtime, rules, conn, division)
        finally:
            await conn.execute(_UNLOCK, division)


async def _compare(runtime: Runtime, rules: Rulebook, conn: Any, division: str) -> Compared:
    policy: MatchingPolicy = runtime.service.policy
    begun, day = monotonic(), today(runtime.clock)
    # Before the snapshot: what comes in between is seen twice, never not at all.
    changes, lists = await conn.fetchrow(_CHANGES, division) or (0, 0)
    months = await months_to_compare(conn, division, day, policy)
    derived, issued, unidentified = await derived_from(conn, rules, division, months, day, policy)

    async def done(last: Any) -> None:
        await candidates.keep(last, division, unidentified)
        await last.execute(_DONE, division, changes, lists, month_of(day), version(policy, rules))

    await _append(runtime, issued, done)
    made = Compared(len(derived.found), len(derived.settled), derived.kept, len(derived.suspended))
    about = {"found": made.found, "settled": made.settled, "kept": made.kept, "seconds": round(monotonic() - begun, 2)}
    log.info("county_compared", county=division, months=len(months), **about)
    return made


async def months_to_compare(conn: Any, division: str, day: date, policy: MatchingPolicy) -> list[str]:
    """The months of a county that are compared on a day, ascending."""
    known = await conn.fetchrow(_MONTHS, division)
    back = policy.comparing.one("window", day, division).months
    window = {month_of(add_months(day.replace(day=1), -each)) for each in range(back)}
    first = min(known["first"] or month_of(day), month_of(day))
    return sorted({month for month in window if month >= first} | set(known["open"] or ()))


async def derived_from(
    conn: Any, rules: Rulebook, division: str, months: Sequence[str], day: date, policy: MatchingPolicy
) -> tuple[Derived, list[Issued], list[candidates.Kept]]:
    """What all rules make of a county as it is now, the commands that follow, and the rows of which nobody knows whom they mean."""
    rows = await conn.fetch(_WITHDRAWN, division)
    withdrawn = frozenset((row["kind"], month) for row in rows for month in months if _is_of(row["period"], row["as_of"], month))
    with TemporaryDirectory(prefix="county-") as folder, County(Path(folder), tables(policy.rosters)) as county:
        await snapshot.take(conn, county, division, months, day, policy)
        return await county.beside(_derived, county, rules, division, day, policy, withdrawn)


def _is_of(period: str | None, as_of: date, month: str) -> bool:
    """Whether a list of this period, or as of this day, can have spoken for a month."""
    return month.startswith(period) if period else month >= month_of(as_of)


def _derived(
    county: County, rules: Rulebook, division: str, day: date, policy: MatchingPolicy, withdrawn: Withdrawn
) -> tuple[Derived, list[Issued], list[candidates.Kept]]:
    county.derive()
    standings = entitlement.commands(county, division, day, policy)
    derived = derive(county, rules.rows, division, day, withdrawn)
    found: list[Issued] = [(FINDING, found_in(each), Find(each)) for each in derived.found]
    settled: list[Issued] = [(FINDING, finding, Settle(how)) for finding, how in derived.settled]
    issued = [*standings, *found, *settled, *followed(county), *_completed(county, rules, derived, division, day)]
    return derived, issued, candidates.unidentified(county, division)


# Of a kind that several offices send a part of, all parts together; usable while each is.
_INPUTS = """SELECT month, kind, min(as_of), bool_and(usable),
        coalesce(sum((SELECT count(*) FROM person_row WHERE person_row.roster_id = feed.roster_id)) FILTER (WHERE usable), 0)::BIGINT
    FROM feed GROUP BY month, kind"""


def _completed(county: County, rules: Rulebook, derived: Derived, division: str, day: date) -> Iterator[Issued]:
    """For each rule and period what it said, or why it says nothing."""
    inputs = {
        (month, kind): Input(kind=RosterKind(kind), as_of=as_of, rows=rows, usable=usable)
        for month, kind, as_of, usable, rows in county.ask(_INPUTS)
    }
    counted = {(each.rule, each.period): each for each in derived.counted}
    lacking: dict[tuple[str, str], list[Suspension]] = {}
    for each in derived.suspended:
        suspension = Suspension(kind=RosterKind(each.kind), why=each.why, since=day)
        lacking.setdefault((each.rule, each.period), []).append(suspension)
    for rule, period in sorted(counted.keys() | lacking.keys()):
        row, said = rules.speaking(rule, period, division), counted.get((rule, period))
        assert row is not None, "no other row is derived from"
        completed = ComparisonCompleted(
            division=division,
            rule=rule,
            rule_from=row.since,
            title=row.value.title,
            finding=row.value.finding,
            owner=row.value.owner,
            period=period,
            inputs=tuple(inputs[period, kind] for kind in sorted(row.value.needs) if (period, kind) in inputs),
            found=said.found if said else 0,
            closed=said.settled if said else 0,
            kept=said.kept if said else 0,
            suspended=tuple(lacking.get((rule, period), ())),
        )
        yield COMPARISON, comparison_id(division, rule, period), Complete(completed)


async def _append(runtime: Runtime, issued: Sequence[Issued], done: Callable[[Any], Awaitable[None]]) -> None:
    """Append in batches; what says that the county was compared comes with the last one, in its transaction."""
    run = uuid4()
    for start in range(0, max(len(issued), 1), BATCH):
        now = runtime.clock()
        batch = issued[start : start + BATCH]
        orders = [
            Order(decider, stream, given, Context(ACTOR, now, uuid5(run, f"{start}/{place}"), run))  # a stream may have several
            for place, (decider, stream, given) in enumerate(batch)
        ]

        async def work(conn: Any, orders: Sequence[Order] = orders, last: bool = start + BATCH >= len(issued)) -> None:
            await runtime.executor.execute_many(conn, orders)
            if last:
                await done(conn)

        await raced(runtime.pool, work)
        runtime.bell.ring()
