"""A wave: 20,000 cards come inside a reminder window on one day, and the process that tells of it is killed in the middle.

Scheduler and relay run as a real process, which gets a SIGKILL when a part of the reminders is stored and is started again. Measured
from the moment at which the day begins until the last reminder is on the topic; nothing may be missing, and nothing stored twice.
"""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from pathlib import Path

from pydantic import SecretStr

from deploy.reading import whole
from services.engine.runtime import Runtime
from tests.bench.figures import Figure
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]
REMINDER = b"shouwang.certificates.CertificateExpiryApproaching"
_STORED = "SELECT count(*) FROM events WHERE type = 'CertificateExpiryApproaching'"
_TWICE = """SELECT count(*) FROM (SELECT FROM events WHERE type = 'CertificateExpiryApproaching' GROUP BY stream_id
    HAVING count(*) > 1) doubled"""


async def killed_wave(world: World, runtime: Runtime, due: int) -> list[Figure]:
    """`due` reminders are due today and nothing else is on its way; the outbox is empty."""
    since = time.perf_counter()
    first = await _started(world, runtime)
    await until(runtime, f"SELECT ({_STORED}) > {due // 3}")
    first.send_signal(signal.SIGKILL)
    await first.wait()
    before = await runtime.pool.fetchval(_STORED)
    assert due // 3 < before < due, "the process was not killed in the middle"
    second = await _started(world, runtime)
    try:
        await until(runtime, f"SELECT ({_STORED}) >= {due} AND NOT EXISTS (SELECT FROM outbox)")
        took = time.perf_counter() - since
    finally:
        second.terminate()
        await second.wait()
    ids, messages = await _on_topic(world)
    missing = due - len(ids)
    doubled = await runtime.pool.fetchval(_TWICE) + await runtime.pool.fetchval(_STORED) - due
    return [
        Figure(f"{due:,} reminders due at once, killed at {before:,}: all out", round(took, 1), "s", None, None, 60, True),
        Figure("… missing or stored twice", missing + doubled, "", None, None, 1, True),
        Figure("… sent again with the same id", messages - len(ids), "", None, None, due, True),
    ]


async def _started(world: World, runtime: Runtime) -> Process:
    """Scheduler and relay of the register, as a deployment runs them."""
    settings = world.settings(runtime.service.name, log_level="ERROR").model_dump()
    plain = {k: v.get_secret_value() if isinstance(v, SecretStr) else v for k, v in settings.items()}
    environment = os.environ | {f"SHOUWANG_{k.upper()}": str(v) for k, v in plain.items()}
    command = [sys.executable, "-m", f"services.{runtime.service.name}", "run", "relay", "scheduler"]
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=DEVNULL, stderr=DEVNULL)


async def until(runtime: Runtime, query: str, seconds: float = 300) -> None:
    """Wait until a query says true."""
    async with asyncio.timeout(seconds):
        while not await runtime.pool.fetchval(query):  # noqa: ASYNC110 - another process makes it true
            await asyncio.sleep(0.05)


async def _on_topic(world: World) -> tuple[set[bytes], int]:
    """The reminders on the topic: their ids, and how many messages carry them."""
    ids, messages = set[bytes](), 0
    async for message in whole(world.urls.kafka, f"{world.prefix}certificates.events.v1"):
        headers = dict(message.headers)
        if headers["ce_type"] == REMINDER:
            ids.add(headers["ce_id"])
            messages += 1
    return ids, messages
