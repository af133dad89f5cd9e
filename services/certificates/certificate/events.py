"""Everything that happens to an application and to the certificate that comes of it: one closed type for the folds of a stream."""

from typing import get_args

from services.certificates.certificate.application.events import ApplicationEvent, AssessmentEvent
from services.certificates.certificate.card.events import CardEvent

Event = ApplicationEvent | AssessmentEvent | CardEvent
EVENTS: tuple[type, ...] = get_args(Event)
