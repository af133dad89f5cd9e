"""What an office's machine may write on its own topic stops neither its other replies nor those of other offices."""

import asyncio
from contextlib import AsyncExitStack
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from services.engine.inbound import skips
from services.engine.runtime import Runtime
from services.kernel.events import avro_name
from services.notifications.agency_reply import loop
from services.notifications.agency_reply.events import AgencyReply, ReplyKind
from services.notifications.service import SERVICE
from tests.engine.inbound.hostile import Good, Hostile, array_bomb
from tests.engine.inbound.raw import CODECS, PLAIN, RawProducer, Record, batch, let_through
from tests.engine.inbound.volley import foreign
from tests.world import World, with_loops

TOPIC, OTHER = "agency.mz.533401.replies.v1", "agency.cl.533422.replies.v1"
SEED = 20211214


class Office:
    """An office's replies, framed as the registry has them."""

    def __init__(self, runtime: Runtime, schema_id: int) -> None:
        self._runtime, self._schema_id = runtime, schema_id

    def reply(self) -> bytes:
        """A reply to a notice that there is not: that it was read shows in its refusal."""
        said = AgencyReply(reply_id=uuid4(), notice_id=uuid4(), what=ReplyKind.ACKNOWLEDGE)
        return b"\0" + self._schema_id.to_bytes(4, "big") + self._runtime.codec.encode(said)[1]


async def open_office(place: World) -> tuple[Runtime, Office]:
    """Notifications with nothing running, and an office."""
    runtime = await place.open(with_loops(SERVICE))
    schema_id = await runtime.registry.register(TOPIC, runtime.codec.latest[AgencyReply], released=False)
    return runtime, Office(runtime, schema_id)


async def test_hostile_replies_are_refused_rows_and_good_ones_in_every_codec_are_answered(place: World) -> None:
    runtime, office = await open_office(place)
    reply = office.reply
    await let_through(place, TOPIC, OTHER)
    bomb = array_bomb(await foreign(place, avro_name(AgencyReply)), 300_000_000)
    hostile = Hostile(SEED, Good(reply(), lambda stream, event_id: []), bomb)
    offsets: dict[str, int] = {}
    async with RawProducer(place.urls.kafka) as producer:
        for shot in hostile.shots(1):
            code, first = await producer.put(place.prefix + TOPIC, 0, shot.written)
            assert code == 0, shot.name
            offsets[TOPIC] = first + shot.count
        for codec in (PLAIN, *CODECS):
            for topic in (TOPIC, OTHER):
                _, first = await producer.put(
                    place.prefix + topic, 0, batch([Record(None, reply()), Record(b"\0", reply())], codec)
                )
                offsets[topic] = first + 2
    await skips.skip(runtime, SERVICE.consumer_of(TOPIC), TOPIC, 0, range(2), "the office sent them twice")
    place.tasks.append(asyncio.create_task(loop.run(runtime)))
    for topic, end in offsets.items():
        there = f"SELECT 1 FROM progress WHERE consumer = '{loop.CONSUMER}' AND topic = '{topic}' AND next = {end}"
        await place.until(lambda there=there: place.sql("notifications", there))  # type: ignore[misc]
    found = await place.sql("notifications", "SELECT agency, reason, count(*) FROM reply GROUP BY 1, 2 ORDER BY 1, 2")
    rows = {(row["agency"], row["reason"]): row["count"] for row in found}
    assert rows["CL", "notice_unknown"] == 10
    assert rows["MZ", "notice_unknown"] >= 10
    assert rows["MZ", "unreadable"] > 20
    assert set(rows) == {("CL", "notice_unknown"), ("MZ", "notice_unknown"), ("MZ", "unreadable")}


async def test_markers_of_transactions_one_after_another_are_no_messages_of_which_a_process_died(place: World) -> None:
    runtime, office = await open_office(place)
    await let_through(place, TOPIC)
    async with AsyncExitStack() as stack:
        producers = [
            await stack.enter_async_context(
                AIOKafkaProducer(bootstrap_servers=place.urls.kafka, transactional_id=f"{place.prefix}{n}")
            )
            for n in range(4)
        ]
        for producer in producers:
            await producer.begin_transaction()
            await producer.send_and_wait(place.prefix + TOPIC, office.reply(), partition=0)
        for producer in producers:
            await producer.commit_transaction()
    async with RawProducer(place.urls.kafka) as last:
        _, offset = await last.put(place.prefix + TOPIC, 0, batch([Record(None, office.reply())]))
    assert offset == 8
    place.tasks.append(asyncio.create_task(loop.run(runtime)))
    await place.until(lambda: place.sql("notifications", "SELECT 1 FROM reply HAVING count(*) = 5"))
    assert [row["reason"] for row in await place.sql("notifications", "SELECT reason FROM reply")] == ["notice_unknown"] * 5
