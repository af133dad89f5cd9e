"""Counts at the end of a past day: exactly what was known then, where it lay then; small numbers only for those who may see them."""

from datetime import date
from typing import Any

import pytest

from services.certificates.certificate import counts
from services.certificates.certificate.counts import status
from services.certificates.certificate.projection import CERTIFICATE_VIEW
from services.certificates.certificate.queries import STATUS
from tests.certificates import office as certificates_office
from tests.certificates.certificate import story
from tests.certificates.certificate.lives import STATES
from tests.certificates.certificate.samples import row
from tests.world import World

HERE, THERE = "533401204", "533422101"


async def counted(client: Any, **asked: str) -> dict[tuple[str, str], int | None]:
    """The answer by township and status."""
    items = (await client.get("/certificates/counts", **asked))["items"]
    return {(i["township"], i["status"]): i["count"] for i in items}


async def test_the_past_is_counted_as_it_was(place: World) -> None:
    office = await certificates_office.opened(place)
    first, second = [await office.application(await office.person(n)) for n in range(2)]
    await office.on("2026-03-03")
    await office.step(first, "accept")
    await office.on("2026-03-05")
    await office.step(first, "order-assessment")
    await office.clerk.post(f"/certificates/{second}/return", {"missing": "photo"})
    assert await counted(office.clerk) == {(HERE, "IN_ASSESSMENT"): 1, (HERE, "RETURNED"): 1}
    assert await counted(office.clerk, on="2026-03-05") == await counted(office.clerk)
    assert await counted(office.clerk, on="2026-03-04") == {(HERE, "ACCEPTED"): 1, (HERE, "APPLIED"): 1}
    assert await counted(office.clerk, on="2026-03-02") == {(HERE, "APPLIED"): 2}
    assert await counted(office.clerk, on="2026-03-01") == await counted(office.clerk, on="1900-01-01") == {}
    assert (await office.clerk.get("/certificates/counts", 422, on="2026-03-06"))["title"] == "day_in_future"
    assert (await office.clerk.get("/certificates/counts", 422, on="2999-12-31"))["title"] == "day_in_future"
    assert (await office.clerk.get(f"/certificates/{first}/as-of", 422, on="2999-12-31"))["title"] == "day_in_future"


async def test_a_card_that_moved_counts_where_it_was_on_that_day(place: World) -> None:
    office = await certificates_office.opened(place)
    _, card = await office.issued()
    there = await office.client("CL", "533422", "clerk")
    judge = await office.client("CL", "5334", "prefecture")
    await office.on("2026-03-12")
    await office.clerk.post(f"/certificates/{card}/transfer-out", {"to_division": certificates_office.FOREIGN_VILLAGE})
    assert (await counted(office.clerk), await counted(there)) == ({}, {(THERE, "VALID"): 1})
    assert (await counted(office.clerk, on="2026-03-11"), await counted(there, on="2026-03-11")) == ({(HERE, "VALID"): 1}, {})
    assert await counted(judge, on="2026-03-11") == {(HERE, "VALID"): 1}
    assert await counted(judge, on="2026-03-11", division="533422") == {}


async def test_validity_is_that_of_the_day(place: World) -> None:
    office = await certificates_office.opened(place)
    await office.issued()
    await office.on("2036-03-11")
    assert await counted(office.clerk) == {(HERE, "EXPIRED"): 1}
    assert await counted(office.clerk, on="2036-03-10") == {(HERE, "VALID"): 1}


async def test_what_changed_is_folded_in_batches(place: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "BATCH", 2)
    office = await certificates_office.opened(place)
    ids = [await office.application(await office.person(n)) for n in range(5)]
    await office.on("2026-03-03")
    await office.step(ids[4], "accept")
    await office.on("2026-03-05")
    for each in ids:
        await office.clerk.post(f"/certificates/{each}/withdraw")
    assert await counted(office.clerk, on="2026-03-04") == {(HERE, "ACCEPTED"): 1, (HERE, "APPLIED"): 4}


async def test_others_see_small_numbers_neither_themselves_nor_as_a_difference(place: World) -> None:
    office = await certificates_office.opened(place)
    ids = [await office.application(await office.person(n)) for n in range(12)]
    await office.step(ids[0], "accept")
    official = await office.client("MZ", "533401", "official")
    assert await counted(office.clerk) == {(HERE, "ACCEPTED"): 1, (HERE, "APPLIED"): 11}
    assert await counted(official) == {(HERE, "ACCEPTED"): None, (HERE, "APPLIED"): 11}
    assert await counted(official, on="2026-03-02", division=HERE) == {(HERE, "ACCEPTED"): None, (HERE, "APPLIED"): 11}
    refused = await official.get("/certificates/counts", 422, division=certificates_office.VILLAGE)
    assert refused["title"] == "division_too_narrow"
    assert await counted(office.clerk, division=certificates_office.VILLAGE) == {(HERE, "ACCEPTED"): 1, (HERE, "APPLIED"): 11}


@pytest.mark.parametrize("state", [state for state in STATES if STATES[state]])
@pytest.mark.parametrize("day", [date(2026, 4, 1), story.VALID_TO, date(2036, 3, 19)])
def test_every_folded_row_has_a_status(state: str, day: date) -> None:
    found = status(row(STATES[state]), day)
    issued = row(STATES[state]).step == "ISSUED"
    assert (found in ("VALID", "EXPIRED", "FROZEN", "LOST")) is issued
    assert (found == "EXPIRED") is (issued and state not in ("挂失", "冻结") and day > story.VALID_TO)


async def test_a_folded_status_is_the_one_the_database_gives(place: World) -> None:
    office = await certificates_office.opened(place)
    _, card = await office.issued()
    for step, body in (
        ("lost", {}),
        ("holder-told", {"action": "FREEZE", "way": "PHONE"}),
        ("freeze", {"reason": "IN_DOUBT", "evidence": "letter"}),
    ):
        await office.clerk.post(f"/certificates/{card}/{step}", body)
        async with office.runtime.pool.acquire() as conn:
            for day in (date(2026, 3, 10), date(2036, 3, 11)):
                record = await conn.fetchrow(f"SELECT *, {STATUS} AS status FROM views.certificate_view", day)
                assert status(CERTIFICATE_VIEW.from_record(record), day) == record["status"]
