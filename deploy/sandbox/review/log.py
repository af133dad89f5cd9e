"""What the parts of the review have in common: the events that a service published, and what is compared. Values only."""

from collections.abc import Mapping, Sequence
from typing import Any

Event = Mapping[str, Any]  # as the feed gives it
Log = Sequence[Event]  # all that a service published
Check = tuple[str, Any, Any]  # what is compared, as it was put in, as it came out


def kind_of(event: Event) -> str:
    """The short name of an event's type."""
    found: str = event["type"].rpartition(".")[2]
    return found
