"""What is said of a household: followed, who lives in it, visited. The stream is the household's id."""

from datetime import date
from uuid import UUID

from services.kernel.events import event


@event
class HouseholdRegistered:
    """A household is followed."""

    division: str  # village, 12 digits
    members: tuple[UUID, ...]  # person ids


@event
class HouseholdMembersChanged:
    """Who belongs to the household from now on."""

    members: tuple[UUID, ...]
    changed_on: date
