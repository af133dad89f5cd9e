"""政策找人 as offices read it: the village is told whom to visit behind the login, the owner agency what was told or why nothing was."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.domain.file_number import file_number
from services.matching.announcement import events as announcement_events
from services.matching.policy.load import load_policy as announcements
from services.notifications.policy.load import POLICY
from services.notifications.routing.projection import SettlingRow
from services.notifications.routing.resolution import resolved_by
from services.notifications.routing.route import notices
from tests.contract.golden import sample
from tests.notifications.samples import DAY, VILLAGE, recorded

COUNTY = "533401"
ROWS = announcements().announcements.rows
PLAIN = "名单上的人可能符合条件。请告知。"
PASSED_ON = replace(
    sample(announcement_events.PolicyPassedOn),
    title="重度残疾人护理补贴",
    plain=PLAIN,
    division=VILLAGE,
    owner="MZ",
    tell_by=date(2026, 4, 1),
)
ANNOUNCED = replace(
    sample(announcement_events.PolicyAnnounced),
    title="重度残疾人护理补贴",
    plain=PLAIN,
    division=COUNTY,
    owner="MZ",
    tell_by=date(2026, 4, 1),
)
WITHHELD = replace(
    sample(announcement_events.PolicyNotAnnounced),
    title="重度残疾人护理补贴",
    division=COUNTY,
    owner="MZ",
    sheets="低保名单、两项补贴发放花名册",
)


def told(event: Any, division: str) -> list[Any]:
    """The notices that an event makes."""
    return notices(recorded(event, division), POLICY, DAY)


def test_a_village_reads_what_it_is_about_and_by_when_and_nothing_of_anybody() -> None:
    (notice,) = told(PASSED_ON, VILLAGE)
    assert (notice.agency, notice.division, notice.sender) == ("CUN", VILLAGE, "CL:533401")
    assert notice.chain == ("CL:533401+XCZX:533401", "CGW:533401", "ZF:533401", "CGW:5334")
    assert notice.text == (
        f"【重度残疾人护理补贴】名单上的人可能符合条件。请告知。涉及本村人员（编号{file_number(notice.subject_id)}），名单请登录后查看。"
        "请于2026年4月1日前告知到人，并登记结果。"
    )
    assert notice.person_id is None
    assert not [fact for fact in notice.facts if fact.startswith("persons=") or str(PASSED_ON.persons[0]) in fact]
    assert (notice.act_days, notice.remind_days) == (15, (3,))


def test_where_no_village_is_known_the_township_is_told() -> None:
    somewhere = replace(PASSED_ON, division="533401102000")
    assert [(n.agency, n.division) for n in told(somewhere, somewhere.division)] == [("CL", "533401102")]


def test_the_owner_agency_reads_that_the_villages_were_told_and_need_not_act() -> None:
    (notice,) = told(ANNOUNCED, COUNTY)
    assert (notice.agency, notice.division, notice.act_days, notice.chain) == ("MZ", COUNTY, 0, ())
    assert "已转村（社区）于2026年4月1日前告知到人" in notice.text


def test_silence_does_not_look_like_health_and_ends_when_the_sheet_has_come() -> None:
    (notice,) = told(WITHHELD, COUNTY)
    assert (notice.agency, notice.chain) == ("MZ", ("CL:533401+XCZX:533401", "CGW:533401", "MZ:5334", "CGW:5334"))
    assert "所需的低保名单、两项补贴发放花名册没有报送，或者已经过时。" in notice.text
    came = SettlingRow(recorded(ANNOUNCED).event_id, notice.subject_id, COUNTY, "PolicyAnnounced", (), 2, DAY)
    resolution = resolved_by(notice.route, notice.facts, COUNTY, [came], POLICY)
    assert resolution is not None
    assert resolution.id == "policy-announced-after-all"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_row_that_may_be_announced_makes_a_text_for_a_village_and_for_its_owner(row: Any) -> None:
    words = {"title": row.value.title, "plain": row.value.plain, "owner": row.value.owner}
    for event, division, agency in ((PASSED_ON, VILLAGE, "CUN"), (ANNOUNCED, COUNTY, row.value.owner)):
        (notice,) = told(replace(event, **words), division)
        assert (notice.agency, notice.text.startswith(f"【{row.value.title}】{row.value.plain}")) == (agency, True)
