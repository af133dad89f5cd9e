"""Rounds of home assessment as read models: each round, and who was put into it. Folds; who is still in one says `certificate_view`."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.certificates.certificate.application import events as application_events
from services.certificates.home_assessment import events as home_assessment_events
from services.certificates.home_assessment.decider import RoundState
from services.kernel.events import Recorded
from services.kernel.projection import Projection


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round. `reason`: code of the last move or of the cancellation; `done`, `missed`: counted when it was closed."""

    round_id: UUID
    division: str
    on_day: date
    institution: str
    doctor: str
    quota: int
    state: RoundState
    reason: str | None
    done: int | None
    missed: int | None
    version: int


@dataclass(frozen=True, slots=True)
class VisitRow:
    """Somebody was put into a round; `missed`: code why the round could not assess.

    Only this certificate's own stream writes the row, so a round fills up without its clerks waiting for each other's rows.
    """

    round_id: UUID
    certificate_id: UUID
    division: str
    visit_on: date | None
    missed: str | None


def _round(key: tuple[UUID], row: RoundRow | None, recorded: Recorded) -> RoundRow | None:
    match recorded.event:
        case home_assessment_events.HomeRoundPlanned() as said:
            planned = (said.on, said.institution, said.doctor, said.quota, RoundState.PLANNED)
            return RoundRow(key[0], said.division, *planned, None, None, None, recorded.version)
    return replace(row, **_changes(recorded.event), version=recorded.version) if row else None


def _changes(happened: Any) -> dict[str, Any]:
    match happened:
        case home_assessment_events.HomeRoundMoved(on=on, reason=reason):
            return {"on_day": on, "reason": reason}
        case home_assessment_events.HomeRoundCancelled(reason=reason):
            return {"state": RoundState.CANCELLED, "reason": reason}
        case home_assessment_events.HomeRoundClosed(done=done, missed=missed):
            return {"state": RoundState.CLOSED, "done": done, "missed": missed}
    return {}


def _visit(key: tuple[UUID, UUID], row: VisitRow | None, recorded: Recorded) -> VisitRow:
    match recorded.event:
        case application_events.HomeAssessmentMissed(reason=reason):
            return VisitRow(*key, recorded.division, row.visit_on if row else None, reason)
    return VisitRow(*key, recorded.division, recorded.event.on, None)


def _in_round(recorded: Recorded) -> tuple[tuple[UUID, UUID], ...]:
    return ((recorded.event.round_id, recorded.stream_id),)


_OF_ROUNDS = (
    home_assessment_events.HomeRoundPlanned,
    home_assessment_events.HomeRoundMoved,
    home_assessment_events.HomeRoundCancelled,
    home_assessment_events.HomeRoundClosed,
)
HOME_ROUND: Projection[RoundRow] = Projection("home_round", RoundRow, ("round_id",), Projection.by_stream(_OF_ROUNDS), _round)
HOME_VISIT: Projection[VisitRow] = Projection(
    "home_visit",
    VisitRow,
    ("round_id", "certificate_id"),
    dict.fromkeys((application_events.HomeAssessmentScheduled, application_events.HomeAssessmentMissed), _in_round),
    _visit,
)
