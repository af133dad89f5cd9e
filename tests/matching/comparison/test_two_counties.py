"""What happens in one county and matters to another: both are compared."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from services.certificates.person.events import PersonMoved
from services.matching.comparison.loop import changed
from services.matching.comparison.rules import Rulebook, load_rulebook
from services.matching.comparison.run import compare
from services.matching.vocabulary import RosterKind
from tests.matching.county_facts.database import COUNTY, Database
from tests.matching.samples import FAR, PERSON, VILLAGE
from tests.world import World

THERE, APRIL = FAR[:6], "2026-04"


class TwoCounties(Database):
    """One person of the first county, and what loops make of both."""

    rules: Rulebook

    async def open(self) -> "TwoCounties":
        await super().open()
        self.place.set_clock(datetime(2026, 5, 6, 2, tzinfo=UTC))
        self.rules = load_rulebook(self.policy.rosters)
        await self.deliver(*self.registered(PERSON))
        return self

    async def pays(self, county: str, **row: object) -> None:
        """The county's sheet of April pays the person, and the county is compared."""
        about = {"person": PERSON, "subsidy": "LIVING", "amount": Decimal(100), "nature": "REGULAR"}
        await self.sent(RosterKind.SUBSIDY_PAYMENT, APRIL, [about | row], division=county)
        await self.compared(county)

    async def compared(self, county: str) -> None:
        """As the loop does."""
        assert await compare(self.runtime, self.rules, county) is not None

    async def waiting(self) -> set[str]:
        """The counties that the loop would compare."""
        return {each.division for each in await changed(self.runtime, self.rules)}

    async def twice(self) -> list[UUID]:
        """Who is found to be paid by both."""
        rows = await self.place.sql("matching", "SELECT subject FROM views.finding WHERE rule = 'PAID_TWICE' AND state = 'OPEN'")
        return [row["subject"] for row in rows]


@pytest.fixture
async def counties(place: World) -> TwoCounties:
    """See the class."""
    return await TwoCounties(place).open()


async def test_what_one_county_pays_is_compared_by_the_other_where_the_person_lives(counties: TwoCounties) -> None:
    await counties.pays(COUNTY)
    assert await counties.waiting() == set()
    assert await counties.twice() == []
    await counties.pays(THERE)
    assert await counties.waiting() == {COUNTY}
    await counties.compared(COUNTY)
    assert PERSON in await counties.twice()
    assert await counties.waiting() == set()  # neither wakes the other for what it knows already


async def test_who_moves_changes_the_county_that_is_left_and_the_new_one(counties: TwoCounties) -> None:
    await counties.compared(COUNTY)
    assert await counties.waiting() == set()
    moved = PersonMoved(from_division=VILLAGE, to_division=FAR, moved_on=date(2026, 4, 20))
    await counties.deliver(counties.told(PERSON, moved, FAR))
    assert await counties.waiting() == {COUNTY, THERE}
