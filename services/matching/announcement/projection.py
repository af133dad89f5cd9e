"""Announcements as rows: what a county and its villages were told, and whom it may concern. Folds only."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from services.domain.file_number import file_number
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
    file_number: str
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
    """The latest event of a stream says all of its row."""
    event: PolicyAnnounced | PolicyNotAnnounced | PolicyPassedOn = recorded.event
    row = AnnouncementRow(
        announcement_id=key[0],
        file_number=file_number(key[0]),
        part_of=key[0],
        row_id=event.row_id,
        row_from=event.row_from,
        title=event.title,
        plain=None,
        owner=event.owner,
        division=event.division,
        state=AnnouncementState.ANNOUNCED,
        lacking=(),
        as_of=None,
        tell_by=None,
        persons=None,
        said_on=recorded.occurred_on,
        version=recorded.version,
    )
    match event:
        case PolicyNotAnnounced():
            return replace(row, state=AnnouncementState.WITHHELD, lacking=event.lacking)
        case PolicyAnnounced():
            return replace(row, plain=event.plain, as_of=event.as_of, tell_by=event.tell_by)
        case PolicyPassedOn():
            return replace(
                row,
                part_of=event.announcement_id,
                state=AnnouncementState.PASSED_ON,
                plain=event.plain,
                as_of=event.as_of,
                tell_by=event.tell_by,
                persons=len(event.persons),
            )
        case _:
            assert_never(event)


def _concerned(key: tuple[UUID, UUID], _: ConcernedRow | None, recorded: Recorded) -> ConcernedRow:
    event: PolicyPassedOn = recorded.event
    return ConcernedRow(*key, event.announcement_id, event.division)


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
