"""Routing: which event tells which offices what, by when, with whom behind them; a catalogue in which nothing is forgotten."""

import re
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.domain.agencies import Successor
from services.domain.file_number import file_number
from services.kernel.language import published
from services.kernel.policy import Rules
from services.matching.policy.rosters import load_rosters
from services.matching.roster.events import RosterHeld, RosterRejected
from services.matching.vocabulary import ROSTER_NAMES, RosterKind
from services.monitoring.vocabulary import Severity
from services.notifications import vocabulary
from services.notifications.notice.facts import facts_of
from services.notifications.policy.load import POLICY
from services.notifications.policy.route_rows import event_class
from services.notifications.policy.templates import FORBIDDEN
from services.notifications.routing.route import notices
from tests.contract.golden import sample
from tests.notifications.samples import DAY, PLAN, RISK, TRIED, VILLAGE, recorded

# Events that nobody has to act on by a notice, each with the reason.
SILENT = {
    "PersonRegistered": "the register's own step",
    "CertificateApplicationSubmitted": "the clerk's desk shows it",
    "CertificateApplicationAccepted": "the register's own step",
    "CertificateApplicationReturned": "told at the window",
    "CertificateApplicationRefused": "told at the window",
    "AssessmentCompleted": "the clerk's desk shows it",
    "PublicNoticeStarted": "the village posts it on the clerk's request",
    "PublicNoticeClosed": "the register's own step",
    "GuardianNamed": "the register's own step",
    "IdentityCorrected": "the register's own step",
    "IdentityCorrectionReverted": "the register's own step",
    "PersonMoved": "the transfer of the certificate is routed",
    "CertificateApplicationForwarded": "the clerk's desk shows it",
    "CertificateApplicationWithdrawn": "the applicant's own step",
    "NoticeGiven": "the register's own step",
    "HomeAssessmentScheduled": "the health bureau's own step",
    "HomeAssessmentMissed": "the health bureau's own step",
    "HomeRoundPlanned": "the health bureau's own step",
    "HomeRoundMoved": "the health bureau's own step",
    "HomeRoundCancelled": "the health bureau's own step",
    "HomeRoundClosed": "the health bureau's own step",
    "ObjectionRaised": "confidential, the clerk's desk shows it",
    "ObjectionAnswered": "answered by hand",
    "DisputeDecided": "told at the window",
    "CertificateRecorded": "its expiry is routed",
    "CertificateExpiryApproaching": "opens a reminder, whose rungs are routed",
    "ReviewOpened": "the register's own step",
    "ReviewClosed": "told at the window",
    "CertificateReplaced": "handed out at the window",
    "CertificateReportedLost": "the holder's own step",
    "CertificateReissued": "handed out at the window",
    "CertificateTransferredIn": "the register's own step",
    "CertificateActionDismissed": "the clerk's own step",
    "HolderTold": "told by hand",
    "OutreachLeadNoted": "the village's desk shows it, and nobody else may see it",
    "OutreachAnswered": "the village's own step, which nobody else may see",
    "OutreachClosed": "the village's own step, which nobody else may see",
    "OutreachMoved": "the register's own step, which nobody else may see",
    "PersonDetailsCorrected": "the register's own step",
    "ContactChosen": "the register's own step",
    "PhoneConfirmed": "the register's own step",
    "HouseholdRegistered": "bookkeeping",
    "HouseholdMembersChanged": "bookkeeping",
    "VisitRecorded": "its leads are routed",
    "PlannedVisitClosed": "settles what was told of the visit, and proves a reminder",
    "PlannedVisitWithdrawn": "withdraws open notices",
    "RiskResolved": "withdraws open notices",
    "HouseholdIdentified": "the case was routed when it was opened",
    "RiskEliminated": "withdraws open notices",
    "RosterReceived": "its findings are routed",
    "RosterArrived": "withdraws open notices",
    "RosterConfirmed": "its findings are routed",
    "RosterWithdrawn": "whoever took it back knows; its findings end",
    "SubsidyPaid": "no news",
    "SubsidyPaymentCorrected": "no news",
    "SubsidyPaymentReturned": "what bounced is a finding",
    "SubsidyPaymentWithdrawn": "no news",
    "SubsidyLikelyEntitled": "a month that is owed is a finding",
    "SubsidyLikelyNotEntitled": "a month that was paid is a finding",
    "SubsidyRiskEnded": "withdraws open notices",
    "SubsidyDecided": "civil affairs' own step",
    "SubsidyListLinesFrozen": "the list is routed, not its lines",
    "SubsidyListLinesConfirmed": "the signature that they come with is routed",
    "SubsidyListFollowed": "the list shows it; what is wrong is a finding",
    "ComparisonCompleted": "its findings are routed; boards say what could not be compared",
    "IdentityLinked": "whoever decided knows; what follows is found by the next comparison",
    "IdentityUnlinked": "whoever decided knows; what follows is found by the next comparison",
    "IdentityRefused": "whoever decided knows; what follows is found by the next comparison",
    "IdentityRefusalWithdrawn": "whoever decided knows; what follows is found by the next comparison",
    "FindingAssigned": "the owner's own step",
    "FindingRefuted": "withdraws open notices",
    "FindingResolved": "withdraws open notices",
}


def offices(event: Any, division: str = VILLAGE) -> list[tuple[str, str]]:
    """Who is told of an event."""
    return [(q.agency, q.division) for q in notices(recorded(event, division), POLICY, DAY)]


def test_a_visits_risk_goes_to_the_village_the_federation_and_rural_revitalisation() -> None:
    assert offices(RISK) == [("CUN", VILLAGE), ("CL", "533401"), ("XCZX", "533401")]


@pytest.mark.parametrize(
    ("window", "rung", "told"),
    [
        ("SIX_MONTHS", "PERSON", []),
        ("SIX_MONTHS", "CUN@village", [("CUN", VILLAGE, "reminder-six-months-village", "MEDIUM", ())]),
        ("SIX_MONTHS", "CL@township", [("CL", VILLAGE[:9], "reminder-six-months-township", "MEDIUM", ())]),
        ("SIX_MONTHS", "CL@county", [("CL", "533401", "reminder-six-months-county", "MEDIUM", ())]),
        ("ONE_MONTH", "PERSON", []),
        ("ONE_MONTH", "CUN@village", [("CUN", VILLAGE, "reminder-one-month-village", "HIGH", ())]),
        ("ONE_MONTH", "CL@county", [("CL", "533401", "reminder-one-month-county", "HIGH", ("CGW:533401", "CL:5334", "CGW:5334"))]),
    ],
)
def test_a_rung_tells_its_office_and_only_behind_the_last_of_the_last_month_stands_a_chain(
    window: str, rung: str, told: list[Any]
) -> None:
    found = notices(recorded(replace(TRIED, window=window, rung=rung)), POLICY, DAY)
    assert [(q.agency, q.division, q.route, q.severity.value, q.chain) for q in found] == told
    assert {q.reminder for q in found} <= {window}


def test_the_village_is_told_of_a_reminder_until_when_and_how_it_counts() -> None:
    (queued,) = notices(recorded(replace(TRIED, window="ONE_MONTH")), POLICY, DAY)
    assert queued.text == (
        f"本村一名残疾人的残疾人证将于2026年8月28日到期，不足1个月（提醒编号{file_number(queued.subject_id)}）。逾期将影响补贴发放，而本人和监护人都还没有确认知悉。"
        "请在2026年3月3日前入户提醒换证，并登记由谁确认。只发短信不算。姓名和住址请登录后查看。"
    )
    assert (queued.template, queued.acknowledge_by, queued.act_days) == ("expiry-one-month.village@2", date(2026, 3, 3), 2)
    assert queued.facts == (
        "valid_to=2026-08-28",
        "window=ONE_MONTH",
        "rung=CUN@village",
        "number=1",
        "tried_on=2026-03-02",
        "answer_by=2026-03-16",
    )


def test_a_measure_goes_to_its_owner_and_an_office_above_the_village_skips_the_village() -> None:
    assert offices(PLAN) == [("MZ", "533401")]
    assert offices(RISK, "533401") == [("CL", "533401"), ("XCZX", "533401")]


def test_a_notice_says_what_by_when_and_who_is_next_and_nothing_personal() -> None:
    village, queued, _ = notices(recorded(RISK), POLICY, DAY)
    assert (
        queued.text
        == f"发现一户残疾人家庭有返贫致贫风险线索（编号{file_number(queued.subject_id)}，自然灾害）。请于2026年3月4日前核实。"
    )
    assert (
        village.text
        == f"请走访一户残疾人家庭（编号{file_number(village.subject_id)}）。原因：自然灾害。请于2026年3月4日前核实。户主和住址请登录后查看。"
    )
    assert (queued.template, village.template) == ("risk-detected.agency@1", "risk-detected.village@1")
    assert (queued.severity, queued.acknowledge_by, queued.stage) == (vocabulary.NoticeSeverity.HIGH, date(2026, 3, 4), 0)
    assert (queued.act_days, queued.reminders, queued.sender) == (3, (date(2026, 3, 3),), "CL:533401")
    assert village.chain == ("CL:533401+XCZX:533401", "CGW:533401", "ZF:533401", "CGW:5334")
    assert queued.chain == ("XCZX:533401", "CGW:533401", "ZF:533401", "CGW:5334")
    assert queued.channels == (vocabulary.Channel.TOPIC, vocabulary.Channel.INBOX)
    assert village.channels == (vocabulary.Channel.INBOX,)
    quiet = [replace(row, value=replace(row.value, doors=(vocabulary.Channel.INBOX,))) for row in POLICY.routes.rows]
    told = notices(recorded(RISK), replace(POLICY, routes=Rules(tuple(quiet))), DAY)
    assert [q.channels for q in told] == [(vocabulary.Channel.INBOX,)] * 3


def test_a_notice_takes_along_what_its_event_says_but_nothing_that_no_receiver_may_see() -> None:
    (queued,) = notices(recorded(PLAN), POLICY, DAY)
    assert queued.facts == (f"measure_id={UUID(int=5)}", "measure=M14", "owner=MZ", "due_on=2026-03-02")
    assert (queued.row_since, queued.row_until, queued.row_source) == (date(2021, 1, 1), None, "joint opinion (四) 三")


def test_how_urgent_an_event_calls_itself_goes_before_the_row_which_says_it_where_the_event_does_not_know() -> None:
    assert [q.severity for q in notices(recorded(replace(RISK, severity=Severity.LOW)), POLICY, DAY)] == [
        vocabulary.NoticeSeverity.LOW
    ] * 3
    unknown = notices(recorded(replace(RISK, severity=Severity.UNKNOWN)), POLICY, DAY)
    assert [q.severity for q in unknown] == [vocabulary.NoticeSeverity.MEDIUM] * 3


def test_a_day_to_take_note_is_a_working_day() -> None:
    spring_festival = date(2026, 2, 13)
    told = notices(recorded(RISK), POLICY, spring_festival)[0]
    assert (told.acknowledge_by, told.reminders) == (date(2026, 2, 24), (date(2026, 2, 14),))


def test_the_chain_of_an_owner_leads_to_its_own_bureau_and_no_office_stands_in_it_twice() -> None:
    (queued,) = notices(recorded(PLAN), POLICY, DAY)
    assert queued.chain == ("CL:533401+XCZX:533401", "CGW:533401", "MZ:5334", "CGW:5334")
    (mine,) = notices(recorded(replace(PLAN, owner="CL")), POLICY, DAY)
    assert mine.chain == ("XCZX:533401", "CGW:533401", "CL:5334", "CGW:5334")


@pytest.mark.parametrize("row", [row for row in POLICY.routes.rows if row.value.chain], ids=lambda row: row.id)
def test_a_chain_leads_up_without_a_gap_to_the_committees_office_of_the_prefecture(row: Any) -> None:
    upwards = r"CGW@county (ZF@county|same@prefecture|CL@prefecture) CGW@prefecture"
    known = {
        ("CL@county",): upwards,  # CL is responsible itself
        ("CL@prefecture",): "CGW@prefecture",
    }
    assert re.fullmatch(known.get(row.value.to, rf"CL@county(\+XCZX@county)? {upwards}"), " ".join(row.value.chain))


def test_what_nobody_is_pressed_for_has_no_chain() -> None:
    assert {row.id for row in POLICY.routes.rows if not row.value.chain} == {
        "certificate-issued",  # to know
        "certificate-renewed",  # to know
        "policy-announced",  # to know
        "finding-known",  # to know
        "finding-persisted-known",  # to know
        "month-list-signed",  # to know
        "month-list-refused",  # to know; it is made anew by itself
        "payment-verified",  # to know
        "visit-planned",  # when nobody went, VisitMissed is routed
        "reminder-six-months-village",
        "reminder-six-months-township",
        "reminder-six-months-county",
        "reminder-one-month-village",  # ladder
    }


def test_a_successor_takes_over_from_its_day_on() -> None:
    taken = Successor("XCZX", date(2026, 3, 2), None, "a test", "NY")
    merged = replace(POLICY, agencies=replace(POLICY.agencies, successors=(taken,)))
    told = [(q.agency, q.chain[0]) for q in notices(recorded(RISK), merged, DAY)]
    assert told == [("CUN", "CL:533401+NY:533401"), ("CL", "NY:533401"), ("NY", "CL:533401")]
    assert [q.agency for q in notices(recorded(RISK), merged, date(2026, 3, 1))] == ["CUN", "CL", "XCZX"]


def test_a_countys_own_row_stands_in_the_place_of_the_general_one_of_its_name_and_a_younger_one_of_an_older() -> None:
    general = next(row for row in POLICY.routes.rows if row.id == "measure-planned")
    local = replace(general, division="533401", value=replace(general.value, to=("XCZX@county",)))
    younger = replace(general, since=DAY, value=replace(general.value, to=("CZ@county",)))
    for rows in ((general, local, younger), (younger, local, general)):
        policy = replace(POLICY, routes=Rules(rows))
        told = [[q.agency for q in notices(recorded(PLAN, d), policy, DAY)] for d in (VILLAGE, "533422101001")]
        assert told == [["XCZX"], ["CZ"]]
        assert [q.agency for q in notices(recorded(PLAN, "533422101001"), policy, date(2026, 3, 1))] == ["MZ"]


@pytest.mark.parametrize("row", POLICY.routes.rows, ids=lambda row: row.id)
def test_every_row_makes_notices_whose_texts_show_no_category_grade_amount_or_id(row: Any) -> None:
    event = sample(event_class(row.value.on))
    alone = replace(POLICY, routes=Rules((replace(row, value=replace(row.value, when=None)),)))
    told = notices(recorded(event), alone, DAY)
    assert told
    hidden = [str(value) for name, value in facts_of(event).items() if name in FORBIDDEN and len(str(value)) > 1]
    said = "".join(q.text + "".join(q.facts) for q in told)
    assert [h for h in hidden if h in said] == []
    assert not any(word in said for word in ("{", "}", "身份证号", "等级", "类别"))


def test_every_event_of_the_catalogue_is_routed_or_silent_for_a_reason() -> None:
    others = {"certificates", "monitoring", "matching"}
    ours = [cls for service in others for cls in published(service)]
    events = {c.__name__ for c in ours if not hasattr(c, "STATE_TOPIC")}
    assert events - {row.value.on for row in POLICY.routes.rows} == set(SILENT)


@pytest.mark.parametrize("event", [RosterRejected, RosterHeld])
def test_what_became_of_a_list_is_told_to_its_sender_and_then_upwards(event: type) -> None:
    sent = replace(sample(event), kind=RosterKind.MEDICAL_INSURANCE, sent_by="YB", division="533422")
    (told,) = notices(recorded(sent, "533422"), POLICY, DAY)
    assert (told.agency, told.division) == ("YB", "533422")
    assert told.chain == ("CL:533422", "CGW:533422", "YB:5334", "CGW:5334")
    assert ROSTER_NAMES[RosterKind.MEDICAL_INSURANCE] in told.text


def test_a_list_is_called_in_notices_what_its_row_calls_it() -> None:
    assert {kind.value: name for kind, name in ROSTER_NAMES.items()} == {row.id: row.value.title for row in load_rosters().rows}
