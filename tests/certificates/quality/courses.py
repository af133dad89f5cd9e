"""Courses for examples: events on days of their own, folded as the read model folds them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.certificates import vocabulary
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.card import events as card_events
from services.certificates.quality.appraisal import Appraisal, appraise
from services.certificates.quality.projection import COURSE, CourseRow
from services.certificates.quality.tally import Period
from services.kernel.events import Recorded
from services.kernel.projection import fold_into
from tests.certificates.certificate import story

Dated = tuple[str, Any]
ROUND = UUID(int=70)


def day(written: str) -> date:
    """Like 02-12, a day of 2026, or with its year."""
    return date.fromisoformat(written if len(written) > 5 else f"2026-{written}")


def record(stream: int, version: int, on: date, happened: Any, division: str = story.VILLAGE) -> Recorded:
    """An event at ten in the morning of that day."""
    at = datetime.combine(on, time(10), ZoneInfo("Asia/Shanghai")).astimezone(UTC)
    ids = (UUID(int=1000 * stream + version), UUID(int=stream))
    return Recorded(*ids, version, "certificates", happened, division, story.CLERK, at, at, UUID(int=9), None, "p")


def rows(*told: Dated, stream: int = 1, division: str = story.VILLAGE, first: int = 1) -> list[CourseRow]:
    """The course rows of one certificate; `first`: the version of its first event."""
    found: dict[Any, CourseRow | None] = {}
    for version, (on, happened) in enumerate(told, first):
        if isinstance(happened, card_events.CertificateTransferredOut):
            division = happened.to_division
        fold_into(COURSE, found, record(stream, version, day(on), happened, division))
    return [row for row in found.values() if row]


def appraisal(
    *courses: Iterable[CourseRow],
    since: str = "01-01",
    until: str = "12-31",
    today: str = "12-31",
    division: str = "5334",
    least: int = 0,
    institutions: tuple[str, ...] = (),
) -> Appraisal:
    """The figures of some courses."""
    period = Period(day(since), day(until), day(today))
    return appraise([row for course in courses for row in course], institutions, period, division, story.POLICY, least)


def home(due: str, institution: str = "H01") -> application_events.AssessmentOrdered:
    """A home assessment to be done until a day."""
    return application_events.AssessmentOrdered(
        person_id=story.PERSON,
        institution=institution,
        ordered_on=day(due),
        setting=vocabulary.AssessmentSetting.HOME,
        due_on=day(due),
    )


def met(grade: int = 2) -> application_events.AssessmentCompleted:
    """Physical, of this grade."""
    return application_events.AssessmentCompleted(
        completed_on=day("03-06"), meets_standard=True, category=vocabulary.Category.PHYSICAL, grade=grade
    )


def posted(ends: str) -> application_events.PublicNoticeStarted:
    """A notice up to that day."""
    return application_events.PublicNoticeStarted(starts_on=day(ends), ends_on=day(ends))


def review(kind: vocabulary.ReviewKind = vocabulary.ReviewKind.REGRADE) -> card_events.ReviewOpened:
    """The holder is to be assessed again."""
    return card_events.ReviewOpened(kind=kind, opened_on=day("03-20"))


# From application to card over the Spring Festival of 2026 (15 to 23 February free, Saturdays 14 and 28 worked).
ISSUED: tuple[Dated, ...] = (
    ("02-12", story.SUBMITTED),  # Thursday
    ("02-13", application_events.CertificateApplicationForwarded(forwarded_on=day("02-13"))),
    ("02-26", story.ACCEPTED),
    ("02-27", story.ORDERED),
    ("03-02", met()),
    ("03-02", story.SHEET),
    ("03-03", posted("03-10")),
    ("03-12", story.CLOSED),
    ("03-26", story.ISSUED),
)
