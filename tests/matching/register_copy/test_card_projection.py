"""Each change of a card as a row, and what a county's facts make of them; home assessments that wait."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.certificates import vocabulary
from services.certificates.certificate.application import events as application
from services.certificates.certificate.card import events as card
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import CardStep
from services.matching.register_copy.card_projection import CARD_CHANGES, HOME_REQUESTS, RENEWALS
from tests.matching.county_facts.story import TABLES
from tests.matching.samples import PERSON, STREAM, VILLAGE, rows

FIRST, LAST = date(2020, 3, 1), date(2030, 2, 28)
MENTAL = vocabulary.Category.MENTAL
ISSUED = card.CertificateIssued(person_id=PERSON, category=MENTAL, grade=2, valid_from=FIRST, valid_to=LAST)
LOST = card.CertificateReportedLost(person_id=PERSON, reported_on=date(2026, 2, 1))
REISSUED = card.CertificateReissued(person_id=PERSON, suffix=1, reissued_on=date(2026, 3, 1))
DOUBT = vocabulary.FreezeReason.IN_DOUBT
FROZEN = card.CertificateFrozen(person_id=PERSON, reason=DOUBT, evidence="letter", frozen_on=date(2026, 2, 10))
UNFROZEN = card.CertificateUnfrozen(person_id=PERSON, unfrozen_on=date(2026, 4, 1))
MOVED = vocabulary.CancellationReason.TRANSFERRED
CANCELLED = card.CertificateCancelled(person_id=PERSON, reason=MOVED, cancelled_on=date(2026, 5, 1))
REVOKED = card.CertificateCancellationRevoked(
    person_id=PERSON,
    reason=MOVED,
    evidence="letter",
    valid_from=FIRST,
    valid_to=LAST,
    revoked_on=date(2026, 6, 1),
    owed=(),
    again_on=None,
    expiry_owed=False,
)
RENEWED = card.CertificateRenewed(person_id=PERSON, valid_from=date(2026, 6, 20), valid_to=date(2036, 6, 19))
REGRADED = card.CertificateRegraded(
    person_id=PERSON,
    from_category=MENTAL,
    from_grade=2,
    category=MENTAL,
    grade=1,
    valid_from=date(2026, 6, 20),
    valid_to=date(2036, 6, 19),
)


def shown(grade: int, new_period: bool, since: date = FIRST) -> card.CertificateRecorded:
    """What the national register's roster of 31 March shows."""
    return card.CertificateRecorded(
        person_id=PERSON,
        division=VILLAGE,
        category=MENTAL,
        grade=grade,
        valid_from=since,
        valid_to=LAST,
        as_of=date(2026, 3, 31),
        new_period=new_period,
    )


@pytest.mark.parametrize(
    ("event", "kind", "day", "issued"),
    [
        (ISSUED, CardStep.VALID, FIRST, True),
        (shown(2, new_period=True), CardStep.VALID, FIRST, False),
        (shown(1, new_period=False), CardStep.VALID, date(2026, 3, 31), False),  # other data: known from the roster's day
        (RENEWED, CardStep.VALID, date(2026, 6, 20), True),
        (REGRADED, CardStep.VALID, date(2026, 6, 20), True),
        (LOST, CardStep.LOST, date(2026, 2, 1), False),
        (REISSUED, CardStep.REPLACED, date(2026, 3, 1), False),
        (FROZEN, CardStep.STOPPED, date(2026, 2, 10), False),
        (UNFROZEN, CardStep.GIVEN_BACK, date(2026, 4, 1), False),
        (CANCELLED, CardStep.CANCELLED, date(2026, 5, 1), False),
        (REVOKED, CardStep.REVOKED, date(2026, 6, 1), False),
    ],
)
def test_every_change_is_a_row_of_its_own(event: Any, kind: CardStep, day: date, issued: bool) -> None:
    (row,) = rows(CARD_CHANGES, event)
    assert (row.certificate_id, row.version, row.person_id, row.division) == (STREAM, 1, PERSON, VILLAGE)
    assert (row.kind, row.day, row.issued) == (kind, day, issued)


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        ((ISSUED,), [(FIRST, LAST)]),
        ((ISSUED, LOST, REISSUED), [(FIRST, date(2026, 1, 31)), (date(2026, 3, 1), LAST)]),
        ((ISSUED, LOST, FROZEN, REISSUED), [(FIRST, date(2026, 1, 31))]),  # still frozen
        ((ISSUED, LOST, FROZEN, REISSUED, UNFROZEN), [(FIRST, date(2026, 1, 31)), (date(2026, 4, 1), LAST)]),
        ((ISSUED, FROZEN, LOST, UNFROZEN), [(FIRST, date(2026, 2, 9))]),  # still lost
        ((ISSUED, FROZEN, shown(1, new_period=False)), [(FIRST, date(2026, 2, 9))]),  # a roster unfreezes nothing
        ((ISSUED, LOST, shown(1, new_period=False)), [(FIRST, date(2026, 1, 31))]),  # and finds no card again
        ((ISSUED, LOST, RENEWED), [(FIRST, date(2026, 1, 31)), (date(2026, 6, 20), date(2036, 6, 19))]),
        ((ISSUED, CANCELLED), [(FIRST, date(2026, 4, 30))]),
        ((ISSUED, CANCELLED, REVOKED), [(FIRST, LAST)]),
        ((ISSUED, FROZEN, CANCELLED, REVOKED), [(FIRST, date(2026, 2, 9))]),  # what was frozen before is frozen again
    ],
)
def test_days_on_which_a_card_counts(county: County, past: tuple[Any, ...], expected: list[tuple[date, date]]) -> None:
    county.put("card_change", rows(CARD_CHANGES, *past))
    county.derive()
    assert county.ask("SELECT from_day, until_day FROM card ORDER BY from_day") == expected


def test_the_rows_fill_the_tables_of_a_county() -> None:
    for table, projection in (("card_change", CARD_CHANGES), ("home_request", HOME_REQUESTS)):
        assert set(TABLES[table]) < {column.name for column in projection.columns}


HOME = application.AssessmentOrdered(
    person_id=PERSON, institution="H01", ordered_on=date(2026, 3, 4), setting=vocabulary.AssessmentSetting.HOME
)
THERE = application.AssessmentOrdered(person_id=PERSON, institution="H01", ordered_on=date(2026, 3, 9))
DONE = application.AssessmentCompleted(completed_on=date(2026, 4, 1), meets_standard=False, category=None, grade=None)
REFUSED = application.CertificateApplicationRefused(refused_on=date(2026, 4, 2), reason="standard_not_met")
WITHDRAWN = application.CertificateApplicationWithdrawn(withdrawn_on=date(2026, 4, 2))


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        ((HOME,), [(date(2026, 3, 4), None)]),
        ((HOME, DONE), [(date(2026, 3, 4), date(2026, 4, 1))]),
        ((HOME, DONE, REFUSED), [(date(2026, 3, 4), date(2026, 4, 1))]),  # what was done stays done
        ((HOME, DONE, THERE, DONE), [(date(2026, 3, 4), date(2026, 4, 1))]),
        ((HOME, WITHDRAWN), []),
        ((HOME, REFUSED), []),
        ((HOME, THERE), []),  # ordered anew, at the institution
        ((HOME, CANCELLED), []),
        ((THERE, DONE), []),
    ],
)
def test_who_is_to_be_assessed_at_home(past: tuple[Any, ...], expected: list[tuple[date, date | None]]) -> None:
    assert [(row.asked_on, row.done_on) for row in rows(HOME_REQUESTS, *past)] == expected


APPLIED = application.CertificateApplicationSubmitted(
    person_id=PERSON,
    division=VILLAGE,
    channel=vocabulary.ApplicationChannel.WINDOW,
    applied_on=date(2026, 3, 1),
)
REVIEW = card.ReviewOpened(kind=vocabulary.ReviewKind.RENEWAL, opened_on=date(2026, 3, 2))
CLOSED = card.ReviewClosed(kind=vocabulary.ReviewKind.RENEWAL, closed_on=date(2026, 3, 9))


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        ((APPLIED,), [(PERSON, date(2026, 3, 1))]),
        ((APPLIED, WITHDRAWN), []),
        ((APPLIED, REFUSED), []),
        ((APPLIED, ISSUED), []),
        ((ISSUED, REVIEW), [(None, date(2026, 3, 2))]),  # whose it is, the card's changes say
        ((ISSUED, REVIEW, CLOSED), []),
        ((ISSUED, REVIEW, RENEWED), []),
        ((ISSUED, REVIEW, REGRADED), []),
        ((ISSUED, REVIEW, CANCELLED), []),
    ],
)
def test_whose_card_is_under_way(past: tuple[Any, ...], expected: list[tuple[UUID | None, date]]) -> None:
    assert [(row.person_id, row.begun_on) for row in rows(RENEWALS, *past)] == expected
