"""Which lists came in from agencies for comparison, and which could not be used: one row per sheet. Counts and contents stay in matching."""

from typing import Any

from services.kernel.events import Recorded
from services.kernel.project import Projection
from services.matching.events import RosterReceived, RosterRejected
from services.notifications.rows import ArrivalRow


def _arrived(key: tuple[Any, ...], _: ArrivalRow | None, recorded: Recorded) -> ArrivalRow:
    said = recorded.event
    refused = said.reason if isinstance(said, RosterRejected) else None
    return ArrivalRow(key[0], said.division, said.kind.value, recorded.occurred_on, refused)


ARRIVALS: Projection[ArrivalRow] = Projection(
    table="arrival",
    row=ArrivalRow,
    key=("roster_id",),
    keys=dict.fromkeys((RosterReceived, RosterRejected), lambda recorded: ((recorded.stream_id,),)),
    evolve=_arrived,
)
