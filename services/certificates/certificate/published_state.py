"""The full state of every issued certificate as a fold, published to the compacted topic for downstream services."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, assert_never, get_args
from uuid import UUID

from services.certificates import vocabulary
from services.certificates.certificate.card import events as card_events
from services.kernel.events import Recorded
from services.kernel.projection import Projection


@dataclass(frozen=True, slots=True)
class StateRow:
    """One issued certificate as it is published."""

    certificate_id: UUID
    division: str
    person_id: UUID
    category: vocabulary.Category
    grade: int
    valid_from: date
    valid_to: date
    cancelled_on: date | None = None
    frozen_on: date | None = None
    lost_on: date | None = None


Changing = (
    card_events.CertificateIssued
    | card_events.CertificateRecorded
    | card_events.CertificateRenewed
    | card_events.CertificateRegraded
    | card_events.CertificateCancelled
    | card_events.CertificateCancellationRevoked
    | card_events.CertificateFrozen
    | card_events.CertificateUnfrozen
    | card_events.CertificateReportedLost
    | card_events.CertificateReissued
    | card_events.CertificateTransferredOut
)


def _state(key: tuple[UUID], row: StateRow | None, recorded: Recorded) -> StateRow | None:
    event: Changing = recorded.event
    if isinstance(event, card_events.CertificateIssued) or (row is None and isinstance(event, card_events.CertificateRecorded)):
        return StateRow(
            certificate_id=key[0],
            division=recorded.division,
            person_id=event.person_id,
            category=event.category,
            grade=event.grade,
            valid_from=event.valid_from,
            valid_to=event.valid_to,
        )
    return replace(row, **_changes(event), division=recorded.division) if row else None


def _changes(event: Changing) -> dict[str, Any]:
    match event:
        case card_events.CertificateRecorded():
            return _data(event)
        case card_events.CertificateRegraded():
            return {**_data(event), "lost_on": None}
        case card_events.CertificateRenewed():
            return {"valid_from": event.valid_from, "valid_to": event.valid_to, "lost_on": None}
        case card_events.CertificateCancelled(cancelled_on=on):
            return {"cancelled_on": on}
        case card_events.CertificateCancellationRevoked():
            return {"cancelled_on": None}
        case card_events.CertificateFrozen(frozen_on=on):
            return {"frozen_on": on}
        case card_events.CertificateUnfrozen():
            return {"frozen_on": None}
        case card_events.CertificateReportedLost(reported_on=on):
            return {"lost_on": on}
        case card_events.CertificateReissued():
            return {"lost_on": None}
        case card_events.CertificateIssued() | card_events.CertificateTransferredOut():
            return {}  # a new row; the new division, which every event says
        case _:
            assert_never(event)


def _data(event: card_events.CertificateRegraded | card_events.CertificateRecorded) -> dict[str, Any]:
    return {"category": event.category, "grade": event.grade, "valid_from": event.valid_from, "valid_to": event.valid_to}


def state_message(row: StateRow) -> card_events.CertificateState:
    """A row as it travels on the compacted topic."""
    return card_events.CertificateState(
        person_id=row.person_id,
        division=row.division,
        category=row.category,
        grade=row.grade,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        cancelled_on=row.cancelled_on,
        frozen_on=row.frozen_on,
        lost_on=row.lost_on,
    )


CERTIFICATE_STATE: Projection[StateRow] = Projection(
    table="certificate_state",
    row=StateRow,
    key=("certificate_id",),
    keys=Projection.by_stream(get_args(Changing)),
    evolve=_state,
    state=(card_events.CertificateState, state_message),
)
