"""Others read what we publish: Kafka's own console consumer, a plain client with the registry, the CloudEvents SDK, the README's sample."""

import asyncio
import io
import json
import re
import subprocess
import urllib.request
from datetime import date
from pathlib import Path
from uuid import UUID

import fastavro
import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat

from deploy.local.downloads import java, tools_classpath
from deploy.local.stack import default_data
from tests.contract.topics.samples import consumed
from tests.engine.samples import say
from tests.kernel import toy
from tests.world import World

ROOT = Path(__file__).resolve().parents[3]
TOPIC = "certificates.events.v1"


@pytest.fixture
async def said(place: World) -> list[UUID]:
    """Three registrations on the register's topic; their streams."""
    register = await place.open(toy.COUNTED, toy.MIGRATION)
    await place.start(register, "relay")
    streams = [(await say(register, toy.registered(f"1980-0{n}")))[0].stream_id for n in (1, 2, 3)]

    async def sent() -> bool:
        return bool(await register.pool.fetchval("SELECT count(*) = 0 FROM outbox"))

    await place.until(sent)
    return streams


async def test_kafkas_console_consumer_reads_our_topic(place: World, said: list[UUID]) -> None:
    command = [
        java(),
        "-cp",
        await asyncio.to_thread(tools_classpath, default_data() / "cache"),
        "org.apache.kafka.tools.consumer.ConsoleConsumer",
        "--bootstrap-server",
        place.urls.kafka,
        "--topic",
        place.prefix + TOPIC,
        "--from-beginning",
        "--max-messages",
        "3",
        "--timeout-ms",
        "20000",
        "--formatter-property",
        "print.key=true",
        "--formatter-property",
        "print.headers=true",
    ]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, timeout=60, check=False)
    text = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, done.stderr.decode()
    assert {str(s) for s in said} == set(re.findall(r"ce_subject:([0-9a-f-]{36})", text))
    assert text.count("ce_type:shouwang.certificates.PersonRegistered") == 3


async def test_a_plain_client_reads_events_with_the_registry(place: World, said: list[UUID]) -> None:
    found = await asyncio.to_thread(consumed, place, TOPIC, 3)
    read = {}
    for message in found:
        assert message.value()[0] == 0
        schema_id = int.from_bytes(message.value()[1:5], "big")
        answer = await asyncio.to_thread(urllib.request.urlopen, f"{place.urls.registry}/schemas/ids/{schema_id}")
        schema = fastavro.parse_schema(json.loads(json.load(answer)["schema"]))
        read[message.key().decode()] = fastavro.schemaless_reader(io.BytesIO(message.value()[5:]), schema, None)
    months = [f"1980-0{n}" for n in (1, 2, 3)]
    assert read == {str(s): {"birth_month": m, "division": toy.VILLAGE} for s, m in zip(said, months, strict=True)}


async def test_the_cloudevents_sdk_parses_our_headers(place: World, said: list[UUID]) -> None:
    message = (await asyncio.to_thread(consumed, place, TOPIC, 3))[0]
    event = from_binary(KafkaMessage(dict(message.headers()), message.key(), message.value()), JSONFormat())
    assert event.get_type() == "shouwang.certificates.PersonRegistered"
    assert event.get_source() == "/shouwang/certificates"
    assert UUID(str(event.get_subject())) in said
    assert event.get_specversion() == "1.0"
    assert UUID(event.get_id())
    time = event.get_time()
    assert time is not None
    assert abs((time.date() - date.today()).days) <= 1  # noqa: DTZ011
    assert event.get_extension("division") == toy.VILLAGE
