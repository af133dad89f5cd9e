"""What visits, lapsed certificates and reminders lead to. Pure.

A visit or a lapse is a lead on a case stream for each rule that is true and not already followed; a reminder that reached nobody by phone
is a visit that the village plans. Nobody goes to whom the register says to have died.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.certificates.certificate.card.events import CertificateExpired
from services.kernel.events import Recorded, stream_id
from services.monitoring.case import CASE, ReportRisk
from services.monitoring.events import RiskSource, VisitRecorded
from services.monitoring.household import is_village
from services.monitoring.planned_visit import PLANNED_VISIT, NoteDeath, PlanForReminder, Withdraw, visit_of
from services.monitoring.policy import MonitoringPolicy
from services.monitoring.risk import Home, assessed, verify_by, village_home
from services.monitoring.visit_events import VisitWithdrawal
from services.notifications import vocabulary
from services.notifications.reminder import events as reminder_events


def leads_from_visit(recorded: Recorded, followed: frozenset[str], policy: MonitoringPolicy) -> Sequence[Any]:
    """`followed`: the rules for which this household has an open lead or case that another visit raised."""
    visit = recorded.event
    assert isinstance(visit, VisitRecorded)
    household = recorded.stream_id
    return [
        (
            CASE,
            stream_id("case", household, lead.rule, visit.visit_id),
            ReportRisk(
                household_id=household,
                division=recorded.division,
                rule=lead.rule,
                kind=lead.kind,
                severity=lead.severity,
                source=RiskSource.VISIT,
                clue_on=visit.visited_on,
                verify_by=verify_by(visit.visited_on, lead),
            ),
        )
        for lead in assessed(visit, policy, recorded.division).leads
        if lead.rule not in followed
    ]


LAPSED = "certificate-expired"


def lead_from_expiry(recorded: Recorded, homes: Sequence[Home], policy: MonitoringPolicy) -> Sequence[Any]:
    """A certificate lapsed: the households of its holder may lose a subsidy; one lead per household and validity period."""
    expired = recorded.event
    assert isinstance(expired, CertificateExpired)
    day, leads = recorded.occurred_on, []
    for home in homes:
        rule = policy.follow_ups.one(LAPSED, day, home.division)
        found = ReportRisk(
            household_id=home.household_id,
            division=home.division,
            rule=LAPSED,
            kind=rule.kind,
            severity=rule.severity,
            source=RiskSource.DATA_COMPARISON,
            clue_on=day,
            verify_by=day + timedelta(days=rule.verify_days),
        )
        leads.append((CASE, stream_id("case", home.household_id, LAPSED, recorded.stream_id, expired.valid_to), found))
    return leads


# All that notifications says of a reminder, as one reaction: what comes in one batch is done in its order.
REMINDING = (
    reminder_events.ReminderTried,
    reminder_events.ReminderNotReached,
    reminder_events.ReminderReached,
    reminder_events.ReminderStopped,
    reminder_events.ReminderMoved,
    reminder_events.ReminderMissed,
)
VISITED_RUNG = "CUN@village"  # the rung of a reminder's ladder on which somebody goes there


def visit_for_reminder(recorded: Recorded, homes: Sequence[Home], _: MonitoringPolicy) -> Sequence[Any]:
    """The village's visit is planned when its rung is tried, and withdrawn when the reminder needs it no more.

    A rung whose time has run out withdraws nothing: the visit is late, and still proves something. `homes`: of the holder.
    """
    command = _asked(recorded, homes)
    return [(PLANNED_VISIT, visit_of(recorded.stream_id), command)] if command else []


def _asked(recorded: Recorded, homes: Sequence[Home]) -> PlanForReminder | Withdraw | None:
    match recorded.event:
        case reminder_events.ReminderTried() as tried if tried.rung == VISITED_RUNG and is_village(recorded.division):
            return PlanForReminder(
                household_id=village_home(homes, recorded.division),
                person_id=tried.person_id,
                division=recorded.division,
                certificate_id=tried.certificate_id,
                valid_to=tried.valid_to,
                reminder_id=recorded.stream_id,
                version=recorded.version,
                tried_on=tried.tried_on,
                due_on=tried.answer_by or tried.valid_to,
            )
        case reminder_events.ReminderNotReached(rung=rung, reason=reason) if rung == VISITED_RUNG and reason in set(
            vocabulary.ReturnReason
        ):
            return Withdraw(VisitWithdrawal.RETURNED, recorded.version)
        case reminder_events.ReminderReached():
            return Withdraw(VisitWithdrawal.REACHED, recorded.version)
        case reminder_events.ReminderStopped(reason=reason):
            return Withdraw(VisitWithdrawal(reason.value), recorded.version)
        case reminder_events.ReminderMoved():
            return Withdraw(VisitWithdrawal.MOVED, recorded.version)
        case reminder_events.ReminderMissed():
            return Withdraw(VisitWithdrawal.LAPSED, recorded.version)
    return None


def no_visit_to_the_dead(_: Recorded, planned: Sequence[UUID], __: MonitoringPolicy) -> Sequence[Any]:
    """`planned`: the person's open visits that somebody planned. A death that is corrected brings none back: people plan again."""
    return [(PLANNED_VISIT, visit, NoteDeath()) for visit in planned]
