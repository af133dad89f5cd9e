"""Matching's read models as folds: persons by blind index, certificates, payments, findings, rosters, comparisons."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching import vocabulary
from services.matching.roster import events as roster_events


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A sheet that came in, or was refused (`refused_for`)."""

    roster_id: UUID
    division: str
    kind: vocabulary.RosterKind
    as_of: date | None
    month: str | None
    rows: int
    linked: int
    rejected: int
    refused_for: str | None
    received_on: date


def _roster(key: tuple[UUID], row: RosterRow | None, recorded: Recorded) -> RosterRow:
    match recorded.event:
        case roster_events.RosterReceived() as r:
            return RosterRow(key[0], r.division, r.kind, r.as_of, r.month, r.rows, r.linked, r.rejected, None, recorded.occurred_on)
        case roster_events.RosterRejected() as r:
            return RosterRow(key[0], r.division, r.kind, None, None, r.rows, 0, r.rejected, r.reason, recorded.occurred_on)
    raise AssertionError(recorded.event)


ROSTERS = Projection(
    "roster",
    RosterRow,
    ("roster_id",),
    Projection.by_stream((roster_events.RosterReceived, roster_events.RosterRejected)),
    _roster,
)
