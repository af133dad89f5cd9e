"""From application to issue: three questions per command."""

from datetime import date
from typing import Any

import pytest

from services.certificates import vocabulary
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.commands import (
    Accept,
    Apply,
    CloseNotice,
    CompleteAssessment,
    Issue,
    OrderAssessment,
    OrderNotice,
    Refuse,
    Resubmit,
    Return,
    StartNotice,
)
from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.certificate.states import Standing
from services.kernel.errors import Malformed, NotFound
from tests.certificates.certificate import story
from tests.certificates.certificate.story import certificate
from tests.spec import context

WINDOW = vocabulary.ApplicationChannel.WINDOW
APPLY = Apply(story.PERSON, story.VILLAGE, WINDOW)
DEATH, RECOVERED, VOLUNTARY = (vocabulary.CancellationReason(r) for r in ("DEATH", "RECOVERED", "VOLUNTARY"))


def malformed(command: Any, *past: Any, on: date = date(2026, 3, 20)) -> str:
    with pytest.raises(Malformed) as refusal:
        CERTIFICATE.decide(
            CERTIFICATE.fold(past), command, story.POLICY, context(on, story.OFFICES.get(type(command), story.CLERK))
        )
    return refusal.value.code


def test_an_application_is_submitted() -> None:
    certificate().when(APPLY).then(story.SUBMITTED)


def test_a_certificate_is_applied_for_once() -> None:
    certificate(*story.APPLIED_PAST).when(APPLY).rejected("application_not_accepted")


def test_an_application_names_a_known_village() -> None:
    assert malformed(Apply(story.PERSON, "533401299001", WINDOW)) == "division_unknown"


def test_an_application_names_its_channel() -> None:
    assert malformed(Apply(story.PERSON, story.VILLAGE, vocabulary.ApplicationChannel.UNKNOWN)) == "channel_unknown"


@pytest.mark.parametrize(
    ("standing", "on", "code"),
    [
        (Standing(applying=True), date(2026, 3, 2), "application_open"),
        (Standing(holds_until=date(2026, 4, 30)), date(2026, 3, 2), "application_open"),
        (Standing(holds_until=date(2025, 4, 30)), date(2026, 4, 30), "application_open"),
        (Standing(cancelled=((DEATH, date(2020, 1, 1)),)), date(2026, 3, 2), "person_dead"),
        (Standing(cancelled=((RECOVERED, date(2025, 3, 3)),)), date(2026, 3, 2), "barred_after_cancellation"),
    ],
)
def test_an_application_is_refused_to_whom_it_is_not_open(standing: Standing, on: date, code: str) -> None:
    certificate().when(Apply(story.PERSON, story.VILLAGE, WINDOW, standing), on).rejected(code)


@pytest.mark.parametrize(
    "standing",
    [
        Standing(holds_until=date(2025, 3, 1)),  # twelve months over: the old one can no longer be renewed
        Standing(cancelled=((RECOVERED, date(2025, 3, 2)),)),
        Standing(cancelled=((VOLUNTARY, date(2026, 3, 1)),)),
    ],
)
def test_an_application_is_open_again_when_the_old_certificate_is_past(standing: Standing) -> None:
    certificate().when(Apply(story.PERSON, story.VILLAGE, WINDOW, standing)).then(story.SUBMITTED)


@pytest.mark.parametrize("command", [Accept(), Refuse("withdrawn"), OrderNotice(), Issue()])
def test_what_nobody_applied_for_is_not_found(command: Any) -> None:
    with pytest.raises(NotFound) as refusal:
        CERTIFICATE.decide(CERTIFICATE.initial, command, story.POLICY, context())
    assert refusal.value.code == "certificate_unknown"


def test_an_application_is_accepted() -> None:
    certificate(*story.APPLIED_PAST).when(Accept(), date(2026, 3, 3)).then(story.ACCEPTED)


def test_a_returned_application_cannot_be_accepted() -> None:
    certificate(story.SUBMITTED, story.RETURNED).when(Accept(), date(2026, 3, 3)).rejected("application_returned")


def test_an_application_is_accepted_once() -> None:
    certificate(*story.ACCEPTED_PAST).when(Accept(), date(2026, 3, 3)).rejected("assessment_not_ordered")


def test_an_application_is_returned_for_what_is_missing() -> None:
    certificate(*story.APPLIED_PAST).when(Return("guardian_papers"), date(2026, 3, 3)).then(story.RETURNED)


def test_an_accepted_application_cannot_be_returned() -> None:
    certificate(*story.ACCEPTED_PAST).when(Return("photo"), date(2026, 3, 3)).rejected("assessment_not_ordered")


def test_an_application_is_returned_once() -> None:
    certificate(story.SUBMITTED, story.RETURNED).when(Return("photo"), date(2026, 3, 3)).rejected("application_returned")


def test_a_returned_application_is_submitted_again_through_the_same_channel() -> None:
    again = application_events.CertificateApplicationSubmitted(
        person_id=story.PERSON, division=story.VILLAGE, channel=WINDOW, applied_on=date(2026, 3, 5)
    )
    certificate(story.SUBMITTED, story.RETURNED).when(Resubmit(), date(2026, 3, 5)).then(again)


def test_only_a_returned_application_is_submitted_again() -> None:
    certificate(*story.APPLIED_PAST).when(Resubmit(), date(2026, 3, 5)).rejected("application_not_accepted")


def test_an_assessment_is_ordered() -> None:
    certificate(*story.ACCEPTED_PAST).when(OrderAssessment("H01"), date(2026, 3, 4)).then(story.ORDERED)


def test_an_assessment_is_ordered_after_acceptance() -> None:
    certificate(*story.APPLIED_PAST).when(OrderAssessment("H01"), date(2026, 3, 4)).rejected("application_not_accepted")


def test_an_assessment_is_ordered_once() -> None:
    certificate(*story.ORDERED_PAST).when(OrderAssessment("H02"), date(2026, 3, 4)).rejected("assessment_running")


def test_a_conclusion_is_recorded_as_it_was_given() -> None:
    conclusion = CompleteAssessment(True, vocabulary.Category.PHYSICAL, 2)
    certificate(*story.ORDERED_PAST).when(conclusion, date(2026, 3, 6)).then(story.MET)


def test_a_conclusion_that_the_standard_is_not_met_has_no_grade() -> None:
    certificate(*story.ORDERED_PAST).when(CompleteAssessment(False), date(2026, 3, 6)).then(story.NOT_MET)


@pytest.mark.parametrize(
    ("conclusion", "code"),
    [
        (CompleteAssessment(True, vocabulary.Category.PHYSICAL, 0), "conclusion_incomplete"),
        (CompleteAssessment(True, vocabulary.Category.PHYSICAL, 5), "conclusion_incomplete"),
        (CompleteAssessment(True, vocabulary.Category.PHYSICAL, None), "conclusion_incomplete"),
        (CompleteAssessment(True, None, 1), "conclusion_incomplete"),
        (CompleteAssessment(True, vocabulary.Category.UNKNOWN, 1), "conclusion_incomplete"),
        (CompleteAssessment(False, vocabulary.Category.PHYSICAL, None), "conclusion_contradicts_itself"),
        (CompleteAssessment(False, None, 3), "conclusion_contradicts_itself"),
    ],
)
def test_an_impossible_conclusion_is_malformed(conclusion: CompleteAssessment, code: str) -> None:
    assert malformed(conclusion, *story.ORDERED_PAST) == code


def test_an_assessment_is_completed_once() -> None:
    conclusion = CompleteAssessment(True, vocabulary.Category.PHYSICAL, 1)
    certificate(*story.MET_PAST).when(conclusion, date(2026, 3, 6)).rejected("notice_not_started")


def test_an_assessment_is_completed_after_it_was_ordered() -> None:
    certificate(*story.ACCEPTED_PAST).when(CompleteAssessment(False), date(2026, 3, 6)).rejected("assessment_not_ordered")


def test_a_notice_runs_five_working_days_after_the_day_it_is_put_up() -> None:
    certificate(*story.MET_PAST).when(OrderNotice(), date(2026, 3, 6)).then(story.SHEET)
    certificate(*story.SHEET_PAST).when(StartNotice(), date(2026, 3, 9)).then(story.NOTICE)


def test_a_notice_is_not_put_up_when_the_standard_is_not_met() -> None:
    certificate(*story.NOT_MET_PAST).when(StartNotice(), date(2026, 3, 9)).rejected("standard_not_met")


def test_a_notice_is_put_up_once() -> None:
    certificate(*story.NOTICE_PAST).when(StartNotice(), date(2026, 3, 9)).rejected("notice_running")


def test_a_notice_is_closed_on_the_day_after_its_last() -> None:
    certificate(*story.NOTICE_PAST).when(CloseNotice(0), date(2026, 3, 17)).then(story.CLOSED)


def test_a_notice_cannot_be_closed_on_its_last_day() -> None:
    certificate(*story.NOTICE_PAST).when(CloseNotice(0), date(2026, 3, 16)).rejected("notice_still_running")


def test_a_notice_is_closed_once() -> None:
    certificate(*story.CLOSED_PAST).when(CloseNotice(0), date(2026, 3, 17)).rejected("notice_closed")


def test_there_are_no_fewer_than_no_objections() -> None:
    assert malformed(CloseNotice(-1), *story.NOTICE_PAST) == "objections_negative"


def test_a_certificate_is_issued_for_ten_years_with_the_concluded_category_and_grade() -> None:
    certificate(*story.CLOSED_PAST).when(Issue(), date(2026, 3, 18)).then(story.ISSUED)


def test_a_certificate_is_not_issued_while_the_notice_runs() -> None:
    certificate(*story.NOTICE_PAST).when(Issue(), date(2026, 3, 18)).rejected("notice_running")


def test_a_certificate_is_not_issued_over_objections() -> None:
    certificate(*story.OBJECTED_PAST).when(Issue(), date(2026, 3, 18)).rejected("objections_open")


def test_a_certificate_is_issued_once() -> None:
    certificate(*story.ISSUED_PAST).when(Issue(), date(2026, 3, 18)).rejected("certificate_issued")


def test_after_objections_the_assessment_may_be_ordered_again() -> None:
    again = application_events.AssessmentOrdered(person_id=story.PERSON, institution="H02", ordered_on=date(2026, 3, 18))
    certificate(*story.OBJECTED_PAST).when(OrderAssessment("H02"), date(2026, 3, 18)).then(again)


def test_after_objections_the_notice_may_be_put_up_again() -> None:
    again = application_events.PublicNoticeOrdered(ordered_on=date(2026, 3, 18))
    certificate(*story.OBJECTED_PAST).when(OrderNotice(), date(2026, 3, 18)).then(again)


@pytest.mark.parametrize(
    "past", [story.APPLIED_PAST, story.ACCEPTED_PAST, story.ORDERED_PAST, story.MET_PAST, story.CLOSED_PAST, story.OBJECTED_PAST]
)
def test_an_open_application_is_refused_with_a_reason(past: tuple[Any, ...]) -> None:
    refused = application_events.CertificateApplicationRefused(refused_on=date(2026, 3, 18), reason="withdrawn")
    certificate(*past).when(Refuse("withdrawn"), date(2026, 3, 18)).then(refused)


def test_who_does_not_meet_the_standard_is_refused_for_that() -> None:
    certificate(*story.NOT_MET_PAST).when(Refuse("standard_not_met"), date(2026, 3, 9)).then(story.REFUSED)


def test_who_does_not_meet_the_standard_is_refused_for_nothing_else() -> None:
    certificate(*story.NOT_MET_PAST).when(Refuse("withdrawn"), date(2026, 3, 9)).rejected("reason_contradicts_assessment")


def test_nobody_is_refused_for_not_meeting_a_standard_that_was_met() -> None:
    certificate(*story.MET_PAST).when(Refuse("standard_not_met"), date(2026, 3, 9)).rejected("reason_contradicts_assessment")


def test_an_application_is_refused_once() -> None:
    certificate(*story.REFUSED_PAST).when(Refuse("standard_not_met"), date(2026, 3, 9)).rejected("application_refused")


def test_an_issued_certificate_cannot_be_refused() -> None:
    certificate(*story.ISSUED_PAST).when(Refuse("withdrawn"), date(2026, 3, 18)).rejected("certificate_issued")


def test_no_step_is_dated_before_the_one_it_follows() -> None:
    certificate(*story.ACCEPTED_PAST).when(OrderAssessment("H01"), date(2026, 3, 2)).rejected("earlier_than_last_step")
