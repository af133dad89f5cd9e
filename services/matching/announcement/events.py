"""What 政策找人 says: a row of the policy was announced to a county, was not and why, or was passed on by a village."""

from datetime import date
from uuid import UUID

from services.kernel.events import event
from services.matching.vocabulary import RosterKind, Through


@event
class PolicyAnnounced:
    """政策找人: a county's villages were told of a row of the policy; `villages` = how many have somebody whom it may concern."""

    row_id: str
    row_from: date
    title: str
    plain: str  # what it means, in plain words, checked against what its readers may be told
    owner: str  # agency code
    division: str  # the county
    selection: str  # by which selection the persons were found
    as_of: date  # the older day of the sheets it was found with
    tell_by: date
    villages: int


@event
class PolicyNotAnnounced:
    """A row is in force, and whom it concerns cannot be known: sheets were not sent, or are too old. Silence is not health."""

    row_id: str
    row_from: date
    title: str
    owner: str  # agency code
    division: str  # the county
    lacking: tuple[RosterKind, ...]
    sheets: str  # the same in words


@event
class PolicyPassedOn:
    """A village was told of a row that may concern persons in it. A lead: people look, tell and help to apply."""

    announcement_id: UUID  # the county's
    row_id: str
    row_from: date
    title: str
    plain: str
    owner: str  # agency code
    division: str  # the village
    persons: tuple[UUID, ...]
    through: Through
    as_of: date
    tell_by: date
