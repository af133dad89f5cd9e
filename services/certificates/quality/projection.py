"""The read model behind quality and appraisal: for each certificate and township the marks of the procedure, in order.

A card that only the roster knows has no row: what a roster says of a new card is not followed, so taking one in costs nothing here. A
card that moves keeps the old township's row and gets one in the new: each place answers for the steps it took. Judges nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.card import events as card_events
from services.certificates.quality.stages import NOT_MET, REJECTED, UPHELD, Mark, What, read
from services.domain.divisions import township
from services.kernel.events import Recorded
from services.kernel.projection import Projection


@dataclass(frozen=True, slots=True)
class CourseRow:
    """The steps that one township's case took; `waits`: something is still to be done; `division`: the village."""

    certificate_id: UUID
    township: str
    division: str
    first_on: date
    last_on: date
    waits: bool
    marks: tuple[str, ...]


def _how(upheld: bool) -> str:
    return UPHELD if upheld else REJECTED


def _conclusion(event: Any) -> str:
    """Category, grade and constituents as one word, for comparison."""
    parts = "+".join(sorted(f"{part.category.value}:{part.grade}" for part in event.constituents))
    return f"{event.category.value}:{event.grade}/{parts}"


_MARKS: dict[type, tuple[What, Callable[[Any], tuple[str, ...]]]] = {
    application_events.CertificateApplicationSubmitted: (What.APPLIED, lambda event: ()),
    application_events.CertificateApplicationForwarded: (What.FORWARDED, lambda event: ()),
    application_events.CertificateApplicationAccepted: (What.ACCEPTED, lambda event: ()),
    application_events.CertificateApplicationReturned: (What.RETURNED, lambda event: (event.missing,)),
    application_events.CertificateApplicationWithdrawn: (What.WITHDRAWN, lambda event: ()),
    application_events.CertificateApplicationRefused: (What.REFUSED, lambda event: (event.reason,)),
    application_events.AssessmentOrdered: (
        What.ORDERED,
        lambda event: (event.institution, event.setting.value, str(event.due_on or "-")),
    ),
    application_events.HomeAssessmentMissed: (What.MISSED, lambda event: (event.reason,)),
    application_events.AssessmentCompleted: (
        What.CONCLUDED,
        lambda event: (_conclusion(event) if event.meets_standard else NOT_MET,),
    ),
    application_events.PublicNoticeOrdered: (What.NOTICE_ORDERED, lambda event: ()),
    application_events.PublicNoticeStarted: (What.NOTICE_POSTED, lambda event: (str(event.ends_on),)),
    application_events.PublicNoticeClosed: (What.NOTICE_CLOSED, lambda event: (str(event.objections),)),
    application_events.ObjectionRaised: (What.OBJECTED, lambda event: (str(event.objection_id),)),
    application_events.ObjectionAnswered: (What.ANSWERED, lambda event: (str(event.objection_id), _how(event.upheld))),
    application_events.AssessmentDisputed: (What.DISPUTED, lambda event: (event.level.value,)),
    application_events.DisputeDecided: (What.DECIDED, lambda event: (event.level.value, _how(event.upheld))),
    card_events.CertificateIssued: (What.ISSUED, lambda event: ()),
    card_events.CertificateRecorded: (What.RECORDED, lambda event: (_conclusion(event),)),
    card_events.ReviewOpened: (What.REVIEWED, lambda event: ()),
    card_events.ReviewClosed: (What.REVIEW_CLOSED, lambda event: ()),
    card_events.CertificateRegraded: (What.REGRADED, lambda event: ()),
    card_events.CertificateRenewed: (What.RENEWED, lambda event: ()),
    card_events.CertificateCancelled: (What.CANCELLED, lambda event: ()),
    card_events.CertificateTransferredOut: (What.MOVED, lambda event: ()),
}
_NEVER_FIRST = {What.RECORDED, What.REVIEW_CLOSED, What.REGRADED, What.RENEWED, What.CANCELLED, What.MOVED}


def _course(key: tuple[UUID, str], row: CourseRow | None, recorded: Recorded) -> CourseRow | None:
    what, codes = _MARKS[type(recorded.event)]
    if row is None and what in _NEVER_FIRST:
        return None
    on, moved = recorded.occurred_on, what is What.MOVED
    division = recorded.event.from_division if moved else recorded.division
    row = row or CourseRow(*key, division, on, on, True, ())
    marks = (*row.marks, str(Mark(on, what, codes(recorded.event))))
    return replace(row, division=division, last_on=max(row.last_on, on), waits=read(marks).waits, marks=marks)


def _here(recorded: Recorded) -> tuple[tuple[UUID, str], ...]:
    return ((recorded.stream_id, township(recorded.division)),)


def _recorded(recorded: Recorded) -> tuple[tuple[UUID, str], ...]:
    """The roster's word on a card that nobody applied for here is no step of a procedure."""
    return () if recorded.version == 1 else _here(recorded)


def _moved(recorded: Recorded) -> tuple[tuple[UUID, str], ...]:
    """The township it left; nothing when it stays in the same."""
    left = township(recorded.event.from_division)
    return () if left == township(recorded.division) else ((recorded.stream_id, left),)


COURSE: Projection[CourseRow] = Projection(
    table="course",
    row=CourseRow,
    key=("certificate_id", "township"),
    keys=dict.fromkeys(_MARKS, _here) | {card_events.CertificateRecorded: _recorded, card_events.CertificateTransferredOut: _moved},
    evolve=_course,
)
