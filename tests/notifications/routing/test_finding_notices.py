"""Findings as offices read them: the owner verifies, the federation knows, finance hears of what was verified, delay climbs."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.domain.audience import Receiver, unsayable
from services.domain.file_number import file_number
from services.kernel.policy import load
from services.matching.comparison.rules import FOLDER, Rule
from services.matching.finding import events as finding_events
from services.matching.vocabulary import FINDING_NAMES, Finding, Refutation, Settled, Stage, SubjectKind
from services.notifications.notice.commands import Verify
from services.notifications.notice.escalation_chain import Office
from services.notifications.policy.load import POLICY
from services.notifications.routing.projection import ENDED, Past, settler
from services.notifications.routing.reactions import route, settle
from services.notifications.routing.route import notices
from services.notifications.routing.wording import text_for
from tests.notifications.notice import lives
from tests.notifications.samples import DAY, FOUND, OPENED, recorded

RULES = {row.id: row.value for file in sorted(FOLDER.glob("*.toml")) for row in load(file, "comparison", Rule).rows}
VERIFY_BY, ACT_BY = date(2026, 3, 16), date(2026, 4, 13)
PAID = replace(FOUND, rule="PAID_AFTER_DEATH", title="登记死亡后仍在发放补贴", finding=Finding.RECEIVING_NOT_ENTITLED)


def verified(found: finding_events.Found) -> finding_events.FindingVerified:
    """An official of the owner looked, and it is so."""
    return finding_events.FindingVerified(found=found, evidence="HOME_VISIT", verified_on=DAY, act_by=ACT_BY)


def overdue(found: finding_events.Found, stage: Stage) -> finding_events.FindingOverdue:
    """The owner's day went by."""
    return finding_events.FindingOverdue(found=found, stage=stage, due_on=VERIFY_BY)


def told(event: Any) -> list[tuple[str, str]]:
    """Who is told of it, by which row."""
    return [(notice.route, f"{notice.agency}:{notice.division}") for notice in notices(recorded(event), POLICY, DAY)]


def test_the_owner_reads_what_was_found_that_it_is_a_lead_and_until_when() -> None:
    owner, federation = notices(recorded(OPENED), POLICY, DAY)
    ref = file_number(owner.subject_id)
    assert (owner.agency, owner.division, owner.chain) == ("MZ", "533401", ("CL:533401", "CGW:533401", "MZ:5334", "CGW:5334"))
    assert owner.text == (
        f"2026-02数据比对发现一条线索（编号{ref}）。应享未享：困难残疾人生活补贴应享未享。这只是线索。请于2026年3月16日前核实。"
    )
    assert (federation.agency, federation.act_days, federation.chain) == ("CL", 0, ())
    assert federation.text.endswith("已转责任部门核实，请知悉。")


def test_a_finding_of_a_person_names_the_person_to_the_service_alone() -> None:
    for notice in notices(recorded(OPENED), POLICY, DAY):
        assert notice.person_id == FOUND.subject
        assert str(FOUND.subject) not in notice.text + "".join(notice.facts)
        assert not {fact.partition("=")[0] for fact in notice.facts} & {"subject", "object", "facts", "found"}
    household = replace(OPENED, found=replace(FOUND, subject_kind=SubjectKind.HOUSEHOLD))
    assert [notice.person_id for notice in notices(recorded(household), POLICY, DAY)] == [None, None]


@pytest.mark.parametrize("event", [finding_events.FindingOpened, finding_events.FindingReopened])
def test_a_payment_that_may_be_wrong_is_told_to_civil_affairs_alone_and_stops_nothing(event: Any) -> None:
    (notice,) = notices(recorded(event(found=PAID, verify_by=VERIFY_BY)), POLICY, DAY)
    assert notice.agency == "MZ"
    assert "这是线索，须核实，不得据此直接停发。" in notice.text
    late = overdue(PAID, Stage.VERIFY)
    assert all("这是线索，须核实，不得据此直接停发。" in each.text for each in notices(recorded(late), POLICY, DAY))


@pytest.mark.parametrize(
    ("found", "finance"),
    [
        (PAID, True),
        (FOUND, False),  # nobody is paid too much
        (replace(PAID, rule="PENSION_AFTER_DEATH", object="M05", owner="RS"), False),  # no subsidy
    ],
)
def test_finance_hears_of_a_payment_when_it_is_verified_and_of_no_sum(found: finding_events.Found, finance: bool) -> None:
    told = notices(recorded(verified(found)), POLICY, DAY)
    assert [notice.agency for notice in told] == [found.owner, *(["CZ"] if finance else [])]
    assert not any("追回" in notice.text or "元" in notice.text for notice in told)
    assert "请依规定于2026年4月13日前办理" in told[0].text


def test_whoever_a_finding_is_handed_to_is_told_as_its_first_owner_was() -> None:
    handed = finding_events.FindingTransferred(
        found=replace(FOUND, owner="CZ"), from_owner="MZ", reason="NOT_OUR_DUTY", transferred_on=DAY, verify_by=VERIFY_BY
    )
    assert told(handed) == [("finding-transferred", "CZ:533401")]
    asked = lives.row_of(notices(recorded(OPENED), POLICY, DAY)[0], lives.NOTED)
    ((_, _, done),) = settle(recorded(handed), [asked], POLICY)
    assert done == Verify("FindingTransferred", UUID(int=1), "finding-handed-on")


@pytest.mark.parametrize(("stage", "word"), [(Stage.VERIFY, "核实"), (Stage.ACT, "落实")])
def test_delay_climbs_to_the_county_government_and_the_prefectures_committee(stage: Stage, word: str) -> None:
    owner, federation = notices(recorded(overdue(FOUND, stage)), POLICY, DAY)
    assert (owner.agency, federation.agency, owner.severity.value) == ("MZ", "CL", "HIGH")
    assert owner.chain == ("CL:533401", "CGW:533401", "ZF:533401", "CGW:5334")
    assert f"逾期未{word}" in owner.text
    assert ("这只是线索" in owner.text) == (stage is Stage.VERIFY)


def test_a_finding_that_is_verified_or_ended_before_it_could_be_told_is_not_told() -> None:
    for event in (
        verified(FOUND),
        finding_events.FindingResolved(found=FOUND, how=Settled.FACT_ARRIVED, resolved_on=DAY),
        finding_events.FindingRefuted(found=FOUND, reason=Refutation.NOT_TRUE, refuted_on=DAY, until=None),
    ):
        after = Past(later=(settler(replace(recorded(event), version=2)),))
        assert [order[2].notice.route for order in route(recorded(OPENED), after, POLICY)] == ["finding-known"]
    assert {finding_events.FindingResolved, finding_events.FindingRefuted} <= set(ENDED)


@pytest.mark.parametrize("rule", ["CARD_ENDS_WHILE_PAID", "MEASURE_LATE", "HOME_ASSESSMENT_OVERDUE"])
def test_what_another_service_tells_first_is_not_told_again(rule: str) -> None:
    found = replace(FOUND, rule=rule, owner=RULES[rule].owner)
    assert told(replace(OPENED, found=found)) == []
    assert told(finding_events.FindingReopened(found=found, verify_by=VERIFY_BY)) == []
    assert told(overdue(found, Stage.VERIFY)) == []


def test_what_may_be_a_delay_of_lists_is_told_when_newer_ones_show_it_still() -> None:
    young = replace(FOUND, may_be_lag=True)
    assert told(replace(OPENED, found=young, verify_by=None)) == []
    assert told(finding_events.FindingReopened(found=young, verify_by=None)) == []
    persisted = finding_events.FindingPersisted(found=FOUND, verify_by=VERIFY_BY)
    assert told(persisted) == [("finding-persisted", "MZ:533401"), ("finding-persisted-known", "CL:533401")]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_every_rule_has_a_title_that_its_owner_may_be_told(rule: str) -> None:
    value = RULES[rule]
    found = replace(FOUND, rule=rule, title=value.title, finding=value.finding, owner=value.owner)
    handed = finding_events.FindingTransferred(
        found=found, from_owner="CL", reason="NOT_OUR_DUTY", transferred_on=DAY, verify_by=VERIFY_BY
    )
    (notice,) = notices(recorded(handed), POLICY, DAY)
    assert (notice.agency, notice.division) == (value.owner, "533401")
    assert value.title in notice.text
    assert unsayable(Receiver.AGENCY, notice.text) is None


def test_rows_that_nobody_can_use_are_told_to_their_sender_alone_who_sends_them_again() -> None:
    found = replace(FOUND, rule="ROW_UNUSABLE", title=RULES["ROW_UNUSABLE"].title, finding=Finding.DATA_QUALITY, owner="WJ")
    found = replace(found, subject_kind=SubjectKind.ROSTER, object="ID_LENGTH")
    (notice,) = notices(recorded(replace(OPENED, found=found)), POLICY, DAY)
    assert (notice.agency, notice.person_id) == ("WJ", None)
    assert "请按名单的问题明细更正后重新报送。" in notice.text
    assert "线索。" not in notice.text.partition("：")[2]


def test_what_would_be_somebodys_if_a_fact_were_known_is_told_as_a_question() -> None:
    found = replace(FOUND, rule="CARE_UNCLEAR", title=RULES["CARE_UNCLEAR"].title, finding=Finding.QUALIFIES_IF_KNOWN, owner="CL")
    (notice,) = notices(recorded(replace(OPENED, found=found)), POLICY, DAY)
    assert notice.agency == "CL"
    assert "信息待核" in notice.text
    assert "能否享受，须先核实所缺信息。" in notice.text


def test_every_type_has_its_official_word() -> None:
    assert set(FINDING_NAMES) == set(Finding) - {Finding.UNKNOWN}
    said = ("period=2026", "title=甲", "finding=NEWER")
    assert "其他" in text_for("finding-known", Office("CL", "533401"), UUID(int=2), said, DAY, POLICY).text
