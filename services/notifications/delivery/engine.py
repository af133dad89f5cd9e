"""The delivery engine: due deliveries → letters → senders. Says when, how often and how fast; knows no provider and no content.

`sending`, with attempt and reference, is committed before a provider is called; no connection is held meanwhile; what became of it is
written afterwards together with the events that follow. A sender that dies in between leaves a lease that runs out: the letter's fate is
unknown, the provider is asked, and if it cannot say the letter goes out again, flagged and counted. Several processes may run it.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from prometheus_client import Counter

from services.engine.loop import AGAIN, looped
from services.engine.retry import Outage, passes
from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.kernel.errors import ClockInDoubt
from services.notifications.channels.letter import Letter, Outcome, Receipt, Sender
from services.notifications.delivery import queue
from services.notifications.delivery.letter import Group, chosen, grouped
from services.notifications.delivery.pacing import GATHERED, quiet_until, tomorrow
from services.notifications.delivery.queue import HELD, Delivery
from services.notifications.delivery.receipts import Settled, conduct_of, settle
from services.notifications.delivery.source import Content, Source
from services.notifications.policy.rows import Conduct
from services.notifications.vocabulary import Channel

log = structlog.get_logger()
NOT_SENT = Counter("shouwang_deliveries_not_sent_total", "deliveries that were never sent", ["channel", "reason"])
UNKNOWN = Counter("shouwang_deliveries_unknown_total", "deliveries whose sender did not come back", ["channel"])
RESENT = Counter("shouwang_letters_resent_total", "letters sent again because nobody could say what became of them", ["channel"])
# Seconds. A breath is for places to become free: to look for each by itself costs more than it wins.
IDLE, LONGEST_IDLE, BREATH, LOOK, FINISH = 0.02, 0.1, 0.005, 1.0, 12.0


@dataclass(frozen=True, slots=True)
class Parcel:
    """A letter under way, and what its parts say."""

    group: Group
    letter: Letter
    contents: tuple[Content, ...] = field(repr=False)


Compose = Callable[[Runtime, Any, Channel, Group, Sequence[Content]], Awaitable[Letter]]


class Engine:
    """See the module. `sources` says what deliveries are about, `compose` makes a letter of several, `jitter` gives numbers in [0, 1),
    and lost letters are looked for every `look_every` seconds."""

    def __init__(
        self,
        runtime: Runtime,
        senders: Mapping[Channel, Sender],
        sources: Mapping[str, Source],
        compose: Compose,
        jitter: Callable[[], float] = random.random,
        look_every: float = LOOK,
    ) -> None:
        self.runtime, self.senders, self._sources, self._jitter = runtime, senders, sources, jitter
        self._compose, self._look_every = compose, look_every
        self._under_way: set[asyncio.Task[None]] = set()
        self._looked: dict[Channel, float] = {}
        self._receipts: list[Settled] = []
        self._writing, self._unwritten = asyncio.Lock(), Outage("receipts_not_written_yet")

    async def run(self) -> None:
        """Serve all channels until cancelled; then let what is under way come to its end."""
        try:
            async with asyncio.TaskGroup() as loops:
                for channel in self.senders:
                    look = partial(self._look, channel)
                    loops.create_task(
                        looped(
                            f"delivering {channel}", look, IDLE, LONGEST_IDLE, bell=self.runtime.outward, pulse=self.runtime.pulse
                        )
                    )
        finally:
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=FINISH)
            for task in self._under_way:
                task.cancel()

    async def _look(self, channel: Channel) -> int:
        parcels = await self.claim(channel)
        for parcel in parcels:
            task = asyncio.create_task(self.deliver(channel, parcel))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        if parcels:
            await asyncio.sleep(BREATH)
        return len(parcels)

    def _open(self, channel: Channel) -> bool:
        day = today(self.runtime.clock)
        return any(r.id == channel and r.holds(day, "") and r.value.open for r in self.runtime.service.policy.channels.rows)

    async def claim(self, channel: Channel) -> list[Parcel]:
        """Letters that go out now, marked as being sent. A channel that is shut keeps everything waiting; nothing is lost by it."""
        conduct, now = conduct_of(self.runtime, channel), self.runtime.clock()
        async with self.runtime.pool.acquire() as conn:
            await self._look_for_lost(conn, channel)
            if not self._open(channel) or not await queue.anything(conn, channel, conduct.per_recipient, now):
                return []
            async with conn.transaction():
                left = await queue.allowance(conn, channel, conduct.per_minute)
                busy = await queue.under_way(conn, channel)
                room = min(conduct.concurrency - sum(busy.values()), int(left))
                if room <= 0:
                    return []
                found = await queue.waiting(conn, channel, conduct.per_recipient, conduct.most, 4 * room + conduct.most)
                found = await self._awake(conn, channel, conduct, found, now)
                whole, most = await _whole(conn, found), conduct.most
                if channel in GATHERED:  # one letter, however much there is
                    whole += await queue.rest(conn, channel, whole)
                    most = len(whole) or 1
                groups = await self._picked(conn, channel, conduct, grouped(whole, most), room, busy)
                parcels = await self._packed(conn, channel, groups)
                if parcels:
                    letters = [(p.group.letter_id, p.group.parts) for p in parcels]
                    await queue.start(conn, letters, conduct.lease, today(self.runtime.clock))
                    await queue.spend(conn, channel, left - len(parcels))
                return parcels

    async def _look_for_lost(self, conn: Any, channel: Channel) -> None:
        clock = asyncio.get_running_loop().time
        if clock() >= self._looked.get(channel, 0) + self._look_every:
            self._looked[channel] = clock()
            await self.find_lost(conn, channel)

    async def find_lost(self, conn: Any, channel: Channel) -> None:
        """Letters whose lease ran out: nobody knows what became of them."""
        UNKNOWN.labels(channel).inc(await queue.expire(conn, channel))

    async def _awake(self, conn: Any, channel: Channel, conduct: Conduct, found: list[Delivery], now: datetime) -> list[Delivery]:
        """Without what must wait for the end of the quiet hours; a test is what somebody waits for now."""
        until = quiet_until(now, conduct)
        if until is None:
            return found
        await self._hold(conn, channel, [d for d in found if d.source != "TEST"], until, "quiet_hours")
        return [d for d in found if d.source == "TEST"]

    async def _hold(self, conn: Any, channel: Channel, held: Sequence[Delivery], until: datetime, why: str) -> None:
        if held:
            await queue.hold(conn, [d.delivery_id for d in held], until, why)
        for d in held:
            HELD.labels(channel, why, str(d.urgent).lower()).inc()

    async def _picked(
        self, conn: Any, channel: Channel, conduct: Conduct, groups: Sequence[Group], room: int, busy: Mapping[Any, int]
    ) -> list[Group]:
        """The letters there is room for; what is over a recipient's ceiling is put off when it is urgent, else not sent."""
        sent: Mapping[Any, int] = {}
        if conduct.ceiling:
            sent = await queue.sent_today(conn, [g.recipient for g in groups], channel, today(self.runtime.clock))
        picked = chosen(groups, room, busy, sent, conduct)
        over = [d for g in picked.later for d in g.parts]
        await self._hold(conn, channel, over, tomorrow(self.runtime.clock()), "ceiling")
        await self._suppress(conn, channel, [(d, "ceiling") for g in picked.never for d in g.parts])
        return picked.now

    async def _suppress(self, conn: Any, channel: Channel, reasons: Sequence[tuple[Delivery, str]]) -> None:
        if reasons:
            await queue.suppress(conn, reasons)
        for source, why in sorted({(d.source, why) for d, why in reasons}):
            mine = [d for d, reason in reasons if (d.source, reason) == (source, why)]
            NOT_SENT.labels(channel, why).inc(len(mine))
            await self._noted(conn, source, mine, channel, why)

    async def _noted(self, conn: Any, source: str, mine: Sequence[Delivery], channel: Channel, why: str) -> None:
        """Tell the source. What cannot even be noted there stands in `delivery` with its reason, and stops none of the others."""
        try:
            async with conn.transaction():
                await self._sources[source].settled(self.runtime, conn, mine, channel, "suppressed", why)
        except Exception as error:
            if passes(error):
                raise
            log.exception("not_sent_not_noted", source=source, deliveries=len(mine), error=type(error).__name__)
            for d in mine if len(mine) > 1 else ():
                await self._noted(conn, source, [d], channel, why)

    async def _packed(self, conn: Any, channel: Channel, groups: Sequence[Group]) -> list[Parcel]:
        """Letters with their content as of now; a part whose reason has ended is left out for good."""
        parts = [d for group in groups for d in group.parts]
        found = dict(zip([d.delivery_id for d in parts], await self._contents(conn, parts), strict=True))
        reasons = [(d, why) for d in parts if isinstance(why := found[d.delivery_id], str)]
        await self._suppress(conn, channel, reasons)
        parcels = []
        for group in groups:
            kept = [(d, c) for d in group.parts if isinstance(c := found[d.delivery_id], Content)]
            if kept:
                rest = Group(tuple(d for d, _ in kept))
                contents = tuple(c for _, c in kept)
                parcels.append(Parcel(rest, await self._compose(self.runtime, conn, channel, rest, contents), contents))
        return parcels

    async def _contents(self, conn: Any, parts: Sequence[Delivery]) -> list[Content | str]:
        """What each delivery says, or why it need not be sent. One that cannot be made stops none of the others."""
        found: dict[Any, Content | str] = {}
        for name in {d.source for d in parts}:
            mine = [d for d in parts if d.source == name]
            try:
                async with conn.transaction():
                    contents = await self._sources[name].prepare(self.runtime, conn, mine)
                found |= zip([d.delivery_id for d in mine], contents, strict=True)
            except Exception as error:
                if passes(error):
                    raise
                log.exception("delivery_not_made", source=name, deliveries=len(mine), error=type(error).__name__)
                for d in mine:
                    found[d.delivery_id] = (await self._contents(conn, [d]))[0] if len(mine) > 1 else "not_made"
        return [found[d.delivery_id] for d in parts]

    async def deliver(self, channel: Channel, parcel: Parcel) -> None:
        """Call the provider, holding nothing; then write what became of it.

        Receipts that come while others are being written are written together, in one transaction.
        """
        receipt, answered = await self.attempt(channel, parcel)
        self._receipts.append(Settled(channel, parcel.group, receipt, answered))
        async with self._writing:
            batch, self._receipts = self._receipts, []
            if batch:
                await self._write(batch)

    async def _write(self, batch: Sequence[Settled]) -> None:
        """As often as it takes; one receipt that cannot be written keeps none of the others, its letter's lease runs out."""
        while True:
            try:
                await self.settle(batch)
                self._unwritten.over()
                self.runtime.outward.ring()  # whoever had its share under way may be written to again
                return
            except Exception as error:
                if not passes(error):
                    log.exception("receipts_not_written", receipts=len(batch), error=type(error).__name__)
                    break
                if isinstance(error, ClockInDoubt):  # told by `timekeeping.py`, and not over at once
                    await asyncio.sleep(AGAIN)
                    continue
                self._unwritten.failed(error)
            await asyncio.sleep(0.02 + 0.1 * self._jitter())
        if len(batch) > 1:
            for each in batch:
                await self._write([each])

    async def attempt(self, channel: Channel, parcel: Parcel) -> tuple[Receipt, bool]:
        """Ask or call the provider once: the receipt, and whether it is an answer about an earlier attempt. Writes nothing."""
        sender, resends = self.senders[channel], conduct_of(self.runtime, channel).resends
        try:
            if parcel.group.unsure:
                if known := await sender.ask(parcel.letter.reference):
                    return known, True
                if max(d.unknowns for d in parcel.group.parts) > resends:
                    return Receipt(Outcome.UNKNOWN, reason="fate_unknown"), False
            source = self._sources[parcel.group.parts[0].source]
            letter = await source.addressed(self.runtime, channel, parcel.contents, parcel.letter)
            if isinstance(letter, Receipt):
                return letter, False
            RESENT.labels(channel).inc(parcel.group.unsure)
            return await sender.send(letter), False
        except Exception as error:  # a sender promises to raise nothing: whether it sent is not known
            log.exception("sender_failed", channel=channel, error=type(error).__name__)
            return Receipt(Outcome.UNKNOWN, reason="sender_failed"), False

    async def settle(self, batch: Sequence[Settled]) -> int:
        """Write what became of attempts; for how many deliveries it counted."""
        return await settle(self.runtime, batch, self._sources, self._jitter)


async def _whole(conn: Any, found: Sequence[Delivery]) -> list[Delivery]:
    """What was found, and of letters that were tried before all of their parts."""
    tried = {d.letter_id for d in found if d.letter_id is not None}
    if not tried:
        return list(found)
    return await queue.parts(conn, sorted(tried)) + [d for d in found if d.letter_id is None]
