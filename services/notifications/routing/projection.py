"""What routing keeps of the past: matters that are over, and those that wait to be settled."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.certificates.certificate.card.events import CertificateCancelled, CertificateRegraded, CertificateRenewed
from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.entitlement.events import SubsidyRiskEnded
from services.matching.finding.events import FindingRefuted, FindingResolved
from services.monitoring.risk_case.events import RiskEliminated, RiskResolved
from services.monitoring.visit_plan.events import PlannedVisitWithdrawn
from services.notifications.notice.facts import facts_of, stated
from services.notifications.notice.projection import NoticeRow
from services.notifications.policy.load import NoticePolicy
from services.notifications.reminder import events as reminder_events


@dataclass(frozen=True, slots=True)
class OverRow:
    """What a subject's notices were about is over since this version of its stream: renewed, cancelled, refuted, resolved."""

    subject_id: UUID
    division: str
    over_at: int


@dataclass(frozen=True, slots=True)
class SettlingRow:
    """An event that may show that something told about its subject is done."""

    event_id: UUID
    subject_id: UUID
    division: str
    by_type: str
    facts: tuple[str, ...]
    at_version: int
    happened_on: date


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of an event's subject when the event is handled: is it over, what came later that may settle it."""

    over: bool = False
    later: tuple[SettlingRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """A notice whose subject is not over, the later events that may have settled it, and all notices of the same cause and row."""

    row: NoticeRow
    later: tuple[SettlingRow, ...] = ()
    same: tuple[NoticeRow, ...] = ()


ENDED = (
    CertificateRenewed,
    CertificateRegraded,
    CertificateCancelled,
    RiskResolved,
    RiskEliminated,
    FindingRefuted,
    FindingResolved,
    SubsidyRiskEnded,
    PlannedVisitWithdrawn,
    reminder_events.ReminderStopped,
    reminder_events.ReminderMoved,
    reminder_events.ReminderMissed,
)
OVER: Projection[OverRow] = Projection(
    table="over",
    row=OverRow,
    key=("subject_id",),
    keys=Projection.by_stream(ENDED),
    evolve=lambda key, _, recorded: OverRow(key[0], recorded.division, recorded.version),
)


def settling(policy: NoticePolicy) -> Projection[SettlingRow]:
    """The read model of the events that the policy's resolutions name."""
    return Projection(
        table="settling",
        row=SettlingRow,
        key=("event_id",),
        keys=dict.fromkeys(policy.resolving, lambda r: ((r.event_id,),)),
        evolve=lambda _, __, recorded: settler(recorded),
    )


def settler(recorded: Recorded) -> SettlingRow:
    """The event as a resolution sees it."""
    return SettlingRow(
        event_id=recorded.event_id,
        subject_id=recorded.stream_id,
        division=recorded.division,
        by_type=type(recorded.event).__name__,
        facts=stated(facts_of(recorded.event)),
        at_version=recorded.version,
        happened_on=recorded.occurred_on,
    )
