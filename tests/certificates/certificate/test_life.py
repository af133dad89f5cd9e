"""The rules of a certificate's life, each named by its article (domain reference, 1.2); three questions for what may go wrong."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.certificates import vocabulary
from services.certificates.certificate import commands, states
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.application.decide import apply
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.commands import Missing, Record
from services.certificates.certificate.decider import CERTIFICATE
from services.kernel.errors import Forbidden, Malformed, Rejected
from tests.certificates.certificate import story
from tests.certificates.certificate.lives import DAY, FROZEN, LOST, OBJECTION, OUT, PROPOSED, REORDERED, REVIEW, STATES, TOLD, WORSE
from tests.certificates.certificate.story import certificate
from tests.spec import context

MIRRORED = "533423101001"  # a village of 维西, which mirrors the national register
HOME = commands.OrderAssessment("H01", vocabulary.AssessmentSetting.HOME)


def malformed(command: Any, past: tuple[Any, ...], on: date = DAY) -> str:
    with pytest.raises(Malformed) as refusal:
        CERTIFICATE.decide(
            CERTIFICATE.fold(past), command, story.POLICY, context(on, story.OFFICES.get(type(command), story.CLERK))
        )
    return refusal.value.code


def test_article_3_voluntary_an_application_is_withdrawn_by_the_applicant() -> None:
    certificate(*story.APPLIED_PAST).when(commands.Withdraw(), DAY).then(
        application_events.CertificateApplicationWithdrawn(withdrawn_on=DAY)
    )
    certificate(*story.MET_PAST).when(commands.Withdraw(), DAY).rejected("notice_not_started")


def test_article_6_only_the_institution_that_was_ordered_concludes() -> None:
    for actor in ("H02:533401:doctor", "WJ:533401:health", "CL:533401:clerk"):
        with pytest.raises(Forbidden, match="not_your_duty"):
            certificate(*story.ORDERED_PAST).when(commands.CompleteAssessment(False), DAY, actor).then_nothing()


def test_article_9_a_minor_applies_through_a_guardian() -> None:
    asked = commands.Apply(story.PERSON, story.VILLAGE, vocabulary.ApplicationChannel.WINDOW, states.Standing(minor=True))
    certificate().when(asked).rejected("guardian_missing")
    guarded = replace(asked, standing=states.Standing(minor=True, guardian=True), applicant=vocabulary.Applicant.GUARDIAN)
    certificate().when(guarded).then(replace(story.SUBMITTED, applicant=vocabulary.Applicant.GUARDIAN))


@pytest.mark.parametrize("category", [vocabulary.Category.INTELLECTUAL, vocabulary.Category.MENTAL])
def test_article_9_intellectual_and_mental_disability_need_a_guardian_before_the_issue(category: vocabulary.Category) -> None:
    past = (*story.ORDERED_PAST, replace(story.MET, category=category), story.SHEET, story.NOTICE, story.CLOSED)
    certificate(*past).when(commands.Issue(), date(2026, 3, 18)).rejected("guardian_missing")
    certificate(*past).when(commands.Issue(guardian=True), date(2026, 3, 18)).then(replace(story.ISSUED, category=category))


def test_article_9_the_village_posts_the_notice_and_takes_it_down_after_five_working_days() -> None:
    certificate(*story.SHEET_PAST).when(commands.CloseNotice(), date(2026, 3, 17)).rejected("notice_not_posted")
    certificate(*story.NOTICE_PAST).when(commands.CloseNotice(), date(2026, 3, 16)).rejected("notice_still_running")
    certificate(*story.NOTICE_PAST).when(commands.CloseNotice(), date(2026, 3, 17)).then(story.CLOSED)


def test_article_9_an_answered_objection_that_is_not_upheld_lets_the_review_go_on() -> None:
    past = STATES["公示有异议"]
    answer = application_events.ObjectionAnswered(objection_id=OBJECTION, upheld=False, answered_on=DAY)
    certificate(*past).when(commands.Issue(), DAY).rejected("objections_open")
    certificate(*past, answer).when(commands.Issue(), DAY).then(replace(story.ISSUED, valid_from=DAY, valid_to=date(2036, 4, 1)))
    certificate(*past, replace(answer, upheld=True)).when(commands.Issue(), DAY).rejected("objections_open")


def test_article_11_a_home_assessment_is_scheduled_missed_and_overdue() -> None:
    past, again = STATES["已编入上门批次"], STATES["待上门评定"]
    certificate(*story.ACCEPTED_PAST).when(HOME, date(2026, 3, 4)).then(again[-1])
    missed = application_events.HomeAssessmentMissed(round_id=past[-1].round_id, missed_on=date(2026, 3, 20), reason="absent")
    certificate(*past).when(commands.NoteMissed("absent"), date(2026, 3, 20)).then(missed)
    certificate(*past, missed).when(commands.NoteMissed("absent"), date(2026, 3, 20)).rejected("not_in_a_round")
    certificate(*again).when(commands.NoteHomeOverdue(), date(2026, 4, 1)).then_nothing()
    late = application_events.HomeAssessmentOverdue(person_id=story.PERSON, due_on=date(2026, 4, 1))
    certificate(*again).when(commands.NoteHomeOverdue(), date(2026, 4, 2)).then(late)
    certificate(*again, late).when(commands.NoteHomeOverdue(), date(2026, 4, 3)).then_nothing()


TWO = (
    vocabulary.Constituent(category=vocabulary.Category.PHYSICAL, grade=2),
    vocabulary.Constituent(category=vocabulary.Category.HEARING, grade=3),
)


@pytest.mark.parametrize(
    ("category", "grade", "parts", "code"),
    [
        (vocabulary.Category.MULTIPLE, 3, TWO, "grade_not_the_most_severe"),
        (vocabulary.Category.MULTIPLE, 2, TWO[:1], "constituents_incomplete"),
        (vocabulary.Category.MULTIPLE, 2, (TWO[0], TWO[0]), "constituents_incomplete"),
        (vocabulary.Category.MULTIPLE, 2, (), "constituents_incomplete"),
        (vocabulary.Category.PHYSICAL, 2, TWO, "constituents_not_wanted"),
    ],
)
def test_article_13_a_multiple_disability_has_the_grade_of_its_most_severe(
    category: vocabulary.Category, grade: int, parts: tuple[vocabulary.Constituent, ...], code: str
) -> None:
    assert malformed(commands.CompleteAssessment(True, category, grade, parts), story.ORDERED_PAST) == code


def test_article_13_the_constituents_are_kept_to_the_card() -> None:
    said = commands.CompleteAssessment(True, vocabulary.Category.MULTIPLE, 2, TWO)
    met = replace(story.MET, completed_on=DAY, category=vocabulary.Category.MULTIPLE, constituents=TWO)
    certificate(*story.ORDERED_PAST).when(said, DAY).then(met)


def test_article_20_a_lost_card_is_reissued_with_the_next_suffix() -> None:
    again = card_events.CertificateReissued(person_id=story.PERSON, suffix=1, reissued_on=DAY)
    certificate(*story.ISSUED_PAST).when(commands.Reissue(), DAY).rejected("nothing_to_do")
    certificate(*story.ISSUED_PAST, LOST).when(commands.Reissue(), DAY).then(again)
    certificate(*story.ISSUED_PAST, LOST, again, LOST).when(commands.Reissue(), DAY).then(replace(again, suffix=2))


def test_article_21_a_damaged_card_is_exchanged_and_a_lost_one_is_not() -> None:
    damaged = commands.Replace(vocabulary.ReplacementReason.DAMAGED)
    certificate(*story.ISSUED_PAST).when(damaged, DAY).then(card_events.CertificateReplaced(reason=damaged.reason, replaced_on=DAY))
    certificate(*story.ISSUED_PAST, LOST).when(damaged, DAY).rejected("certificate_lost")
    assert malformed(commands.Replace(vocabulary.ReplacementReason.UNKNOWN), story.ISSUED_PAST) == "reason_unknown"


def test_article_22_a_change_needs_a_new_conclusion_that_differs() -> None:
    past = (*story.ISSUED_PAST, REVIEW, REORDERED)
    certificate(*past).when(commands.Regrade(), DAY).rejected("review_running")
    new = card_events.CertificateRegraded(
        person_id=story.PERSON,
        from_category=vocabulary.Category.PHYSICAL,
        from_grade=2,
        category=vocabulary.Category.PHYSICAL,
        grade=1,
        valid_from=DAY,
        valid_to=date(2036, 4, 1),
    )
    certificate(*past, WORSE).when(commands.Regrade(), DAY).then(new)
    certificate(*past, WORSE).when(commands.CloseReview(), DAY).rejected("review_concluded")
    same = replace(WORSE, grade=2)
    certificate(*past, same).when(commands.Regrade(), DAY).rejected("nothing_to_regrade")
    certificate(*past, same).when(commands.CloseReview(), DAY).then(
        card_events.ReviewClosed(kind=vocabulary.ReviewKind.REGRADE, closed_on=DAY)
    )


def test_article_23_a_card_moves_and_the_receiving_county_takes_it_over() -> None:
    past = STATES["迁移待接收"]
    assert CERTIFICATE.division(CERTIFICATE.fold(past)) == "533401204002"
    certificate(*past).when(commands.TransferOut("533401204001"), DAY).rejected("transfer_running")
    certificate(*past).when(commands.TransferIn(), DAY).then(
        card_events.CertificateTransferredIn(person_id=story.PERSON, received_on=DAY)
    )
    certificate(*story.ISSUED_PAST).when(commands.TransferOut(story.VILLAGE), DAY).rejected("already_there")
    assert malformed(commands.TransferOut("530102001001"), story.ISSUED_PAST) == "division_unknown"


def test_article_24_nobody_loses_a_card_untold_except_by_death() -> None:
    recovered = commands.Cancel(vocabulary.CancellationReason.RECOVERED, "assessment")
    certificate(*story.ISSUED_PAST).when(recovered, DAY).rejected("holder_not_told")
    ended = replace(story.CANCELLED, reason=recovered.reason, cancelled_on=DAY, evidence="assessment")
    certificate(*story.ISSUED_PAST, TOLD).when(recovered, DAY).then(ended)
    certificate(*story.ISSUED_PAST).when(commands.Freeze(vocabulary.FreezeReason.EXPIRED, "list"), DAY).rejected("holder_not_told")


def test_article_24_a_bar_is_lifted_by_a_clerk_with_a_reason() -> None:
    barred = states.Standing(cancelled=((vocabulary.CancellationReason.RECOVERED, date(2026, 1, 5)),))
    asked = commands.Apply(story.PERSON, story.VILLAGE, vocabulary.ApplicationChannel.WINDOW, barred)
    with pytest.raises(Rejected, match="barred_after_cancellation"):
        apply(asked, story.POLICY, date(2026, 3, 2))
    assert apply(replace(asked, despite="new_illness"), story.POLICY, date(2026, 3, 2)) == [
        replace(story.SUBMITTED, despite="new_illness")
    ]


def test_article_25_a_conclusion_is_disputed_in_ten_working_days_and_twice_at_most() -> None:
    refused = story.REFUSED_PAST  # on Monday, 9 March 2026
    first = application_events.AssessmentDisputed(level=vocabulary.DisputeLevel.PREFECTURE, disputed_on=date(2026, 3, 23))
    certificate(*refused).when(commands.Dispute(), date(2026, 3, 23)).then(first)
    certificate(*refused).when(commands.Dispute(), date(2026, 3, 24)).rejected("dispute_too_late")
    no = application_events.DisputeDecided(
        level=vocabulary.DisputeLevel.PREFECTURE, upheld=False, final=False, decided_on=date(2026, 3, 25)
    )
    certificate(*refused, first).when(commands.DecideDispute(False), date(2026, 3, 25)).then(no)
    second = application_events.AssessmentDisputed(level=vocabulary.DisputeLevel.PROVINCE, disputed_on=date(2026, 3, 26))
    certificate(*refused, first, no).when(commands.Dispute(), date(2026, 3, 26)).then(second)
    final = replace(no, level=vocabulary.DisputeLevel.PROVINCE, final=True, decided_on=DAY)
    certificate(*refused, first, no, second).when(commands.DecideDispute(False), DAY).then(final)
    certificate(*refused, first, no, second, final).when(commands.Dispute(), DAY).rejected("nothing_to_dispute")
    assert isinstance(CERTIFICATE.fold((*refused, first, replace(no, upheld=True))), states.Accepted)


def test_a_revoked_cancellation_restores_the_card_and_only_what_is_still_owed() -> None:
    told = story.approaching(vocabulary.ExpiryWindow.SIX_MONTHS, on=date(2035, 9, 18))
    dead = replace(story.CANCELLED, cancelled_on=date(2035, 10, 8))
    past = (*story.ISSUED_PAST, told, dead)
    certificate(*past).when(commands.RevokeCancellation("letter"), date(2035, 10, 9)).then(
        card_events.CertificateCancellationRevoked(
            person_id=story.PERSON,
            reason=vocabulary.CancellationReason.DEATH,
            evidence="letter",
            valid_from=story.ISSUED.valid_from,
            valid_to=story.VALID_TO,
            revoked_on=date(2035, 10, 9),
            owed=(vocabulary.ExpiryWindow.ONE_MONTH,),
            again_on=None,
            expiry_owed=True,
        )
    )


def test_a_frozen_card_is_not_renewed_and_is_unfrozen_by_a_clerk() -> None:
    certificate(*story.ISSUED_PAST, FROZEN).when(commands.Renew(), date(2036, 1, 7)).rejected("certificate_frozen")
    certificate(*story.ISSUED_PAST, FROZEN).when(commands.Unfreeze(), DAY).then(
        card_events.CertificateUnfrozen(person_id=story.PERSON, unfrozen_on=DAY)
    )


def row(**changes: Any) -> Record:
    known = Record(story.PERSON, MIRRORED, vocabulary.Category.PHYSICAL, 2, date(2020, 5, 6), date(2030, 5, 6), DAY)
    return replace(known, **changes)


def recorded(said: Record, new_period: bool = True) -> card_events.CertificateRecorded:
    return card_events.CertificateRecorded(
        person_id=said.person_id,
        division=said.division,
        category=said.category,
        grade=said.grade,
        valid_from=said.valid_from,
        valid_to=said.valid_to,
        as_of=said.as_of,
        new_period=new_period,
    )


def test_a_mirroring_county_takes_cards_from_the_roster_and_from_nowhere_else() -> None:
    certificate().when(row(), DAY).then(recorded(row()))
    past = (recorded(row()),)
    certificate(*past).when(row(), DAY).then_nothing()
    later = row(valid_from=date(2026, 3, 2), valid_to=date(2036, 3, 2))
    certificate(*past).when(later, DAY).then(recorded(later))
    certificate(*past).when(row(grade=1), DAY).then(recorded(row(grade=1), new_period=False))
    certificate(*past).when(row(grade=1, as_of=date(2026, 3, 1)), DAY).then_nothing()
    certificate(*past).when(commands.Renew(), date(2030, 1, 7)).rejected("national_register_decides")
    certificate(*story.ISSUED_PAST).when(row(division=story.VILLAGE), DAY).rejected("county_keeps_register")


def test_a_roster_proposes_and_never_freezes_or_cancels() -> None:
    past = (recorded(row()),)
    proposed = card_events.CertificateActionProposed(
        person_id=story.PERSON,
        action=vocabulary.ProposedAction.FREEZE,
        reason="ROSTER",
        source=vocabulary.ProposalSource.ROSTER,
        proposed_on=DAY,
    )
    certificate(*past).when(row(frozen=True), DAY).then(proposed)
    certificate(*past, proposed).when(row(frozen=True), DAY).then_nothing()
    gone = replace(proposed, action=vocabulary.ProposedAction.CANCEL, reason="DEATH")
    certificate(*past).when(row(cancelled=vocabulary.CancellationReason.DEATH), DAY).then(gone)
    certificate(*past).when(row(lost=True), DAY).then(card_events.CertificateReportedLost(person_id=story.PERSON, reported_on=DAY))
    certificate(*past, replace(story.CANCELLED, cancelled_on=DAY)).when(row(), DAY).rejected("certificate_cancelled")


@pytest.mark.parametrize(
    ("past", "as_of"),
    [
        ((), DAY),
        ((recorded(row(as_of=DAY)),), DAY),
        ((recorded(row(as_of=DAY)),), DAY - timedelta(days=1)),
        ((recorded(row(as_of=DAY, valid_from=DAY + timedelta(days=2))),), DAY + timedelta(days=1)),
        ((recorded(row(as_of=DAY)), PROPOSED), DAY + timedelta(days=1)),
        ((recorded(row(as_of=DAY)), OUT), DAY + timedelta(days=1)),
    ],
)
def test_a_card_that_is_new_moving_or_proposed_about_is_not_missing(past: tuple[Any, ...], as_of: date) -> None:
    certificate(*past).when(Missing(as_of), DAY + timedelta(days=2)).then_nothing()


def test_a_card_that_a_newer_roster_lacks_is_proposed_to_end() -> None:
    proposed = card_events.CertificateActionProposed(
        person_id=story.PERSON,
        action=vocabulary.ProposedAction.CANCEL,
        reason="NOT_ON_ROSTER",
        source=vocabulary.ProposalSource.ROSTER,
        proposed_on=DAY,
    )
    certificate(recorded(row(as_of=DAY - timedelta(days=7)))).when(Missing(DAY), DAY).then(proposed)
    certificate(*story.ISSUED_PAST).when(Missing(DAY), DAY).rejected("county_keeps_register")
