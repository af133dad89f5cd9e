"""Offices answer on their own topics: done, refused with a code, repeated, unreadable, and come again after a crash."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer

from deploy.topics import listed
from services.engine.inbound.arrived import Arrived
from services.engine.kafka_client import running
from services.kernel.events import stream_id
from services.notifications.agency_reply.events import AgencyReply, ReplyKind
from services.notifications.agency_reply.loop import handle
from services.notifications.vocabulary import ReturnReason, WorkOutcome
from tests.notifications.desk import Desk
from tests.notifications.samples import DAY, PLAN
from tests.world import World

TOPIC = "agency.mz.533401.replies.v1"


class Writer:
    """An office that lives on Kafka."""

    def __init__(self, desk: Desk, producer: AIOKafkaProducer) -> None:
        self.desk, self.producer = desk, producer

    async def framed(self, reply: AgencyReply) -> bytes:
        """The reply as the registry frames it."""
        runtime = self.desk.runtime
        schema_id = await runtime.registry.register(TOPIC, runtime.codec.latest[AgencyReply], released=False)
        return b"\0" + schema_id.to_bytes(4, "big") + runtime.codec.encode(reply)[1]

    async def says(self, said: AgencyReply | bytes, topic: str = TOPIC) -> None:
        """Put a message on a topic."""
        body = said if isinstance(said, bytes) else await self.framed(said)
        await self.producer.send_and_wait(self.desk.place.prefix + topic, body)

    async def outcomes(self, count: int) -> list[Any]:
        """(agency, division, state, reason) of the first replies, once there are so many."""

        async def rows() -> list[Any]:
            found = await self.desk.place.sql("notifications", "SELECT agency, division, state, reason FROM reply ORDER BY seq")
            return [tuple(r) for r in found] if len(found) >= count else []

        return list(await self.desk.place.until(rows))


@pytest.fixture
async def writer(place: World) -> AsyncIterator[Writer]:
    """A running desk and an office's producer."""
    desk = await Desk(place).open()
    producer = AIOKafkaProducer(bootstrap_servers=place.urls.kafka)
    await producer.start()
    yield Writer(desk, producer)
    await producer.stop()


def reply(notice_id: UUID, what: ReplyKind, **more: Any) -> AgencyReply:
    """A reply with an id of its own."""
    return AgencyReply(reply_id=uuid4(), notice_id=notice_id, what=what, **more)


def test_every_office_with_a_notice_topic_has_a_reply_topic() -> None:
    names = {t.name for t in listed()}
    notices = {n for n in names if n.endswith(".notices.v1")}
    assert {n.replace(".notices.", ".replies.") for n in notices} == {n for n in names if n.endswith(".replies.v1")}


async def test_an_office_answers_by_topic_and_sees_why_a_reply_was_refused(writer: Writer) -> None:
    desk = writer.desk
    await desk.happens(PLAN, "case")
    (row,) = await desk.notices("case", 1)
    notice, mz = row["notice_id"], ("MZ", "533401")
    noted = reply(notice, ReplyKind.ACKNOWLEDGE)
    await writer.says(noted)
    await writer.says(noted)
    await writer.says(b"rubbish")
    await writer.says(reply(uuid4(), ReplyKind.ACCEPT))
    await writer.says(reply(notice, ReplyKind.REJECT))
    await writer.says(reply(notice, ReplyKind.ACCEPT, by_on=date(2026, 3, 9)))
    await writer.says(reply(notice, ReplyKind.REJECT, reason=ReturnReason.NOT_OUR_DUTY))
    await writer.says(reply(notice, ReplyKind.REPORT, outcome=WorkOutcome.DONE, acted_on=DAY))
    assert await writer.outcomes(7) == [
        (*mz, "DONE", None),
        (*mz, "REFUSED", "unreadable"),
        (*mz, "REFUSED", "notice_unknown"),
        (*mz, "REFUSED", "reason_missing"),
        (*mz, "DONE", None),
        (*mz, "REFUSED", "already_accepted"),
        (*mz, "DONE", None),
    ]
    office = await desk.as_(*mz)
    shown = await office.get(f"/notices/{notice}")
    assert (shown["state"], shown["outcome"]) == ("ACTED", "DONE")
    refused = (await office.get("/replies", state="REFUSED"))["items"]
    assert [r["reason"] for r in refused] == ["unreadable", "notice_unknown", "reason_missing", "already_accepted"]
    assert refused[0]["reply_id"] == str(stream_id("reply", TOPIC, 0, 2))
    for agency, division in (("CL", "533401"), ("MZ", "533422")):
        assert (await (await desk.as_(agency, division)).get("/replies"))["items"] == []


async def test_a_reply_that_was_taken_back_with_its_transaction_is_none_and_one_of_the_year_1_is_refused(writer: Writer) -> None:
    await writer.desk.happens(PLAN, "case")
    (row,) = await writer.desk.notices("case", 1)
    place = writer.desk.place
    async with running(AIOKafkaProducer(bootstrap_servers=place.urls.kafka, transactional_id=f"{place.prefix}office")) as producer:
        await producer.begin_transaction()
        taken_back = await writer.framed(reply(row["notice_id"], ReplyKind.ACKNOWLEDGE))
        await producer.send_and_wait(place.prefix + TOPIC, taken_back)
        await producer.abort_transaction()
    await writer.says(reply(row["notice_id"], ReplyKind.REPORT, outcome=WorkOutcome.DONE, acted_on=date.min))
    assert await writer.outcomes(1) == [("MZ", "533401", "REFUSED", "acted_on_impossible")]


async def test_another_office_cannot_answer(writer: Writer) -> None:
    await writer.desk.happens(PLAN, "case")
    (row,) = await writer.desk.notices("case", 1)
    await writer.says(reply(row["notice_id"], ReplyKind.ACKNOWLEDGE), "agency.cl.533401.replies.v1")
    assert await writer.outcomes(1) == [("CL", "533401", "REFUSED", "notice_unknown")]
    await writer.says(reply(row["notice_id"], ReplyKind.ACKNOWLEDGE), "agency.mz.533422.replies.v1")
    assert (await writer.outcomes(2))[1] == ("MZ", "533422", "REFUSED", "notice_unknown")


async def test_a_reply_whose_offset_was_lost_does_nothing_the_second_time(writer: Writer) -> None:
    desk = writer.desk
    await desk.happens(PLAN, "case")
    (row,) = await desk.notices("case", 1)
    said = reply(row["notice_id"], ReplyKind.ACKNOWLEDGE)
    message = Arrived(TOPIC, 0, 7, None, await writer.framed(said))
    count = "SELECT count(*) AS n FROM events WHERE type LIKE '%NoticeAcknowledged'"
    for again in (message, message, replace(message, offset=8)):  # committed in the database, the offset not
        await handle(desk.runtime, again)
    assert await writer.outcomes(1) == [("MZ", "533401", "DONE", None)]
    assert (await desk.place.sql("notifications", count))[0]["n"] == 1
