"""The read model behind quality and appraisal: for each certificate and township the marks of the procedure, in order.

A card that only the roster knows has no row: what a roster says of a new card is not followed, so taking one in costs nothing here. A
card that moves keeps the old township's row and gets one in the new: each place answers for the steps it took. Judges nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.certificates import events as e
from services.certificates.spans import NOT_MET, REJECTED, UPHELD, Mark, What, read
from services.domain.divisions import township
from services.kernel.events import Recorded
from services.kernel.project import Projection


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
    e.CertificateApplicationSubmitted: (What.APPLIED, lambda h: ()),
    e.CertificateApplicationForwarded: (What.FORWARDED, lambda h: ()),
    e.CertificateApplicationAccepted: (What.ACCEPTED, lambda h: ()),
    e.CertificateApplicationReturned: (What.RETURNED, lambda h: (h.missing,)),
    e.CertificateApplicationWithdrawn: (What.WITHDRAWN, lambda h: ()),
    e.CertificateApplicationRefused: (What.REFUSED, lambda h: (h.reason,)),
    e.AssessmentOrdered: (What.ORDERED, lambda h: (h.institution, h.setting.value, str(h.due_on or "-"))),
    e.HomeAssessmentMissed: (What.MISSED, lambda h: (h.reason,)),
    e.AssessmentCompleted: (What.CONCLUDED, lambda h: (_conclusion(h) if h.meets_standard else NOT_MET,)),
    e.PublicNoticeOrdered: (What.NOTICE_ORDERED, lambda h: ()),
    e.PublicNoticeStarted: (What.NOTICE_POSTED, lambda h: (str(h.ends_on),)),
    e.PublicNoticeClosed: (What.NOTICE_CLOSED, lambda h: (str(h.objections),)),
    e.ObjectionRaised: (What.OBJECTED, lambda h: (str(h.objection_id),)),
    e.ObjectionAnswered: (What.ANSWERED, lambda h: (str(h.objection_id), _how(h.upheld))),
    e.AssessmentDisputed: (What.DISPUTED, lambda h: (h.level.value,)),
    e.DisputeDecided: (What.DECIDED, lambda h: (h.level.value, _how(h.upheld))),
    e.CertificateIssued: (What.ISSUED, lambda h: ()),
    e.CertificateRecorded: (What.RECORDED, lambda h: (_conclusion(h),)),
    e.ReviewOpened: (What.REVIEWED, lambda h: ()),
    e.ReviewClosed: (What.REVIEW_CLOSED, lambda h: ()),
    e.CertificateRegraded: (What.REGRADED, lambda h: ()),
    e.CertificateRenewed: (What.RENEWED, lambda h: ()),
    e.CertificateCancelled: (What.CANCELLED, lambda h: ()),
    e.CertificateTransferredOut: (What.MOVED, lambda h: ()),
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
    keys=dict.fromkeys(_MARKS, _here) | {e.CertificateRecorded: _recorded, e.CertificateTransferredOut: _moved},
    evolve=_course,
)
