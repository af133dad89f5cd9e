"""What an event makes of an application, and of an assessment: the fold from the application to the card. Decides nothing."""

from dataclasses import replace
from datetime import date
from typing import assert_never

from services.certificates import vocabulary
from services.certificates.certificate import states
from services.certificates.certificate.application import events as application_events

Applying = states.Open | states.Refused | states.Disputed | states.Withdrawn


def on_day(file: states.File, day: date) -> states.File:
    """The last step was on this day, or on a later one that is known."""
    return replace(file, last_on=max(file.last_on, day))


def concluded(event: application_events.AssessmentCompleted) -> states.Conclusion | None:
    """The institution's conclusion; None when the standard is not met."""
    if not event.meets_standard or event.category is None or event.grade is None:
        return None
    return states.Conclusion(event.category, event.grade, event.constituents)


def order_of(event: application_events.AssessmentOrdered) -> states.Order:
    """An order that is in no round yet."""
    return states.Order(event.institution, event.setting, event.due_on)


Visited = (
    application_events.HomeAssessmentScheduled | application_events.HomeAssessmentMissed | application_events.HomeAssessmentOverdue
)


def visited(order: states.Order, event: Visited) -> states.Order:
    """A home assessment's round, a round that missed, a day that passed."""
    match event:
        case application_events.HomeAssessmentScheduled(round_id=round_id, on=on):
            return replace(order, round_id=round_id, visit_on=on)
        case application_events.HomeAssessmentMissed():
            return replace(order, round_id=None, visit_on=None)
        case application_events.HomeAssessmentOverdue():
            return replace(order, overdue=True)
        case _:
            assert_never(event)


def applying(state: Applying, event: application_events.ApplicationEvent | application_events.AssessmentEvent) -> states.State:
    """The application after an event that does not make a card of it."""
    file = state.file
    match event:
        case application_events.CertificateApplicationForwarded(forwarded_on=on):
            return states.Applied(on_day(file, on), forwarded=True)
        case application_events.CertificateApplicationAccepted(accepted_on=on):
            return states.Accepted(on_day(file, on))
        case application_events.CertificateApplicationReturned(returned_on=on):
            return states.Returned(on_day(file, on))
        case application_events.CertificateApplicationWithdrawn(withdrawn_on=on):
            return states.Withdrawn(on_day(file, on))
        case application_events.CertificateApplicationRefused(refused_on=on):
            level = vocabulary.DisputeLevel.PREFECTURE if isinstance(state, states.NotMet) else None
            return states.Refused(on_day(file, on), level, on if level else None)
        case (
            application_events.AssessmentOrdered()
            | application_events.HomeAssessmentScheduled()
            | application_events.HomeAssessmentMissed()
            | application_events.HomeAssessmentOverdue()
            | application_events.AssessmentCompleted()
            | application_events.AssessmentDisputed()
            | application_events.DisputeDecided()
        ):
            return _assessed(state, event)
        case (
            application_events.PublicNoticeOrdered()
            | application_events.PublicNoticeStarted()
            | application_events.PublicNoticeClosed()
            | application_events.ObjectionRaised()
            | application_events.ObjectionAnswered()
        ):
            return _noticed(state, event) if isinstance(state, states.Concluded) else state
        case application_events.CertificateApplicationSubmitted() | application_events.NoticeGiven():
            return state
        case _:
            assert_never(event)


def _assessed(state: Applying, event: application_events.AssessmentEvent) -> states.State:
    file = state.file
    match event:
        case application_events.AssessmentOrdered(ordered_on=on):
            return states.InAssessment(on_day(file, on), order_of(event))
        case (
            application_events.HomeAssessmentScheduled()
            | application_events.HomeAssessmentMissed()
            | application_events.HomeAssessmentOverdue()
        ):
            return replace(state, order=visited(state.order, event)) if isinstance(state, states.InAssessment) else state
        case application_events.AssessmentCompleted(completed_on=on):
            conclusion = concluded(event)
            return states.Assessed(on_day(file, on), conclusion) if conclusion else states.NotMet(on_day(file, on))
        case application_events.AssessmentDisputed(level=level, disputed_on=on):
            return states.Disputed(on_day(file, on), level)
        case application_events.DisputeDecided(upheld=upheld, final=final, decided_on=on):
            if upheld:
                return states.Accepted(on_day(file, on))
            if final:
                return states.Refused(on_day(file, on))
            return states.Refused(on_day(file, on), vocabulary.DisputeLevel.PROVINCE, on)
        case _:
            assert_never(event)


Noticed = (
    application_events.PublicNoticeOrdered
    | application_events.PublicNoticeStarted
    | application_events.PublicNoticeClosed
    | application_events.ObjectionRaised
    | application_events.ObjectionAnswered
)


def _noticed(state: states.Concluded, event: Noticed) -> states.State:
    file, conclusion = state.file, state.conclusion
    against = state if isinstance(state, states.InNotice | states.Contested) else None
    match event:
        case application_events.PublicNoticeOrdered(ordered_on=on):
            return states.NoticeOrdered(on_day(file, on), conclusion)
        case application_events.PublicNoticeStarted(starts_on=on, ends_on=ends_on):
            return states.InNotice(on_day(file, on), conclusion, ends_on)
        case application_events.ObjectionRaised(objection_id=objection):
            return replace(against, objections=against.objections | {objection}) if against else state
        case application_events.ObjectionAnswered(objection_id=objection, upheld=upheld):
            if against is None:
                return state
            answered = replace(against, objections=against.objections - {objection}, upheld=against.upheld or upheld)
            return _cleared(answered) if isinstance(answered, states.Contested) else answered
        case application_events.PublicNoticeClosed(objections=objections, closed_on=on):
            named = state.objections if isinstance(state, states.InNotice) else frozenset()
            upheld = isinstance(state, states.InNotice) and state.upheld
            return _cleared(states.Contested(on_day(file, on), conclusion, named, upheld, objections - len(named)))
        case _:
            assert_never(event)


def _cleared(state: states.Contested) -> states.State:
    """Nothing stands against the notice when every objection was answered and none upheld."""
    stands = state.objections or state.upheld or state.unnamed
    return state if stands else states.NoticeClosed(state.file, state.conclusion)
