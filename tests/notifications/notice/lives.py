"""The states of a notice as pasts, and one of every command: for the table, its test, and the walk."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.notifications import vocabulary
from services.notifications.notice import commands, decider, states
from services.notifications.notice import events as notice_events
from services.notifications.notice.projection import NOTICES, NoticeRow
from services.notifications.policy.load import POLICY
from services.notifications.routing.route import notices
from tests.notifications.samples import DAY, PLAN, recorded
from tests.spec import context

LATER = date(2026, 3, 5)  # within every clock of the notices below, none of which has run out
OWNER, COMMITTEE, MACHINE = "MZ:533401:a", "CGW:533401:b", "machine:notifications.x"
(ASKED,) = notices(recorded(PLAN), POLICY, DAY)  # to MZ, to be accepted and acted on; CL and XCZX, then the committee behind it
NOTE_ONLY = replace(ASKED, accept_days=0, act_days=0)
TO_COMMITTEE = replace(
    ASKED, agency="CGW", stage=2, chain=("MZ:5334", "CGW:5334"), trail=("MZ:533401:0:NOT_ACCEPTED:2026-03-02",), accept_days=0
)

SENT = notice_events.NoticeSent(channel=vocabulary.Channel.TOPIC, attempt=1)
REMINDED = notice_events.NoticeReminded(count=1, reminded_on=LATER, again_on=None)
NOTED = notice_events.NoticeAcknowledged(
    channel=vocabulary.Channel.INBOX,
    acknowledged_on=DAY,
    next_by=LATER,
    reminders=(date(2026, 3, 4),),
    escalate_on=date(2026, 3, 6),
)
NOTED_ONLY = notice_events.NoticeAcknowledged(channel=vocabulary.Channel.INBOX, acknowledged_on=DAY)
ACCEPTED = notice_events.NoticeAccepted(
    accepted_on=DAY, by_on=date(2026, 3, 12), reminders=(date(2026, 3, 4),), escalate_on=date(2026, 3, 13)
)
ACTED = notice_events.NoticeActedOn(outcome=vocabulary.WorkOutcome.DONE, acted_on=DAY, reported_on=DAY)
VERIFIED = notice_events.NoticeVerified(by_type="MeasureChecked", by_id=UUID(int=9), resolution="measure-arrived", verified_on=DAY)
WITHDRAWN = notice_events.NoticeSuppressed(reason=vocabulary.SuppressionReason.NO_LONGER_TRUE, suppressed_on=DAY)
ANSWERED = notice_events.NoticeAnswered(answer=vocabulary.Answered.SETTLED, answered_on=DAY)


def decided(past: tuple[Any, ...], command: Any, day: date = DAY, actor: str = "") -> list[Any]:
    """What the decider says, for the office that was told where no other is named."""
    state = decider.NOTICE.fold(past)
    office = actor or (MACHINE if isinstance(command, MACHINES) else f"{past[0].agency}:{past[0].division}:a")
    return list(decider.NOTICE.decide(state, command, POLICY, context(day, office)))


MACHINES = (
    commands.MarkSent,
    commands.MarkDelivered,
    commands.MarkFailed,
    commands.Suppress,
    commands.Verify,
    commands.NoteActed,
    commands.Remind,
    commands.Escalate,
)
ESCALATED = tuple(decided((ASKED,), commands.Escalate(), LATER))
SENT_BACK = decided((ASKED,), commands.Reject(vocabulary.ReturnReason.NOT_OUR_DUTY))[0]
LED = decided((TO_COMMITTEE,), commands.AssignLead("RS", "533401"))[0]
STATES: dict[str, tuple[Any, ...]] = {
    "queued": (ASKED,),
    "sent, reminded": (ASKED, SENT, REMINDED),
    "sent, next office told": (ASKED, SENT, *ESCALATED),
    "queued, only note asked": (NOTE_ONLY,),
    "acknowledged": (ASKED, SENT, NOTED),
    "accepted": (ASKED, SENT, NOTED, ACCEPTED),
    "acted on": (ASKED, SENT, NOTED, ACCEPTED, ACTED),
    "with the committee": (TO_COMMITTEE,),
    "with the committee, lead assigned": (TO_COMMITTEE, LED),
    "noted, nothing more asked": (NOTE_ONLY, NOTED_ONLY),
    "sent back": (ASKED, SENT_BACK),
    "verified": (ASKED, NOTED, ACCEPTED, ACTED, VERIFIED),
    "answered": (TO_COMMITTEE, ANSWERED),
    "withdrawn": (ASKED, WITHDRAWN),
}
COMMANDS: list[Any] = [
    commands.Queue(ASKED),
    commands.MarkSent(vocabulary.Channel.INBOX, 1),
    commands.MarkDelivered(vocabulary.Channel.WEBHOOK, 1),
    commands.MarkFailed(vocabulary.Channel.MAIL, "gone"),
    commands.Suppress(vocabulary.SuppressionReason.NO_LONGER_TRUE),
    commands.Verify("MeasureChecked", UUID(int=9), "measure-arrived"),
    commands.NoteActed(DAY),
    commands.Remind(),
    commands.Escalate(),
    commands.Acknowledge(vocabulary.Channel.INBOX),
    commands.Accept(),
    commands.Reject(vocabulary.ReturnReason.NOT_OUR_DUTY),
    commands.ReportActed(vocabulary.WorkOutcome.DONE, DAY),
    commands.AssignLead("RS", "533401"),
    commands.Answer(vocabulary.Answered.SETTLED),
]


def id_of(queued: notice_events.NoticeQueued, *why: str) -> UUID:
    """The stream of a notice."""
    return states.notice_id(queued.cause_id, queued.route, queued.agency, queued.division, queued.stage, *why)


def happened(event: Any, stream: UUID, version: int = 2, actor: str = OWNER) -> Recorded:
    """An event of a notice."""
    return replace(recorded(event, "533401"), stream_id=stream, version=version, actor=actor)


def row_of(*past: Any, stream: UUID | None = None) -> NoticeRow:
    """The read model's row after a past."""
    row: NoticeRow | None = None
    this = stream or id_of(past[0])
    for version, event in enumerate(past, 1):
        row = NOTICES.evolve((this,), row, happened(event, this, version))
    assert row is not None
    return row
