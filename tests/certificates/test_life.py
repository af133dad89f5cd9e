"""The rules of a certificate's life, each named by its article (domain reference, 1.2); three questions for what may go wrong."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.certificates import commands as c
from services.certificates import events as e
from services.certificates import states as st
from services.certificates import terms as t
from services.certificates.applying import apply
from services.certificates.certificate import CERTIFICATE
from services.certificates.mirror import Missing, Record
from services.kernel.errors import Forbidden, Malformed, Rejected
from tests.certificates import story as s
from tests.certificates.lives import DAY, FROZEN, LOST, OBJECTION, OUT, PROPOSED, REORDERED, REVIEW, STATES, TOLD, WORSE
from tests.certificates.story import certificate
from tests.spec import context

MIRRORED = "533423101001"  # a village of 维西, which mirrors the national register
HOME = c.OrderAssessment("H01", t.AssessmentSetting.HOME)


def malformed(command: Any, past: tuple[Any, ...], on: date = DAY) -> str:
    with pytest.raises(Malformed) as refusal:
        CERTIFICATE.decide(CERTIFICATE.fold(past), command, s.POLICY, context(on, s.OFFICES.get(type(command), s.CLERK)))
    return refusal.value.code


def test_article_3_voluntary_an_application_is_withdrawn_by_the_applicant() -> None:
    certificate(*s.APPLIED_PAST).when(c.Withdraw(), DAY).then(e.CertificateApplicationWithdrawn(withdrawn_on=DAY))
    certificate(*s.MET_PAST).when(c.Withdraw(), DAY).rejected("notice_not_started")


def test_article_6_only_the_institution_that_was_ordered_concludes() -> None:
    for actor in ("H02:533401:doctor", "WJ:533401:health", "CL:533401:clerk"):
        with pytest.raises(Forbidden, match="not_your_duty"):
            certificate(*s.ORDERED_PAST).when(c.CompleteAssessment(False), DAY, actor).then_nothing()


def test_article_9_a_minor_applies_through_a_guardian() -> None:
    asked = c.Apply(s.PERSON, s.VILLAGE, t.ApplicationChannel.WINDOW, st.Standing(minor=True))
    certificate().when(asked).rejected("guardian_missing")
    guarded = replace(asked, standing=st.Standing(minor=True, guardian=True), applicant=t.Applicant.GUARDIAN)
    certificate().when(guarded).then(replace(s.SUBMITTED, applicant=t.Applicant.GUARDIAN))


@pytest.mark.parametrize("category", [t.Category.INTELLECTUAL, t.Category.MENTAL])
def test_article_9_intellectual_and_mental_disability_need_a_guardian_before_the_issue(category: t.Category) -> None:
    past = (*s.ORDERED_PAST, replace(s.MET, category=category), s.SHEET, s.NOTICE, s.CLOSED)
    certificate(*past).when(c.Issue(), date(2026, 3, 18)).rejected("guardian_missing")
    certificate(*past).when(c.Issue(guardian=True), date(2026, 3, 18)).then(replace(s.ISSUED, category=category))


def test_article_9_the_village_posts_the_notice_and_takes_it_down_after_five_working_days() -> None:
    certificate(*s.SHEET_PAST).when(c.CloseNotice(), date(2026, 3, 17)).rejected("notice_not_posted")
    certificate(*s.NOTICE_PAST).when(c.CloseNotice(), date(2026, 3, 16)).rejected("notice_still_running")
    certificate(*s.NOTICE_PAST).when(c.CloseNotice(), date(2026, 3, 17)).then(s.CLOSED)


def test_article_9_an_answered_objection_that_is_not_upheld_lets_the_review_go_on() -> None:
    past = STATES["公示有异议"]
    answer = e.ObjectionAnswered(objection_id=OBJECTION, upheld=False, answered_on=DAY)
    certificate(*past).when(c.Issue(), DAY).rejected("objections_open")
    certificate(*past, answer).when(c.Issue(), DAY).then(replace(s.ISSUED, valid_from=DAY, valid_to=date(2036, 4, 1)))
    certificate(*past, replace(answer, upheld=True)).when(c.Issue(), DAY).rejected("objections_open")


def test_article_11_a_home_assessment_is_scheduled_missed_and_overdue() -> None:
    past, again = STATES["已编入上门批次"], STATES["待上门评定"]
    certificate(*s.ACCEPTED_PAST).when(HOME, date(2026, 3, 4)).then(again[-1])
    missed = e.HomeAssessmentMissed(round_id=past[-1].round_id, missed_on=date(2026, 3, 20), reason="absent")
    certificate(*past).when(c.NoteMissed("absent"), date(2026, 3, 20)).then(missed)
    certificate(*past, missed).when(c.NoteMissed("absent"), date(2026, 3, 20)).rejected("not_in_a_round")
    certificate(*again).when(c.NoteHomeOverdue(), date(2026, 4, 1)).then_nothing()
    late = e.HomeAssessmentOverdue(person_id=s.PERSON, due_on=date(2026, 4, 1))
    certificate(*again).when(c.NoteHomeOverdue(), date(2026, 4, 2)).then(late)
    certificate(*again, late).when(c.NoteHomeOverdue(), date(2026, 4, 3)).then_nothing()


TWO = (t.Constituent(category=t.Category.PHYSICAL, grade=2), t.Constituent(category=t.Category.HEARING, grade=3))


@pytest.mark.parametrize(
    ("category", "grade", "parts", "code"),
    [
        (t.Category.MULTIPLE, 3, TWO, "grade_not_the_most_severe"),
        (t.Category.MULTIPLE, 2, TWO[:1], "constituents_incomplete"),
        (t.Category.MULTIPLE, 2, (TWO[0], TWO[0]), "constituents_incomplete"),
        (t.Category.MULTIPLE, 2, (), "constituents_incomplete"),
        (t.Category.PHYSICAL, 2, TWO, "constituents_not_wanted"),
    ],
)
def test_article_13_a_multiple_disability_has_the_grade_of_its_most_severe(
    category: t.Category, grade: int, parts: tuple[t.Constituent, ...], code: str
) -> None:
    assert malformed(c.CompleteAssessment(True, category, grade, parts), s.ORDERED_PAST) == code


def test_article_13_the_constituents_are_kept_to_the_card() -> None:
    said = c.CompleteAssessment(True, t.Category.MULTIPLE, 2, TWO)
    met = replace(s.MET, completed_on=DAY, category=t.Category.MULTIPLE, constituents=TWO)
    certificate(*s.ORDERED_PAST).when(said, DAY).then(met)


def test_article_20_a_lost_card_is_reissued_with_the_next_suffix() -> None:
    again = e.CertificateReissued(person_id=s.PERSON, suffix=1, reissued_on=DAY)
    certificate(*s.ISSUED_PAST).when(c.Reissue(), DAY).rejected("nothing_to_do")
    certificate(*s.ISSUED_PAST, LOST).when(c.Reissue(), DAY).then(again)
    certificate(*s.ISSUED_PAST, LOST, again, LOST).when(c.Reissue(), DAY).then(replace(again, suffix=2))


def test_article_21_a_damaged_card_is_exchanged_and_a_lost_one_is_not() -> None:
    damaged = c.Replace(t.ReplacementReason.DAMAGED)
    certificate(*s.ISSUED_PAST).when(damaged, DAY).then(e.CertificateReplaced(reason=damaged.reason, replaced_on=DAY))
    certificate(*s.ISSUED_PAST, LOST).when(damaged, DAY).rejected("certificate_lost")
    assert malformed(c.Replace(t.ReplacementReason.UNKNOWN), s.ISSUED_PAST) == "reason_unknown"


def test_article_22_a_change_needs_a_new_conclusion_that_differs() -> None:
    past = (*s.ISSUED_PAST, REVIEW, REORDERED)
    certificate(*past).when(c.Regrade(), DAY).rejected("review_running")
    new = e.CertificateRegraded(
        person_id=s.PERSON, from_category=t.Category.PHYSICAL, from_grade=2, category=t.Category.PHYSICAL, grade=1,
        valid_from=DAY, valid_to=date(2036, 4, 1),
    )  # fmt: skip
    certificate(*past, WORSE).when(c.Regrade(), DAY).then(new)
    certificate(*past, WORSE).when(c.CloseReview(), DAY).rejected("review_concluded")
    same = replace(WORSE, grade=2)
    certificate(*past, same).when(c.Regrade(), DAY).rejected("nothing_to_regrade")
    certificate(*past, same).when(c.CloseReview(), DAY).then(e.ReviewClosed(kind=t.ReviewKind.REGRADE, closed_on=DAY))


def test_article_23_a_card_moves_and_the_receiving_county_takes_it_over() -> None:
    past = STATES["迁移待接收"]
    assert CERTIFICATE.division(CERTIFICATE.fold(past)) == "533401204002"
    certificate(*past).when(c.TransferOut("533401204001"), DAY).rejected("transfer_running")
    certificate(*past).when(c.TransferIn(), DAY).then(e.CertificateTransferredIn(person_id=s.PERSON, received_on=DAY))
    certificate(*s.ISSUED_PAST).when(c.TransferOut(s.VILLAGE), DAY).rejected("already_there")
    assert malformed(c.TransferOut("530102001001"), s.ISSUED_PAST) == "division_unknown"


def test_article_24_nobody_loses_a_card_untold_except_by_death() -> None:
    recovered = c.Cancel(t.CancellationReason.RECOVERED, "assessment")
    certificate(*s.ISSUED_PAST).when(recovered, DAY).rejected("holder_not_told")
    ended = replace(s.CANCELLED, reason=recovered.reason, cancelled_on=DAY, evidence="assessment")
    certificate(*s.ISSUED_PAST, TOLD).when(recovered, DAY).then(ended)
    certificate(*s.ISSUED_PAST).when(c.Freeze(t.FreezeReason.EXPIRED, "list"), DAY).rejected("holder_not_told")


def test_article_24_a_bar_is_lifted_by_a_clerk_with_a_reason() -> None:
    barred = st.Standing(cancelled=((t.CancellationReason.RECOVERED, date(2026, 1, 5)),))
    asked = c.Apply(s.PERSON, s.VILLAGE, t.ApplicationChannel.WINDOW, barred)
    with pytest.raises(Rejected, match="barred_after_cancellation"):
        apply(asked, s.POLICY, date(2026, 3, 2))
    assert apply(replace(asked, despite="new_illness"), s.POLICY, date(2026, 3, 2)) == [replace(s.SUBMITTED, despite="new_illness")]


def test_article_25_a_conclusion_is_disputed_in_ten_working_days_and_twice_at_most() -> None:
    refused = s.REFUSED_PAST  # on Monday, 9 March 2026
    first = e.AssessmentDisputed(level=t.DisputeLevel.PREFECTURE, disputed_on=date(2026, 3, 23))
    certificate(*refused).when(c.Dispute(), date(2026, 3, 23)).then(first)
    certificate(*refused).when(c.Dispute(), date(2026, 3, 24)).rejected("dispute_too_late")
    no = e.DisputeDecided(level=t.DisputeLevel.PREFECTURE, upheld=False, final=False, decided_on=date(2026, 3, 25))
    certificate(*refused, first).when(c.DecideDispute(False), date(2026, 3, 25)).then(no)
    second = e.AssessmentDisputed(level=t.DisputeLevel.PROVINCE, disputed_on=date(2026, 3, 26))
    certificate(*refused, first, no).when(c.Dispute(), date(2026, 3, 26)).then(second)
    final = replace(no, level=t.DisputeLevel.PROVINCE, final=True, decided_on=DAY)
    certificate(*refused, first, no, second).when(c.DecideDispute(False), DAY).then(final)
    certificate(*refused, first, no, second, final).when(c.Dispute(), DAY).rejected("nothing_to_dispute")
    assert isinstance(CERTIFICATE.fold((*refused, first, replace(no, upheld=True))), st.Accepted)


def test_a_revoked_cancellation_restores_the_card_and_only_what_is_still_owed() -> None:
    told = s.approaching(t.ExpiryWindow.SIX_MONTHS, on=date(2035, 9, 18))
    dead = replace(s.CANCELLED, cancelled_on=date(2035, 10, 8))
    past = (*s.ISSUED_PAST, told, dead)
    certificate(*past).when(c.RevokeCancellation("letter"), date(2035, 10, 9)).then(
        e.CertificateCancellationRevoked(
            person_id=s.PERSON, reason=t.CancellationReason.DEATH, evidence="letter", valid_from=s.ISSUED.valid_from,
            valid_to=s.VALID_TO, revoked_on=date(2035, 10, 9), owed=(t.ExpiryWindow.ONE_MONTH,), again_on=None, expiry_owed=True,
        )
    )  # fmt: skip


def test_a_frozen_card_is_not_renewed_and_is_unfrozen_by_a_clerk() -> None:
    certificate(*s.ISSUED_PAST, FROZEN).when(c.Renew(), date(2036, 1, 7)).rejected("certificate_frozen")
    certificate(*s.ISSUED_PAST, FROZEN).when(c.Unfreeze(), DAY).then(e.CertificateUnfrozen(person_id=s.PERSON, unfrozen_on=DAY))


def row(**changes: Any) -> Record:
    known = Record(s.PERSON, MIRRORED, t.Category.PHYSICAL, 2, date(2020, 5, 6), date(2030, 5, 6), DAY)
    return replace(known, **changes)


def recorded(said: Record, new_period: bool = True) -> e.CertificateRecorded:
    return e.CertificateRecorded(
        person_id=said.person_id, division=said.division, category=said.category, grade=said.grade, valid_from=said.valid_from,
        valid_to=said.valid_to, as_of=said.as_of, new_period=new_period,
    )  # fmt: skip


def test_a_mirroring_county_takes_cards_from_the_roster_and_from_nowhere_else() -> None:
    certificate().when(row(), DAY).then(recorded(row()))
    past = (recorded(row()),)
    certificate(*past).when(row(), DAY).then_nothing()
    later = row(valid_from=date(2026, 3, 2), valid_to=date(2036, 3, 2))
    certificate(*past).when(later, DAY).then(recorded(later))
    certificate(*past).when(row(grade=1), DAY).then(recorded(row(grade=1), new_period=False))
    certificate(*past).when(row(grade=1, as_of=date(2026, 3, 1)), DAY).then_nothing()
    certificate(*past).when(c.Renew(), date(2030, 1, 7)).rejected("national_register_decides")
    certificate(*s.ISSUED_PAST).when(row(division=s.VILLAGE), DAY).rejected("county_keeps_register")


def test_a_roster_proposes_and_never_freezes_or_cancels() -> None:
    past = (recorded(row()),)
    proposed = e.CertificateActionProposed(
        person_id=s.PERSON, action=t.ProposedAction.FREEZE, reason="ROSTER", source=t.ProposalSource.ROSTER, proposed_on=DAY
    )
    certificate(*past).when(row(frozen=True), DAY).then(proposed)
    certificate(*past, proposed).when(row(frozen=True), DAY).then_nothing()
    gone = replace(proposed, action=t.ProposedAction.CANCEL, reason="DEATH")
    certificate(*past).when(row(cancelled=t.CancellationReason.DEATH), DAY).then(gone)
    certificate(*past).when(row(lost=True), DAY).then(e.CertificateReportedLost(person_id=s.PERSON, reported_on=DAY))
    certificate(*past, replace(s.CANCELLED, cancelled_on=DAY)).when(row(), DAY).rejected("certificate_cancelled")


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
)  # fmt: skip
def test_a_card_that_is_new_moving_or_proposed_about_is_not_missing(past: tuple[Any, ...], as_of: date) -> None:
    certificate(*past).when(Missing(as_of), DAY + timedelta(days=2)).then_nothing()


def test_a_card_that_a_newer_roster_lacks_is_proposed_to_end() -> None:
    proposed = e.CertificateActionProposed(
        person_id=s.PERSON, action=t.ProposedAction.CANCEL, reason="NOT_ON_ROSTER", source=t.ProposalSource.ROSTER, proposed_on=DAY
    )
    certificate(recorded(row(as_of=DAY - timedelta(days=7)))).when(Missing(DAY), DAY).then(proposed)
    certificate(*s.ISSUED_PAST).when(Missing(DAY), DAY).rejected("county_keeps_register")
