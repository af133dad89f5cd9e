"""What waits for one office, or is held by a rule, costs the others nothing; and what is wrong with one delivery stops no other."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from services.notifications.channels.letter import Outcome, Receipt
from services.notifications.delivery import queue
from services.notifications.delivery.engine import NOT_SENT
from services.notifications.delivery.queue import Delivery
from services.notifications.delivery.receipts import Settled
from services.notifications.delivery.source import Content
from services.notifications.outbound.sources import SOURCES
from services.notifications.subscription import fanout
from services.notifications.subscription.notice_source import Subscribed
from services.notifications.vocabulary import Channel
from tests.notifications.delivery.outside import Outside, about, answering, conduct_of, engine_of

MANY = 20_000
_WAIT = """INSERT INTO delivery (delivery_id, source, stream_id, recipient, cause_id, correlation_id, agency, division, channel, urgent,
    due_at, held_until) SELECT gen_random_uuid(), $1, gen_random_uuid(), $2, $2, $2, 'CL', '533401', 'WEBHOOK', true,
    now() - interval '1 h', $4 FROM generate_series(1, $3)"""


async def subscription(office: Outside) -> UUID:
    """A new subscription's id."""
    path, _ = await office.subscribe()
    return UUID(path.rsplit("/", 1)[-1])


async def wait(office: Outside, recipient: UUID, count: int, source: str = "NOTICE", held: Any = None) -> None:
    """So many deliveries wait for an hour already, or are held."""
    await office.runtime.pool.execute(_WAIT, source, recipient, count, held)


async def test_however_much_waits_for_one_office_the_next_letters_are_of_others_too(office: Outside) -> None:
    full, other = await subscription(office), await subscription(office)
    await wait(office, full, 1_000)
    await office.runtime.pool.execute(_WAIT.replace("1 h", "1 s"), "NOTICE", other, 1, None)
    async with office.runtime.pool.acquire() as conn:
        found = await queue.waiting(conn, Channel.WEBHOOK, 4, 100, 356)
    assert [sum(d.recipient == each for d in found) for each in (full, other)] == [100, 1]
    assert [d.recipient for d in found[:3]] == [full, other, full]  # by turns


async def test_what_is_held_or_belongs_to_a_paused_or_full_office_is_not_even_looked_at(office: Outside) -> None:
    held, full, paused = [await subscription(office) for _ in range(3)]
    tomorrow = office.runtime.clock().replace(year=office.runtime.clock().year + 1)
    for each, until in ((held, tomorrow), (full, None), (paused, None), (uuid4(), tomorrow)):
        await wait(office, each, MANY // 4, "PERSON" if each not in (held, full, paused) else "NOTICE", until)
    await office.place.sql("notifications", "ANALYZE delivery")
    await office.place.sql("notifications", "UPDATE views.subscription SET state = 'PAUSED' WHERE subscription_id = $1", paused)
    most = "SELECT delivery_id FROM delivery WHERE recipient = $1 LIMIT 4"
    sent = f"UPDATE delivery SET state = 'sending', letter_id = delivery_id WHERE delivery_id IN ({most})"
    await office.runtime.pool.execute(sent, full)
    async with office.runtime.pool.acquire() as conn:
        asked = (Channel.WEBHOOK, conduct_of(office.runtime.service.policy).per_recipient)
        assert not await queue.anything(conn, *asked, office.runtime.clock())
        assert await queue.waiting(conn, *asked, 100, 356) == []
        for query, more in ((queue._ANYTHING, (office.runtime.clock(),)), (queue._WAITING, (100, 356))):
            rows = await conn.fetch(f"EXPLAIN (ANALYZE, BUFFERS) {query}", *asked, *more)
            plan = "\n".join(r[0] for r in rows)
            assert "Seq Scan on delivery" not in plan, plan
            read = next(line for line in plan.splitlines() if "Buffers" in line)
            assert int(read.split("shared hit=")[1].split()[0]) < 60, plan
        assert await queue.anything(conn, *asked, tomorrow)  # what was held is free by then
        assert {d.recipient for d in await queue.waiting(conn, *asked, 3, 7)} >= {held}


async def test_where_nothing_arrives_one_letter_is_under_way_until_one_has(office: Outside) -> None:
    await office.subscribe()
    await office.queue(about("一"), about("二"), about("三"))
    office.there.answering = answering(500)
    assert await office.deliver() == 3
    await office.due()
    office.there.answering = answering(200)
    (only,) = await office.engine.claim(Channel.WEBHOOK)
    assert await office.engine.claim(Channel.WEBHOOK) == []
    await office.engine.deliver(Channel.WEBHOOK, only)
    assert len(await office.engine.claim(Channel.WEBHOOK)) == 2


async def test_what_was_not_even_tried_says_nothing_of_how_an_office_fares(office: Outside) -> None:
    await office.subscribe()
    await office.queue(about("一"), about("二"))
    await fanout.take(office.runtime)
    busy = Receipt(Outcome.NOT_TRIED, reason="connection_busy")
    parcels = await office.engine.claim(Channel.WEBHOOK)
    assert await office.engine.settle([Settled(Channel.WEBHOOK, p.group, busy) for p in parcels]) == 2
    assert [tuple(r) for r in await office.runtime.pool.fetch("SELECT failing_since, last_state FROM reading")] == [(None, None)]
    await office.due()
    assert len(await office.engine.claim(Channel.WEBHOOK)) == 2


async def test_a_test_reaches_even_a_paused_subscription(office: Outside) -> None:
    path, _ = await office.subscribe()
    await office.clerk.post(f"{path}/pause")
    asked = asyncio.create_task(office.clerk.post(f"{path}/test"))  # answers when the sample has arrived
    assert await office.place.until(office.deliver) == 1
    assert (await asked)["state"] == "delivered"


async def test_a_clock_that_was_set_back_stops_no_channel(office: Outside) -> None:
    await office.subscribe()
    await office.queue(about("一"))
    await office.deliver()
    await office.runtime.pool.execute("UPDATE pace SET at = now() + interval '1 h', allowance = 0")
    await office.queue(about("二"))
    assert await office.deliver() == 1


class Troubled(Subscribed):
    """A source of deliveries that are all over, and one of which cannot even be noted."""

    def __init__(self, bad: UUID) -> None:
        self._bad, self.noted = bad, list[UUID]()

    async def prepare(self, runtime: Any, conn: Any, claimed: Sequence[Delivery]) -> Sequence[Content | str]:
        """See `Source`."""
        return ["over" for _ in claimed]

    async def settled(self, runtime: Any, conn: Any, done: Sequence[Delivery], channel: Channel, state: str, reason: str) -> None:
        """See `Source`."""
        if self._bad in (found := [d.recipient for d in done]):
            await conn.execute("SELECT 1 / 0")
        self.noted += found


async def test_one_end_that_cannot_be_noted_stops_none_of_the_others(office: Outside) -> None:
    await office.subscribe()
    await office.queue(about("一"))
    bad, good = uuid4(), uuid4()
    for each in (bad, good):
        await wait(office, each, 1, "ELSE")
    troubled = Troubled(bad)
    office.engine = engine_of(office.runtime, office.engine.senders, {**SOURCES, "ELSE": troubled})
    before = NOT_SENT.labels("WEBHOOK", "over")._value.get()
    assert await office.deliver() == 1
    assert troubled.noted == [good]
    assert NOT_SENT.labels("WEBHOOK", "over")._value.get() == before + 2
    assert sorted(await office.rows("source, state, reason"), key=str) == [
        ("ELSE", "suppressed", "over"),
        ("ELSE", "suppressed", "over"),
        ("NOTICE", "delivered", None),
    ]


async def test_a_fault_in_one_channel_leaves_the_others_running(office: Outside) -> None:
    await office.subscribe()
    policy = office.runtime.service.policy
    rows = tuple(r for r in policy.conduct.rows if r.id != "MAIL")  # a row that ended, and nobody wrote the next one
    office.runtime.service = replace(office.runtime.service, policy=replace(policy, conduct=type(policy.conduct)(rows)))
    senders = office.engine.senders
    engine = engine_of(office.runtime, {Channel.MAIL: senders[Channel.WEBHOOK], **senders}, jitter=lambda: 0.0)
    running = asyncio.create_task(engine.run())
    try:
        await office.queue(about("一"))
        await fanout.take(office.runtime)

        async def arrived() -> bool:
            return await office.rows() == [("delivered",)]

        await office.place.until(arrived)
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
