"""When something in a message ends a process all the same: it is set aside after three of them, and an operator can pass over it at once."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from services.certificates.person.events import PersonIndexState, PersonRegistered
from services.engine import quarantine
from services.engine.inbound import skips
from services.engine.inbound.arrived import Arrived
from services.engine.inbound.fetch import plain_consumer
from services.engine.inbound.lag import lag
from services.engine.inbound.progress import DEATHS, Attempts, move_on
from services.engine.rebuild import Rebuild
from services.engine.runtime import Runtime
from services.kernel.errors import ShouwangError
from services.kernel.events import Recorded
from services.kernel.service import Reaction, Room
from services.matching.service import SERVICE as MATCHING
from services.shell.consume import Worker
from tests.engine.inbound.raw import RawProducer, Record, batch, let_through
from tests.engine.inbound.volley import good
from tests.kernel import toy
from tests.world import World, with_loops

TOPIC = "certificates.events.v1"
PLACE = (TOPIC, 0)


class Dies(BaseException):
    """Nothing that a handler of faults would catch."""


def deadly(recorded: Recorded, facts: None, policy: Any) -> list[Any]:
    """What a message with this birth month does to the process that handles it."""
    if recorded.event.birth_month == "1900-02":
        raise Dies
    return []


DYING = replace(toy.FOLLOWER, rooms=(toy.FOLLOWING, Room(reactions=(Reaction("die", (PersonRegistered,), deadly),))))


async def put(place: World, runtime: Runtime, *months: str) -> list[UUID]:
    """Registrations in one batch on partition 0; the streams."""
    await place.topics(PersonRegistered, PersonIndexState)
    streams, records = [uuid4() for _ in months], []
    for stream, month in zip(streams, months, strict=True):
        plain = (await good(runtime, PersonRegistered)).record(stream, uuid4())
        fp, body = runtime.codec.encode(toy.registered(month))
        records.append(replace(plain, value=await runtime.registry.prefix(TOPIC, fp) + body))
    async with RawProducer(place.urls.kafka) as producer:
        code, _ = await producer.put(place.prefix + TOPIC, 0, batch(records))
    assert code == 0
    return streams


async def at(place: World) -> int:
    """How far the follower has come."""
    rows = await place.sql("monitoring", "SELECT next FROM progress WHERE topic = $1 AND partition = 0", TOPIC)
    return int(rows[0]["next"]) if rows else 0


async def tallied(place: World) -> set[UUID]:
    """Of whom the follower has heard."""
    return {row["person_id"] for row in await place.sql("monitoring", "SELECT person_id FROM views.tally")}


async def test_a_message_that_has_ended_three_processes_is_set_aside_and_the_others_are_delivered(place: World) -> None:
    follower = await place.open(DYING, toy.MIGRATION)
    first, _, last = await put(place, follower, "1980-01", "1900-02", "1980-03")
    deaths = 0
    while await at(place) < 3:
        worker = asyncio.create_task(Worker(follower).run())
        await place.until(lambda worker=worker: _ended_or_through(place, worker))  # type: ignore[misc]
        deaths += worker.done()
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        assert deaths <= 4
    assert deaths in (3, 4), "three with it alone, and one before them when it came together with the others"
    assert await tallied(place) == {first, last}
    (letter,) = await quarantine.listed(follower)
    assert (letter.reason, letter.partition, letter.offset) == ("ended_processes", 0, 1)


async def test_what_is_read_again_counts_neither_for_nor_against_the_message_that_ends_processes(place: World) -> None:
    """A process that dies has acknowledged nothing: the next one comes by what was handled again before it comes to that message."""
    pool, consumer = (await place.open(toy.FOLLOWER, toy.MIGRATION)).pool, "monitoring.worker"
    handled, deadly_one = Arrived(*PLACE, 0, None, None), Arrived(*PLACE, 1, None, None)
    await move_on(pool, consumer, [handled])
    for before in range(DEATHS + 1):
        process = Attempts(consumer, most=1)
        assert await process.begin(pool, [handled]) == 0
        await move_on(pool, consumer, [handled])
        process.finished([handled])
        assert await process.begin(pool, [deadly_one]) == before
    for behind, ahead in (([handled], DEATHS + 1), ([handled, deadly_one], DEATHS + 1)):  # counted is the one at the position
        process = Attempts(consumer, most=500)
        await process.begin(pool, behind)
        await process.forgive(pool)
        assert await pool.fetchval("SELECT deaths FROM progress") == ahead


async def _ended_or_through(place: World, worker: asyncio.Task[None]) -> bool:
    return worker.done() or await at(place) >= 3


async def test_an_operator_passes_over_a_message_in_one_command_and_its_reason_is_kept(place: World) -> None:
    follower = await place.open(toy.FOLLOWER, toy.MIGRATION)
    first, second, last = await put(place, follower, "1980-01", "1980-02", "1980-03")
    assert await skips.skip(follower, "monitoring.worker", *PLACE, range(1, 2), "ends the process") == 1
    await place.start(follower, "worker")
    await place.until(lambda: _reached(place, 3))
    assert await tallied(place) == {first, last}
    (letter,) = await quarantine.listed(follower, True)
    assert (letter.reason, letter.reference, letter.closed_as) == ("skipped", f"{TOPIC}/0/1", "skipped: ends the process")
    rebuild = place.database["monitoring"]["rebuild"]
    assert await Rebuild(follower, "tally", rebuild).run() == 2, "a rebuild passes over it, too"
    for wrong, why in ((range(2, 3), "has come to offset 3"), (range(3, 4), "ends at offset 3"), (range(0), "between 1 and")):
        with pytest.raises(skips.NotSkipped, match=why):
            await skips.skip(follower, "monitoring.worker", *PLACE, wrong, "a typing error")
    assert await quarantine.retry(follower, letter.id) == 1, "the skip was of the wrong message"
    assert await tallied(place) == {first, second, last}
    assert await Rebuild(follower, "tally", rebuild).run() == 3


async def test_what_was_not_handled_is_not_acknowledged_though_it_came_together_with_what_was(place: World) -> None:
    dying = await place.open(DYING, toy.MIGRATION, batch_size=100)
    await put(place, dying, *["1980-01"] * 220, "1900-02", *["1980-01"] * 29)
    group = plain_consumer(dying.settings, group_id=place.prefix + "monitoring.worker")
    await group.start()
    place.stack.push_async_callback(group.stop)
    worker = asyncio.create_task(Worker(dying).run())
    await asyncio.wait({worker}, timeout=60)
    assert worker.done()
    await asyncio.gather(worker, return_exceptions=True)
    assert await at(place) == 200
    acknowledged = TopicPartition(place.prefix + TOPIC, 0)
    assert (await group.committed(acknowledged) or 0) <= 200
    await skips.skip(dying, "monitoring.worker", *PLACE, range(220, 221), "ends the process")
    await place.start(dying, "worker")
    await place.until(lambda: _committed(group, acknowledged, 250))
    assert len(await tallied(place)) == 249


async def _committed(group: AIOKafkaConsumer, partition: TopicPartition, end: int) -> bool:
    return bool(await group.committed(partition) == end)


async def test_a_skip_is_not_taken_back_while_the_worker_may_still_follow_it(place: World) -> None:
    follower = await place.open(toy.FOLLOWER, toy.MIGRATION)
    await put(place, follower, "1980-01")
    await skips.skip(follower, "monitoring.worker", *PLACE, range(1), "a typing error")
    (letter,) = await quarantine.listed(follower, True)
    with pytest.raises(ShouwangError, match="the worker has not come past"):
        await quarantine.retry(follower, letter.id)
    assert await quarantine.listed(follower) == [], "the skip stands"


async def _reached(place: World, end: int) -> bool:
    return await at(place) >= end


async def test_a_transactions_marker_at_the_end_is_no_message_that_waits(place: World) -> None:
    """It has an offset, and nothing else: a worker that waits for it would see itself stalled, and end, for ever."""
    follower = await place.open(toy.FOLLOWER, toy.MIGRATION)
    await put(place, follower, "1980-01")
    producer = AIOKafkaProducer(bootstrap_servers=place.urls.kafka, transactional_id=place.prefix + "tx")
    await producer.start()
    async with producer.transaction():
        await producer.send(place.prefix + TOPIC, b"rubbish", partition=0)
    await producer.stop()
    await place.start(follower, "worker")
    await place.until(lambda: _reached(place, 3))
    behind = await lag(follower, "monitoring.worker", (TOPIC,))
    assert behind[TOPIC, 0] == (3, 0)
    assert [letter.reason for letter in await quarantine.listed(follower)] == ["wrong_magic"]


async def test_a_letter_without_its_content_is_read_again_at_its_place(place: World) -> None:
    """What could not be unpacked once is handled when it can be: here the value was too long to keep, and then was not."""
    follower = await place.open(toy.FOLLOWER, toy.MIGRATION)
    (stream,) = await put(place, follower, "1980-01")
    await place.start(follower, "worker")
    await place.until(lambda: _reached(place, 1))
    await place.sql("monitoring", "DELETE FROM inbox")
    await place.sql("monitoring", "DELETE FROM views.tally")
    await place.sql(
        "monitoring",
        f"""INSERT INTO quarantine (consumer, reference, topic, key, partition, "offset", reason, parked, headers)
            VALUES ('monitoring.worker', 'p', '{TOPIC}', 'p', 0, 0, 'not_unpackable', false, '{{}}')""",
    )
    (letter,) = await quarantine.listed(follower)
    assert await quarantine.retry(follower, letter.id) == 1
    assert await tallied(place) == {stream}


def operator(runtime: Runtime) -> Callable[..., Awaitable[subprocess.CompletedProcess[str]]]:
    """Runs `letters` of matching as its operator does."""
    settings = runtime.settings
    env = os.environ | {
        "SHOUWANG_PROFILE": "development",
        "SHOUWANG_DATABASE_URL": settings.database_url.get_secret_value(),
        "SHOUWANG_KAFKA": settings.kafka,
        "SHOUWANG_REGISTRY": settings.registry,
        "SHOUWANG_TOPIC_PREFIX": settings.topic_prefix,
        "SHOUWANG_SITE_KEY": settings.site_key.get_secret_value(),
    }

    async def letters(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "services.matching", "letters", *words]
        return await asyncio.to_thread(subprocess.run, command, env=env, capture_output=True, text=True, timeout=60, check=False)

    return letters


async def test_the_command_skips_and_says_what_it_will_not_skip(place: World) -> None:
    runtime = await place.open(with_loops(MATCHING))
    await place.topics(*MATCHING.followed)
    async with RawProducer(place.urls.kafka) as producer:
        for _ in range(2):
            await producer.put(place.prefix + TOPIC, 1, batch([Record(None, b"x")]))
    letters = operator(runtime)
    done, beyond, nowhere, unknown = await asyncio.gather(
        letters("skip", TOPIC, "1", "0", "--to", "1", "--reason", "ends the process"),
        letters("skip", TOPIC, "1", "7", "--reason", "x"),
        letters("skip", TOPIC, "99", "0", "--reason", "x"),
        letters("show", "999"),
    )
    assert (done.returncode, done.stdout) == (0, "2 skipped\n"), done.stderr
    assert beyond.returncode == 2
    assert "the partition ends at offset 2" in beyond.stderr
    assert "Traceback" not in beyond.stderr
    assert (nowhere.returncode, nowhere.stderr) == (2, f"nothing skipped: {TOPIC} has 3 partitions, from 0 on\n")
    told = "there is no letter 999; `letters list --closed` shows all\n"
    assert (unknown.returncode, unknown.stdout, unknown.stderr) == (1, "", told)
    found = await place.sql("matching", 'SELECT "offset", closed_as FROM quarantine ORDER BY 1')
    assert [tuple(row) for row in found] == [(0, "skipped: ends the process"), (1, "skipped: ends the process")]
    await place.start(runtime, "worker")
    await place.until(
        lambda: place.sql("matching", f"SELECT 1 FROM progress WHERE topic = '{TOPIC}' AND partition = 1 AND next = 2")
    )
    assert await place.sql("matching", "SELECT 1 FROM quarantine WHERE closed_at IS NULL") == []
    stands = await letters("positions", "--json")
    rows = [json.loads(line) for line in stands.stdout.splitlines()]
    assert {"topic": TOPIC, "partition": 1, "next": 2, "waiting": 0} in rows


async def test_the_guard_stands_before_every_consumer_of_the_worker(place: World) -> None:
    """Faust's consumer and Kafka's client are of versions that are pinned; should the place of the guard move, this says so."""
    follower = await place.open(toy.FOLLOWER, toy.MIGRATION)
    await let_through(place, TOPIC)
    async with RawProducer(place.urls.kafka) as producer:
        await producer.put(place.prefix + TOPIC, 0, batch([Record(b"k", b"v", [(b"\xff", b"x")])], 4))
    async with plain_consumer(follower.settings) as bare:
        partition = TopicPartition(place.prefix + TOPIC, 0)
        bare.assign([partition])
        bare.seek(partition, 0)
        with pytest.raises(UnicodeDecodeError):
            await asyncio.wait_for(bare.getone(), 60)
    await place.start(follower, "worker")
    await place.until(lambda: _reached(place, 1))
    assert [letter.reason for letter in await quarantine.listed(follower)] == ["header_name_not_utf8"]
