"""What was told is told by nobody again: not by events that come once more, by rebuilt tables, by a database that was
restored, nor when the bookkeeping of it is deleted.

Counted where it would arrive: at the providers.
"""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest
from confluent_kafka import Consumer, TopicPartition

from services.engine.deliver import Delivery
from services.engine.rebuild import Rebuild
from services.monitoring.risk_case.events import RiskDetected
from services.notifications.notice import own_channels
from services.notifications.service import SERVICE
from services.notifications.subscription import fanout
from services.notifications.vocabulary import Channel
from services.shell.process import opened
from tests.contract.golden import sample
from tests.notifications.delivery.outside import about, engine_of
from tests.notifications.delivery.told import NINE, RISK, Told
from tests.notifications.person_message.reached import SOON, Reached
from tests.notifications.running import emptied
from tests.notifications.samples import VILLAGE, recorded

CHANNELS = (Channel.SMS, Channel.MAIL, Channel.WEBHOOK, Channel.WECOM, Channel.DINGTALK, Channel.DROP)
TOLD = {"topic": 3, "sms": 3, "mail": 3, "webhook": 3, "wecom": 1, "dingtalk": 1, "drop": 1}  # the last three once, at their hour
TOPICS = replace(RISK, channels=(Channel.INBOX, Channel.TOPIC))


async def delivered(told: Told, days: int = 0) -> None:
    """Everything goes out that would, on the day of the digests (so many days later) and on the next one."""
    while await own_channels.send_due(told.office.runtime):
        pass
    await told.office.place.until(told.office.published)
    for day in (days, days + 1):
        sent = 1
        while sent:  # as often as the channels' pace asks for
            await told.at(NINE + timedelta(days=day))
            sent = sum([await told.office.deliver(channel) for channel in CHANNELS])


async def met(told: Told) -> Counter[str]:
    """How many messages each provider has met, and stand on the office's own topic."""
    records = {p: len(told.house.control.records(p)) for p in ("sms", "mail", "wecom", "dingtalk")}
    here = {
        "webhook": sum(told.office.there.ids.values()),
        "drop": len(told.drops()),
        "topic": await asyncio.to_thread(on_topic, told),
    }
    return Counter(records | here)


def on_topic(told: Told) -> int:
    """How many notices stand on the office's topic."""
    place = told.office.place
    topic = f"{place.prefix}agency.cl.533401.notices.v1"
    consumer = Consumer({"bootstrap.servers": place.urls.kafka, "group.id": "counting"})
    try:
        partitions = consumer.list_topics(topic, 10).topics[topic].partitions
        return sum(high - low for low, high in (consumer.get_watermark_offsets(TopicPartition(topic, p), 10) for p in partitions))
    finally:
        consumer.close()


@pytest.fixture
async def silent(told: Told) -> Told:
    """Two notices and a risk of monitoring's are told by every channel; what follows must say nothing."""
    office = told.office
    await office.subscribe(channel="SMS", address="13800000000")
    await office.subscribe(channel="MAIL", address="cl@example.cn")
    await office.subscribe()
    for robot in ("WECOM", "DINGTALK"):
        await office.subscribe(channel=robot, address=robot.lower())
    await told.wants_drops()
    await office.queue(about("一", TOPICS), about("二", TOPICS))
    await risk(told)
    await office.place.until(office.published)
    await delivered(told)
    assert await met(told) == TOLD
    return told


async def risk(told: Told) -> None:
    """A risk that monitoring tells of, as the worker hears it."""
    event = replace(recorded(replace(sample(RiskDetected), division=VILLAGE), VILLAGE), service="monitoring")
    async with told.office.runtime.pool.acquire() as conn, conn.transaction():
        await Delivery(told.office.runtime).apply(conn, [event])


async def test_events_that_come_again_after_the_inbox_was_pruned_tell_nothing(silent: Told) -> None:
    await silent.office.place.sql("notifications", "DELETE FROM inbox")
    await risk(silent)
    await delivered(silent, days=2)
    assert await met(silent) == TOLD


async def test_effects_that_were_settled_long_ago_go_and_nothing_is_told_again(silent: Told) -> None:
    place, runtime = silent.office.place, silent.office.runtime
    kept = "SELECT delivery_id, state FROM delivery ORDER BY seq"
    deliveries = await place.sql("notifications", kept)
    await place.sql("notifications", "UPDATE effect SET settled_at = now() - interval '399 days'")
    assert await emptied(runtime) == [0]
    await place.sql("notifications", "UPDATE effect SET settled_at = now() - interval '401 days'")
    known = len(await place.sql("notifications", "SELECT 1 FROM effect"))
    assert await emptied(runtime) == [2] * (known // 2) + [1] * (known % 2) + [0]
    await place.sql("notifications", "DELETE FROM inbox")
    await risk(silent)
    await delivered(silent, days=2)
    assert await place.sql("notifications", "SELECT 1 FROM effect") == []
    # Even where a log is put back without its effects: the trigger makes them anew, and the streams say that each door has told it.
    stored = await place.sql("notifications", "SELECT event_id FROM events ORDER BY position")
    await place.sql("notifications", "INSERT INTO effect (notice_id) SELECT stream_id FROM events WHERE type = 'NoticeQueued'")
    await delivered(silent, days=4)
    states = await place.sql("notifications", "SELECT state, count(*) AS n FROM effect GROUP BY state")
    assert [tuple(row) for row in states] == [("sent", known)]
    assert await place.sql("notifications", "SELECT event_id FROM events ORDER BY position") == stored
    assert await place.sql("notifications", "SELECT topic FROM outbox") == []
    assert await met(silent) == TOLD
    assert await place.sql("notifications", kept) == deliveries


async def test_what_is_not_settled_stays_however_old_it_is(silent: Told) -> None:
    place = silent.office.place
    old = "settled_at = now() - interval '401 days', due_at = now() - interval '401 days'"
    await place.sql("notifications", f"UPDATE effect SET state = 'due', {old}")
    before = await place.sql("notifications", "SELECT notice_id FROM effect")
    assert await emptied(silent.office.runtime) == [0]
    assert await place.sql("notifications", "SELECT notice_id FROM effect") == before


async def test_tables_that_are_rebuilt_tell_nothing(silent: Told) -> None:
    runtime = silent.office.runtime
    for projection in SERVICE.projections:
        await Rebuild(runtime, projection.table, runtime.settings.rebuild_url.get_secret_value()).run()
    await delivered(silent, days=2)
    assert await met(silent) == TOLD


async def test_a_restored_database_tells_nothing(silent: Told) -> None:
    place = silent.office.place
    database = place.database["notifications"]["superuser"].rpartition("/")[2]
    conn = await asyncpg.connect(place.urls.postgres)
    try:
        await conn.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS false')
        await conn.fetch("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", database)
        await conn.execute(f'CREATE DATABASE "{database}_restored" TEMPLATE "{database}"')
        settings = place.settings("notifications")
        restored = f"{settings.database_url.get_secret_value()}_restored"
        async with opened(SERVICE, settings.model_copy(update={"database_url": type(settings.database_url)(restored)})) as runtime:
            engine = engine_of(runtime, silent.office.engine.senders)
            assert await own_channels.send_due(runtime) == 0
            while await fanout.take(runtime):
                pass
            for _ in range(2):
                place.set_clock(runtime.clock() + timedelta(days=1))
                assert [await engine.claim(channel) for channel in CHANNELS] == [[]] * len(CHANNELS)
            assert await runtime.pool.fetchval("SELECT count(*) FROM delivery") == 3 * len(CHANNELS)
            assert await runtime.pool.fetchval("SELECT count(*) FROM outbox") == 0  # nothing for the topic either
        assert await met(silent) == TOLD
    finally:
        await conn.execute(f'DROP DATABASE IF EXISTS "{database}_restored" WITH (FORCE)')
        await conn.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS true')
        await conn.close()


async def test_a_person_who_was_called_or_texted_is_told_nothing_by_rebuilt_tables(phones: Reached) -> None:
    called, texted = [await phones.register.person(citizen) for citizen in range(2)]
    await phones.register.village.post(f"/persons/{called}/phone-confirmed", {"owner": "HOLDER"})
    await phones.register.village.post(f"/persons/{called}/contact", {"choice": "VOICE", "language": "LISU"})
    await phones.tell(called, channel=Channel.VOICE)
    await phones.tell(texted, window="ONE_MONTH", until=SOON)
    before = (phones.texts("voice"), phones.texts())
    assert [len(each) for each in before] == [1, 1]
    runtime = phones.told.runtime
    for projection in SERVICE.projections:
        await Rebuild(runtime, projection.table, runtime.settings.rebuild_url.get_secret_value()).run()
    assert await phones.begin() == 0
    assert [await phones.send(channel) for channel in (Channel.VOICE, Channel.SMS)] == [0, 0]
    assert (phones.texts("voice"), phones.texts()) == before
