"""What an event makes of a state: the fold of a certificate's stream. Decides nothing, refuses nothing."""

from dataclasses import replace
from datetime import date
from typing import Any

from services.certificates import vocabulary
from services.certificates.certificate import states
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.card import events as card_events


def evolve(state: states.State, happened: Any) -> states.State:
    """The certificate after an event."""
    if isinstance(happened, application_events.CertificateApplicationSubmitted):
        h = happened
        return states.Applied(states.File(h.person_id, h.division, h.channel, h.applied_on, h.applicant, h.accepting_county))
    if isinstance(happened, card_events.CertificateRecorded):
        return _recorded(state, happened)
    if isinstance(state, states.Absent):
        return state
    if isinstance(state, states.Valid):
        return _held(state, happened)
    if isinstance(state, states.Ended):
        return replace(state.was, file=_on(state.file, happened.revoked_on)) if _revokes(happened) else state
    return _applying(state, happened)


def _revokes(happened: Any) -> bool:
    return isinstance(happened, card_events.CertificateCancellationRevoked)


def _on(file: states.File, day: date) -> states.File:
    return replace(file, last_on=max(file.last_on, day))


def _conclusion(happened: Any) -> states.Conclusion:
    return states.Conclusion(happened.category, happened.grade, happened.constituents)


def _order(happened: application_events.AssessmentOrdered) -> states.Order:
    return states.Order(happened.institution, happened.setting, happened.due_on)


def _visited(order: states.Order, happened: Any) -> states.Order:
    """A home assessment's round, a round that missed, a day that passed."""
    match happened:
        case application_events.HomeAssessmentScheduled(round_id=round_id, on=on):
            return replace(order, round_id=round_id, visit_on=on)
        case application_events.HomeAssessmentMissed():
            return replace(order, round_id=None, visit_on=None)
        case application_events.HomeAssessmentOverdue():
            return replace(order, overdue=True)
    return order


def _unscheduled(review: states.Review | None) -> states.Review | None:
    """The rounds of the old place do not come to the new one."""
    if review is None or review.order is None:
        return review
    return replace(review, order=replace(review.order, round_id=None, visit_on=None))


def _recorded(state: states.State, h: card_events.CertificateRecorded) -> states.State:
    """A card of the national register; what is known of loss, freezing and the suffix stays."""
    card = states.Card(_conclusion(h), h.valid_from, h.valid_to, as_of=h.as_of)
    if isinstance(state, states.Valid):
        same = (state.card.valid_from, state.card.valid_to) == (h.valid_from, h.valid_to)
        told = replace(state.card, conclusion=card.conclusion, as_of=h.as_of) if same else replace(card, suffix=state.card.suffix)
        return replace(state, card=told, review=None)
    if isinstance(state, states.Absent):
        return states.Valid(states.File(h.person_id, h.division, vocabulary.ApplicationChannel.UNKNOWN, h.as_of), card)
    return states.Valid(_on(state.file, h.as_of), card)


def _applying(state: Any, happened: Any) -> states.State:
    file = state.file
    match happened:
        case application_events.CertificateApplicationForwarded(forwarded_on=on):
            return states.Applied(_on(file, on), forwarded=True)
        case application_events.CertificateApplicationAccepted(accepted_on=on):
            return states.Accepted(_on(file, on))
        case application_events.CertificateApplicationReturned(returned_on=on):
            return states.Returned(_on(file, on))
        case application_events.CertificateApplicationWithdrawn(withdrawn_on=on):
            return states.Withdrawn(_on(file, on))
        case application_events.CertificateApplicationRefused(refused_on=on):
            level = vocabulary.DisputeLevel.PREFECTURE if isinstance(state, states.NotMet) else None
            return states.Refused(_on(file, on), level, on if level else None)
        case application_events.AssessmentOrdered(ordered_on=on):
            return states.InAssessment(_on(file, on), _order(happened))
        case (
            application_events.HomeAssessmentScheduled()
            | application_events.HomeAssessmentMissed()
            | application_events.HomeAssessmentOverdue()
        ) if isinstance(state, states.InAssessment):
            return replace(state, order=_visited(state.order, happened))
        case application_events.AssessmentCompleted(completed_on=on):
            return (
                states.Assessed(_on(file, on), _conclusion(happened)) if happened.meets_standard else states.NotMet(_on(file, on))
            )
        case application_events.AssessmentDisputed(level=level, disputed_on=on):
            return states.Disputed(_on(file, on), level)
        case application_events.DisputeDecided(upheld=True, decided_on=on):
            return states.Accepted(_on(file, on))
        case application_events.DisputeDecided(final=final, decided_on=on):
            return states.Refused(_on(file, on), None if final else vocabulary.DisputeLevel.PROVINCE, None if final else on)
        case card_events.CertificateIssued() if isinstance(state, states.NoticeClosed):
            card = states.Card(_conclusion(happened), happened.valid_from, happened.valid_to)
            return states.Valid(_on(file, happened.valid_from), card, concluded_on=happened.valid_from)
    return _noticed(state, happened)


def _noticed(state: Any, happened: Any) -> states.State:
    if not isinstance(state, states.CONCLUDED):
        return state  # type: ignore[no-any-return]
    file, known = state.file, state.conclusion
    match happened:
        case application_events.PublicNoticeOrdered(ordered_on=on):
            return states.NoticeOrdered(_on(file, on), known)
        case application_events.PublicNoticeStarted(starts_on=on, ends_on=ends_on):
            return states.InNotice(_on(file, on), known, ends_on)
        case application_events.ObjectionRaised(objection_id=objection) if isinstance(state, states.InNotice | states.Contested):
            return replace(state, objections=state.objections | {objection})
        case application_events.ObjectionAnswered(objection_id=objection, upheld=upheld) if isinstance(
            state, states.InNotice | states.Contested
        ):
            after = replace(state, objections=state.objections - {objection}, upheld=state.upheld or upheld)
            return _settled(after) if isinstance(after, states.Contested) else after
        case application_events.PublicNoticeClosed(objections=objections, closed_on=on):
            named, upheld = (state.objections, state.upheld) if isinstance(state, states.InNotice) else (frozenset(), False)
            return _settled(states.Contested(_on(file, on), known, named, upheld, objections - len(named)))
    return state


def _settled(state: states.Contested) -> states.State:
    """Nothing stands against the notice when every objection was answered and none upheld."""
    stands = state.objections or state.upheld or state.unnamed
    return state if stands else states.NoticeClosed(state.file, state.conclusion)


def _held(state: states.Valid, happened: Any) -> states.State:
    match happened:
        case card_events.CertificateExpiryApproaching(window=window, reminder=reminder, again_on=again_on, told_on=on):
            noted, first = state.card.noted | {(window, reminder)}, state.card.told_on or on
            return replace(state, card=replace(state.card, noted=noted, told_on=first, again_on=again_on))
        case card_events.CertificateExpired():
            return replace(state, card=replace(state.card, expired=True))
        case card_events.CertificateRenewed(valid_from=since, valid_to=until):
            card = states.Card(state.card.conclusion, since, until)
            return replace(_settled_card(state, card), file=_on(state.file, since), level=vocabulary.DisputeLevel.PREFECTURE)
        case card_events.CertificateRegraded(valid_from=since, valid_to=until):
            card = states.Card(_conclusion(happened), since, until)
            new = replace(_settled_card(state, card), file=_on(state.file, since))
            return replace(new, level=vocabulary.DisputeLevel.PREFECTURE, concluded_on=since)
        case card_events.CertificateReplaced(replaced_on=on):
            return replace(state, file=_on(state.file, on))
        case card_events.CertificateReportedLost(reported_on=on):
            return replace(state, lost_on=on)
        case card_events.CertificateReissued(suffix=suffix, reissued_on=on):
            return replace(state, file=_on(state.file, on), lost_on=None, card=replace(state.card, suffix=suffix))
        case card_events.CertificateTransferredOut(to_division=to, transferred_on=on):
            return replace(state, file=replace(_on(state.file, on), division=to), arriving=True, review=_unscheduled(state.review))
        case card_events.CertificateTransferredIn(received_on=on):
            return replace(state, file=_on(state.file, on), arriving=False)
    return _ending(_reviewed(state, happened), happened)


def _settled_card(state: states.Valid, card: states.Card) -> states.Valid:
    """A new card: what was lost, proposed, told or under review belonged to the old one."""
    return replace(state, card=card, lost_on=None, proposal=None, told=frozenset(), review=None, disputed=None)


def _reviewed(state: states.Valid, happened: Any) -> states.Valid:
    match happened:
        case card_events.ReviewOpened(kind=kind, opened_on=on):
            return replace(state, file=_on(state.file, on), review=states.Review(kind))
        case card_events.ReviewClosed(closed_on=on):
            return replace(state, file=_on(state.file, on), review=None)
        case application_events.AssessmentDisputed(level=level, disputed_on=on):
            return replace(state, file=_on(state.file, on), disputed=level)
        case application_events.DisputeDecided(upheld=upheld, final=final, decided_on=on):
            goes_on = not upheld and not final
            then = (
                {"level": vocabulary.DisputeLevel.PROVINCE, "concluded_on": on}
                if goes_on
                else {"level": None, "concluded_on": None}
            )
            return replace(state, file=_on(state.file, on), disputed=None, **then)
    review = state.review
    match happened, review:
        case application_events.AssessmentOrdered(ordered_on=on), states.Review():
            return replace(state, file=_on(state.file, on), review=replace(review, order=_order(happened)))
        case application_events.AssessmentCompleted(completed_on=on), states.Review():
            met = happened.meets_standard
            done = replace(review, conclusion=_conclusion(happened) if met else None, not_met=not met)
            return replace(state, file=_on(state.file, on), review=done)
        case _, states.Review(order=states.Order() as order):
            return replace(state, review=replace(review, order=_visited(order, happened)))
    return state


def _ending(state: states.Valid, happened: Any) -> states.State:
    match happened:
        case card_events.CertificateActionProposed(action=action, reason=reason):
            return replace(state, proposal=states.Proposal(action, reason))
        case card_events.CertificateActionDismissed():
            return replace(state, proposal=None, told=frozenset())
        case card_events.HolderTold(action=action):
            return replace(state, told=state.told | {action})
        case card_events.CertificateFrozen(reason=reason, frozen_on=on):
            told = state.told - {vocabulary.ProposedAction.FREEZE}
            return replace(state, file=_on(state.file, on), frozen=reason, proposal=None, told=told)
        case card_events.CertificateUnfrozen(unfrozen_on=on):
            return replace(state, file=_on(state.file, on), frozen=None)
        case card_events.CertificateCancelled(reason=reason, cancelled_on=on):
            file = _on(state.file, on)
            return states.Ended(file, replace(state, file=file, proposal=None, told=frozenset(), review=None), reason)
    return state
