"""Notices, events and places for examples."""

from datetime import date
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.matching.finding.events import Fact, FindingOpened, Found
from services.matching.vocabulary import Finding, SubjectKind
from services.monitoring.risk_case.events import MeasurePlanned, RiskDetected
from services.monitoring.vocabulary import RiskKind, RiskSource, Severity
from services.notifications.reminder import events as reminder_events
from tests.spec import SEED, context

VILLAGE = "533401102001"
DAY = date(2026, 3, 2)


def recorded(event: Any, division: str = VILLAGE) -> Recorded:
    """An event of another service."""
    now = context(DAY).now
    return Recorded(
        event_id=UUID(int=1),
        stream_id=UUID(int=2),
        version=1,
        service="x",
        event=event,
        division=division,
        actor="a",
        occurred_at=now,
        recorded_at=now,
        correlation_id=SEED,
        causation_id=None,
        policy_version="",
    )


RISK = RiskDetected(
    household_id=UUID(int=3),
    division=VILLAGE,
    rule="disaster",
    kind=RiskKind.DISASTER,
    severity=Severity.HIGH,
    source=RiskSource.VISIT,
    clue_on=DAY,
    verify_by=date(2026, 3, 4),
)
PLAN = MeasurePlanned(household_id=UUID(int=3), measure_id=UUID(int=5), measure="M14", owner="MZ", due_on=DAY)
TRIED = reminder_events.ReminderTried(
    certificate_id=UUID(int=6),
    person_id=UUID(int=4),
    valid_to=date(2026, 8, 28),
    window="SIX_MONTHS",
    rung="CUN@village",
    number=1,
    tried_on=DAY,
    answer_by=date(2026, 3, 16),
)
FOUND = Found(
    rule="LIVING_NOT_RECEIVED",
    rule_from=date(2016, 1, 1),
    title="困难残疾人生活补贴应享未享",
    finding=Finding.ENTITLED_NOT_RECEIVING,
    clue=False,
    subject_kind=SubjectKind.PERSON,
    subject=UUID(int=4),
    division=VILLAGE,
    object="LIVING",
    period="2026-02",
    as_of=date(2026, 2, 28),
    may_be_lag=False,
    owner="MZ",
    verify_days=10,
    act_days=20,
    facts=(Fact(name="grade", value="3"), Fact(name="yuan", value="100.00")),
)
OPENED = FindingOpened(found=FOUND, verify_by=date(2026, 3, 16))
