"""Timed work as data: a duty says which events make it due, and which end it; the rows of all duties of a service are one read model.

The scheduler turns due rows into commands (`schedule.py`). No room folds rows by hand, and none knows another's clock.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum
from typing import Any, Final, Literal
from uuid import UUID

from services.kernel.decider import Decider
from services.kernel.events import Recorded
from services.kernel.projection import Projection, kind_of


class _Answer(Enum):
    AS_BEFORE = "AS_BEFORE"


AS_BEFORE: Final = _Answer.AS_BEFORE
Day = date | Literal[_Answer.AS_BEFORE] | None
When = Callable[[Recorded], Day]


@dataclass(frozen=True, slots=True)
class DueRow:
    """Something to be done for `subject` from `due_on` (a day in Asia/Shanghai) on; `cause_id` is the event that made it due."""

    subject: UUID
    kind: str
    due_on: date
    division: str
    cause_id: UUID
    correlation_id: UUID


@dataclass(frozen=True)
class Duty:
    """What is to be done for a stream on a day: when it is due, and by which command of `decider` it is done.

    `when` gives the day that an event makes it due, in place of any day before; None when nothing is due any more, `AS_BEFORE` when the
    event changes nothing. Events of `until` end it; after one of `moved` it belongs to the stream's new division, for the same day and
    cause. `detail` tells several of one stream apart: the row's kind is then `KIND/detail`.
    """

    kind: str
    decider: Decider[Any, Any, Any]
    command: Callable[[DueRow, date], Any]
    when: Mapping[type, When]
    until: tuple[type, ...] = ()
    moved: tuple[type, ...] = ()
    detail: Callable[[Any], object] | None = None

    def __post_init__(self) -> None:
        """Raises TypeError when an event would say two things."""
        if len(set(self.followed)) < len(self.followed):
            raise TypeError(f"duty {self.kind}: an event stands in two of when, until and moved, or twice")

    @property
    def followed(self) -> tuple[type, ...]:
        """The event classes that change its rows."""
        return (*self.when, *self.until, *self.moved)

    def key(self, recorded: Recorded) -> tuple[UUID, str]:
        """Which row an event is about."""
        return recorded.stream_id, f"{self.kind}/{self.detail(recorded.event)}" if self.detail else self.kind

    def row(self, key: tuple[UUID, str], before: DueRow | None, recorded: Recorded) -> DueRow | None:
        """The row after an event; None when nothing is due."""
        event_class = kind_of(recorded)
        if event_class in self.until:
            return None
        if event_class in self.moved:
            return replace(before, division=recorded.division) if before else None
        day: Day = self.when[event_class](recorded) if event_class in self.when else AS_BEFORE
        if isinstance(day, _Answer):
            return before
        return DueRow(*key, day, recorded.division, recorded.event_id, recorded.correlation_id) if day else None


def on_day(field: str) -> When:
    """Due on the day that stands in this field of the event; not due when the field is None."""
    return lambda recorded: getattr(recorded.event, field)  # type: ignore[no-any-return]


def day_after(field: str) -> When:
    """Due the day after the one that stands in this field of the event; not due when the field is None."""

    def when(recorded: Recorded) -> date | None:
        last: date | None = getattr(recorded.event, field)
        return last + timedelta(days=1) if last else None

    return when


def due_rows(duties: Sequence[Duty]) -> Projection[DueRow]:
    """The one read model `due` of all duties of a service."""
    of_kind = {duty.kind: duty for duty in duties}
    following: dict[type, list[Duty]] = {}
    for duty in duties:
        for cls in duty.followed:
            following.setdefault(cls, []).append(duty)

    def keys(recorded: Recorded) -> tuple[tuple[UUID, str], ...]:
        return tuple(duty.key(recorded) for duty in following[kind_of(recorded)])

    def evolve(key: tuple[UUID, str], row: DueRow | None, recorded: Recorded) -> DueRow | None:
        return of_kind[key[1].partition("/")[0]].row(key, row, recorded)

    return Projection(table="due", row=DueRow, key=("subject", "kind"), keys=dict.fromkeys(following, keys), evolve=evolve)
