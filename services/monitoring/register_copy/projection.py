"""What monitoring keeps of the register as rows: in which village a person lives. A fold only."""

from dataclasses import dataclass
from uuid import UUID

from services.certificates.person.events import PersonMoved, PersonRegistered
from services.kernel.events import Recorded
from services.kernel.projection import Projection


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A registered person, as a pseudonym, and the village (twelve digits) of residence."""

    person_id: UUID
    division: str


def _person(key: tuple[UUID], _: PersonRow | None, recorded: Recorded) -> PersonRow:
    return PersonRow(key[0], recorded.division)


PERSONS: Projection[PersonRow] = Projection(
    "person", PersonRow, ("person_id",), Projection.by_stream((PersonRegistered, PersonMoved)), _person
)
