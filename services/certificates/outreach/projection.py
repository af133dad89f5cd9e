"""The read model of the outreach as a fold: who spoke of a person, what he answered, whether it ended. Says nothing of certificates."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.certificates.outreach import events as outreach_events
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
    happened = recorded.event
    if isinstance(happened, outreach_events.OutreachLeadNoted):
        if row is None:
            return OutreachRow(key[0], recorded.division, (happened.source.value,), happened.noted_on)
        sources = tuple(dict.fromkeys((*row.sources, happened.source.value)))
        return replace(row, sources=sources, closed=None, closed_on=None)
    return replace(row, **_changes(happened), division=recorded.division) if row else None


def _changes(happened: Any) -> dict[str, Any]:
    match happened:
        case outreach_events.OutreachAnswered(answer=answer, way=way, answered_on=on, again_on=again):
            return {"answer": answer, "way": way, "answered_on": on, "again_on": again}
        case outreach_events.OutreachClosed(reason=reason, closed_on=on):
            return {"closed": reason, "closed_on": on}
    return {}


_FOLLOWED = (
    outreach_events.OutreachLeadNoted,
    outreach_events.OutreachAnswered,
    outreach_events.OutreachClosed,
    outreach_events.OutreachMoved,
)
OUTREACH_VIEW: Projection[OutreachRow] = Projection(
    table="outreach",
    row=OutreachRow,
    key=("person_id",),
    keys=dict.fromkeys(_FOLLOWED, lambda r: ((r.event.person_id,),)),
    evolve=_row,
)
