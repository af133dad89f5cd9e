"""What a list says of a card goes by the card that its sender could know: one that is new may be missing only for the list's age."""

from datetime import date
from uuid import UUID

import pytest

from services.matching.comparison.derive import derive
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import CardStep, Feed
from tests.matching.county_facts.story import COUNTY, PERSON, RULES, Story

PENSIONS, AS_OF, TODAY = "PENSION_INSURANCE", date(2026, 3, 31), date(2026, 4, 30)
NOT_AIDED = [row for row in RULES.rows if row.id == "PENSION_PREMIUM_NOT_AIDED"]


@pytest.mark.parametrize(
    ("issued_on", "may_be_lag"), [(date(2026, 3, 1), False), (date(2026, 3, 2), True), (date(2026, 4, 20), True)]
)
def test_a_premium_is_not_owed_by_a_list_that_cannot_know_the_card(county: County, issued_on: date, may_be_lag: bool) -> None:
    story = Story(county, "2026-04", "2026-04").card(CardStep.VALID, issued_on, date(2036, 2, 28), grade=1)
    story.lists[PENSIONS, "2026-04"] = UUID(int=91)
    county.put("feed", [Feed(PENSIONS, "2026-04", UUID(int=91), AS_OF, True)])
    roster, row = story.listed(PENSIONS, "2026-04", PERSON)
    said = {"roster_id": roster, "row": row, "scheme": "RESIDENT", "status": "PAYING", "paid_by_government": False}
    county.put_named("pension_insurance", [said])
    county.derive()
    found = derive(county, NOT_AIDED, COUNTY, TODAY).found
    assert [(each.subject, each.may_be_lag) for each in found] == [(PERSON, may_be_lag)]
