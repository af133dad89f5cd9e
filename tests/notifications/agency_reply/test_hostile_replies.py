"""What an office's machine may write on its own topic stops neither its other replies nor those of other offices."""

import asyncio
from uuid import uuid4

from services.engine.inbound import skips
from services.notifications.agency_reply import loop
from services.notifications.agency_reply.events import AgencyReply, ReplyKind
from services.notifications.service import SERVICE
from tests.engine.inbound.hostile import Good, Hostile, array_bomb
from tests.engine.inbound.raw import CODECS, PLAIN, RawProducer, Record, batch, let_through
from tests.engine.inbound.volley import foreign
from tests.world import World, with_loops

TOPIC, OTHER = "agency.mz.533401.replies.v1", "agency.cl.533422.replies.v1"
SEED = 20211214


async def test_hostile_replies_are_refused_rows_and_good_ones_in_every_codec_are_answered(place: World) -> None:
    runtime = await place.open(with_loops(SERVICE))
    await let_through(place, TOPIC, OTHER)
    schema = runtime.codec.latest[AgencyReply]
    schema_id = await runtime.registry.register(TOPIC, schema, released=False)

    def reply() -> bytes:
        said = AgencyReply(reply_id=uuid4(), notice_id=uuid4(), what=ReplyKind.ACKNOWLEDGE)
        return b"\0" + schema_id.to_bytes(4, "big") + runtime.codec.encode(said)[1]

    bomb = array_bomb(await foreign(place, schema.name), 300_000_000)
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
        await place.until(lambda there=there: place.sql("notifications", there), seconds=60)  # type: ignore[misc]
    found = await place.sql("notifications", "SELECT agency, reason, count(*) FROM reply GROUP BY 1, 2 ORDER BY 1, 2")
    rows = {(row["agency"], row["reason"]): row["count"] for row in found}
    assert rows["CL", "notice_unknown"] == 10
    assert rows["MZ", "notice_unknown"] >= 10
    assert rows["MZ", "unreadable"] > 20
    assert set(rows) == {("CL", "notice_unknown"), ("MZ", "notice_unknown"), ("MZ", "unreadable")}
