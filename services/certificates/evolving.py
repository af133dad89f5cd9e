"""What an event makes of a state: the fold of a certificate's stream. Decides nothing, refuses nothing."""

from dataclasses import replace
from datetime import date
from typing import Any

from services.certificates import application_events as a
from services.certificates import card_events as e
from services.certificates import states as s
from services.certificates import terms as t


def evolve(state: s.State, happened: Any) -> s.State:
    """The certificate after an event."""
    if isinstance(happened, a.CertificateApplicationSubmitted):
        h = happened
        return s.Applied(s.File(h.person_id, h.division, h.channel, h.applied_on, h.applicant, h.accepting_county))
    if isinstance(happened, e.CertificateRecorded):
        return _recorded(state, happened)
    if isinstance(state, s.Absent):
        return state
    if isinstance(state, s.Valid):
        return _held(state, happened)
    if isinstance(state, s.Ended):
        return replace(state.was, file=_on(state.file, happened.revoked_on)) if _revokes(happened) else state
    return _applying(state, happened)


def _revokes(happened: Any) -> bool:
    return isinstance(happened, e.CertificateCancellationRevoked)


def _on(file: s.File, day: date) -> s.File:
    return replace(file, last_on=max(file.last_on, day))


def _conclusion(happened: Any) -> s.Conclusion:
    return s.Conclusion(happened.category, happened.grade, happened.constituents)


def _order(happened: a.AssessmentOrdered) -> s.Order:
    return s.Order(happened.institution, happened.setting, happened.due_on)


def _visited(order: s.Order, happened: Any) -> s.Order:
    """A home assessment's round, a round that missed, a day that passed."""
    match happened:
        case a.HomeAssessmentScheduled(round_id=round_id, on=on):
            return replace(order, round_id=round_id, visit_on=on)
        case a.HomeAssessmentMissed():
            return replace(order, round_id=None, visit_on=None)
        case a.HomeAssessmentOverdue():
            return replace(order, overdue=True)
    return order


def _unscheduled(review: s.Review | None) -> s.Review | None:
    """The rounds of the old place do not come to the new one."""
    if review is None or review.order is None:
        return review
    return replace(review, order=replace(review.order, round_id=None, visit_on=None))


def _recorded(state: s.State, h: e.CertificateRecorded) -> s.State:
    """A card of the national register; what is known of loss, freezing and the suffix stays."""
    card = s.Card(_conclusion(h), h.valid_from, h.valid_to, as_of=h.as_of)
    if isinstance(state, s.Valid):
        same = (state.card.valid_from, state.card.valid_to) == (h.valid_from, h.valid_to)
        told = replace(state.card, conclusion=card.conclusion, as_of=h.as_of) if same else replace(card, suffix=state.card.suffix)
        return replace(state, card=told, review=None)
    if isinstance(state, s.Absent):
        return s.Valid(s.File(h.person_id, h.division, t.ApplicationChannel.UNKNOWN, h.as_of), card)
    return s.Valid(_on(state.file, h.as_of), card)


def _applying(state: Any, happened: Any) -> s.State:
    file = state.file
    match happened:
        case a.CertificateApplicationForwarded(forwarded_on=on):
            return s.Applied(_on(file, on), forwarded=True)
        case a.CertificateApplicationAccepted(accepted_on=on):
            return s.Accepted(_on(file, on))
        case a.CertificateApplicationReturned(returned_on=on):
            return s.Returned(_on(file, on))
        case a.CertificateApplicationWithdrawn(withdrawn_on=on):
            return s.Withdrawn(_on(file, on))
        case a.CertificateApplicationRefused(refused_on=on):
            level = t.DisputeLevel.PREFECTURE if isinstance(state, s.NotMet) else None
            return s.Refused(_on(file, on), level, on if level else None)
        case a.AssessmentOrdered(ordered_on=on):
            return s.InAssessment(_on(file, on), _order(happened))
        case a.HomeAssessmentScheduled() | a.HomeAssessmentMissed() | a.HomeAssessmentOverdue() if isinstance(
            state, s.InAssessment
        ):
            return replace(state, order=_visited(state.order, happened))
        case a.AssessmentCompleted(completed_on=on):
            return s.Assessed(_on(file, on), _conclusion(happened)) if happened.meets_standard else s.NotMet(_on(file, on))
        case a.AssessmentDisputed(level=level, disputed_on=on):
            return s.Disputed(_on(file, on), level)
        case a.DisputeDecided(upheld=True, decided_on=on):
            return s.Accepted(_on(file, on))
        case a.DisputeDecided(final=final, decided_on=on):
            return s.Refused(_on(file, on), None if final else t.DisputeLevel.PROVINCE, None if final else on)
        case e.CertificateIssued() if isinstance(state, s.NoticeClosed):
            card = s.Card(_conclusion(happened), happened.valid_from, happened.valid_to)
            return s.Valid(_on(file, happened.valid_from), card, concluded_on=happened.valid_from)
    return _noticed(state, happened)


def _noticed(state: Any, happened: Any) -> s.State:
    if not isinstance(state, s.CONCLUDED):
        return state  # type: ignore[no-any-return]
    file, known = state.file, state.conclusion
    match happened:
        case a.PublicNoticeOrdered(ordered_on=on):
            return s.NoticeOrdered(_on(file, on), known)
        case a.PublicNoticeStarted(starts_on=on, ends_on=ends_on):
            return s.InNotice(_on(file, on), known, ends_on)
        case a.ObjectionRaised(objection_id=objection) if isinstance(state, s.InNotice | s.Contested):
            return replace(state, objections=state.objections | {objection})
        case a.ObjectionAnswered(objection_id=objection, upheld=upheld) if isinstance(state, s.InNotice | s.Contested):
            after = replace(state, objections=state.objections - {objection}, upheld=state.upheld or upheld)
            return _settled(after) if isinstance(after, s.Contested) else after
        case a.PublicNoticeClosed(objections=objections, closed_on=on):
            named, upheld = (state.objections, state.upheld) if isinstance(state, s.InNotice) else (frozenset(), False)
            return _settled(s.Contested(_on(file, on), known, named, upheld, objections - len(named)))
    return state


def _settled(state: s.Contested) -> s.State:
    """Nothing stands against the notice when every objection was answered and none upheld."""
    stands = state.objections or state.upheld or state.unnamed
    return state if stands else s.NoticeClosed(state.file, state.conclusion)


def _held(state: s.Valid, happened: Any) -> s.State:
    match happened:
        case e.CertificateExpiryApproaching(window=window, reminder=reminder, again_on=again_on, told_on=on):
            noted, first = state.card.noted | {(window, reminder)}, state.card.told_on or on
            return replace(state, card=replace(state.card, noted=noted, told_on=first, again_on=again_on))
        case e.CertificateExpired():
            return replace(state, card=replace(state.card, expired=True))
        case e.CertificateRenewed(valid_from=since, valid_to=until):
            card = s.Card(state.card.conclusion, since, until)
            return replace(_settled_card(state, card), file=_on(state.file, since), level=t.DisputeLevel.PREFECTURE)
        case e.CertificateRegraded(valid_from=since, valid_to=until):
            card = s.Card(_conclusion(happened), since, until)
            new = replace(_settled_card(state, card), file=_on(state.file, since))
            return replace(new, level=t.DisputeLevel.PREFECTURE, concluded_on=since)
        case e.CertificateReplaced(replaced_on=on):
            return replace(state, file=_on(state.file, on))
        case e.CertificateReportedLost(reported_on=on):
            return replace(state, lost_on=on)
        case e.CertificateReissued(suffix=suffix, reissued_on=on):
            return replace(state, file=_on(state.file, on), lost_on=None, card=replace(state.card, suffix=suffix))
        case e.CertificateTransferredOut(to_division=to, transferred_on=on):
            return replace(state, file=replace(_on(state.file, on), division=to), arriving=True, review=_unscheduled(state.review))
        case e.CertificateTransferredIn(received_on=on):
            return replace(state, file=_on(state.file, on), arriving=False)
    return _ending(_reviewed(state, happened), happened)


def _settled_card(state: s.Valid, card: s.Card) -> s.Valid:
    """A new card: what was lost, proposed, told or under review belonged to the old one."""
    return replace(state, card=card, lost_on=None, proposal=None, told=frozenset(), review=None, disputed=None)


def _reviewed(state: s.Valid, happened: Any) -> s.Valid:
    match happened:
        case e.ReviewOpened(kind=kind, opened_on=on):
            return replace(state, file=_on(state.file, on), review=s.Review(kind))
        case e.ReviewClosed(closed_on=on):
            return replace(state, file=_on(state.file, on), review=None)
        case a.AssessmentDisputed(level=level, disputed_on=on):
            return replace(state, file=_on(state.file, on), disputed=level)
        case a.DisputeDecided(upheld=upheld, final=final, decided_on=on):
            goes_on = not upheld and not final
            then = {"level": t.DisputeLevel.PROVINCE, "concluded_on": on} if goes_on else {"level": None, "concluded_on": None}
            return replace(state, file=_on(state.file, on), disputed=None, **then)
    review = state.review
    match happened, review:
        case a.AssessmentOrdered(ordered_on=on), s.Review():
            return replace(state, file=_on(state.file, on), review=replace(review, order=_order(happened)))
        case a.AssessmentCompleted(completed_on=on), s.Review():
            met = happened.meets_standard
            done = replace(review, conclusion=_conclusion(happened) if met else None, not_met=not met)
            return replace(state, file=_on(state.file, on), review=done)
        case _, s.Review(order=s.Order() as order):
            return replace(state, review=replace(review, order=_visited(order, happened)))
    return state


def _ending(state: s.Valid, happened: Any) -> s.State:
    match happened:
        case e.CertificateActionProposed(action=action, reason=reason):
            return replace(state, proposal=s.Proposal(action, reason))
        case e.CertificateActionDismissed():
            return replace(state, proposal=None, told=frozenset())
        case e.HolderTold(action=action):
            return replace(state, told=state.told | {action})
        case e.CertificateFrozen(reason=reason, frozen_on=on):
            told = state.told - {t.ProposedAction.FREEZE}
            return replace(state, file=_on(state.file, on), frozen=reason, proposal=None, told=told)
        case e.CertificateUnfrozen(unfrozen_on=on):
            return replace(state, file=_on(state.file, on), frozen=None)
        case e.CertificateCancelled(reason=reason, cancelled_on=on):
            file = _on(state.file, on)
            return s.Ended(file, replace(state, file=file, proposal=None, told=frozenset(), review=None), reason)
    return state
