"""Notices: routing rows, the life of one notice, texts without personal facts, and an event catalogue in which nothing is forgotten."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.certificates.events import CertificateExpiryApproaching, CertificateIssued, ExpiryWindow
from services.kernel.errors import NotFound
from services.kernel.events import CATALOGUE, Recorded, service_of
from services.kernel.policy import PolicyError
from services.monitoring.events import MeasurePlanned, RiskDetected, RiskKind, RiskSource, Severity
from services.notifications import events as e
from services.notifications import notice as n
from services.notifications.policy import FORBIDDEN, load_policy
from services.notifications.reactions import route, tell_next
from services.notifications.routing import notices
from tests.contract.golden import sample
from tests.spec import SEED, Spec, context, spec

POLICY, VILLAGE, DAY = load_policy(), "533401102001", date(2026, 3, 2)
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
    "PersonDied": "the cancellation withdraws what is open",
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
    "ReviewOpened": "the register's own step",
    "ReviewClosed": "told at the window",
    "CertificateRegraded": "told at the window; withdraws open reminders",
    "CertificateReplaced": "handed out at the window",
    "CertificateReportedLost": "the holder's own step",
    "CertificateReissued": "handed out at the window",
    "CertificateTransferredIn": "the register's own step",
    "CertificateActionDismissed": "the clerk's own step",
    "HolderTold": "told by hand",
    "CertificateUnfrozen": "told by hand",
    "CertificateRenewed": "withdraws open reminders",
    "CertificateCancelled": "withdraws open reminders",
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
    "RiskResolved": "withdraws open notices",
    "HouseholdIdentified": "the case was routed when it was opened",
    "MeasureChecked": "the case shows it",
    "RiskEliminated": "withdraws open notices",
    "RosterReceived": "its findings are routed",
    "SubsidyPaid": "no news",
    "ComparisonRun": "its findings are routed",
    "DiscrepancyResolved": "withdraws open notices",
}


def recorded(event: Any, division: str = VILLAGE) -> Recorded:
    """An event of another service."""
    now = context(DAY).now
    return Recorded(
        event_id=UUID(int=1), stream_id=UUID(int=2), version=1, service="x", event=event, division=division, actor="a", occurred_at=now,
        recorded_at=now, correlation_id=SEED, causation_id=None, policy_version="",
    )  # fmt: skip


def offices(event: Any, division: str = VILLAGE) -> list[tuple[str, str]]:
    """Who is told of an event."""
    return [(q.agency, q.division) for q in notices(recorded(event, division), POLICY, DAY)]


RISK = RiskDetected(
    household_id=UUID(int=3), division=VILLAGE, rule="disaster", kind=RiskKind.DISASTER, severity=Severity.HIGH,
    source=RiskSource.VISIT, clue_on=DAY, verify_by=date(2026, 3, 4),
)  # fmt: skip
EXPIRY = CertificateExpiryApproaching(person_id=UUID(int=4), valid_to=date(2026, 8, 28), window=ExpiryWindow.SIX_MONTHS)


def test_a_visits_risk_goes_to_the_village_the_federation_and_rural_revitalisation() -> None:
    assert offices(RISK) == [("CUN", VILLAGE), ("CL", "533401"), ("XCZX", "533401")]


def test_each_window_has_its_own_row_and_no_other() -> None:
    for window, row in ((ExpiryWindow.SIX_MONTHS, "expiry-six-months"), (ExpiryWindow.ONE_MONTH, "expiry-one-month")):
        told = notices(recorded(replace(EXPIRY, window=window)), POLICY, DAY)
        assert [(q.agency, q.route, q.reminder) for q in told] == [("CUN", row, window.value), ("CL", row, window.value)]


def test_a_measure_goes_to_its_owner_and_an_office_above_the_village_skips_the_village() -> None:
    plan = MeasurePlanned(household_id=UUID(int=3), measure_id=UUID(int=5), measure="M14", owner="MZ", due_on=DAY)
    assert offices(plan) == [("MZ", "533401")]
    assert offices(RISK, "533401") == [("CL", "533401"), ("XCZX", "533401")]


def test_a_notice_says_what_by_when_and_who_is_next_and_nothing_personal() -> None:
    queued = notices(recorded(RISK), POLICY, DAY)[1]
    assert queued.text == "走访发现一户残疾人家庭有返贫致贫风险线索（自然灾害），请于2026年3月4日前核实。"
    assert (queued.severity, queued.acknowledge_by, queued.stage) == (e.NoticeSeverity.HIGH, date(2026, 3, 5), 0)
    assert queued.chain == ("XCZX:533401", "CGW:533401", "CGW:5334")
    assert queued.channels == (e.Channel.TOPIC, e.Channel.INBOX)
    assert notices(recorded(RISK), POLICY, DAY)[0].channels == (e.Channel.INBOX,)


@pytest.mark.parametrize("row", POLICY.routes.rows, ids=lambda row: row.id)
def test_every_text_renders_and_shows_no_category_grade_amount_or_id(row: Any) -> None:
    cls = next(c for c in CATALOGUE.values() if c.__name__ == row.value.on and c.__module__.startswith("services."))
    event = sample(cls)
    texts = [
        q.text
        for q in notices(
            recorded(event), replace(POLICY, routes=type(POLICY.routes)((replace(row, value=replace(row.value, when=None)),))), DAY
        )
    ]
    assert texts
    hidden = [str(getattr(event, name)) for name in FORBIDDEN if hasattr(event, name) and len(str(getattr(event, name))) > 1]
    assert [h for h in hidden for text in texts if h in text] == []
    assert not any(word in "".join(texts) for word in ("{", "}", "身份证号", "等级", "类别"))


def test_every_event_of_the_catalogue_is_routed_or_silent_for_a_reason() -> None:
    others = {"certificates", "monitoring", "matching"}
    ours = [c for c in CATALOGUE.values() if c.__module__.startswith("services.") and service_of(c) in others]
    events = {c.__name__ for c in ours if not hasattr(c, "STATE_TOPIC")}
    assert events - {row.value.on for row in POLICY.routes.rows} == set(SILENT)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('on = "RiskDetected"', 'on = "RiskDetectedd"', "there is no event RiskDetectedd"),
        ("{verify_by}前核实。\"\n\n[[route]]\nid = \"case-opened\"", "{verify}前核实。\"\n\n[[route]]\nid = \"case-opened\"", "has no"),
        ('"XCZX@county"]\nseverity_of', '"XCZX@moon"]\nseverity_of', "is not AGENCY@level"),
        ("本村一名", "本村一名{grade}", "may not show"),
    ],
)  # fmt: skip
def test_a_routing_row_that_cannot_work_stops_the_start(old: str, new: str, told: str, tmp_path: Path) -> None:
    folder = Path(n.__file__).parent
    text = (folder / "routing.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "routing.toml").write_text(text.replace(old, new), encoding="utf-8")
    (tmp_path / "policy.toml").write_text((folder / "policy.toml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(PolicyError, match=told):
        load_policy(tmp_path)


QUEUED = notices(recorded(RISK), POLICY, DAY)[1]
SENT = e.NoticeSent(channel=e.Channel.TOPIC, attempt=1)
ACKNOWLEDGED = e.NoticeAcknowledged(channel=e.Channel.INBOX, acknowledged_on=DAY)
WITHDRAWN = e.NoticeSuppressed(reason=e.SuppressionReason.NO_LONGER_TRUE, suppressed_on=DAY)
ESCALATED = e.NoticeEscalated(
    to_agency="XCZX", to_division="533401", next_notice_id=n.notice_id(UUID(int=1), "risk-detected", "XCZX", "533401", 1),
    escalated_on=DAY, stage=1,
)  # fmt: skip
ACKNOWLEDGE = n.Acknowledge(e.Channel.INBOX)
CLERK = "CL:533401:a"


def notice(*past: object) -> Spec:
    """A notice with this past."""
    return spec(n.NOTICE, POLICY).given(*past)


def test_a_notice_is_queued_and_sent_once_per_channel() -> None:
    notice().when(n.Queue(QUEUED)).then(QUEUED)
    notice(QUEUED).when(n.Queue(QUEUED)).then_nothing()
    notice(QUEUED).when(n.MarkSent(e.Channel.TOPIC, 1)).then(SENT)
    notice(QUEUED, SENT).when(n.MarkSent(e.Channel.TOPIC, 2)).then_nothing()
    notice(QUEUED, WITHDRAWN).when(n.MarkSent(e.Channel.TOPIC, 1)).then_nothing()
    failed = e.NoticeFailed(channel=e.Channel.TOPIC, reason="gone")
    notice(QUEUED).when(n.MarkFailed(e.Channel.TOPIC, "gone")).then(failed)
    notice(QUEUED, failed).when(n.MarkFailed(e.Channel.TOPIC, "gone")).then_nothing()


def test_only_the_agency_that_was_told_acknowledges_and_once_is_enough() -> None:
    notice(QUEUED, SENT).when(ACKNOWLEDGE, on=DAY, actor=CLERK).then(ACKNOWLEDGED)
    notice(QUEUED, SENT).when(ACKNOWLEDGE, on=DAY, actor="MZ:533401:b").rejected("not_your_notice")
    notice(QUEUED, SENT, ACKNOWLEDGED).when(ACKNOWLEDGE, on=DAY, actor=CLERK).then_nothing()
    notice(QUEUED, WITHDRAWN).when(ACKNOWLEDGE, on=DAY, actor=CLERK).rejected("notice_withdrawn")
    with pytest.raises(NotFound, match="notice_unknown"):
        notice().when(ACKNOWLEDGE, on=DAY, actor=CLERK).then_nothing()


def test_an_unacknowledged_notice_escalates_once_and_may_still_be_acknowledged() -> None:
    notice(QUEUED, SENT).when(n.Escalate(), on=DAY).then(ESCALATED)
    notice(QUEUED, SENT, ESCALATED).when(n.Escalate(), on=DAY).then_nothing()
    notice(QUEUED, SENT, ACKNOWLEDGED).when(n.Escalate(), on=DAY).then_nothing()
    notice(replace(QUEUED, chain=())).when(n.Escalate(), on=DAY).then_nothing()
    notice(QUEUED, SENT, ESCALATED).when(ACKNOWLEDGE, on=DAY, actor=CLERK).then(ACKNOWLEDGED)


def test_what_is_over_is_withdrawn_once() -> None:
    over = n.Suppress(e.SuppressionReason.NO_LONGER_TRUE)
    notice(QUEUED).when(over, on=DAY).then(WITHDRAWN)
    notice(QUEUED, WITHDRAWN).when(over, on=DAY).then_nothing()
    notice(QUEUED, ACKNOWLEDGED).when(over, on=DAY).then_nothing()


def test_a_certificate_that_was_issued_is_told_to_its_village_alone() -> None:
    issued = sample(CertificateIssued)
    assert offices(issued) == [("CUN", VILLAGE)]


def test_what_was_over_when_its_cause_arrived_is_told_to_nobody() -> None:
    """A renewal and the reminder before it may come in one batch; the office is not told of what is done already."""
    assert route(recorded(EXPIRY), True, POLICY) == []
    assert [order[2].notice.route for order in route(recorded(EXPIRY), False, POLICY)] == ["expiry-six-months"] * 2
    escalated = recorded(ESCALATED)
    assert tell_next(escalated, None, POLICY) == []
