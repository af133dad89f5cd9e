"""What a certificate has to be told of or done for on a day: the reminders of its validity period, its end, its home assessment."""

from collections.abc import Callable
from datetime import date
from functools import partial

from services.certificates import vocabulary
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.commands import NoteExpired, NoteExpiryApproaching, NoteHomeOverdue
from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.validity import WINDOWS, expired_from, inside, window_opens
from services.kernel.due import AS_BEFORE, Day, Duty, When, day_after
from services.kernel.events import Recorded

EXPIRED, AGAIN, HOME = "EXPIRED", "EXPIRY_AGAIN", "HOME_ASSESSMENT"
_HOME_DONE = (
    application_events.AssessmentCompleted,
    application_events.CertificateApplicationWithdrawn,
    application_events.CertificateApplicationRefused,
    application_events.HomeAssessmentOverdue,
    card_events.ReviewClosed,
)


def _period(day: Callable[[Recorded], date | None]) -> dict[type, When]:
    """The day by every event that begins a period; what the national register shows changes reminders only with its dates."""

    def shown(recorded: Recorded) -> Day:
        return day(recorded) if recorded.event.new_period else AS_BEFORE

    began = (card_events.CertificateIssued, card_events.CertificateRenewed, card_events.CertificateRegraded)
    return {**dict.fromkeys(began, day), card_events.CertificateRecorded: shown}


def _window(recorded: Recorded, window: vocabulary.ExpiryWindow) -> date | None:
    """When the window opens; a day in the past is due at once.

    A card first seen inside its last month gets no row for the six-month window: it is told at once, and again some days later.
    """
    valid_to: date = recorded.event.valid_to
    last = window is WINDOWS[-1]
    return window_opens(valid_to, window) if last or not inside(recorded.occurred_on, valid_to, WINDOWS[-1]) else None


def _still_owed(recorded: Recorded, window: vocabulary.ExpiryWindow) -> date | None:
    """Only what was not told of this period before the cancellation."""
    revoked: card_events.CertificateCancellationRevoked = recorded.event
    return window_opens(revoked.valid_to, window) if window in revoked.owed else None


def _reminded(recorded: Recorded, window: vocabulary.ExpiryWindow) -> Day:
    approaching: card_events.CertificateExpiryApproaching = recorded.event
    return None if approaching.window is window and approaching.reminder != 2 else AS_BEFORE


def _reminded_again(recorded: Recorded) -> Day:
    approaching: card_events.CertificateExpiryApproaching = recorded.event
    return approaching.again_on if approaching.again_on or approaching.reminder == 2 else AS_BEFORE


def _end(recorded: Recorded) -> date:
    return expired_from(recorded.event.valid_to)


def _end_still_owed(recorded: Recorded) -> date | None:
    return _end(recorded) if recorded.event.expiry_owed else None


def _of_window(window: vocabulary.ExpiryWindow) -> Duty:
    return Duty(
        f"EXPIRY_{window.value}",
        CERTIFICATE,
        lambda _row, _today: NoteExpiryApproaching(window),
        when={
            **_period(partial(_window, window=window)),
            card_events.CertificateCancellationRevoked: partial(_still_owed, window=window),
            card_events.CertificateExpiryApproaching: partial(_reminded, window=window),
        },
        until=(card_events.CertificateCancelled,),
        moved=(card_events.CertificateTransferredOut,),
    )


DUTIES = (
    *(_of_window(window) for window in WINDOWS),
    Duty(
        AGAIN,
        CERTIFICATE,
        lambda _row, _today: NoteExpiryApproaching(vocabulary.ExpiryWindow.ONE_MONTH, 2),
        when={
            **_period(lambda _: None),
            card_events.CertificateCancellationRevoked: lambda recorded: recorded.event.again_on,
            card_events.CertificateExpiryApproaching: _reminded_again,
        },
        until=(card_events.CertificateExpired, card_events.CertificateCancelled),
        moved=(card_events.CertificateTransferredOut,),
    ),
    Duty(
        EXPIRED,
        CERTIFICATE,
        lambda _row, _today: NoteExpired(),
        when={**_period(_end), card_events.CertificateCancellationRevoked: _end_still_owed},
        until=(card_events.CertificateExpired, card_events.CertificateCancelled),
        moved=(card_events.CertificateTransferredOut,),
    ),
    Duty(
        HOME,
        CERTIFICATE,
        lambda _row, _today: NoteHomeOverdue(),
        when={application_events.AssessmentOrdered: day_after("due_on")},
        # A card of the national register ends what was being assessed here.
        until=(*_HOME_DONE, card_events.CertificateRecorded, card_events.CertificateCancelled),
        moved=(card_events.CertificateTransferredOut,),
    ),
)
