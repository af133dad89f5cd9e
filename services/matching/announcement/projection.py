"""The read models of announcements as folds: what a county and its villages were told, and whom it may concern."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.announcement.events import PolicyAnnounced, PolicyNotAnnounced, PolicyPassedOn
from services.matching.vocabulary import RosterKind


class AnnouncementState(StrEnum):
    """How far it came."""

    WITHHELD = "WITHHELD"  # a county's: sheets are missing or too old
    ANNOUNCED = "ANNOUNCED"  # a county's
    PASSED_ON = "PASSED_ON"  # a village's


@dataclass(frozen=True, slots=True)
class AnnouncementRow:
    """A county's announcement, or a village's, which is `part_of` it and has persons; `announcement_id` is what a notice is about."""

    announcement_id: UUID
    part_of: UUID
    row_id: str
    row_from: date
    title: str
    plain: str | None
    owner: str
    division: str
    state: AnnouncementState
    lacking: tuple[RosterKind, ...]
    as_of: date | None
    tell_by: date | None
    persons: int | None
    said_on: date
    version: int


@dataclass(frozen=True, slots=True)
class ConcernedRow:
    """A person whom a village's announcement may concern."""

    announcement_id: UUID
    person_id: UUID
    part_of: UUID
    division: str


def _announcement(key: tuple[UUID], _: AnnouncementRow | None, recorded: Recorded) -> AnnouncementRow:
    said: PolicyAnnounced | PolicyNotAnnounced | PolicyPassedOn = recorded.event
    part_of, state, persons = key[0], AnnouncementState.ANNOUNCED, None
    match said:
        case PolicyNotAnnounced():
            state = AnnouncementState.WITHHELD
        case PolicyPassedOn():
            part_of, state, persons = said.announcement_id, AnnouncementState.PASSED_ON, len(said.persons)
    return AnnouncementRow(
        announcement_id=key[0],
        part_of=part_of,
        row_id=said.row_id,
        row_from=said.row_from,
        title=said.title,
        plain=None if isinstance(said, PolicyNotAnnounced) else said.plain,
        owner=said.owner,
        division=said.division,
        state=state,
        lacking=said.lacking if isinstance(said, PolicyNotAnnounced) else (),
        as_of=None if isinstance(said, PolicyNotAnnounced) else said.as_of,
        tell_by=None if isinstance(said, PolicyNotAnnounced) else said.tell_by,
        persons=persons,
        said_on=recorded.occurred_on,
        version=recorded.version,
    )


def _concerned(key: tuple[UUID, UUID], _: ConcernedRow | None, recorded: Recorded) -> ConcernedRow:
    said: PolicyPassedOn = recorded.event
    return ConcernedRow(*key, said.announcement_id, said.division)


def _persons(recorded: Recorded) -> list[tuple[UUID, UUID]]:
    return [(recorded.stream_id, person) for person in recorded.event.persons]


ANNOUNCEMENTS = Projection(
    "announcement",
    AnnouncementRow,
    ("announcement_id",),
    Projection.by_stream((PolicyAnnounced, PolicyNotAnnounced, PolicyPassedOn)),
    _announcement,
)
CONCERNED = Projection("concerned", ConcernedRow, ("announcement_id", "person_id"), {PolicyPassedOn: _persons}, _concerned)
