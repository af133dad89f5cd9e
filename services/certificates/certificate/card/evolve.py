"""What an event makes of an issued certificate: renewal, review, loss, transfer, freezing, cancellation. Decides nothing."""

from dataclasses import replace
from typing import assert_never

from services.certificates import vocabulary
from services.certificates.certificate import states
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.application.evolve import concluded, on_day, order_of, visited
from services.certificates.certificate.card import events as card_events

Concluding = card_events.CertificateIssued | card_events.CertificateRecorded | card_events.CertificateRegraded


def conclusion_of(event: Concluding) -> states.Conclusion:
    """Category and grade of a card that begins with this event."""
    return states.Conclusion(event.category, event.grade, event.constituents)


def held(state: states.Valid, event: application_events.AssessmentEvent | card_events.CardEvent) -> states.State:
    """The certificate after an event of its own or of a new assessment."""
    file = state.file
    match event:
        case card_events.CertificateExpiryApproaching(window=window, reminder=reminder, again_on=again_on, told_on=on):
            noted, first = state.card.noted | {(window, reminder)}, state.card.told_on or on
            return replace(state, card=replace(state.card, noted=noted, told_on=first, again_on=again_on))
        case card_events.CertificateExpired():
            return replace(state, card=replace(state.card, expired=True))
        case card_events.CertificateRenewed(valid_from=since, valid_to=until):
            return _new_card(state, states.Card(state.card.conclusion, since, until))
        case card_events.CertificateRegraded(valid_from=since, valid_to=until):
            return replace(_new_card(state, states.Card(conclusion_of(event), since, until)), concluded_on=since)
        case card_events.CertificateReplaced(replaced_on=on):
            return replace(state, file=on_day(file, on))
        case card_events.CertificateReportedLost(reported_on=on):
            return replace(state, lost_on=on)
        case card_events.CertificateReissued(suffix=suffix, reissued_on=on):
            return replace(state, file=on_day(file, on), lost_on=None, card=replace(state.card, suffix=suffix))
        case card_events.CertificateTransferredOut(to_division=to, transferred_on=on):
            return replace(state, file=replace(on_day(file, on), division=to), arriving=True, review=_unscheduled(state.review))
        case card_events.CertificateTransferredIn(received_on=on):
            return replace(state, file=on_day(file, on), arriving=False)
        case card_events.ReviewOpened(kind=kind, opened_on=on):
            return replace(state, file=on_day(file, on), review=states.Review(kind))
        case card_events.ReviewClosed(closed_on=on):
            return replace(state, file=on_day(file, on), review=None)
        case card_events.CertificateIssued() | card_events.CertificateRecorded() | card_events.CertificateCancellationRevoked():
            return state
        case (
            card_events.CertificateActionProposed()
            | card_events.CertificateActionDismissed()
            | card_events.HolderTold()
            | card_events.CertificateFrozen()
            | card_events.CertificateUnfrozen()
            | card_events.CertificateCancelled()
        ):
            return _ending(state, event)
        case _:
            return _assessed_again(state, event)


def _unscheduled(review: states.Review | None) -> states.Review | None:
    """The rounds of the old place do not come to the new one."""
    if review is None or review.order is None:
        return review
    return replace(review, order=replace(review.order, round_id=None, visit_on=None))


def _new_card(state: states.Valid, card: states.Card) -> states.Valid:
    """What was lost, proposed, told or under review belonged to the old one; its conclusion may be disputed from the first level on."""
    return replace(
        state,
        file=on_day(state.file, card.valid_from),
        card=card,
        lost_on=None,
        proposal=None,
        told=frozenset(),
        review=None,
        disputed=None,
        level=vocabulary.DisputeLevel.PREFECTURE,
    )


def _assessed_again(state: states.Valid, event: application_events.AssessmentEvent) -> states.Valid:
    file, review = state.file, state.review
    match event:
        case application_events.AssessmentDisputed(level=level, disputed_on=on):
            return replace(state, file=on_day(file, on), disputed=level)
        case application_events.DisputeDecided(upheld=upheld, final=final, decided_on=on):
            goes_on = not upheld and not final
            next_level = vocabulary.DisputeLevel.PROVINCE if goes_on else None
            return replace(state, file=on_day(file, on), disputed=None, level=next_level, concluded_on=on if goes_on else None)
        case application_events.AssessmentOrdered(ordered_on=on):
            return replace(state, file=on_day(file, on), review=replace(review, order=order_of(event))) if review else state
        case application_events.AssessmentCompleted(completed_on=on):
            if review is None:
                return state
            conclusion = concluded(event)
            done = replace(review, conclusion=conclusion, not_met=conclusion is None)
            return replace(state, file=on_day(file, on), review=done)
        case (
            application_events.HomeAssessmentScheduled()
            | application_events.HomeAssessmentMissed()
            | application_events.HomeAssessmentOverdue()
        ):
            ordered = review.order if review else None
            if review is None or ordered is None:
                return state
            return replace(state, review=replace(review, order=visited(ordered, event)))
        case _:
            assert_never(event)


Ending = (
    card_events.CertificateActionProposed
    | card_events.CertificateActionDismissed
    | card_events.HolderTold
    | card_events.CertificateFrozen
    | card_events.CertificateUnfrozen
    | card_events.CertificateCancelled
)


def _ending(state: states.Valid, event: Ending) -> states.State:
    match event:
        case card_events.CertificateActionProposed(action=action, reason=reason):
            return replace(state, proposal=states.Proposal(action, reason))
        case card_events.CertificateActionDismissed():
            return replace(state, proposal=None, told=frozenset())
        case card_events.HolderTold(action=action):
            return replace(state, told=state.told | {action})
        case card_events.CertificateFrozen(reason=reason, frozen_on=on):
            told = state.told - {vocabulary.ProposedAction.FREEZE}
            return replace(state, file=on_day(state.file, on), frozen=reason, proposal=None, told=told)
        case card_events.CertificateUnfrozen(unfrozen_on=on):
            return replace(state, file=on_day(state.file, on), frozen=None)
        case card_events.CertificateCancelled(reason=reason, cancelled_on=on):
            file = on_day(state.file, on)
            return states.Ended(file, replace(state, file=file, proposal=None, told=frozenset(), review=None), reason)
        case _:
            assert_never(event)
