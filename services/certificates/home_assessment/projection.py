"""Rounds of home assessment as read models: each round, and who was put into it. Folds; who is still in one says `certificate_view`."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, assert_never, get_args
from uuid import UUID

from services.certificates.certificate.application import events as application_events
from services.certificates.home_assessment import events as home_assessment_events
from services.certificates.home_assessment.decider import RoundState
from services.certificates.home_assessment.events import RoundEvent
from services.domain.file_number import file_number
from services.kernel.events import Recorded
from services.kernel.projection import Projection


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round. `reason`: code of the last move or of the cancellation; `done`, `missed`: counted when it was closed."""

    round_id: UUID
    file_number: str
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
    event: RoundEvent = recorded.event
    if isinstance(event, home_assessment_events.HomeRoundPlanned):
        return RoundRow(
            round_id=key[0],
            file_number=file_number(key[0]),
            division=event.division,
            on_day=event.on,
            institution=event.institution,
            doctor=event.doctor,
            quota=event.quota,
            state=RoundState.PLANNED,
            reason=None,
            done=None,
            missed=None,
            version=recorded.version,
        )
    return replace(row, **_changes(event), version=recorded.version) if row else None


def _changes(event: RoundEvent) -> dict[str, Any]:
    match event:
        case home_assessment_events.HomeRoundPlanned():
            return {}
        case home_assessment_events.HomeRoundMoved(on=on, reason=reason):
            return {"on_day": on, "reason": reason}
        case home_assessment_events.HomeRoundCancelled(reason=reason):
            return {"state": RoundState.CANCELLED, "reason": reason}
        case home_assessment_events.HomeRoundClosed(done=done, missed=missed):
            return {"state": RoundState.CLOSED, "done": done, "missed": missed}
        case _:
            assert_never(event)


def _visit(key: tuple[UUID, UUID], row: VisitRow | None, recorded: Recorded) -> VisitRow:
    match recorded.event:
        case application_events.HomeAssessmentMissed(reason=reason):
            return VisitRow(*key, recorded.division, row.visit_on if row else None, reason)
    return VisitRow(*key, recorded.division, recorded.event.on, None)


def _in_round(recorded: Recorded) -> tuple[tuple[UUID, UUID], ...]:
    return ((recorded.event.round_id, recorded.stream_id),)


HOME_ROUND: Projection[RoundRow] = Projection(
    "home_round", RoundRow, ("round_id",), Projection.by_stream(get_args(RoundEvent)), _round
)
HOME_VISIT: Projection[VisitRow] = Projection(
    "home_visit",
    VisitRow,
    ("round_id", "certificate_id"),
    dict.fromkeys((application_events.HomeAssessmentScheduled, application_events.HomeAssessmentMissed), _in_round),
    _visit,
)
