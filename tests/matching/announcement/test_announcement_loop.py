"""Whom a row of the policy may concern, and that each county and village is told once: over the real database and doors."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.domain.file_number import file_number
from services.engine.rebuild import Rebuild
from services.kernel.errors import AlreadyRecorded, Conflict
from services.matching.announcement.decider import announcement_id, passed_on_id
from services.matching.announcement.loop import announce
from services.matching.announcement.selections import chosen, sheets
from services.matching.policy.load import Selection
from services.matching.vocabulary import RosterKind
from tests.matching.announcement.told import ToldCounty
from tests.matching.county import COUNTY, DAY, ELSEWHERE, FAR, NEAR, OTHER, person
from tests.world import World

LIVING, CARE = (announcement_id(f"{name}-MAY-QUALIFY", DAY, COUNTY) for name in ("LIVING", "CARE"))
_EVENTS = "SELECT type, stream_id, division FROM events WHERE category = 'announcement' ORDER BY position"


@pytest.fixture
async def county(place: World) -> ToldCounty:
    """Two counties with cards and sheets of December 2025."""
    made = await ToldCounty(place).open()
    await made.told(1, NEAR, 3)
    await made.told(2, NEAR, 1)
    await made.told(3, NEAR, 1, until=date(2025, 12, 31))
    await made.told(4, NEAR, 2, frozen_on=DAY)
    await made.told(5, FAR, 2)
    await made.told(6, ELSEWHERE, 2)
    await made.told(7, FAR, 1, cancelled_on=date(2025, 6, 1))
    await made.told(8, FAR, 1)
    await made.told(9, FAR, 1, until=date(2025, 1, 1))
    await made.told(9, FAR, 1)
    await made.told(10, FAR, 4)
    return made


async def with_sheets(county: ToldCounty) -> None:
    """Of those on the list, 1, 2, 5 and 10 hold a card; 6 is on the sheets of the wrong county; the card of 3, who is paid, has ended;
    8 is supported as destitute."""
    await county.poor(COUNTY, date(2025, 12, 20), 1, 2, 3, 4, 5, 6, 7, 10)
    await county.destitute(COUNTY, date(2025, 12, 31), 8)
    await county.paid(COUNTY, date(2025, 12, 15), (2, "LIVING"), (3, "LIVING"), (5, "CARE"), (6, "LIVING"))
    await county.compared()


async def events(county: ToldCounty) -> list[tuple[Any, ...]]:
    """Every event of announcements, in order."""
    return [tuple(row) for row in await county.place.sql("matching", _EVENTS)]


async def test_each_selection_is_exactly_the_persons_it_means(county: ToldCounty) -> None:
    await with_sheets(county)
    async with county.runtime.pool.acquire() as conn:
        latest = await sheets(conn, [(COUNTY, each) for each in Selection])
        found = {
            each: {(some.division, one) for some in await chosen(conn, COUNTY, each, of) for one in some.persons}
            for each, of in zip(Selection, latest, strict=True)
        }
    assert found == {
        Selection.LIVING_MAY_QUALIFY: {(NEAR, person(1)), (FAR, person(5)), (FAR, person(10))},
        Selection.LIVING_PAID: {(NEAR, person(2))},
        Selection.CARE_MAY_QUALIFY: {(NEAR, person(2)), (FAR, person(9))},
        Selection.CARE_PAID: {(FAR, person(5))},
    }


async def test_a_sheet_that_pays_nobody_a_subsidy_says_nothing_about_it(county: ToldCounty) -> None:
    await county.paid(COUNTY, date(2025, 12, 15), (2, "LIVING"))
    await county.compared()
    async with county.runtime.pool.acquire() as conn:
        living, care = await sheets(conn, [(COUNTY, Selection.LIVING_PAID), (COUNTY, Selection.CARE_MAY_QUALIFY)])
    assert (living.month, living.as_of) == ("2025-12", {RosterKind.SUBSIDY_PAYMENT: date(2025, 12, 15)})
    assert (care.month, care.as_of) == (None, {})


async def test_on_the_rows_day_each_county_and_village_is_told_once(county: ToldCounty) -> None:
    await with_sheets(county)
    county.on(date(2025, 12, 31))
    assert await announce(county.runtime) == 0
    county.on(DAY)
    assert await announce(county.runtime) == 4  # two rows, two counties
    here = [each for each in await events(county) if each[2].startswith(COUNTY)]
    assert sorted(here, key=str) == sorted(
        [
            ("PolicyAnnounced", LIVING, COUNTY),
            ("PolicyAnnounced", CARE, COUNTY),
            *(("PolicyPassedOn", passed_on_id(id, village), village) for id in (LIVING, CARE) for village in (NEAR, FAR)),
        ],
        key=str,
    )
    assert [(kind, where) for kind, _, where in await events(county) if where == OTHER] == [("PolicyNotAnnounced", OTHER)] * 2
    before = await events(county)
    for table in ("announcement", "concerned"):
        await Rebuild(county.runtime, table, county.place.database["matching"]["rebuild"]).run()
    for day in (DAY, date(2026, 1, 2), date(2026, 12, 31)):
        county.on(day)
        await announce(county.runtime)
        now = await events(county)
        assert [each for each in now if each[1] in (LIVING, CARE)] == [each for each in before if each[1] in (LIVING, CARE)]
    county.on(date(2027, 1, 1))
    assert await announce(county.runtime) == 0


async def test_two_that_tell_at_the_same_moment_tell_once(county: ToldCounty) -> None:
    await with_sheets(county)
    told = await asyncio.gather(*[announce(county.runtime) for _ in range(3)], return_exceptions=True)
    assert all(isinstance(each, int | Conflict | AlreadyRecorded) for each in told)
    await announce(county.runtime)
    streams = [stream for _, stream, _ in await events(county)]
    assert len(streams) == len(set(streams)) == 8  # two rows: two counties, and two villages of one of them


async def test_a_county_without_sheets_says_so_and_is_told_when_they_come(county: ToldCounty) -> None:
    assert await announce(county.runtime) == 0  # nobody has looked yet
    await county.compared()
    assert await announce(county.runtime) == 4
    assert await announce(county.runtime) == 0
    await county.poor(COUNTY, date(2025, 10, 30), 1)
    await county.destitute(COUNTY, date(2025, 12, 31), 8)
    await county.paid(COUNTY, date(2025, 12, 15), (2, "LIVING"), (5, "CARE"))
    assert await announce(county.runtime) == 0  # what stands does not go by them yet
    await county.compared()
    assert await announce(county.runtime) == 1  # the list of the allowance is too old, and was lacking before
    await county.poor(COUNTY, date(2025, 12, 31), 1)
    await county.compared()
    assert await announce(county.runtime) == 1
    assert [kind for kind, stream, _ in await events(county) if stream == LIVING] == ["PolicyNotAnnounced", "PolicyAnnounced"]
    reader = await county.as_("MZ", COUNTY, "official")
    (row,) = [row for row in (await reader.get("/announcements"))["items"] if row["announcement_id"] == str(LIVING)]
    assert (row["state"], row["lacking"], row["as_of"]) == ("ANNOUNCED", [], "2025-12-15")


async def test_who_tells_people_reads_whom_it_may_concern_and_nobody_else(county: ToldCounty) -> None:
    await with_sheets(county)
    await announce(county.runtime)
    far = str(passed_on_id(LIVING, FAR))
    village = await county.as_("CUN", FAR, "liaison")
    mine = (await village.get("/announcements"))["items"]
    assert {(row["row_id"], row["division"], row["state"], row["persons"]) for row in mine} == {
        ("LIVING-MAY-QUALIFY", FAR, "PASSED_ON", 2),
        ("CARE-MAY-QUALIFY", FAR, "PASSED_ON", 1),
    }
    assert [
        row["announcement_id"] for row in (await village.get("/announcements", file_number=file_number(UUID(far))))["items"]
    ] == [far]
    wanted = sorted((person(5), person(10)))
    first = await village.get(f"/announcements/{far}/persons", limit=1)
    rest = await village.get(f"/announcements/{far}/persons", limit=1, after=first["cursor"])
    assert [row["person_id"] for row in (*first["items"], *rest["items"])] == [str(one) for one in wanted]
    neighbour = await county.as_("CUN", NEAR, "liaison")
    assert (await neighbour.get(f"/announcements/{far}/persons"))["items"] == []
    assert [row["person_id"] for row in (await neighbour.get(f"/announcements/{LIVING}/persons"))["items"]] == [str(person(1))]
    civil = await county.as_("MZ", COUNTY, "official")
    assert len((await civil.get(f"/announcements/{LIVING}/persons"))["items"]) == 3
    assert len((await civil.get(f"/announcements/{LIVING}/persons", division=FAR))["items"]) == 2
    other = await county.as_("CL", OTHER, "clerk")
    assert (await other.get(f"/announcements/{LIVING}/persons"))["items"] == []
    health = await county.as_("WJ", COUNTY, "official")
    assert {row["persons"] for row in (await health.get("/announcements"))["items"]} == {None}
    await health.get(f"/announcements/{far}/persons", 403)
    await (await county.as_("CUN", FAR, "reporter")).get("/announcements", 403)


async def test_of_ten_persons_or_more_everybody_in_the_division_may_know_the_number(county: ToldCounty) -> None:
    for number in range(20, 28):
        await county.told(number, NEAR, 3)
    await county.poor(COUNTY, date(2025, 12, 20), 1, 2, 4, *range(20, 28))
    await county.destitute(COUNTY, date(2025, 12, 31), 8)
    await county.paid(COUNTY, date(2025, 12, 15), (5, "LIVING"))
    await county.compared()
    await announce(county.runtime)
    health = await county.as_("WJ", COUNTY, "official")
    (row,) = (await health.get("/announcements", state="PASSED_ON"))["items"]
    assert (row["division"], row["persons"]) == (NEAR, 10)
