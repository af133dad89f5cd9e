"""Rosters as rows: which came in, by whom, and what became of each. A fold only."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.roster.events import RosterConfirmed, RosterHeld, RosterReceived, RosterRejected, RosterWithdrawn
from services.matching.vocabulary import RosterKind, RosterState


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A roster. Only one whose state is RECEIVED counts.

    `division`: the county that it covers; `period`: the month (2026-03) or year (2026) that it is of; `why`: the code for which it was
    refused, held or taken back; `usual_rows`: how many it was expected to have, when it was held; `identified`: rows with a valid citizen
    id; `cells`, `empty_cells`: of its used rows; `received_on`: the day in Asia/Shanghai; `version`: of its stream.
    """

    roster_id: UUID
    division: str
    kind: RosterKind
    as_of: date
    period: str | None
    state: RosterState
    why: str | None
    sent_by: str
    rows: int
    linked: int
    rejected: int
    identified: int
    cells: int
    empty_cells: int
    usual_rows: int | None
    received_at: datetime
    received_on: date
    version: int


def _roster(key: tuple[UUID], row: RosterRow | None, recorded: Recorded) -> RosterRow | None:
    match recorded.event:
        case RosterReceived():
            return _came(key[0], recorded, RosterState.RECEIVED)
        case RosterHeld(held_for=held_for, usual_rows=usual_rows):
            return replace(_came(key[0], recorded, RosterState.HELD), why=held_for.value, usual_rows=usual_rows)
        case RosterRejected(reason=reason):
            return replace(_came(key[0], recorded, RosterState.REJECTED), why=reason)
        case RosterConfirmed():
            return replace(row, state=RosterState.RECEIVED, why=None, version=recorded.version) if row else None
        case RosterWithdrawn(reason=reason):
            return replace(row, state=RosterState.WITHDRAWN, why=reason.value, version=recorded.version) if row else None
    raise AssertionError(recorded.event)


def _came(roster_id: UUID, recorded: Recorded, state: RosterState) -> RosterRow:
    event: RosterReceived | RosterHeld | RosterRejected = recorded.event
    read = None if isinstance(event, RosterRejected) else event
    return RosterRow(
        roster_id=roster_id,
        division=event.division,
        kind=event.kind,
        as_of=event.as_of,
        period=event.period,
        state=state,
        why=None,
        sent_by=event.sent_by,
        rows=event.rows,
        linked=read.linked if read else 0,
        rejected=event.rejected,
        identified=read.identified if read else 0,
        cells=read.cells if read else 0,
        empty_cells=read.empty_cells if read else 0,
        usual_rows=None,
        received_at=recorded.occurred_at,
        received_on=recorded.occurred_on,
        version=recorded.version,
    )


ROSTERS = Projection(
    "roster",
    RosterRow,
    ("roster_id",),
    Projection.by_stream((RosterReceived, RosterHeld, RosterConfirmed, RosterRejected, RosterWithdrawn)),
    _roster,
)
