"""Take what is known of one county out of the database into memory: everything as of one moment, table by table, through files.

Rows are copied by PostgreSQL and read by the comparing engine; not one of them becomes a value of ours. Rosters are Parquet files already.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from services.domain.months import first_day, last_day
from services.matching.county_facts.feeds import Sent, feeds, newest
from services.matching.county_facts.in_force import measure_limits, policy_tables
from services.matching.county_facts.known import UnreadRow
from services.matching.county_facts.opened import County
from services.matching.county_facts.sources import CONTENT, IDENTITY_LINKS, PERSON_INDEX, ROSTERS, SOURCES
from services.matching.county_facts.tables import Feed, Month
from services.matching.policy.load import MatchingPolicy
from services.matching.vocabulary import RosterKind, RosterState

_TELLING = (RosterKind.DEATHS, RosterKind.MOVES)  # what they say of a person holds for every month, whichever month they are of
_NAMED = "SELECT DISTINCT person_id::VARCHAR FROM person_row WHERE person_id IS NOT NULL"  # texts, which are sent as they are
# Whom lists name and who does not live in the county: a few of them. All that are named would be written into each statement that copies.
_FROM_ELSEWHERE = """SELECT named FROM unnest($2::text[]::uuid[]) named
    WHERE NOT EXISTS (SELECT FROM views.person WHERE person_id = named AND starts_with(division, $1))"""
# What a list says of a death counts where the register knows of none, and nobody has seen the person alive since.
_FROM_LISTS = """INSERT INTO life_event
    SELECT person_id, 'DIED', deaths.died_on, came_on FROM deaths JOIN person_row USING (roster_id, row) JOIN came USING (roster_id)
    JOIN person USING (person_id) WHERE deaths.died_on <= ? AND person.died_on IS NULL AND coalesce(came_on > alive_on, true)
    UNION ALL
    SELECT person_id, 'LEFT_PROVINCE', moved_on, came_on FROM moves JOIN person_row USING (roster_id, row) JOIN came USING (roster_id)
    WHERE "to" = 'OUT_OF_PROVINCE' AND moved_on <= ? AND person_id IS NOT NULL"""


async def take(conn: Any, county: County, division: str, months: Sequence[str], today: date, policy: MatchingPolicy) -> None:
    """Fill a new `county` with what is known of the county `division` (six digits) for these months, as of `today` (Asia/Shanghai): on a
    past day, without rosters that came later. `County.derive` is the caller's next step.

    `conn` may see every row, and is in no transaction. Files lie in the county's own folder, and are gone when this returns.
    """
    with TemporaryDirectory(dir=county.folder) as folder:
        async with conn.transaction(isolation="repeatable_read", readonly=True):
            copying = _Copying(conn, county, Path(folder))
            await copying.table("person_index", PERSON_INDEX, today)
            await copying.table("identity_link", IDENTITY_LINKS, division)
            sent = [_sent(row) for row in await conn.fetch(ROSTERS, division, today)]
            speaking = list(feeds(sent, policy.rosters, division, months, today))
            await copying.lists(
                {feed.roster_id: feed.kind for feed in speaking if feed.usable}
                | {each.roster_id: each.kind for each in filter(_tells, sent)}
            )
            named = [person for (person,) in await county.beside(county.ask, _NAMED)]
            elsewhere = [row["named"] for row in await conn.fetch(_FROM_ELSEWHERE, division, named)]
            usable = [feed.roster_id for feed in speaking if feed.usable]
            asked = {"county": division, "named": elsewhere, "rosters": usable, "today": today}
            for table, source in SOURCES.items():
                await copying.table(table, source.select, *(asked[name] for name in source.takes))
            await copying.other_names(newest(speaking))
    await county.beside(_complete, county, speaking, sent, today)
    await county.beside(_put_policy, county, division, months, today, policy)


class _Copying:
    """What is copied out of one transaction, by way of a folder."""

    def __init__(self, conn: Any, county: County, folder: Path) -> None:
        self._conn, self._county, self._folder = conn, county, folder

    async def table(self, table: str, select: str, *values: Any) -> None:
        """What a SELECT answers, into a table."""
        file = self._folder / f"{table}.csv"
        await self._conn.copy_from_query(select, *values, output=file, format="csv")
        await self._county.beside(self._county.load, table, file)
        file.unlink()

    async def lists(self, kinds: Mapping[UUID, str]) -> None:
        """The contents of these rosters, brought here one at a time."""
        files: dict[str, list[Path]] = {}
        for roster_id, kind in kinds.items():
            file = self._folder / f"{roster_id}.parquet"
            await asyncio.to_thread(file.write_bytes, await self._conn.fetchval(CONTENT, roster_id))
            files.setdefault(kind, []).append(file)
        await self._county.beside(self._county.load_lists, files)

    async def other_names(self, rosters: Iterable[UUID]) -> None:
        """Which rows of these rosters, whose contents and persons are here, have another name than the register."""
        files = [self._folder / f"{roster_id}.parquet" for roster_id in rosters]
        await self._county.beside(self._county.load_other_names, files)


def _tells(roster: Sent) -> bool:
    return roster.kind in _TELLING and roster.lacks(date.min) is None


def _sent(row: Mapping[str, Any]) -> Sent:
    return Sent(**{**row, "state": RosterState(row["state"])})


def _complete(county: County, speaking: Sequence[Feed], sent: Sequence[Sent], today: date) -> None:
    """Which rosters speak, and what deaths and moves their rows tell of."""
    county.put("feed", speaking)
    unread = {roster.roster_id: roster.rejected for roster in sent}
    county.put(
        "unread_row",
        [UnreadRow(roster_id, unread[roster_id]) for roster_id in {feed.roster_id for feed in speaking if feed.usable}],
    )
    county.run("CREATE TEMP TABLE came (roster_id UUID, came_on DATE)")
    for roster in filter(_tells, sent):
        county.run("INSERT INTO came VALUES (?, ?)", roster.roster_id, roster.received_on)
    county.run(_FROM_LISTS, today, today)


def _put_policy(county: County, division: str, months: Sequence[str], today: date, policy: MatchingPolicy) -> None:
    # Of a month that is not over only the days until today are known: nothing is late before its day.
    looked_at = [Month(month, first_day(month), min(last_day(month), today)) for month in months]
    county.put("month", looked_at)
    county.put("measure_limit", measure_limits(policy, division, looked_at))
    for table, rows in policy_tables(policy, division).items():
        county.put(table, rows)
