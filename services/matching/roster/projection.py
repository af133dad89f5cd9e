"""Rosters as rows: which sheets came in, and which were refused. A fold only."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.roster.events import RosterReceived, RosterRejected, RosterWithdrawn
from services.matching.vocabulary import RosterKind, WithdrawalReason


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A sheet that came in, was refused (`refused_for`), or was taken back (`withdrawn_for`); one that is neither stands."""

    roster_id: UUID
    division: str
    kind: RosterKind
    as_of: date | None
    month: str | None
    rows: int
    linked: int
    rejected: int
    refused_for: str | None
    withdrawn_for: WithdrawalReason | None
    received_on: date


def _roster(key: tuple[UUID], row: RosterRow | None, recorded: Recorded) -> RosterRow | None:
    match recorded.event:
        case RosterReceived() as event:
            return RosterRow(
                roster_id=key[0],
                division=event.division,
                kind=event.kind,
                as_of=event.as_of,
                month=event.month,
                rows=event.rows,
                linked=event.linked,
                rejected=event.rejected,
                refused_for=None,
                withdrawn_for=None,
                received_on=recorded.occurred_on,
            )
        case RosterRejected() as event:
            return RosterRow(
                roster_id=key[0],
                division=event.division,
                kind=event.kind,
                as_of=None,
                month=None,
                rows=event.rows,
                linked=0,
                rejected=event.rejected,
                refused_for=event.reason,
                withdrawn_for=None,
                received_on=recorded.occurred_on,
            )
        case RosterWithdrawn(reason=reason):
            return replace(row, withdrawn_for=reason) if row else None
    raise AssertionError(recorded.event)


ROSTERS = Projection(
    "roster",
    RosterRow,
    ("roster_id",),
    Projection.by_stream((RosterReceived, RosterRejected, RosterWithdrawn)),
    _roster,
)
