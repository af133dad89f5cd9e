"""A certificate's usual past, step by step, as events; the examples start from it."""

from datetime import date
from typing import Any
from uuid import UUID

from services.certificates import vocabulary
from services.certificates.certificate import commands
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.policy.load import load_policy
from tests.spec import Spec

PERSON = UUID("aaaaaaaa-0000-4000-8000-000000000001")
VILLAGE = "533401204001"
POLICY = load_policy()
MACHINE = "machine:certificates.scheduler"

SUBMITTED = application_events.CertificateApplicationSubmitted(
    person_id=PERSON, division=VILLAGE, channel=vocabulary.ApplicationChannel.WINDOW, applied_on=date(2026, 3, 2)
)
ACCEPTED = application_events.CertificateApplicationAccepted(accepted_on=date(2026, 3, 3))
RETURNED = application_events.CertificateApplicationReturned(returned_on=date(2026, 3, 3), missing="guardian_papers")
ORDERED = application_events.AssessmentOrdered(person_id=PERSON, institution="H01", ordered_on=date(2026, 3, 4))
MET = application_events.AssessmentCompleted(
    completed_on=date(2026, 3, 6), meets_standard=True, category=vocabulary.Category.PHYSICAL, grade=2
)
NOT_MET = application_events.AssessmentCompleted(completed_on=date(2026, 3, 6), meets_standard=False, category=None, grade=None)
SHEET = application_events.PublicNoticeOrdered(ordered_on=date(2026, 3, 6))
NOTICE = application_events.PublicNoticeStarted(starts_on=date(2026, 3, 9), ends_on=date(2026, 3, 16))
CLOSED = application_events.PublicNoticeClosed(closed_on=date(2026, 3, 17), objections=0)
OBJECTED = application_events.PublicNoticeClosed(closed_on=date(2026, 3, 17), objections=2)
VALID_TO = date(2036, 3, 18)
ISSUED = card_events.CertificateIssued(
    person_id=PERSON, category=vocabulary.Category.PHYSICAL, grade=2, valid_from=date(2026, 3, 18), valid_to=VALID_TO
)
CANCELLED = card_events.CertificateCancelled(
    person_id=PERSON, reason=vocabulary.CancellationReason.DEATH, cancelled_on=date(2030, 1, 7), evidence="declaration"
)
REFUSED = application_events.CertificateApplicationRefused(refused_on=date(2026, 3, 9), reason="standard_not_met")

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


def renewed(valid_from: date, valid_to: date) -> card_events.CertificateRenewed:
    """A renewal."""
    return card_events.CertificateRenewed(person_id=PERSON, valid_from=valid_from, valid_to=valid_to)


def approaching(
    window: vocabulary.ExpiryWindow,
    valid_to: date = VALID_TO,
    on: date | None = None,
    again_on: date | None = None,
    reminder: int = 1,
) -> card_events.CertificateExpiryApproaching:
    """A reminder's fact, told on a day."""
    return card_events.CertificateExpiryApproaching(
        person_id=PERSON, valid_to=valid_to, window=window, told_on=on, again_on=again_on, reminder=reminder
    )


def expired(valid_to: date = VALID_TO) -> card_events.CertificateExpired:
    """The expiry's fact."""
    return card_events.CertificateExpired(person_id=PERSON, valid_to=valid_to)


OFFICES: dict[type, str] = {
    commands.CompleteAssessment: "H01:533401:doctor-1",
    commands.StartNotice: f"CUN:{VILLAGE}:liaison-1",
    commands.CloseNotice: f"CUN:{VILLAGE}:liaison-1",
    commands.Forward: "XZ:533401204:window-1",
    commands.ScheduleVisit: "WJ:533401:health-1",
    commands.NoteMissed: "WJ:533401:health-1",
    commands.DecideDispute: "CL:5334:judge-1",
    commands.NoteExpiryApproaching: MACHINE,
    commands.NoteExpired: MACHINE,
    commands.NoteHomeOverdue: MACHINE,
}
CLERK = "CL:533401:clerk-1"


class Example(Spec):
    """An example in which each command comes from the office whose duty it is, unless another is named."""

    def when(self, command: Any, on: date = date(2026, 3, 2), actor: str = "") -> Spec:
        return super().when(command, on, actor or OFFICES.get(type(command), CLERK))


def certificate(*past: object) -> Spec:
    """An example about a certificate with this past."""
    return Example(CERTIFICATE, POLICY).given(*past)
