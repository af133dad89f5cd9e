"""C6: what hospitals concluded, and the cards that followed."""

from datetime import date
from uuid import UUID

import pytest

from services.matching.comparison.derive import derive
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import CardStep, Feed
from tests.matching.county_facts.story import COUNTY, MATE, PERSON, RULES, Story

RESULTS, AS_OF, TODAY = "ASSESSMENT_RESULT", date(2026, 3, 31), date(2026, 4, 30)
WITHOUT = [row for row in RULES.rows if row.id == "CARD_WITHOUT_ASSESSMENT"]


@pytest.mark.parametrize(("issued_on", "missing"), [(date(2026, 3, 31), True), (date(2026, 4, 1), False)])
def test_a_card_that_is_issued_after_the_day_of_the_results_is_not_missing_on_them(
    county: County, issued_on: date, missing: bool
) -> None:
    story = Story(county, "2026-04", "2026-04").card(CardStep.VALID, issued_on, date(2036, 3, 31), grade=3)
    story.lists[RESULTS, "2026-04"] = roster = UUID(int=91)
    county.put("feed", [Feed(RESULTS, "2026-04", roster, AS_OF, True, None, "WJ")])
    listed, row = story.listed(RESULTS, "2026-04", MATE)  # since when the results tell
    county.put_named("assessment_result", [{"roster_id": listed, "row": row, "assessed_on": date(2026, 1, 5)}])
    county.derive()
    found = derive(county, WITHOUT, COUNTY, TODAY).found
    assert [each.subject for each in found] == ([PERSON] if missing else [])
