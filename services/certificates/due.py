"""What is due when, as rows: the reminders of a validity period, its end, and home assessments. The scheduler turns them into commands."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.certificates import events as e
from services.certificates.validity import WINDOWS, expired_from, inside, window_opens
from services.kernel.events import Recorded
from services.kernel.project import Projection
from services.kernel.service import DueRow

EXPIRED, AGAIN, HOME = "EXPIRED", "EXPIRY_AGAIN", "HOME_ASSESSMENT"
KINDS = {f"EXPIRY_{window.value}": window for window in WINDOWS}  # EXPIRY_SIX_MONTHS, EXPIRY_ONE_MONTH
_PERIOD = (*KINDS, AGAIN, EXPIRED)
_NEW_PERIOD = (
    e.CertificateIssued,
    e.CertificateRecorded,
    e.CertificateRenewed,
    e.CertificateRegraded,
    e.CertificateCancellationRevoked,
)
_HOME_DONE = (
    e.AssessmentCompleted, e.CertificateApplicationWithdrawn, e.CertificateApplicationRefused, e.HomeAssessmentOverdue, e.ReviewClosed,
)  # fmt: skip


def _told(recorded: Recorded) -> tuple[tuple[UUID, str], ...]:
    said = recorded.event
    kind = AGAIN if said.reminder == 2 else f"EXPIRY_{said.window.value}"
    return tuple({(recorded.stream_id, kind), *([(recorded.stream_id, AGAIN)] if said.again_on else [])})


def _due(key: tuple[UUID, str], row: DueRow | None, recorded: Recorded) -> DueRow | None:
    """A new period makes its rows (a day in the past is due at once); telling removes a row, cancelling removes all.

    A card first seen inside its last month gets no row for the six-month window: it is told at once, and again some days later.
    """
    on = None
    match recorded.event:
        case e.AssessmentOrdered(due_on=until) if key[1] == HOME and until:
            on = expired_from(until)
        case e.CertificateExpiryApproaching(again_on=again) if key[1] == AGAIN:
            on = again
        case e.CertificateTransferredOut():
            return replace(row, division=recorded.division) if row else None
        case e.CertificateCancellationRevoked() as said:
            on = _of_revoked(key[1], said)
        case said if isinstance(said, _NEW_PERIOD):
            on = _of_period(key[1], said.valid_to, recorded)
    return DueRow(key[0], key[1], on, recorded.division, recorded.event_id, recorded.correlation_id) if on else None


def _of_period(kind: str, valid_to: date, recorded: Recorded) -> date | None:
    if kind == EXPIRED:
        return expired_from(valid_to)
    if kind not in KINDS:
        return None
    last = KINDS[kind] is WINDOWS[-1]
    return window_opens(valid_to, KINDS[kind]) if last or not inside(recorded.occurred_on, valid_to, WINDOWS[-1]) else None


def _of_revoked(kind: str, said: e.CertificateCancellationRevoked) -> date | None:
    """Only what is still owed: what was told of this period before the cancellation is not told again."""
    if kind == EXPIRED:
        return expired_from(said.valid_to) if said.expiry_owed else None
    if kind == AGAIN:
        return said.again_on
    return window_opens(said.valid_to, KINDS[kind]) if KINDS[kind] in said.owed else None


def _all(recorded: Recorded) -> tuple[tuple[UUID, str], ...]:
    return tuple((recorded.stream_id, kind) for kind in (*_PERIOD, HOME))


def _period(recorded: Recorded) -> tuple[tuple[UUID, str], ...]:
    """A card of the national register ends what was being assessed here; its reminders change only with its dates."""
    if isinstance(recorded.event, e.CertificateRecorded):
        return _all(recorded) if recorded.event.new_period else ((recorded.stream_id, HOME),)
    return tuple((recorded.stream_id, kind) for kind in _PERIOD)


DUE: Projection[DueRow] = Projection(
    table="due",
    row=DueRow,
    key=("subject", "kind"),
    keys={
        **dict.fromkeys(_NEW_PERIOD, _period),
        **dict.fromkeys((*_HOME_DONE, e.AssessmentOrdered), lambda r: ((r.stream_id, HOME),)),
        e.CertificateCancelled: _all,
        e.CertificateTransferredOut: _all,
        e.CertificateExpiryApproaching: _told,
        e.CertificateExpired: lambda r: ((r.stream_id, EXPIRED), (r.stream_id, AGAIN)),
    },
    evolve=_due,
)
