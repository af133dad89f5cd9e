"""The loop that makes the lists whose day has come, and makes those anew that were refused. No event makes a list due: its day is a row.

A county has lists from its first payment sheet on. On the very day a list waits until the county was compared by all that came in; on the
next it is made by what there is. A list whose pay day is over is made no more, unless it was refused. Several processes may run: each county
is taken by one.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid5

import structlog

from services.domain.months import add_months, first_day, month_of, next_month
from services.engine.loop import looped
from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.kernel.errors import AlreadyRecorded, Conflict
from services.kernel.events import Context
from services.kernel.execute import Order
from services.matching.county_facts import snapshot
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import tables
from services.matching.month_list.days import ROW, freeze_day, pay_day
from services.matching.month_list.decider import MONTH_LIST, Freeze, list_id
from services.matching.month_list.lines import Asked, freeze
from services.matching.policy.load import MatchingPolicy
from services.matching.policy.subsidy_rows import MonthList
from services.matching.vocabulary import Subsidy

PAUSE = 2.0  # seconds between looks
ONE_COUNTY = 600.0  # seconds within which a county's lists are made
ACTOR = "machine:matching.listing"
SUBSIDIES = (Subsidy.LIVING, Subsidy.CARE)
log = structlog.get_logger()
_LOCK = "SELECT pg_try_advisory_lock(hashtext('month list'), hashtext($1))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtext('month list'), hashtext($1))"
_COUNTIES = """SELECT division, coalesce(bool_or(changes = seen), false) AS compared FROM (
        SELECT roster.division, change.changes, run.changes AS seen FROM views.roster
        LEFT JOIN views.county_change change USING (division) LEFT JOIN comparison_run run USING (division)
        WHERE kind = 'SUBSIDY_PAYMENT' AND state = 'RECEIVED') sent
    GROUP BY division ORDER BY division"""
_KNOWN = "SELECT list_id, edition, again_on FROM views.subsidy_list WHERE list_id = ANY($1::uuid[])"


async def run(runtime: Runtime) -> None:
    """Look until cancelled."""
    await looped("month_lists", lambda: look(runtime), PAUSE, pulse=runtime.pulse)


async def look(runtime: Runtime) -> int:
    """Make the lists of one county whose day has come; how many were made."""
    day, policy = today(runtime.clock), runtime.service.policy
    async with runtime.pool.acquire() as conn:
        for county in await conn.fetch(_COUNTIES):
            for month, late in due_months(policy, county["division"], day, county["compared"]):
                if wanted := await _wanted(conn, county["division"], month, late, day):
                    runtime.pulse.beat("month_lists", ONE_COUNTY)
                    if made := await _make(runtime, conn, wanted):
                        return made
    return 0


def due_months(policy: MatchingPolicy, county: str, day: date, compared: bool) -> Iterator[tuple[str, bool]]:
    """The months whose lists a county may have to have on a day, and whether their pay day is over; `compared`: the county was, by
    everything that came in."""
    row = policy.month_lists.one(ROW, day, county)
    for month in (month_of(add_months(day.replace(day=1), -1)), month_of(day), next_month(day)):
        made_on = freeze_day(row, month, policy.calendar)
        if day > made_on or (day == made_on and compared):
            yield month, day > pay_day(row, month)


async def _wanted(conn: Any, county: str, month: str, late: bool, day: date) -> list[Asked]:
    """The lists of a month that are not there, unless it is too `late` for them, or are to be made anew by this day."""
    ids = {list_id(county, subsidy, month): subsidy for subsidy in SUBSIDIES}
    known = {row["list_id"]: row for row in await conn.fetch(_KNOWN, list(ids))}
    return [
        Asked(county, subsidy, month, known[stream]["edition"] + 1 if stream in known else 1, day)
        for stream, subsidy in ids.items()
        if ((known[stream]["again_on"] or date.max) <= day if stream in known else not late)
    ]


async def _make(runtime: Runtime, conn: Any, wanted: list[Asked]) -> int:
    county = wanted[0].division
    if not await conn.fetchval(_LOCK, county):
        return 0
    try:
        commands = await _commands(conn, wanted, runtime.service.policy)
        async with runtime.pool.acquire() as writing, writing.transaction():
            orders = [_order(runtime, asked, command) for asked, command in zip(wanted, commands, strict=True)]
            done = await runtime.executor.execute_many(writing, orders)
    except (AlreadyRecorded, Conflict):
        return 0  # another process made them at the same moment
    finally:
        await conn.execute(_UNLOCK, county)
    log.info("month_lists_frozen", county=county, month=wanted[0].month, lines=sum(len(command.lines) for command in commands))
    return len(wanted) if done else 0


async def _commands(conn: Any, wanted: list[Asked], policy: MatchingPolicy) -> list[Freeze]:
    """What the county's facts, as of this moment, put on each list."""
    asked = wanted[0]
    row = policy.month_lists.one(ROW, asked.today, asked.division)
    with TemporaryDirectory(prefix="county-") as folder, County(Path(folder), tables(policy.rosters)) as county:
        await snapshot.take(conn, county, asked.division, months_read(row, asked.month), asked.today, policy)
        return await county.beside(_frozen, county, wanted, row)


def months_read(row: MonthList, month: str) -> list[str]:
    """The list's month and those before it in which it looks for what was not paid."""
    return [month_of(add_months(first_day(month), -back)) for back in range(row.back_months, -1, -1)]


def _frozen(county: County, wanted: list[Asked], row: MonthList) -> list[Freeze]:
    county.derive()
    return [freeze(county, asked, row) for asked in wanted]


def _order(runtime: Runtime, asked: Asked, command: Freeze) -> Order:
    stream = list_id(asked.division, asked.subsidy, asked.month)
    return Order(MONTH_LIST, stream, command, Context(ACTOR, runtime.clock(), uuid5(stream, str(asked.edition)), stream))
