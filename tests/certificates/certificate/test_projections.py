"""The read models as folds: the view, the published state, what is due."""

from dataclasses import replace
from datetime import date
from typing import Any, get_args
from uuid import UUID

from services.certificates import vocabulary
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.projection import CERTIFICATE_VIEW, Step
from services.certificates.certificate.published_state import CERTIFICATE_STATE, state_message
from services.certificates.home_assessment.events import RoundEvent
from services.certificates.outreach.events import OutreachEvent
from services.certificates.person.events import PersonEvent
from services.certificates.service import SERVICE
from services.kernel.due import DueRow
from services.kernel.projection import Projection, fold_into
from tests.certificates.certificate import story
from tests.certificates.certificate.samples import CARD, CHAIN, recorded

DUE = SERVICE.projection("due")


def folded(projection: Projection[Any], *past: Any) -> dict[Any, Any]:
    rows: dict[Any, Any] = {}
    for version, happened in enumerate(past, 1):
        fold_into(projection, rows, recorded(happened, version))
    return {key: row for key, row in rows.items() if row is not None}


def due(kind: str, day: date, cause: int) -> DueRow:
    return DueRow(CARD, kind, day, story.VILLAGE, UUID(int=cause), CHAIN)


def test_the_view_shows_how_far_an_application_has_come() -> None:
    steps = [folded(CERTIFICATE_VIEW, *story.CANCELLED_PAST[:n])[(CARD,)].step for n in range(1, len(story.CANCELLED_PAST) + 1)]
    assert steps == [
        "APPLIED",
        "ACCEPTED",
        "IN_ASSESSMENT",
        "ASSESSED",
        "NOTICE_ORDERED",
        "IN_NOTICE",
        "NOTICE_CLOSED",
        "ISSUED",
        "CANCELLED",
    ]


def test_the_view_shows_why_an_application_was_refused() -> None:
    row = folded(CERTIFICATE_VIEW, *story.REFUSED_PAST)[(CARD,)]
    assert (row.step, row.reason, row.category, row.grade) == (Step.REFUSED, "standard_not_met", None, None)


def test_the_view_shows_objections_until_the_assessment_is_ordered_again() -> None:
    assert folded(CERTIFICATE_VIEW, *story.OBJECTED_PAST)[(CARD,)].step is Step.OBJECTED
    again = folded(CERTIFICATE_VIEW, *story.OBJECTED_PAST, story.ORDERED)[(CARD,)]
    assert (again.step, again.objections, again.category, again.notice_ends_on) == (Step.IN_ASSESSMENT, None, None, None)


def test_the_view_counts_every_event_as_a_version() -> None:
    past = (*story.ISSUED_PAST, story.approaching(vocabulary.ExpiryWindow.SIX_MONTHS), story.expired())
    assert folded(CERTIFICATE_VIEW, *past)[(CARD,)].version == 10


def test_only_an_issued_certificate_has_a_published_state() -> None:
    assert folded(CERTIFICATE_STATE, *story.CLOSED_PAST) == {}
    assert state_message(folded(CERTIFICATE_STATE, *story.ISSUED_PAST)[(CARD,)]) == card_events.CertificateState(
        person_id=story.PERSON,
        division=story.VILLAGE,
        category=vocabulary.Category.PHYSICAL,
        grade=2,
        valid_from=date(2026, 3, 18),
        valid_to=date(2036, 3, 18),
        cancelled_on=None,
    )


def test_the_published_state_follows_renewal_and_cancellation() -> None:
    row = folded(CERTIFICATE_STATE, *story.ISSUED_PAST)[(CARD,)]
    longer = story.renewed(date(2036, 1, 5), date(2046, 1, 5))
    assert folded(CERTIFICATE_STATE, *story.ISSUED_PAST, longer)[(CARD,)] == replace(
        row, valid_from=date(2036, 1, 5), valid_to=date(2046, 1, 5)
    )
    assert folded(CERTIFICATE_STATE, *story.CANCELLED_PAST)[(CARD,)] == replace(row, cancelled_on=date(2030, 1, 7))


def test_issuing_makes_three_things_due() -> None:
    assert set(folded(DUE, *story.ISSUED_PAST).values()) == {
        due("EXPIRY_SIX_MONTHS", date(2035, 9, 18), 8),
        due("EXPIRY_ONE_MONTH", date(2036, 2, 18), 8),
        due("EXPIRED", date(2036, 3, 19), 8),
    }


def test_a_certificate_first_seen_inside_a_window_is_due_at_once() -> None:
    rows = folded(DUE, *story.CLOSED_PAST, replace(story.ISSUED, valid_to=date(2026, 6, 1)))
    assert {row.kind for row in rows.values() if row.due_on <= date(2026, 3, 18)} == {"EXPIRY_SIX_MONTHS"}


def test_a_certificate_first_seen_in_its_last_month_is_due_at_once_and_again_some_days_later() -> None:
    past = (*story.CLOSED_PAST, replace(story.ISSUED, valid_to=date(2026, 4, 1)))
    assert {kind for _, kind in folded(DUE, *past)} == {"EXPIRY_ONE_MONTH", "EXPIRED"}
    told = story.approaching(vocabulary.ExpiryWindow.ONE_MONTH, date(2026, 4, 1), date(2026, 3, 18), date(2026, 3, 25))
    assert set(folded(DUE, *past, told).values()) == {
        due("EXPIRY_AGAIN", date(2026, 3, 25), 9),
        due("EXPIRED", date(2026, 4, 2), 8),
    }
    again = story.approaching(vocabulary.ExpiryWindow.ONE_MONTH, date(2026, 4, 1), date(2026, 3, 25), reminder=2)
    assert {kind for _, kind in folded(DUE, *past, told, again)} == {"EXPIRED"}


def test_what_was_told_is_due_no_more() -> None:
    told = folded(DUE, *story.ISSUED_PAST, story.approaching(vocabulary.ExpiryWindow.SIX_MONTHS))
    assert {kind for _, kind in told} == {"EXPIRY_ONE_MONTH", "EXPIRED"}
    assert {kind for _, kind in folded(DUE, *story.ISSUED_PAST, story.expired())} == {"EXPIRY_SIX_MONTHS", "EXPIRY_ONE_MONTH"}


def test_a_renewal_moves_what_is_due_to_the_new_period() -> None:
    past = (
        *story.ISSUED_PAST,
        story.approaching(vocabulary.ExpiryWindow.SIX_MONTHS),
        story.renewed(date(2036, 1, 5), date(2046, 1, 5)),
    )
    assert set(folded(DUE, *past).values()) == {
        due("EXPIRY_SIX_MONTHS", date(2045, 7, 5), 10),
        due("EXPIRY_ONE_MONTH", date(2045, 12, 5), 10),
        due("EXPIRED", date(2046, 1, 6), 10),
    }


def test_nothing_is_due_for_a_cancelled_certificate() -> None:
    assert folded(DUE, *story.CANCELLED_PAST) == {}


def test_the_view_follows_every_event_of_a_certificate() -> None:
    others = get_args(PersonEvent | RoundEvent | OutreachEvent)
    own = {cls for cls in SERVICE.own if not hasattr(cls, "STATE_TOPIC") and cls not in others}
    assert own == set(CERTIFICATE_VIEW.keys)
    assert {p.table for p in SERVICE.projections} == {
        "certificate_view",
        "certificate_state",
        "due",
        "course",
        "home_round",
        "home_visit",
        "outreach",
        "benefit",
        "household",
        "monitored_case",
    }


def test_a_home_assessment_that_nobody_wants_any_more_is_not_due() -> None:
    home = application_events.AssessmentOrdered(
        person_id=story.PERSON,
        institution="H01",
        ordered_on=date(2026, 4, 1),
        setting=vocabulary.AssessmentSetting.HOME,
        due_on=date(2026, 4, 29),
    )
    past = (*story.ISSUED_PAST, card_events.ReviewOpened(kind=vocabulary.ReviewKind.REGRADE, opened_on=date(2026, 4, 1)), home)
    assert folded(DUE, *past)[CARD, "HOME_ASSESSMENT"].due_on == date(2026, 4, 30)
    closed = card_events.ReviewClosed(kind=vocabulary.ReviewKind.REGRADE, closed_on=date(2026, 4, 2))
    shown = card_events.CertificateRecorded(
        person_id=story.PERSON,
        division=story.VILLAGE,
        category=vocabulary.Category.PHYSICAL,
        grade=2,
        valid_from=date(2026, 3, 18),
        valid_to=story.VALID_TO,
        as_of=date(2026, 4, 2),
        new_period=False,
    )
    for end in (closed, shown, replace(shown, new_period=True)):
        assert {kind for _, kind in folded(DUE, *past, end)} == {"EXPIRY_SIX_MONTHS", "EXPIRY_ONE_MONTH", "EXPIRED"}
        assert folded(CERTIFICATE_VIEW, *past, end)[CARD,].home_due_on is None
