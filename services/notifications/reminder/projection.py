"""The reminder ledger as rows: every reminder with what became of it, and every card for which the register asked for one. Folds only."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, assert_never, get_args
from uuid import UUID

from services.certificates.certificate.card import events as card_events
from services.domain.file_number import file_number
from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.notifications.reminder import events as reminder_events


class ReminderState(StrEnum):
    """How far a reminder is. `ARRIVED`: on the handset in the last month, where somebody must still confirm."""

    OWED = "OWED"
    ARRIVED = "ARRIVED"
    REACHED = "REACHED"
    STOPPED = "STOPPED"
    MISSED = "MISSED"


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """A reminder. `rung`: the one under way, or the one at which it was settled; `tried`: what others came to, each "rung:reason:on".

    `file_number`: the reminder's own, as in notices to offices; `card_number`: its card's, as in the ledger and in messages to persons.

    `answer_by` is None on the last rung, which has until the card lapses, and when nothing is under way.
    """

    reminder_id: UUID
    file_number: str
    certificate_id: UUID
    card_number: str
    person_id: UUID
    division: str
    valid_to: date
    expiry_window: str
    number: int
    ladder: tuple[str, ...]
    rung: str
    answer_by: date | None
    state: ReminderState
    proof: str | None
    reached_on: date | None
    stopped_for: str | None
    opened_on: date
    tried: tuple[str, ...]
    correlation_id: UUID
    version: int


def _reminder(key: tuple[UUID], row: ReminderRow | None, recorded: Recorded) -> ReminderRow | None:
    event: reminder_events.Event = recorded.event
    if isinstance(event, reminder_events.ReminderOpened):
        return ReminderRow(
            reminder_id=key[0],
            file_number=file_number(key[0]),
            certificate_id=event.certificate_id,
            card_number=file_number(event.certificate_id),
            person_id=event.person_id,
            division=recorded.division,
            valid_to=event.valid_to,
            expiry_window=event.window,
            number=event.reminder,
            ladder=event.ladder,
            rung=event.ladder[0],
            answer_by=None,
            state=ReminderState.OWED,
            proof=None,
            reached_on=None,
            stopped_for=None,
            opened_on=event.opened_on,
            tried=row.tried if row else (),
            correlation_id=recorded.correlation_id,
            version=recorded.version,
        )
    return None if row is None else replace(row, **_changes(row, event), division=recorded.division, version=recorded.version)


def _changes(row: ReminderRow, event: reminder_events.Event) -> Mapping[str, Any]:
    match event:
        case reminder_events.ReminderTried(rung=rung, answer_by=by):
            return {"rung": rung, "answer_by": by, "state": ReminderState.OWED}
        case reminder_events.ReminderNotReached(rung=rung, reason=reason, ended_on=on):
            return {"tried": (*row.tried, f"{rung}:{reason}:{on}"), "answer_by": None}
        case reminder_events.ReminderArrived():
            return {"state": ReminderState.ARRIVED}
        case reminder_events.ReminderReached(rung=rung, proof=proof, reached_on=on):
            return {
                "state": ReminderState.REACHED,
                "rung": rung,
                "proof": proof.value,
                "reached_on": on,
                "answer_by": None,
            }
        case reminder_events.ReminderStopped(reason=reason):
            return {"state": ReminderState.STOPPED, "stopped_for": reason.value, "answer_by": None}
        case reminder_events.ReminderMissed():
            return {"state": ReminderState.MISSED, "answer_by": None}
        case reminder_events.ReminderOpened() | reminder_events.ReminderMoved():
            return {}
        case _:
            assert_never(event)


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card for which the register asked for reminders. `valid_to`: the end that is near, None once a new period has begun.

    `asked`: every reminder asked for, each "valid_to/window/number"; `lapsed`: the last days of periods that ended without a renewal.
    """

    certificate_id: UUID
    person_id: UUID
    division: str
    valid_to: date | None
    cancelled: bool
    asked: tuple[str, ...]
    lapsed: tuple[str, ...]


def asked(event: card_events.CertificateExpiryApproaching) -> str:
    """How a card's row names a reminder."""
    return f"{event.valid_to}/{event.window.value}/{event.reminder}"


def named(name: str) -> tuple[date, str, int]:
    """Last day, window and number of a reminder that a card's row names."""
    until, window, number = name.split("/")
    return date.fromisoformat(until), window, int(number)


def _card(key: tuple[UUID], row: CardRow | None, recorded: Recorded) -> CardRow | None:
    event = recorded.event
    if isinstance(event, card_events.CertificateExpiryApproaching):
        known = row or CardRow(
            certificate_id=key[0],
            person_id=event.person_id,
            division=recorded.division,
            valid_to=None,
            cancelled=False,
            asked=(),
            lapsed=(),
        )
        every = tuple(dict.fromkeys((*known.asked, asked(event))))
        return replace(known, division=recorded.division, valid_to=event.valid_to, asked=every)
    return None if row is None else _moved(row, recorded)


def _moved(row: CardRow, recorded: Recorded) -> CardRow:
    match recorded.event:
        case card_events.CertificateRenewed() | card_events.CertificateRegraded():
            return replace(row, valid_to=None)
        case card_events.CertificateRecorded(new_period=True):
            return replace(row, valid_to=None, cancelled=False)
        case card_events.CertificateCancelled():
            return replace(row, cancelled=True)
        case card_events.CertificateCancellationRevoked(valid_to=until):
            return replace(row, cancelled=False, valid_to=until)
        case card_events.CertificateTransferredOut():
            return replace(row, division=recorded.division)
        case card_events.CertificateExpired(valid_to=until):
            return replace(row, lapsed=tuple(dict.fromkeys((*row.lapsed, str(until)))))
    return row


REMINDERS: Projection[ReminderRow] = Projection(
    table="reminder",
    row=ReminderRow,
    key=("reminder_id",),
    keys=Projection.by_stream(get_args(reminder_events.Event)),
    evolve=_reminder,
)
CARDS: Projection[CardRow] = Projection(
    table="reminded_card",
    row=CardRow,
    key=("certificate_id",),
    keys=Projection.by_stream(
        (
            card_events.CertificateExpiryApproaching,
            card_events.CertificateRenewed,
            card_events.CertificateRegraded,
            card_events.CertificateRecorded,
            card_events.CertificateCancelled,
            card_events.CertificateCancellationRevoked,
            card_events.CertificateTransferredOut,
            card_events.CertificateExpired,
        )
    ),
    evolve=_card,
)
