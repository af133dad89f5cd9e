"""What a topic has no more, or never had: deleted before it was read, lost with its topic, taken back with its transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete

from services.certificates.person.events import PersonRegistered
from services.engine import quarantine
from services.engine.inbound import skips
from services.engine.inbound.extent import ANEW, GONE, Gone, extents
from services.engine.inbound.lag import lag
from services.engine.kafka_client import running
from services.engine.rebuild import NotRebuilt, Rebuild
from services.engine.runtime import Runtime
from services.kernel.events import stream_id
from services.shell.consume import Worker
from tests.engine.inbound.test_last_resort import TOPIC, at, put, tallied
from tests.engine.inbound.volley import good
from tests.kernel import toy
from tests.world import World, contents

CONSUMER = "monitoring.worker"
T = TypeVar("T")


async def test_what_was_deleted_before_it_was_read_is_told_and_no_table_is_rebuilt_without_it(place: World) -> None:
    follower = await place.open(toy.FOLLOWER, toy.MIGRATION)
    first = await put(place, follower, "1980-01", "1980-02")
    await delivered(place, follower, 2)
    await put(place, follower, "1981-01", "1981-02", "1981-03")
    (last,) = await put(place, follower, "1981-04")
    await asked(place, lambda admin: admin.delete_records({TopicPartition(place.prefix + TOPIC, 0): RecordsToDelete(5)}))
    await delivered(place, follower, 6)
    assert await tallied(place) == {*first, last}
    (letter,) = await quarantine.listed(follower)
    assert (letter.reason, letter.reference, letter.offset) == (GONE, f"{TOPIC}/0/2-4", 4)
    assert await quarantine.retry(follower, letter.id) == 0, "nobody has it"
    before = await contents(follower.pool, toy.FOREIGN)
    with pytest.raises(Gone, match="reaches from offset 5 to 6, and 0 to 6 is needed"):
        await Rebuild(follower, "tally", place.database["monitoring"]["rebuild"]).run()
    assert len(before) == 3
    assert await contents(follower.pool, toy.FOREIGN) == before


async def test_a_topic_of_which_all_was_deleted_is_no_topic_that_waits(place: World) -> None:
    follower = await place.open(toy.FOLLOWER, toy.MIGRATION)
    await put(place, follower, "1980-01", "1980-02")
    await asked(place, lambda admin: admin.delete_records({TopicPartition(place.prefix + TOPIC, 0): RecordsToDelete(2)}))
    assert (await lag(follower, CONSUMER, (TOPIC,)))[TOPIC, 0] == (0, 0), "a worker would see itself stalled, and end"


async def test_a_topic_that_was_made_anew_is_read_from_its_beginning_and_somebody_is_told(place: World) -> None:
    follower = await place.open(toy.FOLLOWER, toy.MIGRATION, stall_seconds=4)
    old = await put(place, follower, "1980-01", "1980-02", "1980-03", "1980-04")
    assert await skips.skip(follower, CONSUMER, TOPIC, 0, range(2, 3), "of the topic of before") == 1
    await delivered(place, follower, 4)
    await asked(place, lambda admin: admin.delete_topics([place.prefix + TOPIC]))
    await place.until(lambda: asked(place, lambda admin: made(admin, place.prefix + TOPIC)))
    await place.until(lambda: begins_anew(follower))
    some = await put(place, follower, "1990-01", "1990-02")
    with pytest.raises(RuntimeError, match="the worker's loop ended by itself"):
        await asyncio.wait_for(Worker(follower).run(), 30)
    worker = asyncio.create_task(Worker(follower).run())
    more = await put(place, follower, "1990-03", "1990-04", "1990-05")
    await place.until(lambda: reached(place, 5))
    assert await tallied(place) == {old[0], old[1], old[3], *some, *more}, "the skip was of a message of before"
    (told,) = await quarantine.listed(follower)
    assert (told.reason, told.reference) == (ANEW, f"{TOPIC}/0/-4--1")
    await stopped(worker)
    rebuild = Rebuild(follower, "tally", place.database["monitoring"]["rebuild"])
    with pytest.raises(NotRebuilt, match="discard the letter when the topic holds all again"):
        await rebuild.run()


async def test_what_a_producer_took_back_was_never_said_and_what_it_may_take_back_is_not_read_yet(place: World) -> None:
    follower = await place.open(toy.FOLLOWER, toy.MIGRATION)
    (before,) = await put(place, follower, "1980-01")
    messages = [await good(follower, PersonRegistered) for _ in range(3)]
    streams = [stream_id("person", "of a transaction", number) for number in range(3)]
    worker = asyncio.create_task(Worker(follower).run())
    async with running(AIOKafkaProducer(bootstrap_servers=place.urls.kafka, transactional_id=place.prefix + "tx")) as producer:

        async def say(number: int) -> None:
            record = messages[number].record(streams[number], stream_id("event", place.prefix, number))
            headers = [(name.decode(), value) for name, value in record.headers]
            await producer.send_and_wait(place.prefix + TOPIC, record.value, record.key, partition=0, headers=headers)

        await producer.begin_transaction()
        await say(0)
        await producer.abort_transaction()
        await producer.begin_transaction()
        await say(1)
        await producer.commit_transaction()
        await place.until(lambda: reached(place, 5))
        await producer.begin_transaction()
        await say(2)
        (after,) = await put(place, follower, "1980-02")
        assert (await lag(follower, CONSUMER, (TOPIC,)))[TOPIC, 0] == (5, 0), "nobody stands still before what is open"
        assert await tallied(place) == {before, streams[1]}
        await producer.abort_transaction()
    await place.until(lambda: reached(place, 8))
    assert await tallied(place) == {before, streams[1], after}
    assert await quarantine.listed(follower) == []
    await stopped(worker)
    assert await Rebuild(follower, "tally", place.database["monitoring"]["rebuild"]).run() == 3, "what was taken back stays so"


async def delivered(place: World, follower: Runtime, end: int) -> None:
    """Until a worker of its own has come so far."""
    worker = asyncio.create_task(Worker(follower).run())
    await place.until(lambda: reached(place, end))
    await stopped(worker)


async def stopped(worker: "asyncio.Task[None]") -> None:
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)


async def reached(place: World, end: int) -> bool:
    return await at(place) >= end


async def asked(place: World, what: Callable[[AIOKafkaAdminClient], Awaitable[T]]) -> T:
    """What an administrator of the broker asks for."""
    admin = AIOKafkaAdminClient(bootstrap_servers=place.urls.kafka)
    await admin.start()
    try:
        return await what(admin)
    finally:
        await admin.close()


async def made(admin: AIOKafkaAdminClient, topic: str) -> bool:
    """Whether a topic could be made: not while the one of before is still being deleted."""
    answer = await admin.create_topics([NewTopic(topic, 3, 1)])
    return all(code == 0 for _, code, *_ in answer.topic_errors)


async def begins_anew(follower: Runtime) -> bool:
    """Whether the broker serves a topic that was made anew: for a moment it still takes messages for the one of before, and loses them."""
    return (await extents(follower.settings, [TOPIC]))[TOPIC, 0] == (0, 0)
