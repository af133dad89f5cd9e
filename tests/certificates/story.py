"""A certificate's usual past, step by step, as events; the examples start from it."""

from datetime import date
from uuid import UUID

from services.certificates import events as e
from services.certificates.policy import load_policy
from tests.spec import Spec, spec

PERSON = UUID("aaaaaaaa-0000-4000-8000-000000000001")
VILLAGE = "533401204001"
POLICY = load_policy()

SUBMITTED = e.CertificateApplicationSubmitted(
    person_id=PERSON, division=VILLAGE, channel=e.ApplicationChannel.WINDOW, applied_on=date(2026, 3, 2)
)
ACCEPTED = e.CertificateApplicationAccepted(accepted_on=date(2026, 3, 3))
RETURNED = e.CertificateApplicationReturned(returned_on=date(2026, 3, 3), missing="guardian_papers")
ORDERED = e.AssessmentOrdered(institution="H01", ordered_on=date(2026, 3, 4))
MET = e.AssessmentCompleted(completed_on=date(2026, 3, 6), meets_standard=True, category=e.Category.PHYSICAL, grade=2)
NOT_MET = e.AssessmentCompleted(completed_on=date(2026, 3, 6), meets_standard=False, category=None, grade=None)
NOTICE = e.PublicNoticeStarted(starts_on=date(2026, 3, 9), ends_on=date(2026, 3, 16))
CLOSED = e.PublicNoticeClosed(closed_on=date(2026, 3, 17), objections=0)
OBJECTED = e.PublicNoticeClosed(closed_on=date(2026, 3, 17), objections=2)
VALID_TO = date(2036, 3, 18)
ISSUED = e.CertificateIssued(
    person_id=PERSON, category=e.Category.PHYSICAL, grade=2, valid_from=date(2026, 3, 18), valid_to=VALID_TO
)
CANCELLED = e.CertificateCancelled(person_id=PERSON, reason=e.CancellationReason.DEATH, cancelled_on=date(2030, 1, 7))
REFUSED = e.CertificateApplicationRefused(refused_on=date(2026, 3, 9), reason="standard_not_met")

APPLIED_PAST = (SUBMITTED,)
ACCEPTED_PAST = (SUBMITTED, ACCEPTED)
ORDERED_PAST = (*ACCEPTED_PAST, ORDERED)
MET_PAST = (*ORDERED_PAST, MET)
NOT_MET_PAST = (*ORDERED_PAST, NOT_MET)
NOTICE_PAST = (*MET_PAST, NOTICE)
CLOSED_PAST = (*NOTICE_PAST, CLOSED)
OBJECTED_PAST = (*NOTICE_PAST, OBJECTED)
ISSUED_PAST = (*CLOSED_PAST, ISSUED)
CANCELLED_PAST = (*ISSUED_PAST, CANCELLED)
REFUSED_PAST = (*NOT_MET_PAST, REFUSED)


def renewed(valid_from: date, valid_to: date) -> e.CertificateRenewed:
    """A renewal."""
    return e.CertificateRenewed(person_id=PERSON, valid_from=valid_from, valid_to=valid_to)


def approaching(window: e.ExpiryWindow, valid_to: date = VALID_TO) -> e.CertificateExpiryApproaching:
    """A reminder's fact."""
    return e.CertificateExpiryApproaching(person_id=PERSON, valid_to=valid_to, window=window)


def expired(valid_to: date = VALID_TO) -> e.CertificateExpired:
    """The expiry's fact."""
    return e.CertificateExpired(person_id=PERSON, valid_to=valid_to)


def certificate(*past: object) -> Spec:
    """An example about a certificate with this past."""
    from services.certificates.certificate import CERTIFICATE

    return spec(CERTIFICATE, POLICY).given(*past)
