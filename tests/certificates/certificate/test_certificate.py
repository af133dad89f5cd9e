"""Issued certificates: renewal, cancellation, and what the machine notes."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.certificates import vocabulary
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.commands import Cancel, NoteExpired, NoteExpiryApproaching, Renew
from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.policy.rows import Expiry
from services.kernel.errors import Malformed
from services.kernel.policy import Rules
from tests.certificates.certificate import story
from tests.certificates.certificate.story import approaching, certificate, expired, renewed
from tests.spec import context

SIX, ONE = vocabulary.ExpiryWindow.SIX_MONTHS, vocabulary.ExpiryWindow.ONE_MONTH
DEATH = vocabulary.CancellationReason.DEATH


@pytest.mark.parametrize("on", [date(2035, 3, 18), date(2036, 3, 18), date(2036, 3, 19), date(2037, 3, 18)])
def test_a_certificate_is_renewed_inside_the_window_from_the_day_of_issue(on: date) -> None:
    certificate(*story.ISSUED_PAST).when(Renew(), on).then(renewed(on, on.replace(year=on.year + 10)))


def test_a_certificate_cannot_be_renewed_before_the_window() -> None:
    certificate(*story.ISSUED_PAST).when(Renew(), date(2035, 3, 17)).rejected("renewal_too_early")


def test_a_certificate_cannot_be_renewed_after_the_window() -> None:
    certificate(*story.ISSUED_PAST).when(Renew(), date(2037, 3, 19)).rejected("renewal_too_late")


def test_a_renewal_is_not_repeated() -> None:
    past = (*story.ISSUED_PAST, renewed(date(2036, 1, 5), date(2046, 1, 5)))
    certificate(*past).when(Renew(), date(2036, 1, 5)).rejected("renewal_too_early")


def test_a_cancelled_certificate_cannot_be_renewed() -> None:
    certificate(*story.CANCELLED_PAST).when(Renew(), date(2036, 1, 5)).rejected("certificate_cancelled")


def test_an_application_cannot_be_renewed() -> None:
    certificate(*story.CLOSED_PAST).when(Renew(), date(2026, 3, 18)).rejected("notice_closed")


def test_a_certificate_is_cancelled_with_its_reason() -> None:
    certificate(*story.ISSUED_PAST).when(Cancel(DEATH), date(2030, 1, 7)).then(story.CANCELLED)


def test_an_expired_certificate_can_still_be_cancelled() -> None:
    ended = replace(story.CANCELLED, cancelled_on=date(2036, 5, 1))
    certificate(*story.ISSUED_PAST, expired()).when(Cancel(DEATH), date(2036, 5, 1)).then(ended)


def test_a_certificate_is_cancelled_once() -> None:
    certificate(*story.CANCELLED_PAST).when(Cancel(DEATH), date(2030, 1, 8)).rejected("certificate_cancelled")


def test_an_application_is_not_cancelled_but_refused() -> None:
    certificate(*story.APPLIED_PAST).when(Cancel(DEATH), date(2026, 3, 3)).rejected("application_not_accepted")


def test_a_cancellation_has_a_known_reason() -> None:
    with pytest.raises(Malformed) as refusal:
        CERTIFICATE.decide(
            CERTIFICATE.fold(story.ISSUED_PAST),
            Cancel(vocabulary.CancellationReason.UNKNOWN),
            story.POLICY,
            context(date(2030, 1, 7)),
        )
    assert refusal.value.code == "reason_unknown"


@pytest.mark.parametrize(
    ("window", "first", "again_on"), [(SIX, date(2035, 9, 18), None), (ONE, date(2036, 2, 18), date(2036, 2, 25))]
)
def test_an_approaching_expiry_is_noted_from_the_first_day_of_the_window(
    window: vocabulary.ExpiryWindow, first: date, again_on: date | None
) -> None:
    told = approaching(window, on=first, again_on=again_on)
    certificate(*story.ISSUED_PAST).when(NoteExpiryApproaching(window), first).then(told)


def test_two_reminders_are_owed_also_to_a_card_first_seen_in_its_last_month() -> None:
    """Joint opinion, part 4: 不少于两次."""
    first = approaching(ONE, on=date(2036, 3, 1), again_on=date(2036, 3, 8))
    certificate(*story.ISSUED_PAST).when(NoteExpiryApproaching(ONE), date(2036, 3, 1)).then(first)
    past, second = (*story.ISSUED_PAST, first), NoteExpiryApproaching(ONE, 2)
    certificate(*past).when(second, date(2036, 3, 7)).then_nothing()
    certificate(*past).when(second, date(2036, 3, 8)).then(approaching(ONE, on=date(2036, 3, 8), reminder=2))
    certificate(*story.ISSUED_PAST).when(NoteExpiryApproaching(ONE), date(2036, 3, 18)).then(approaching(ONE, on=date(2036, 3, 18)))


@pytest.mark.parametrize(("window", "day"), [(SIX, date(2035, 9, 17)), (ONE, date(2036, 2, 17))])
def test_nothing_is_noted_before_the_window(window: vocabulary.ExpiryWindow, day: date) -> None:
    certificate(*story.ISSUED_PAST).when(NoteExpiryApproaching(window), day).then_nothing()


def test_an_approaching_expiry_is_noted_once_per_window() -> None:
    past = (*story.ISSUED_PAST, approaching(SIX))
    certificate(*past).when(NoteExpiryApproaching(SIX), date(2036, 2, 18)).then_nothing()
    certificate(*past).when(NoteExpiryApproaching(ONE), date(2036, 2, 18)).then(approaching(ONE, on=date(2036, 2, 18)))


def test_a_new_period_is_noted_anew() -> None:
    past = (*story.ISSUED_PAST, approaching(SIX), renewed(date(2036, 1, 5), date(2046, 1, 5)))
    certificate(*past).when(NoteExpiryApproaching(SIX), date(2036, 2, 18)).then_nothing()
    again = approaching(SIX, date(2046, 1, 5), on=date(2045, 7, 5))
    certificate(*past).when(NoteExpiryApproaching(SIX), date(2045, 7, 5)).then(again)


def test_an_expiry_is_noted_on_the_day_after_the_last_valid_one() -> None:
    certificate(*story.ISSUED_PAST).when(NoteExpired(), date(2036, 3, 18)).then_nothing()
    certificate(*story.ISSUED_PAST).when(NoteExpired(), date(2036, 3, 19)).then(expired())


def test_an_expiry_is_noted_once() -> None:
    certificate(*story.ISSUED_PAST, expired()).when(NoteExpired(), date(2036, 3, 20)).then_nothing()


def test_where_the_policy_says_so_an_expiry_proposes_a_freeze_and_freezes_nothing() -> None:
    row = story.POLICY.expiry.rows[0]
    strict = replace(story.POLICY, expiry=Rules((replace(row, value=Expiry(propose_freeze=True)),)))
    asked = (NoteExpired(), strict, context(date(2036, 3, 19), story.MACHINE))
    proposed = card_events.CertificateActionProposed(
        person_id=story.PERSON,
        action=vocabulary.ProposedAction.FREEZE,
        reason="EXPIRED",
        source=vocabulary.ProposalSource.TIMER,
        proposed_on=date(2036, 3, 19),
    )
    assert CERTIFICATE.decide(CERTIFICATE.fold(story.ISSUED_PAST), *asked) == [expired(), proposed]
    frozen = card_events.CertificateFrozen(
        person_id=story.PERSON, reason=vocabulary.FreezeReason.IN_DOUBT, evidence="letter", frozen_on=date(2036, 1, 1)
    )
    assert CERTIFICATE.decide(CERTIFICATE.fold((*story.ISSUED_PAST, frozen)), *asked) == [expired()]


@pytest.mark.parametrize("past", [(), story.APPLIED_PAST, story.REFUSED_PAST, story.CANCELLED_PAST])
@pytest.mark.parametrize("command", [NoteExpiryApproaching(SIX), NoteExpiryApproaching(ONE), NoteExpired()])
def test_the_machine_notes_nothing_about_what_is_not_issued(past: tuple[Any, ...], command: Any) -> None:
    certificate(*past).when(command, date(2040, 1, 1)).then_nothing()


def test_an_expiry_freezes_nothing() -> None:
    state = CERTIFICATE.fold((*story.ISSUED_PAST, expired()))
    assert CERTIFICATE.decide(state, Renew(), story.POLICY, context(date(2036, 4, 1))) == [
        renewed(date(2036, 4, 1), date(2046, 4, 1))
    ]


def test_a_certificate_belongs_to_the_village_of_its_application_to_the_end() -> None:
    for length in range(1, len(story.CANCELLED_PAST) + 1):
        assert CERTIFICATE.division(CERTIFICATE.fold(story.CANCELLED_PAST[:length])) == story.VILLAGE
    assert CERTIFICATE.division(CERTIFICATE.initial) == ""
