"""Over the real database: what is derived is recorded once, and read through the doors by whoever may."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4, uuid5

import pytest

from services.kernel.events import Context, Recorded
from services.kernel.execute import Order
from services.matching.entitlement.derive import commands
from services.matching.vocabulary import RosterKind, RosterState
from tests.matching.county_facts.database import COUNTY, Database
from tests.matching.samples import FAR, OTHER, PERSON
from tests.world import World

MONTHS = ["2026-03", "2026-04"]
TODAY = date(2026, 5, 6)
OTHER_COUNTY = FAR[:6]
PAYMENT, ALLOWANCE, DESTITUTE, BANK = (
    RosterKind.SUBSIDY_PAYMENT,
    RosterKind.SUBSISTENCE_ALLOWANCE,
    RosterKind.DESTITUTE_SUPPORT,
    RosterKind.BANK_RESULT,
)


@pytest.fixture
async def database(place: World) -> Database:
    """Two holders; one is in a household on the allowance, and was paid for March and April, which the bank could not pay out."""
    made = await Database(place).open()
    await made.deliver(*made.registered(PERSON), *made.registered(OTHER, grade=1))
    for month in MONTHS:
        await made.sent(ALLOWANCE, month, [{"person": PERSON, "household": uuid4(), "persons": 1}])
        await made.sent(DESTITUTE, month, [{"person": uuid4(), "mode": "CENTRAL"}])
    row = {"person": PERSON, "subsidy": "LIVING", "amount": Decimal(200), "months": 2}
    await made.sent(PAYMENT, "2026-04", [row])
    await made.sent(BANK, "2026-04", [{"person": PERSON, "subsidy": "LIVING", "amount": Decimal(200), "succeeded": "NO"}])
    return made


async def run(database: Database, months: Sequence[str] = MONTHS) -> list[Recorded]:
    """What a comparison of the county does with payments and standings."""
    with database.county() as county:
        await database.take(county, months, TODAY)
        county.derive()
        issued = commands(county, COUNTY, TODAY, database.policy)
    seed = uuid4()
    context = Context("machine:matching.comparing", database.runtime.clock(), seed, seed)
    orders = [
        Order(decider, stream, command, Context(context.actor, context.now, uuid5(seed, str(place)), seed))
        for place, (decider, stream, command) in enumerate(issued)
    ]
    async with database.runtime.pool.acquire() as conn, conn.transaction():
        return await database.runtime.executor.execute_many(conn, orders)


async def get(database: Database, path: str, division: str = COUNTY, **asked: Any) -> Any:
    """What an official of civil affairs of a county reads: a page."""
    base = await database.place.serve(database.runtime)
    client = await database.place.client(base, "MZ", division, "official")
    return await client.get(path, **asked)


async def items(database: Database, path: str, division: str = COUNTY, **asked: Any) -> list[dict[str, Any]]:
    """What is on the page."""
    found: list[dict[str, Any]] = (await get(database, path, division, **asked))["items"]
    return found


async def test_what_is_derived_is_recorded_once_and_read(database: Database) -> None:
    assert await run(database) != []
    assert await run(database) == []
    parts = await items(database, "/payments", person_id=str(PERSON))
    assert [(part["month"], part["sheet_month"], part["nature"], float(part["amount"])) for part in parts] == [
        ("2026-03", "2026-04", "ARREARS", 100),
        ("2026-03", "2026-04", "BOUNCED", -100),
        ("2026-04", "2026-04", "BOUNCED", -100),
        ("2026-04", "2026-04", "REGULAR", 100),
    ]
    months = await items(database, "/payments/months", person_id=str(PERSON))
    assert [(month["month"], float(month["returned"]), float(month["total"])) for month in months] == [
        ("2026-03", -100, 0),
        ("2026-04", -100, 0),
    ]
    stands = await items(database, f"/persons/{PERSON}/standings")
    assert [(row["subsidy"], row["entitled"], row["reason"]) for row in stands] == [
        ("CARE", False, "GRADE"),
        ("LIVING", True, None),
    ]


async def test_lists_of_standings_are_of_a_division_a_reason_and_in_pages(database: Database) -> None:
    await run(database)
    assert {row["person_id"] for row in await items(database, "/standings", subsidy="CARE", entitled="true")} == {str(OTHER)}
    assert {row["reason"] for row in await items(database, "/standings", subsidy="LIVING", entitled="false")} == {
        "NOT_ON_ALLOWANCE"
    }
    assert await items(database, "/standings", subsidy="LIVING", reason="DIED") == []
    assert await items(database, "/standings", OTHER_COUNTY, subsidy="LIVING") == []
    first = await get(database, "/standings", subsidy="CARE", limit=1)
    rest = await items(database, "/standings", subsidy="CARE", limit=5, after=first["cursor"])
    assert sorted(row["person_id"] for row in (*first["items"], *rest)) == sorted((str(PERSON), str(OTHER)))


async def test_another_county_reads_nothing(database: Database) -> None:
    await run(database)
    assert await items(database, "/payments", OTHER_COUNTY, person_id=str(PERSON)) == []
    assert await items(database, f"/persons/{PERSON}/standings", OTHER_COUNTY) == []


async def test_months_before_are_known_when_only_later_ones_are_looked_at(database: Database) -> None:
    await run(database)
    assert await run(database, ["2026-04"]) == []


async def test_a_sheet_whose_rows_are_not_kept_any_more_takes_nothing_back(database: Database) -> None:
    await run(database)
    await database.place.sql("matching", "DELETE FROM roster_content WHERE kind = 'SUBSIDY_PAYMENT'")
    assert await run(database) == []


async def test_one_that_was_taken_back_pays_nobody(database: Database) -> None:
    await run(database)
    await database.place.sql(
        "matching", f"UPDATE views.roster SET state = '{RosterState.WITHDRAWN}' WHERE kind = 'SUBSIDY_PAYMENT'"
    )
    assert {type(recorded.event).__name__ for recorded in await run(database)} == {"SubsidyPaymentWithdrawn"}
    assert await items(database, "/payments", person_id=str(PERSON)) == []
