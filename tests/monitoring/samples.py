"""Events as monitoring's worker meets them: its own, and those of other services."""

from datetime import date
from typing import Any
from uuid import UUID, uuid5

from services.kernel.events import NAMESPACE, Recorded, service_of
from tests.spec import SEED, context

VILLAGE = "533401102201"


def recorded(event: Any, stream: UUID, version: int = 1, division: str = VILLAGE, on: date = date(2026, 3, 2)) -> Recorded:
    """The event in its envelope, at ten in the morning (Shanghai) of the day; the same stream and version have the same id."""
    now = context(on).now
    return Recorded(
        event_id=uuid5(NAMESPACE, f"{stream}/{version}"),
        stream_id=stream,
        version=version,
        service=service_of(type(event)),
        event=event,
        division=division,
        actor="CUN:533401102201:liaison-1",
        occurred_at=now,
        recorded_at=now,
        correlation_id=SEED,
        causation_id=None,
        policy_version="",
    )
