"""The canary: names, citizen ids and phones of a small county are looked for everywhere they must not be. Zero hits."""

import re
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer

from deploy.local.stack import Urls
from deploy.processes import Processes
from deploy.reading import whole
from deploy.sandbox.doors import Doors, Quiet
from deploy.sandbox.outside import outside
from deploy.sandbox.prefecture import Prefecture, made
from deploy.sandbox.year import Year

pytestmark = pytest.mark.long
HOME_OF_NAMES = {"person", "certificate_number", "person_read", "guardian", "citizen_id_history"}


async def test_no_name_number_or_phone_leaves_the_persons_table(registered: Urls, tmp_path: Path) -> None:
    prefecture = made(seed=7, households=8, days=30)
    processes = Processes(registered, tmp_path / "canary", f"canary{uuid4().hex[:8]}.")
    await processes.prepare()
    consumer = AIOKafkaConsumer(bootstrap_servers=registered.kafka)
    await consumer.start()
    try:
        async with outside(tmp_path / "outside") as world, aiohttp.ClientSession() as session:
            world.knows(processes)
            processes.start()
            doors = Doors(processes, session)
            year = Year(prefecture, doors, Quiet(doors, consumer), world)
            await year.past()
            for number in range(prefecture.days):
                await year.day(prefecture.first + timedelta(days=number))
            told = {record["to"] for record in world.house.control.records("sms")}
        assert told & {person.phone for person in prefecture.everybody}, "nobody was told in person"
        canaries = secrets_of(prefecture)
        places = {**await topics(processes), **await tables(processes), **metrics(processes), **logs(processes)}
    finally:
        await consumer.stop()
        processes.stop()
        await processes.forget()
    assert len(places) > 30, "nothing was looked at"
    assert places[f"{processes.prefix}certificates.events.v1"], "no topic was read"
    assert sum(len(text) for text in places.values()) > 100_000
    assert {place for place, text in places.items() if canaries.search(text)} == set()


def secrets_of(prefecture: Prefecture) -> "re.Pattern[bytes]":
    """Every name, citizen id and phone, as one pattern over bytes."""
    words = {w for p in prefecture.everybody for w in (p.name, p.citizen_id, p.phone, p.citizen_id[6:14] + p.citizen_id[14:])}
    return re.compile(b"|".join(re.escape(w.encode()) for w in words))


async def topics(processes: Processes) -> dict[str, bytes]:
    """Keys, headers and values of every topic of this deployment."""
    found: dict[str, list[bytes]] = {}
    async for message in whole(processes.urls.kafka, pattern=f"^{re.escape(processes.prefix)}.*"):
        headers = (part for name, value in message.headers for part in (name.encode(), value))
        found.setdefault(message.topic, []).extend([message.key or b"", message.value or b"", *headers])
    return {topic: b"\n".join(parts) for topic, parts in found.items()}


async def tables(processes: Processes) -> dict[str, bytes]:
    """Every row of every table of every service, as text and as the bytes inside bytea columns; except where names live."""
    found = {}
    for service, mine in processes.dsn.items():
        conn = await asyncpg.connect(mine["superuser"])
        names: list[Any] = await conn.fetch(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('public', 'views')"
        )
        for schema, table in names:
            if table not in HOME_OF_NAMES:
                rows = await conn.fetch(f"SELECT * FROM {schema}.{table}")
                cells = [bytes(v) if isinstance(v, bytes) else str(v).encode() for r in rows for v in r.values()]
                found[f"{service}.{table}"] = b"\n".join(cells)
        await conn.close()
    return found


def metrics(processes: Processes) -> dict[str, bytes]:
    """What each service tells Prometheus."""
    return {f"{s} metrics": urllib.request.urlopen(f"{processes.base(s)}/metrics").read() for s in processes.ports}


def logs(processes: Processes) -> dict[str, bytes]:
    """What each process logged."""
    return {path.name: path.read_bytes() for path in processes.folder.glob("*.log")}
