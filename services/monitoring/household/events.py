"""What becomes of a household: it is followed, and who lives in it changes. The stream is the household's id; visits: `visit/events.py`."""

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
