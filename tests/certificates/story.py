"""A certificate's usual past, step by step, as events; the examples start from it."""

from datetime import date
from typing import Any
from uuid import UUID

from services.certificates import commands as c
from services.certificates import events as e
from services.certificates.certificate import CERTIFICATE
from services.certificates.policy import load_policy
from tests.spec import Spec

PERSON = UUID("aaaaaaaa-0000-4000-8000-000000000001")
VILLAGE = "533401204001"
POLICY = load_policy()
MACHINE = "machine:certificates.scheduler"

SUBMITTED = e.CertificateApplicationSubmitted(
    person_id=PERSON, division=VILLAGE, channel=e.ApplicationChannel.WINDOW, applied_on=date(2026, 3, 2)
)
ACCEPTED = e.CertificateApplicationAccepted(accepted_on=date(2026, 3, 3))
RETURNED = e.CertificateApplicationReturned(returned_on=date(2026, 3, 3), missing="guardian_papers")
ORDERED = e.AssessmentOrdered(institution="H01", ordered_on=date(2026, 3, 4))
MET = e.AssessmentCompleted(completed_on=date(2026, 3, 6), meets_standard=True, category=e.Category.PHYSICAL, grade=2)
NOT_MET = e.AssessmentCompleted(completed_on=date(2026, 3, 6), meets_standard=False, category=None, grade=None)
SHEET = e.PublicNoticeOrdered(ordered_on=date(2026, 3, 6))
NOTICE = e.PublicNoticeStarted(starts_on=date(2026, 3, 9), ends_on=date(2026, 3, 16))
CLOSED = e.PublicNoticeClosed(closed_on=date(2026, 3, 17), objections=0)
OBJECTED = e.PublicNoticeClosed(closed_on=date(2026, 3, 17), objections=2)
VALID_TO = date(2036, 3, 18)
ISSUED = e.CertificateIssued(
    person_id=PERSON, category=e.Category.PHYSICAL, grade=2, valid_from=date(2026, 3, 18), valid_to=VALID_TO
)
CANCELLED = e.CertificateCancelled(
    person_id=PERSON, reason=e.CancellationReason.DEATH, cancelled_on=date(2030, 1, 7), evidence="declaration"
)
REFUSED = e.CertificateApplicationRefused(refused_on=date(2026, 3, 9), reason="standard_not_met")

APPLIED_PAST = (SUBMITTED,)
ACCEPTED_PAST = (SUBMITTED, ACCEPTED)
ORDERED_PAST = (*ACCEPTED_PAST, ORDERED)
MET_PAST = (*ORDERED_PAST, MET)
NOT_MET_PAST = (*ORDERED_PAST, NOT_MET)
SHEET_PAST = (*MET_PAST, SHEET)
NOTICE_PAST = (*SHEET_PAST, NOTICE)
CLOSED_PAST = (*NOTICE_PAST, CLOSED)
OBJECTED_PAST = (*NOTICE_PAST, OBJECTED)
ISSUED_PAST = (*CLOSED_PAST, ISSUED)
CANCELLED_PAST = (*ISSUED_PAST, CANCELLED)
REFUSED_PAST = (*NOT_MET_PAST, REFUSED)


def renewed(valid_from: date, valid_to: date) -> e.CertificateRenewed:
    """A renewal."""
    return e.CertificateRenewed(person_id=PERSON, valid_from=valid_from, valid_to=valid_to)


def approaching(
    window: e.ExpiryWindow, valid_to: date = VALID_TO, on: date | None = None, again_on: date | None = None, reminder: int = 1
) -> e.CertificateExpiryApproaching:
    """A reminder's fact, told on a day."""
    return e.CertificateExpiryApproaching(
        person_id=PERSON, valid_to=valid_to, window=window, told_on=on, again_on=again_on, reminder=reminder
    )


def expired(valid_to: date = VALID_TO) -> e.CertificateExpired:
    """The expiry's fact."""
    return e.CertificateExpired(person_id=PERSON, valid_to=valid_to)


OFFICES: dict[type, str] = {
    c.CompleteAssessment: "H01:533401:doctor-1",
    c.StartNotice: f"CUN:{VILLAGE}:liaison-1",
    c.CloseNotice: f"CUN:{VILLAGE}:liaison-1",
    c.Forward: "XZ:533401204:window-1",
    c.ScheduleVisit: "WJ:533401:health-1",
    c.NoteMissed: "WJ:533401:health-1",
    c.DecideDispute: "CL:5334:judge-1",
    c.NoteExpiryApproaching: MACHINE,
    c.NoteExpired: MACHINE,
    c.NoteHomeOverdue: MACHINE,
}
CLERK = "CL:533401:clerk-1"


class Example(Spec):
    """An example in which each command comes from the office whose duty it is, unless another is named."""

    def when(self, command: Any, on: date = date(2026, 3, 2), actor: str = "") -> Spec:
        return super().when(command, on, actor or OFFICES.get(type(command), CLERK))


def certificate(*past: object) -> Spec:
    """An example about a certificate with this past."""
    return Example(CERTIFICATE, POLICY).given(*past)
