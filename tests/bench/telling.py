"""Fifty offices with webhooks, one of them dead and one slow: the others must not notice. From a queued notice to its arrival."""

import asyncio
import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID, uuid4

from aiohttp import web

from services.notifications.subscription import fanout
from tests.bench.figures import Figure
from tests.notifications.delivery.outside import NOTICE_OF, Outside, conducting, outside
from tests.world import World

GOOD, NOTICES, PAUSE, SLOW = 48, 20, 0.5, 2.0


async def telling(world: World) -> Figure:
    """The p95 of the 48 others with a dead and a slow neighbour, in percent of the p95 without; medians of five runs in turns."""
    with tempfile.TemporaryDirectory() as folder:
        # The slow one gives up nothing, the dead one is silent until the sender's patience ends: both hold what they are given.
        async with outside(world, Path(folder), conducting(lease=10)) as office:
            made = _Bench(office)
            await made.prepare()
            running = [asyncio.create_task(office.engine.run()), asyncio.create_task(fanout.run(office.runtime))]
            await made.p95(False)  # warm
            runs = [(await made.p95(False), await made.p95(True)) for _ in range(5)]
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            made.end()
    without, beside = (median(each) for each in zip(*runs, strict=True))
    name = f"48 webhooks' p95 beside a dead and a slow one ({beside:.0f} ms), in percent of that without ({without:.0f} ms)"
    return Figure(name, round(100 * beside / without), "%", None, None, 110, below=True)


class _Bench:
    """Fifty offices, each with a webhook of its own, and notices to all of them at once."""

    def __init__(self, office: Outside) -> None:
        self._office, self._bad, self._over = office, list[str](), asyncio.Event()
        self._villages = [f"5334011{number:02}001" for number in range(GOOD + 2)]
        self._queued: dict[UUID, float] = {}
        self._waits: list[float] = []
        office.there.answering = self._answer

    async def prepare(self) -> None:
        """The last two offices are the dead and the slow one, paused for now."""
        self._operator = await self._office.place.client(self._office.base, "OPS", "5334", "operator")
        for number, village in enumerate(self._villages):
            made = await self._operator.post("/subscribers", {"agency": "CUN", "division": village})
            kind = {GOOD: "dead", GOOD + 1: "slow"}.get(number, "good")
            wish = {"channel": "WEBHOOK", "address": f"{self._office.there.url}/{kind}"}
            subscribed = await self._operator.post(f"/subscribers/{made['id']}/subscriptions", wish)
            if kind != "good":
                self._bad.append(f"/subscribers/{made['id']}/subscriptions/{subscribed['subscription_id']}")
        await self._turn("pause")

    def end(self) -> None:
        """Let go of whoever still waits for the dead one."""
        self._over.set()

    async def _turn(self, what: str) -> None:
        for path in self._bad:
            await self._operator.post(f"{path}/{what}")

    async def p95(self, beside: bool) -> float:
        """One run, in milliseconds."""
        if beside:
            await self._turn("resume")
        self._waits.clear()
        for _ in range(NOTICES):
            subject = uuid4()
            self._queued[subject] = time.perf_counter()
            notices = [replace(NOTICE_OF, agency="CUN", division=village, subject_id=subject) for village in self._villages]
            await self._office.queue(*notices)
            await asyncio.sleep(PAUSE)
        await self._office.place.until(self._all)
        if beside:
            await self._turn("pause")
        return 1000 * sorted(self._waits)[int(0.95 * len(self._waits))]

    async def _all(self) -> bool:
        return len(self._waits) == GOOD * NOTICES

    async def _answer(self, request: web.Request, body: bytes) -> web.StreamResponse:
        now, kind = time.perf_counter(), request.path.rsplit("/", 1)[-1]
        if kind == "dead":
            await self._over.wait()
        if kind == "slow":
            await asyncio.sleep(SLOW)
        if kind == "good":
            self._note(now, json.loads(body))
        return web.Response()

    def _note(self, now: float, message: Any) -> None:
        self._waits += [now - self._queued[UUID(n["subject_id"])] for n in message["data"]["notices"]]
