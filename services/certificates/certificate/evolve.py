"""What an event makes of a state: the fold of a certificate's stream. Decides nothing, refuses nothing.

`application/evolve.py` folds what comes before the card, `card/evolve.py` what comes after.
"""

from dataclasses import replace

from services.certificates import vocabulary
from services.certificates.certificate import states
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.application.evolve import applying, on_day
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.card.evolve import conclusion_of, held
from services.certificates.certificate.events import Event


def evolve(state: states.State, event: Event) -> states.State:
    """The certificate after an event; one that does not belong to the state leaves it as it is."""
    match event:
        case application_events.CertificateApplicationSubmitted():
            return states.Applied(
                states.File(
                    event.person_id, event.division, event.channel, event.applied_on, event.applicant, event.accepting_county
                )
            )
        case card_events.CertificateRecorded():
            return _recorded(state, event)
        case card_events.CertificateIssued():
            return _issued(state, event)
    match state:
        case states.Absent():
            return state
        case states.Valid():
            return state if isinstance(event, application_events.ApplicationEvent) else held(state, event)
        case states.Ended():
            if isinstance(event, card_events.CertificateCancellationRevoked):
                return replace(state.was, file=on_day(state.file, event.revoked_on))
            return state
        case _:
            return state if isinstance(event, card_events.CardEvent) else applying(state, event)


def _recorded(state: states.State, event: card_events.CertificateRecorded) -> states.State:
    """A card of the national register; what is known of loss, freezing and the suffix stays."""
    card = states.Card(conclusion_of(event), event.valid_from, event.valid_to, as_of=event.as_of)
    if isinstance(state, states.Valid):
        if (state.card.valid_from, state.card.valid_to) == (event.valid_from, event.valid_to):
            shown = replace(state.card, conclusion=card.conclusion, as_of=event.as_of)
        else:
            shown = replace(card, suffix=state.card.suffix)
        return replace(state, card=shown, review=None)
    if isinstance(state, states.Absent):
        return states.Valid(states.File(event.person_id, event.division, vocabulary.ApplicationChannel.UNKNOWN, event.as_of), card)
    return states.Valid(on_day(state.file, event.as_of), card)


def _issued(state: states.State, event: card_events.CertificateIssued) -> states.State:
    if not isinstance(state, states.NoticeClosed):
        return state
    card = states.Card(conclusion_of(event), event.valid_from, event.valid_to)
    return states.Valid(on_day(state.file, event.valid_from), card, concluded_on=event.valid_from)
