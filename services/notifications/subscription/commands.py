"""What can be done with an office's subscriptions, and the scope that each asks for. Values only; `decider` decides."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.notifications.vocabulary import Channel, DisablingReason, NoticeSeverity


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be told: causing events (empty = all), from which severity on, one by one or as a digest, of subjects in which
    divisions (prefixes inside the office's own; empty = all that the office is told)."""

    event_types: tuple[str, ...] = ()
    least_severity: NoticeSeverity = NoticeSeverity.LOW
    digest: bool = False
    divisions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfOffice:
    """What an office does with its own subscriptions; another office's are touched by an operator alone (`Operated`)."""

    SCOPE: ClassVar[str] = "subscribers.manage"


@dataclass(frozen=True, slots=True)
class Register(OfOffice):
    """The office shall be able to subscribe."""

    agency: str
    division: str


@dataclass(frozen=True, slots=True)
class Subscribe(OfOffice):
    """A new subscription."""

    subscription_id: UUID
    channel: Channel
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Change(OfOffice):
    """From now on this is wanted."""

    subscription_id: UUID
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Pause(OfOffice):
    """Send nothing for now."""

    subscription_id: UUID


@dataclass(frozen=True, slots=True)
class Resume(OfOffice):
    """Go on where it stopped; also after it was disabled."""

    subscription_id: UUID


@dataclass(frozen=True, slots=True)
class Rewind(OfOffice):
    """Tell again everything from `to_seq` on. `first` and `last` are the log's ends as the endpoint saw them."""

    subscription_id: UUID
    to_seq: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Touch(OfOffice):
    """The office's own business with a subscription that is no event: a new secret, a test. Decides only who may."""

    subscription_id: UUID


@dataclass(frozen=True, slots=True)
class Disable:
    """The delivery engine: the address has ended or failed for days (machine)."""

    subscription_id: UUID
    reason: DisablingReason


@dataclass(frozen=True, slots=True)
class Operated:
    """An operator asks, on behalf of whichever office."""

    command: "ByOffice"


ByOffice = Register | Subscribe | Change | Pause | Resume | Rewind | Touch
Command = ByOffice | Disable | Operated
