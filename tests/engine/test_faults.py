"""What goes wrong: rubbish on a topic, a bug in a rule, a lost race, a duty that does nothing. Nothing is lost, nothing else stops."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer

from services.certificates.person.events import PersonRegistered
from services.engine import quarantine, schedule
from services.engine.runtime import Runtime
from services.kernel.errors import AlreadyRecorded, Conflict, Rejected
from services.kernel.events import Context, Recorded
from services.kernel.projection import fold_into
from tests.engine.samples import say
from tests.kernel import toy
from tests.world import World

TOPIC = "certificates.events.v1"


async def sent(place: World, *messages: tuple[bytes, bytes | None, list[tuple[str, bytes]]]) -> None:
    """Put raw messages (key, value, headers) on the register's topic, past every check of ours."""
    await place.topics(PersonRegistered)
    producer = AIOKafkaProducer(bootstrap_servers=place.urls.kafka)
    await producer.start()
    for key, value, headers in messages:
        await producer.send_and_wait(place.prefix + TOPIC, value, key, partition=0, headers=headers)
    await producer.stop()


def rows(place: World, query: str) -> Callable[[], Awaitable[list[object]]]:
    """A condition: the query has rows in the follower's database."""
    return lambda: place.sql("monitoring", query)


async def framed(runtime: Runtime, birth_month: str = "1980-01") -> bytes:
    """A registration as it travels."""
    fp, body = runtime.codec.encode(toy.registered(birth_month))
    return await runtime.registry.prefix(TOPIC, fp) + body


def envelope(event_id: UUID, version: int = 1) -> list[tuple[str, bytes]]:
    """CloudEvents headers of a registration."""
    now = b"2026-03-02T02:00:00+00:00"
    return [
        ("ce_id", str(event_id).encode()),
        ("ce_source", b"/shouwang/certificates"),
        ("ce_type", b"shouwang.certificates.PersonRegistered"),
        ("ce_time", now),
        ("ce_recordedtime", now),
        ("ce_correlationid", str(event_id).encode()),
        ("ce_streamversion", str(version).encode()),
        ("ce_division", toy.VILLAGE.encode()),
        ("ce_actor", b"CL:5334:x"),
        ("ce_policyversion", b"toy"),
    ]


async def test_rubbish_is_set_aside_with_its_reason_and_other_keys_flow(place: World) -> None:
    follower = await place.open(toy.FOLLOWER, toy.MIGRATION)
    good, ids = await framed(follower), [uuid4() for _ in range(7)]
    keys = [str(uuid4()).encode() for _ in ids]
    values = [
        good[:-3],
        good + b"x",
        b"\1" + good[1:],
        b"\0\x7f\xff\xff\xff" + good[5:],
        b"",
        b"\0\0\0\0\1" + b"z" * (1 << 19),
        good,
    ]
    await sent(place, *[(k, v, envelope(i)) for k, v, i in zip(keys, values, ids, strict=True)])
    await place.start(follower, "worker")
    await place.until(rows(place, f"SELECT 1 FROM views.tally WHERE person_id = '{keys[-1].decode()}'"))
    found = await place.sql("monitoring", 'SELECT reference, reason, parked FROM quarantine ORDER BY "offset"')
    reasons = ["not_decodable", "trailing_bytes", "wrong_magic", "unknown_schema_id", "wrong_magic"]
    assert [(r["reference"], r["reason"]) for r in found] == [(f"{TOPIC}/0/{n}", r) for n, r in enumerate([*reasons, "too_large"])]
    assert not any(r["parked"] for r in found)


async def test_a_poisoned_key_waits_and_follows_in_order_once_its_head_is_discarded(place: World) -> None:
    follower = await place.open(toy.FOLLOWER, toy.MIGRATION)
    key, other, ids = str(uuid4()), str(uuid4()), [uuid4() for _ in range(4)]
    poison, good = await framed(follower, "1900-01"), await framed(follower)
    await sent(
        place,
        (key.encode(), poison, envelope(ids[0], 1)),
        (key.encode(), good, envelope(ids[1], 2)),
        (other.encode(), good, envelope(ids[2], 1)),
        (key.encode(), good, envelope(ids[3], 3)),
    )
    await place.start(follower, "worker")
    await place.until(rows(place, f"SELECT 1 FROM views.tally WHERE person_id = '{other}'"))
    await place.until(rows(place, "SELECT 1 FROM quarantine HAVING count(*) = 3"))
    listed = await quarantine.listed(follower)
    assert [(x.reason, x.parked) for x in listed] == [
        ("ZeroDivisionError", False),
        ("behind_another", True),
        ("behind_another", True),
    ]
    assert await place.sql("monitoring", f"SELECT 1 FROM views.tally WHERE person_id = '{key}'") == []
    assert await quarantine.retry(follower, listed[1].id) == 0, "the head fails again, so nothing behind it may pass"
    assert await quarantine.discard(follower, listed[0].id, "a rule that was withdrawn") == 2
    (tally,) = await place.sql("monitoring", f"SELECT times FROM views.tally WHERE person_id = '{key}'")
    assert tally["times"] == 2
    assert await quarantine.listed(follower) == []
    assert [x.closed_as for x in await quarantine.listed(follower, True)] == [
        "discarded: a rule that was withdrawn",
        "retried",
        "retried",
    ]


async def test_a_letter_with_more_headers_than_are_kept_is_retried_as_it_stands_on_its_topic(place: World) -> None:
    follower = await place.open(toy.FOLLOWER, toy.MIGRATION)
    many = [(f"x{number}", b"of somebody on the way") for number in range(60)]
    await sent(place, (str(uuid4()).encode(), await framed(follower, "1900-01"), many + envelope(uuid4())))
    await place.start(follower, "worker")
    await place.until(rows(place, "SELECT 1 FROM quarantine"))
    (letter,) = await quarantine.listed(follower)
    assert await quarantine.retry(follower, letter.id) == 0
    (again,) = await quarantine.listed(follower)
    assert again.reason == "ZeroDivisionError", "the rule still has its bug; nothing is missing of the envelope"


async def test_the_same_event_delivered_many_times_has_its_effect_once(place: World) -> None:
    follower = await place.open(toy.FOLLOWER, toy.MIGRATION)
    key, event_id, good = str(uuid4()).encode(), uuid4(), await framed(follower)
    await sent(place, *[(key, good, envelope(event_id))] * 5)
    await place.start(follower, "worker")
    await place.until(rows(place, "SELECT 1 FROM progress WHERE next = 5"))
    assert [r["times"] for r in await place.sql("monitoring", "SELECT times FROM views.tally")] == [1]
    assert len(await place.sql("monitoring", "SELECT 1 FROM events")) == 1
    await place.sql("monitoring", "DELETE FROM inbox")
    await sent(place, (key, good, envelope(event_id)))
    await place.until(rows(place, "SELECT 1 FROM progress WHERE next = 6"))
    assert len(await place.sql("monitoring", "SELECT 1 FROM events")) == 1, "the caused event's id meets UNIQUE"


async def test_a_lost_race_is_a_conflict_and_a_repeated_id_is_recognised(place: World) -> None:
    register = await place.open(toy.COUNTED, toy.MIGRATION)
    stream = uuid4()
    await say(register, toy.registered(), stream)
    context = Context("CL:5334:x", register.clock(), uuid4(), uuid4())

    async def append(version: int, asked: Context) -> None:
        async with register.pool.acquire() as conn, conn.transaction():
            await register.store.append(conn, "person", stream, version, [toy.registered()], asked, toy.VILLAGE)

    for stale in (0, 2):
        with pytest.raises(Conflict):
            await append(stale, context)
    await append(1, context)
    with pytest.raises(AlreadyRecorded):
        await append(2, context)
    outcomes = await asyncio.gather(
        *[append(2, Context("a", register.clock(), uuid4(), uuid4())) for _ in range(8)], return_exceptions=True
    )
    assert sorted(type(o).__name__ for o in outcomes) == ["Conflict"] * 7 + ["NoneType"]
    assert [r.version for r in await read(register, stream)] == [1, 2, 3]


async def read(runtime: Runtime, stream: UUID) -> list[Recorded]:
    """A stream's history."""
    async with runtime.pool.acquire() as conn:
        return await runtime.store.read(conn, stream)


async def test_two_transactions_never_fold_one_row_from_the_same_past(place: World) -> None:
    register = await place.open(toy.COUNTED, toy.MIGRATION)
    stream = uuid4()

    async def once() -> None:
        for _ in range(20):
            try:
                await say(register, toy.registered(), stream)
                return
            except Conflict:
                await asyncio.sleep(0.01)
        raise AssertionError("never got through")

    await asyncio.gather(*[once() for _ in range(8)])
    assert await register.pool.fetchval("SELECT times FROM views.tally") == 8
    folded: dict[Any, toy.Tally | None] = {}
    for recorded in await read(register, stream):
        fold_into(toy.OWN, folded, recorded)
    assert [row and row.times for row in folded.values()] == [8]


async def test_a_rejected_command_leaves_nothing(place: World) -> None:
    register = await place.open(toy.COUNTED, toy.MIGRATION)
    context = Context("CL:5334:x", register.clock(), uuid4(), uuid4())
    with pytest.raises(Rejected, match="asked_to_refuse"):
        async with register.pool.acquire() as conn, conn.transaction():
            await register.executor.execute(conn, toy.PERSON, uuid4(), toy.Refuse(), context)
    assert await place.sql("certificates", "SELECT 1 FROM events UNION ALL SELECT 1 FROM outbox") == []


async def test_a_duty_that_settles_nothing_is_set_aside_and_does_not_turn_in_a_circle(place: World) -> None:
    register = await place.open(toy.COUNTED, toy.MIGRATION)
    await say(register, toy.registered("2026-01"))
    assert await schedule.run_due(register) == 1
    assert await schedule.run_due(register) == 0
    (letter,) = await quarantine.listed(register)
    assert (letter.consumer, letter.topic, letter.reason) == ("scheduler", "TOY", "not_settled")
    assert await quarantine.retry(register, letter.id) == 1
    assert await schedule.run_due(register) == 1


async def test_the_app_role_cannot_rewrite_the_log_and_the_rebuild_role_cannot_read_the_outbox(place: World) -> None:
    import asyncpg

    register = await place.open(toy.COUNTED, toy.MIGRATION)
    for statement in ("UPDATE events SET actor = ''", "DELETE FROM events", "TRUNCATE events", "DROP TABLE views.tally"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await register.pool.execute(statement)
    conn = await asyncpg.connect(place.database["certificates"]["rebuild"])
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await conn.fetch("SELECT * FROM outbox")
    await conn.close()
