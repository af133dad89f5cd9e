"""The read model of the outreach as a fold: who spoke of a person, what he answered, whether it ended. Says nothing of certificates."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, assert_never, get_args
from uuid import UUID

from services.certificates.outreach import events as outreach_events
from services.certificates.outreach.events import OutreachEvent
from services.kernel.events import Recorded
from services.kernel.projection import Projection


@dataclass(frozen=True, slots=True)
class OutreachRow:
    """One person of whom somebody spoke. `answer`, `way`, `answered_on`: the last answer; `again_on`: nobody asks again before."""

    person_id: UUID
    division: str
    sources: tuple[str, ...]
    noted_on: date
    answer: outreach_events.OutreachAnswer | None = None
    way: outreach_events.OutreachWay | None = None
    answered_on: date | None = None
    again_on: date | None = None
    closed: outreach_events.OutreachEnd | None = None
    closed_on: date | None = None


def _row(key: tuple[UUID], row: OutreachRow | None, recorded: Recorded) -> OutreachRow | None:
    event: OutreachEvent = recorded.event
    if isinstance(event, outreach_events.OutreachLeadNoted) and row is None:
        return OutreachRow(key[0], recorded.division, (event.source.value,), event.noted_on)
    return replace(row, **_changes(row, event), division=recorded.division) if row else None


def _changes(row: OutreachRow, event: OutreachEvent) -> dict[str, Any]:
    match event:
        case outreach_events.OutreachLeadNoted(source=source):
            return {"sources": tuple(dict.fromkeys((*row.sources, source.value))), "closed": None, "closed_on": None}
        case outreach_events.OutreachAnswered(answer=answer, way=way, answered_on=on, again_on=again):
            return {"answer": answer, "way": way, "answered_on": on, "again_on": again}
        case outreach_events.OutreachClosed(reason=reason, closed_on=on):
            return {"closed": reason, "closed_on": on}
        case outreach_events.OutreachMoved():
            return {}  # the new division, which every event says
        case _:
            assert_never(event)


OUTREACH_VIEW: Projection[OutreachRow] = Projection(
    table="outreach",
    row=OutreachRow,
    key=("person_id",),
    keys=dict.fromkeys(get_args(OutreachEvent), lambda recorded: ((recorded.event.person_id,),)),
    evolve=_row,
)
