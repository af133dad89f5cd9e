"""What tests of the copies share: events as another service tells them, and the rows that come of them."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection, fold_into
from services.monitoring.visit.events import VisitRecorded
from tests.spec import SEED

STREAM, PERSON, OTHER = UUID(int=50), UUID(int=51), UUID(int=52)
VILLAGE, FAR = "533401102001", "533422101001"


def told(event: Any, version: int = 1, stream: UUID = STREAM, division: str = VILLAGE, on: date = date(2026, 6, 1)) -> Recorded:
    """An event as it arrives: of this stream, at eight in the evening of the day, Shanghai."""
    now = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return Recorded(UUID(int=version), stream, version, "test", event, division, "CL:533401:clerk-1", now, now, SEED, None, "v")


def rows(projection: Projection[Any], *past: Any) -> list[Any]:
    """The rows after these events of one stream, or after what was `told`."""
    found: dict[Any, Any] = {}
    for version, event in enumerate(past, 1):
        fold_into(projection, found, event if isinstance(event, Recorded) else told(event, version))
    return [row for row in found.values() if row is not None]


def visited(on: date, safe: bool | None) -> VisitRecorded:
    """A visit, and what it saw of the water."""
    return VisitRecorded(
        visit_id=UUID(int=on.toordinal()),
        visited_on=on,
        incidents=(),
        income_per_head=None,
        income_fell=None,
        housing_safe=None,
        water_safe=safe,
        unknown_rules=(),
    )
