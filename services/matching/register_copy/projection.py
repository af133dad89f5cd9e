"""What matching keeps of the register as rows: blind index to person, and each certificate's state. A fold only."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.certificates.certificate.card.events import CertificateState
from services.certificates.person.events import PersonIndexState
from services.kernel.events import Recorded
from services.kernel.projection import Projection


@dataclass(frozen=True, slots=True)
class PersonIndexRow:
    """Blind index → person; gone when the register erased the person."""

    index: UUID
    person_id: UUID
    division: str


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate as the register publishes it."""

    certificate_id: UUID
    person_id: UUID
    division: str
    grade: int
    valid_from: date
    valid_to: date
    cancelled_on: date | None
    frozen_on: date | None
    lost_on: date | None


def _index(key: tuple[UUID], row: PersonIndexRow | None, recorded: Recorded) -> PersonIndexRow | None:
    match recorded.event:
        case PersonIndexState(person_id=person_id):
            return PersonIndexRow(key[0], person_id, recorded.division)
    return None


def _certificate(key: tuple[UUID], row: CertificateRow | None, recorded: Recorded) -> CertificateRow | None:
    match recorded.event:
        case CertificateState() as state:
            return CertificateRow(
                certificate_id=key[0],
                person_id=state.person_id,
                division=state.division,
                grade=state.grade,
                valid_from=state.valid_from,
                valid_to=state.valid_to,
                cancelled_on=state.cancelled_on,
                frozen_on=state.frozen_on,
                lost_on=state.lost_on,
            )
    return None


PERSON_INDEX = Projection("person_index", PersonIndexRow, ("index",), Projection.by_stream((PersonIndexState,)), _index)
CERTIFICATES = Projection(
    "certificate", CertificateRow, ("certificate_id",), Projection.by_stream((CertificateState,)), _certificate
)
