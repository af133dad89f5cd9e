"""What the delivery engine is given: a delivery's part of a letter, and what every source of deliveries can do. Values and a protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid5

from services.engine.runtime import Runtime
from services.kernel.events import Context
from services.notifications.channels.letter import Letter, Receipt
from services.notifications.delivery.queue import Delivery
from services.notifications.vocabulary import Channel

ACTOR = "machine:notifications.delivering"


@dataclass(frozen=True, slots=True)
class Content:
    """One delivery's part of a letter. `link`: by which an office takes note, for the channels that may carry one. `repr` shows nothing."""

    to: str = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    item: Mapping[str, Any] = field(repr=False)
    link: str | None = field(default=None, repr=False)


class Source(Protocol):
    """How deliveries of one source are understood. `prepare` and `settled` run on the engine's connection, inside its transaction."""

    async def prepare(self, runtime: Runtime, conn: Any, claimed: Sequence[Delivery]) -> Sequence[Content | str]:
        """For each delivery what to send, or the code of the reason why it need not be sent any more."""
        ...

    async def addressed(self, runtime: Runtime, channel: Channel, contents: Sequence[Content], letter: Letter) -> Letter | Receipt:
        """The letter as it goes out, or why it cannot now. The last step, outside any transaction: an address that we may not keep is
        asked for here. Raises nothing."""
        ...

    async def settled(
        self, runtime: Runtime, conn: Any, done: Sequence[Delivery], channel: Channel, state: str, reason: str
    ) -> None:
        """What follows from `sent`, `delivered`, `failed`, `suppressed` or a try that failed (`due`, `unknown`)."""
        ...


def about(runtime: Runtime, delivery: Delivery, state: str) -> Context:
    """The context of what a delivery's end causes: the same receipt of the same attempt makes the same event ids."""
    seed = uuid5(delivery.delivery_id, f"{delivery.attempt}/{state}")
    return Context(
        actor=ACTOR,
        now=runtime.clock(),
        seed=seed,
        correlation_id=delivery.correlation_id,
        causation_id=delivery.cause_id,
    )
