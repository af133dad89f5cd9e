"""What matching keeps of the register as rows: blind index to person, each certificate's state, and who lives where. Folds only."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.certificates.certificate.card.events import CertificateState
from services.certificates.person.events import PersonDeathCorrected, PersonDied, PersonIndexState, PersonMoved, PersonRegistered
from services.kernel.events import Recorded
from services.kernel.projection import Projection


@dataclass(frozen=True, slots=True)
class PersonIndexRow:
    """Blind index → person, and keyed features by which a row without a usable id may mean them; gone when the register erased them."""

    index: UUID
    person_id: UUID
    division: str
    name_feature: UUID | None = None
    sound_features: tuple[UUID, ...] = ()
    born_feature: UUID | None = None
    sequence_feature: UUID | None = None
    male: bool | None = None


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


@dataclass(frozen=True, slots=True)
class Death:
    """A confirmed death, and on which day the register told of it. `alive_on`: the day on which it turned out to be none."""

    died_on: date
    told_on: date
    alive_on: date | None = None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of the register: the village of residence and the month of birth ("1980-01"), when the register told of the person first, and
    each death that it told of, oldest first."""

    person_id: UUID
    division: str
    birth_month: str
    registered_on: date
    deaths: tuple[Death, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonMoveRow:
    """One move of a person's household registration inside the prefecture, and when it was told; `version` of the person's stream says
    their order."""

    person_id: UUID
    version: int
    division: str  # where it went
    from_division: str
    moved_on: date
    told_on: date


def _index(key: tuple[UUID], row: PersonIndexRow | None, recorded: Recorded) -> PersonIndexRow | None:
    match recorded.event:
        case PersonIndexState() as state:
            return PersonIndexRow(
                key[0],
                state.person_id,
                recorded.division,
                state.name_feature,
                state.sound_features,
                state.born_feature,
                state.sequence_feature,
                state.male,
            )
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


def _person(key: tuple[UUID], row: PersonRow | None, recorded: Recorded) -> PersonRow | None:
    match recorded.event:
        case PersonRegistered(birth_month=month, division=division):
            return PersonRow(key[0], division, month, recorded.occurred_on)
        case PersonMoved(to_division=division):
            return replace(row, division=division) if row else None
        case PersonDied(died_on=died_on):
            return replace(row, deaths=(*row.deaths, Death(died_on, recorded.occurred_on))) if row else None
        case PersonDeathCorrected(corrected_on=day):
            return replace(row, deaths=_alive(row.deaths, day)) if row else None
    return row


def _alive(deaths: tuple[Death, ...], day: date) -> tuple[Death, ...]:
    return (*deaths[:-1], *(replace(death, alive_on=death.alive_on or day) for death in deaths[-1:]))


def _move(key: tuple[UUID, int], _: PersonMoveRow | None, recorded: Recorded) -> PersonMoveRow | None:
    match recorded.event:
        case PersonMoved() as moved:
            return PersonMoveRow(*key, moved.to_division, moved.from_division, moved.moved_on, recorded.occurred_on)
    return None


PERSON_INDEX = Projection("person_index", PersonIndexRow, ("index",), Projection.by_stream((PersonIndexState,)), _index)
CERTIFICATES = Projection(
    "certificate", CertificateRow, ("certificate_id",), Projection.by_stream((CertificateState,)), _certificate
)
PERSONS = Projection(
    "person",
    PersonRow,
    ("person_id",),
    Projection.by_stream((PersonRegistered, PersonMoved, PersonDied, PersonDeathCorrected)),
    _person,
)
MOVES = Projection(
    "person_move",
    PersonMoveRow,
    ("person_id", "version"),
    {PersonMoved: lambda recorded: ((recorded.stream_id, recorded.version),)},
    _move,
)
