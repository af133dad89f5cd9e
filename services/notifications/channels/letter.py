"""What every sender takes and gives. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class Outcome(StrEnum):
    """What is known after an attempt."""

    SENT = "SENT"  # the provider took it; whether it arrived may be said later
    DELIVERED = "DELIVERED"  # it arrived: nothing more will be said
    REFUSED = "REFUSED"  # never again as it is: a wrong address, a forbidden word, a full stop by the provider
    LATER = "LATER"  # not now: overloaded, limited, or not there; nothing was taken
    NOT_TRIED = "NOT_TRIED"  # something of our own was missing; nobody was asked, so it costs no try
    UNKNOWN = "UNKNOWN"  # it may or may not have been taken: a silence after the request had left
    GONE = "GONE"  # the address itself has ended and must not be tried for anything any more


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one address. `repr` shows neither address nor content.

    `reference`: the same for every attempt of one delivery; what a provider is asked by, and knows repeats by. `to`: in the channel's
    own form (mail address, phone, URL). `text`: plain words; `data`: the same as structured content, for receivers that are machines.
    `keys`: what it is signed with or sealed for, the current one first (webhook secrets, a robot's signing secret, a certificate as PEM).
    `attempt`: which attempt this is, from 1; whoever can be told is told, for an earlier one may have arrived.
    """

    reference: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    keys: tuple[str, ...] = field(default=(), repr=False)
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an attempt. `reason`: a snake_case code without content; `retry_after`: seconds, when the provider named them."""

    outcome: Outcome
    provider_ref: str | None = None
    reason: str | None = None
    retry_after: float | None = None


class Sender(Protocol):
    """One channel over one provider; safe to use from many tasks at once."""

    async def send(self, letter: Letter) -> Receipt:
        """Try once, within the sender's own time limit. Raises nothing for what the world does."""
        ...

    async def ask(self, reference: str) -> Receipt | None:
        """What became of an earlier attempt; None when this provider cannot say."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...
