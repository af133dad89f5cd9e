"""Many holders reminded at once: register asked, texts sent through a gateway that takes 200 ms, receipts settled, and the ledger told.

One of `make bench`; with other numbers `python -m tests.bench.reaching [reminders] [a minute]`. Everything but PostgreSQL and Kafka runs in
one process: both services' doors, the loops, the gateway.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import structlog
import uvloop

from deploy import schemas
from deploy.job import parser
from deploy.local.resolve import backend
from deploy.local.stack import Urls
from deploy.sandbox.providers.control import Do, Step
from deploy.sandbox.providers.house import House, open_house
from services.certificates.service import SERVICE as CERTIFICATES
from services.domain import citizen_id
from services.domain.file_number import file_number
from services.engine.runtime import Runtime
from services.kernel.events import Context
from services.kernel.execute import Order
from services.notifications.channels.settings import read
from services.notifications.channels.sms import SmsSender
from services.notifications.outbound.sources import SOURCES
from services.notifications.person_message import loop
from services.notifications.person_message.register_client import Directory, RegisterSettings
from services.notifications.person_message.source import Persons
from services.notifications.policy.load import NoticePolicy
from services.notifications.reminder.commands import Open
from services.notifications.reminder.decider import REMINDER, reminder_id
from services.notifications.service import SERVICE
from services.notifications.vocabulary import Channel
from services.shell.http.call import uuid7
from tests.bench.figures import Figure, reported
from tests.notifications.delivery.outside import engine_of
from tests.world import World, with_loops, world

REMINDERS, A_MINUTE, AT_ONCE, TOOK = 20_000, 6_000, 100, 0.2
VILLAGE, UNTIL = "533401204001", date(2026, 8, 28)


def hurried(a_minute: int) -> NoticePolicy:
    """The policy with a gateway that allows so many texts a minute, and a register that answers as fast as it is asked."""
    policy: NoticePolicy = SERVICE.policy
    changed: dict[str, Any] = {"concurrency": AT_ONCE, "per_minute": a_minute, "quiet_from": 0, "quiet_until": 0}
    rows = tuple(replace(r, value=replace(r.value, **changed)) if r.id == "SMS" else r for r in policy.conduct.rows)
    return replace(policy, conduct=type(policy.conduct)(rows))


async def registered(place: World, count: int) -> list[UUID]:
    """So many persons of a village in the register's table, each with a telephone of his own."""
    await place.open(CERTIFICATES)
    persons, rows = [uuid4() for _ in range(count)], []
    for n, person in enumerate(persons):
        head = f"533499{1940 + n % 60}0{1 + n % 9}{10 + n // 540 % 18}{n % 1000:03d}"
        rows.append(
            (person, file_number(person), VILLAGE, "测试甲", head + citizen_id.check_digit(head), uuid4(), "bench", f"199{n:08d}")
        )
    await place.sql(
        "certificates",
        """INSERT INTO person (person_id, file_number, division, name, citizen_id, blind_index, key_id, phone, registered_on)
           SELECT u.*, '2020-01-01'::date
           FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[])
               AS u(a, b, c, d, e, f, g, h)""",
        *[list(column) for column in zip(*rows, strict=True)],
    )
    return persons


async def owed(runtime: Runtime, persons: Sequence[UUID]) -> None:
    """A reminder for each, as the register's events open them."""
    for start in range(0, len(persons), 1000):
        async with runtime.pool.acquire() as conn, conn.transaction():
            orders = []
            for person in persons[start : start + 1000]:
                card, seed = uuid4(), uuid7()
                command = Open(card, person, VILLAGE, UNTIL, "SIX_MONTHS", 1)
                context = Context("machine:bench", runtime.clock(), seed, seed)
                orders.append(Order(REMINDER, reminder_id(card, UNTIL, "SIX_MONTHS", 1), command, context))
            await runtime.executor.execute_many(conn, orders)


async def reached(place: World, house: House, count: int, a_minute: int) -> list[Figure]:
    """Tell them all; what came of it."""
    os.environ |= {"SHOUWANG_CHANNELS_FILE": str(house.channels), "SHOUWANG_SECRETS_DIR": str(house.folder / "secrets")}
    house.control.always["sms"] = Step(Do.DELAY, seconds=TOOK)
    place.set_clock(datetime(2026, 3, 2, 2, tzinfo=UTC))
    persons = await registered(place, count)
    rows = CERTIFICATES.policy.reading.rows
    fast = tuple(replace(r, value=replace(r.value, persons_per_minute=10**9)) if r.id == "reminding" else r for r in rows)
    policy = replace(CERTIFICATES.policy, reading=type(CERTIFICATES.policy.reading)(fast))
    register = await place.serve(await place.open(replace(CERTIFICATES, policy=policy), pool_size=8))
    runtime = await place.open(with_loops(replace(SERVICE, policy=hurried(a_minute))), pool_size=12)
    house.gateway.receipts_url = f"{await place.serve(runtime)}/receipts/sms"
    (token := place.folder / "token").write_text(place.issuer.token("notifications", "CL", "5334", ["reminding"]))
    await owed(runtime, persons)
    given = read(house.channels, house.folder / "secrets").sms
    assert given is not None
    async with aiohttp.ClientSession() as session:
        directory, sms = Directory(RegisterSettings(register_url=register, register_token_file=token), session), SmsSender(given)
        engine = engine_of(runtime, {Channel.SMS: sms}, {**SOURCES, "PERSON": Persons(directory)})
        since = time.perf_counter()
        running = [asyncio.create_task(engine.run()), asyncio.create_task(_begun(runtime, directory))]
        await _ended(runtime, count, running)
        took = time.perf_counter() - since
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await sms.close()
    await house.gateway.settled()
    return await _figures(runtime, house, count, a_minute, took)


async def _begun(runtime: Runtime, directory: Directory) -> None:
    while True:
        if await loop.take(runtime, directory, frozenset({Channel.SMS})) == 0:
            await asyncio.sleep(0.1)


async def _ended(runtime: Runtime, count: int, running: Sequence[asyncio.Task[None]]) -> None:
    query = "SELECT count(*) FROM delivery WHERE state IN ('delivered', 'failed', 'suppressed')"
    while await runtime.pool.fetchval(query) < count:
        assert not any(task.done() for task in running), [task.exception() for task in running if task.done()]
        await asyncio.sleep(0.2)


async def _figures(runtime: Runtime, house: House, count: int, a_minute: int, took: float) -> list[Figure]:
    met = [json.loads(line) for line in house.control.file.read_text().splitlines()]
    texts = [m for m in met if m["provider"] == "sms"]
    once, seconds = Counter(m["reference"] for m in texts), Counter(m["at"][:19] for m in texts)
    states = {r["state"]: r["n"] for r in await runtime.pool.fetch("SELECT state, count(*) AS n FROM delivery GROUP BY state")}
    reached = await runtime.pool.fetchval("SELECT count(*) FROM events WHERE type = 'ReminderReached'")
    if states != {"delivered": count} or len(once) != count or set(once.values()) != {1} or reached != count:
        raise AssertionError(f"lost or doubled: {states}, {len(once)} at the gateway, {once.most_common(1)}, {reached} reached")
    ceiling = a_minute / 60
    name = f"{count:,} holders reminded, register to ledger, gateway answers in {TOOK * 1000:.0f} ms"
    return [
        Figure(name, round(count / took), "1/s", round(ceiling), round(count / took / ceiling, 2), 0.5),
        Figure("most texts in one second", max(seconds.values()), "1/s", round(ceiling), None, 2 * ceiling + 1, True),
    ]


async def reaching_them(urls: Urls, folder: Path, count: int = REMINDERS, a_minute: int = A_MINUTE) -> list[Figure]:
    """Over running servers, in a world of its own."""
    async with world(urls, folder, partitions=1) as place, open_house(folder / "house") as house:
        await place.topics()
        return await reached(place, house, count, a_minute)


async def measured(*numbers: int) -> list[Figure]:
    """By itself."""
    with backend(Path(".local/bench/stack")) as urls, tempfile.TemporaryDirectory() as folder:
        await schemas.register(urls.registry)
        return await reaching_them(urls, Path(folder), *numbers)


if __name__ == "__main__":
    line = parser("tests.bench.reaching", __doc__)
    line.add_argument("numbers", nargs="*", type=int, help="how many persons, how many texts a minute")
    asked = line.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    done = uvloop.run(measured(*asked.numbers))
    sys.exit(0 if reported(done, Path(".local/reaching.json")) else 1)
