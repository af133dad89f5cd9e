"""What became of letters, written in one transaction with all that follows from it: the receipt of an attempt, and a late word.

Decides nothing about when a letter goes out (`engine.py`) and reads no provider's words (`channels/`).
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from prometheus_client import Counter

from services.engine.retry import raced
from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.notifications.channels.letter import Receipt
from services.notifications.delivery import queue
from services.notifications.delivery.letter import Group, fate
from services.notifications.delivery.source import Source
from services.notifications.policy.rows import Conduct
from services.notifications.vocabulary import Channel

ATTEMPTS = Counter(
    "shouwang_delivery_attempts_total", "deliveries' attempts by what became of them", ["channel", "state", "reason"]
)
Jitter = Callable[[], float]  # numbers in [0, 1), a new one for each letter
NOT_YET = ("due", "sending")


@dataclass(frozen=True, slots=True)
class Settled:
    """The receipt of a letter; `answered` when it is the provider's answer about an earlier attempt."""

    channel: Channel
    group: Group
    receipt: Receipt
    answered: bool = False


def conduct_of(runtime: Runtime, channel: Channel) -> Conduct:
    """How the channel may be used today."""
    found: Conduct = runtime.service.policy.conduct.one(channel, today(runtime.clock))
    return found


async def settle(runtime: Runtime, batch: Sequence[Settled], sources: Mapping[str, Source], jitter: Jitter = random.random) -> int:
    """Write what became of attempts, with all that follows, in one transaction; for how many deliveries it counted."""
    async with runtime.pool.acquire() as conn, conn.transaction():
        return await _settle(runtime, conn, batch, sources, jitter)


async def settle_later(runtime: Runtime, channel: Channel, reference: str, receipt: Receipt, sources: Mapping[str, Source]) -> bool:
    """Write what a provider says later of the letter `reference`; a repeat, or what comes after the end, changes nothing.

    False when no such letter is known to have been sent (yet): the receipt may have overtaken our own record of the sending, and
    must come again. The rows are locked meanwhile, so that neither of the two is lost, whichever is first.
    """
    try:
        letter_id = UUID(reference)
    except ValueError:
        return False

    async def work(conn: Any) -> bool:
        parts = await queue.sent_as(conn, channel, letter_id)
        if not parts or any(d.state in NOT_YET for d in parts):
            return False
        await _settle(runtime, conn, [Settled(channel, Group(tuple(parts)), receipt)], sources, random.random)
        return True

    return await raced(runtime.pool, work)


async def _settle(runtime: Runtime, conn: Any, batch: Sequence[Settled], sources: Mapping[str, Source], jitter: Jitter) -> int:
    settlements: dict[tuple[Channel, str], list[queue.Settlement]] = {}
    for each in batch:
        end = fate(each.group, each.receipt, conduct_of(runtime, each.channel), jitter(), each.answered)
        for d in each.group.parts:
            one = queue.Settlement(
                delivery=d,
                state=end.state,
                reason=end.reason,
                provider_ref=each.receipt.provider_ref,
                wait=end.wait,
                answered=each.answered,
                tried=end.tried,
                silence=end.silence,
            )
            settlements.setdefault((each.channel, d.source), []).append(one)
    counted = await queue.settle(conn, [one for some in settlements.values() for one in some])
    for (channel, source), some in settlements.items():
        done = [one for one in some if one.delivery.delivery_id in counted]
        for state, reason in sorted({(one.state, one.reason or "") for one in done}):
            mine = [one for one in done if (one.state, one.reason or "") == (state, reason)]
            # What was not even tried says nothing of how its recipient fares.
            if told := [one.delivery for one in mine if one.tried or one.silence or state not in ("due", "unknown")]:
                await sources[source].settled(runtime, conn, told, channel, state, reason)
            ATTEMPTS.labels(channel, state, reason).inc(len(mine))
    return len(counted)
