"""Lists are sent as of what their kind says."""

from deploy.sandbox.county.sheets.layouts import LAYOUTS
from deploy.sandbox.scoring.lists import OF_A_DAY, OF_A_YEAR
from services.matching.policy.rosters import Period, load_rosters


def test_a_list_is_sent_of_the_year_the_month_or_the_day_that_its_kind_is_of() -> None:
    """Of the kinds that the written county has."""
    kinds = {row.id: row.value.period for row in load_rosters().rows if row.id in LAYOUTS}
    assert {kind for kind, period in kinds.items() if period is Period.YEAR} == OF_A_YEAR
    assert {kind for kind, period in kinds.items() if period is Period.DAY} == OF_A_DAY
