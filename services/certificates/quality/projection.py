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


def _conclusion(h: Any) -> str:
    """Category, grade and constituents as one word, for comparison."""
    parts = "+".join(sorted(f"{part.category.value}:{part.grade}" for part in h.constituents))
    return f"{h.category.value}:{h.grade}/{parts}"


_MARKS: dict[type, tuple[What, Callable[[Any], tuple[str, ...]]]] = {
    application_events.CertificateApplicationSubmitted: (What.APPLIED, lambda h: ()),
    application_events.CertificateApplicationForwarded: (What.FORWARDED, lambda h: ()),
    application_events.CertificateApplicationAccepted: (What.ACCEPTED, lambda h: ()),
    application_events.CertificateApplicationReturned: (What.RETURNED, lambda h: (h.missing,)),
    application_events.CertificateApplicationWithdrawn: (What.WITHDRAWN, lambda h: ()),
    application_events.CertificateApplicationRefused: (What.REFUSED, lambda h: (h.reason,)),
    application_events.AssessmentOrdered: (What.ORDERED, lambda h: (h.institution, h.setting.value, str(h.due_on or "-"))),
    application_events.HomeAssessmentMissed: (What.MISSED, lambda h: (h.reason,)),
    application_events.AssessmentCompleted: (What.CONCLUDED, lambda h: (_conclusion(h) if h.meets_standard else NOT_MET,)),
    application_events.PublicNoticeOrdered: (What.NOTICE_ORDERED, lambda h: ()),
    application_events.PublicNoticeStarted: (What.NOTICE_POSTED, lambda h: (str(h.ends_on),)),
    application_events.PublicNoticeClosed: (What.NOTICE_CLOSED, lambda h: (str(h.objections),)),
    application_events.ObjectionRaised: (What.OBJECTED, lambda h: (str(h.objection_id),)),
    application_events.ObjectionAnswered: (What.ANSWERED, lambda h: (str(h.objection_id), _how(h.upheld))),
    application_events.AssessmentDisputed: (What.DISPUTED, lambda h: (h.level.value,)),
    application_events.DisputeDecided: (What.DECIDED, lambda h: (h.level.value, _how(h.upheld))),
    card_events.CertificateIssued: (What.ISSUED, lambda h: ()),
    card_events.CertificateRecorded: (What.RECORDED, lambda h: (_conclusion(h),)),
    card_events.ReviewOpened: (What.REVIEWED, lambda h: ()),
    card_events.ReviewClosed: (What.REVIEW_CLOSED, lambda h: ()),
    card_events.CertificateRegraded: (What.REGRADED, lambda h: ()),
    card_events.CertificateRenewed: (What.RENEWED, lambda h: ()),
    card_events.CertificateCancelled: (What.CANCELLED, lambda h: ()),
    card_events.CertificateTransferredOut: (What.MOVED, lambda h: ()),
}
_NEVER_FIRST = {What.RECORDED, What.REVIEW_CLOSED, What.REGRADED, What.RENEWED, What.CANCELLED, What.MOVED}


def _course(key: tuple[UUID, str], row: CourseRow | None, recorded: Recorded) -> CourseRow | None:
    what, said = _MARKS[type(recorded.event)]
    if row is None and what in _NEVER_FIRST:
        return None
    on, moved = recorded.occurred_on, what is What.MOVED
    division = recorded.event.from_division if moved else recorded.division
    row = row or CourseRow(*key, division, on, on, True, ())
    marks = (*row.marks, str(Mark(on, what, said(recorded.event))))
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
