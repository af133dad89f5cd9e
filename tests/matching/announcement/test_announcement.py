"""Announcements: what a county and its villages are told once and what again, and which row a county goes by."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.kernel.policy import Row, Rules
from services.matching.announcement import decider, selections
from services.matching.announcement.events import PolicyAnnounced, PolicyNotAnnounced, PolicyPassedOn
from services.matching.policy.load import Selection, load_policy
from services.matching.vocabulary import RosterKind, Through
from tests.spec import Spec, spec

POLICY = load_policy()
COUNTY, VILLAGE, DAY = "533401", "533401102001", date(2026, 1, 1)
LIVING, CARE, *_ = POLICY.announcements.rows
PERSONS = (UUID(int=1), UUID(int=2))
POOR, DESTITUTE, PAYMENT = RosterKind.SUBSISTENCE_ALLOWANCE, RosterKind.DESTITUTE_SUPPORT, RosterKind.SUBSIDY_PAYMENT
DAYS = {POOR: date(2025, 12, 20), DESTITUTE: date(2025, 12, 31), PAYMENT: date(2025, 12, 15)}
FRESH = selections.Sheets(DAYS, "2025-12")
ID = decider.announcement_id("LIVING-MAY-QUALIFY", DAY, COUNTY)
TOLD = PolicyAnnounced(
    row_id="LIVING-MAY-QUALIFY",
    row_from=DAY,
    title="困难残疾人生活补贴",
    plain=LIVING.value.plain,
    owner="MZ",
    division=COUNTY,
    selection="LIVING_MAY_QUALIFY",
    as_of=date(2025, 12, 15),
    tell_by=date(2026, 1, 31),
    villages=1,
)
PASSED_ON = PolicyPassedOn(
    announcement_id=ID,
    row_id="LIVING-MAY-QUALIFY",
    row_from=DAY,
    title="困难残疾人生活补贴",
    plain=LIVING.value.plain,
    owner="MZ",
    division=VILLAGE,
    persons=PERSONS,
    through=Through.VILLAGE,
    as_of=date(2025, 12, 15),
    tell_by=date(2026, 1, 31),
)
MISSING = PolicyNotAnnounced(
    row_id="LIVING-MAY-QUALIFY",
    row_from=DAY,
    title="困难残疾人生活补贴",
    owner="MZ",
    division=COUNTY,
    lacking=(RosterKind.SUBSISTENCE_ALLOWANCE,),
    sheets="低保名单",
)
UNPAID = replace(MISSING, lacking=(RosterKind.SUBSIDY_PAYMENT,), sheets="两项补贴发放花名册")
BOTH = replace(MISSING, lacking=(*MISSING.lacking, *UNPAID.lacking), sheets="低保名单、两项补贴发放花名册")


def announced(*past: object) -> Spec:
    """An announcement with this past."""
    return spec(decider.ANNOUNCEMENT, POLICY).given(*past)


def test_a_county_and_a_village_are_told_once() -> None:
    announced().when(decider.Announce(TOLD)).then(TOLD)
    announced(TOLD).when(decider.Announce(replace(TOLD, villages=2))).then_nothing()
    announced(TOLD).when(decider.Withhold(MISSING)).then_nothing()
    announced().when(decider.PassOn(PASSED_ON)).then(PASSED_ON)
    announced(PASSED_ON).when(decider.PassOn(replace(PASSED_ON, persons=()))).then_nothing()


def test_why_nobody_was_told_is_said_again_only_when_another_sheet_is_lacking() -> None:
    announced().when(decider.Withhold(MISSING)).then(MISSING)
    announced(MISSING).when(decider.Withhold(MISSING)).then_nothing()
    announced(MISSING).when(decider.Withhold(UNPAID)).then(UNPAID)
    announced(MISSING).when(decider.Withhold(BOTH)).then(BOTH)
    announced(BOTH).when(decider.Withhold(UNPAID)).then_nothing()
    announced(MISSING).when(decider.Announce(TOLD)).then(TOLD)


def test_what_is_told_follows_from_the_row_and_the_sheets() -> None:
    assert decider.announced(LIVING, COUNTY, FRESH, [selections.Chosen(VILLAGE, PERSONS)], DAY) == (TOLD, [PASSED_ON])
    assert decider.announced(CARE, COUNTY, FRESH, [], DAY)[0].villages == 0
    assert decider.announced(CARE, COUNTY, sent(POOR, date(2025, 1, 1)), [], DAY)[0].as_of == date(2025, 12, 15)


def sent(kind: RosterKind, as_of: date | None) -> selections.Sheets:
    """The same lists, but one is of another day, or was not sent."""
    others = {each: day for each, day in DAYS.items() if each is not kind}
    return selections.Sheets(others | ({kind: as_of} if as_of else {}), "2025-12")


def test_without_a_sheet_or_with_an_old_one_nobody_is_told() -> None:
    assert decider.lacking(LIVING, COUNTY, FRESH, DAY) is None
    assert decider.lacking(LIVING, COUNTY, sent(POOR, None), DAY) == MISSING
    assert decider.lacking(LIVING, COUNTY, sent(POOR, date(2025, 10, 30)), DAY) == MISSING
    assert decider.lacking(LIVING, COUNTY, sent(POOR, date(2025, 10, 31)), DAY) is None
    assert decider.lacking(LIVING, COUNTY, sent(PAYMENT, None), DAY) == UNPAID
    assert decider.lacking(LIVING, COUNTY, selections.Sheets({DESTITUTE: DAY}, None), DAY) == BOTH
    assert decider.lacking(CARE, COUNTY, sent(POOR, None), DAY) is None


def test_whom_a_row_may_concern_is_not_known_without_the_list_that_excludes() -> None:
    for row in (LIVING, CARE):
        withheld = decider.lacking(row, COUNTY, sent(DESTITUTE, None), DAY)
        assert withheld is not None
        assert (withheld.lacking, withheld.sheets) == ((DESTITUTE,), "特困人员救助供养名单")
    assert {selection for selection in Selection if DESTITUTE in selection.needs} == {
        Selection.LIVING_MAY_QUALIFY,
        Selection.CARE_MAY_QUALIFY,
    }


def test_a_row_holds_on_its_days_and_the_most_local_one_of_an_id_speaks() -> None:
    ids = [
        [row.id for row in decider.in_force(POLICY, day, COUNTY)]
        for day in (date(2025, 12, 31), DAY, date(2026, 7, 1), date(2027, 1, 1))
    ]
    first = ["LIVING-MAY-QUALIFY", "CARE-MAY-QUALIFY"]
    assert ids == [[], first, [*first, "LIVING-RATE", "CARE-RATE"], []]
    mine = Row(LIVING.id, LIVING.since, None, COUNTY, "a test", replace(LIVING.value, title="本县补贴"))
    local = replace(POLICY, announcements=Rules((mine, *POLICY.announcements.rows)))
    assert [row.value.title for row in decider.in_force(local, DAY, COUNTY)] == ["本县补贴", "重度残疾人护理补贴"]
    assert [row.value.title for row in decider.in_force(local, DAY, "533422")] == ["困难残疾人生活补贴", "重度残疾人护理补贴"]
