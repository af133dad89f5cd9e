"""To the agency's own topic: from a visit with a hail loss at monitoring's endpoint, and from its risk on monitoring's topic.

The second is what notifications adds by itself: an event comes in, the notice stands on the county federation's topic.
"""

import asyncio
import time
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import aiohttp
from aiokafka import AIOKafkaConsumer

from deploy.local.stack import Urls
from deploy.processes import Processes
from deploy.sandbox.doors import Doors
from tests.bench.figures import Figure

RATE, SECONDS, VILLAGE = 50, 20, "533401102001"
TOPIC, CAUSES = "agency.cl.533401.notices.v1", "monitoring.events.v1"


async def latency(urls: Urls, folder: Path, runs: int = 3) -> list[Figure]:
    """The medians over the runs of the p99 in milliseconds, at 50 commands a second."""
    processes = Processes(urls, folder, f"lat{uuid4().hex[:8]}.")
    await processes.prepare()
    try:
        await asyncio.to_thread(processes.start)
        async with aiohttp.ClientSession() as session:
            doors = Doors(processes, session)
            await _run(doors, 2)  # warm
            p99 = [await _run(doors, SECONDS) for _ in range(runs)]
    finally:
        await asyncio.to_thread(processes.stop)
        await processes.forget()
    command, event = (round(median(each)) for each in zip(*p99, strict=True))
    return [
        Figure("command → agency's topic, p99 at 50 commands/s", command, "ms", None, None, 500, below=True),
        Figure("event in → agency's topic, p99 at 50 events/s", event, "ms", None, None, 250, below=True),
    ]


async def _run(doors: Doors, seconds: int) -> tuple[float, float]:
    homes = []
    for _ in range(RATE * seconds):
        homes.append((await _post(doors, "/households", {"division": VILLAGE, "members": [str(uuid4())]}))["id"])
    topics = [doors.processes.prefix + TOPIC, doors.processes.prefix + CAUSES]
    consumer = AIOKafkaConsumer(*topics, bootstrap_servers=doors.processes.urls.kafka, auto_offset_reset="latest")
    await consumer.start()
    await consumer.seek_to_end()
    sent: dict[str, float] = {}
    arrived: dict[str, float] = {}
    came_in: dict[str, float] = {}
    reading = asyncio.create_task(_read(consumer, arrived, came_in))
    start = time.perf_counter()
    posts = []
    for number, home in enumerate(homes):
        await asyncio.sleep(max(0, start + number / RATE - time.perf_counter()))
        posts.append(asyncio.create_task(_visit(doors, home, sent)))
    await asyncio.gather(*posts)
    async with asyncio.timeout(60):
        while len(arrived) < len(sent):  # noqa: ASYNC110 - two counts, no event to wait for
            await asyncio.sleep(0.05)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await consumer.stop()
    return _p99([arrived[key] - since for key, since in sent.items()]), _p99([arrived[key] - came_in[key] for key in sent])


def _p99(waits: list[float]) -> float:
    return 1000 * sorted(waits)[int(len(waits) * 0.99)]


async def _post(doors: Doors, path: str, body: Any) -> Any:
    return await doors.post(f"CUN:{VILLAGE}", "liaison", "monitoring", path, body)


async def _visit(doors: Doors, home: str, sent: dict[str, float]) -> None:
    since = time.perf_counter()
    answer = await _post(
        doors, f"/households/{home}/visits", {"incidents": ["HAIL"], "income_fell": True, "income_per_head": 12000}
    )
    sent[answer["events"][0]["id"]] = since


async def _read(consumer: AIOKafkaConsumer, arrived: dict[str, float], came_in: dict[str, float]) -> None:
    async for message in consumer:
        now, headers = time.perf_counter(), dict(message.headers)
        if message.topic.endswith(TOPIC):
            arrived.setdefault(headers["ce_correlationid"].decode(), now)
        elif headers["ce_type"] == b"shouwang.monitoring.RiskDetected":
            came_in.setdefault(headers["ce_correlationid"].decode(), now)
