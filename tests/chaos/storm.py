"""A storm: commands flow while processes are killed and servers stopped, at moments that follow from a seed. Loopback only, bounded."""

import asyncio
import os
import random
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
from aiokafka import AIOKafkaConsumer

from deploy.local.stack import Stack, default_data
from deploy.processes import Processes
from deploy.sandbox.doors import Doors, Quiet
from services.shell.process import ROLES

VILLAGES = ("533401101001", "533401102001", "533422101001", "533422102001")
VICTIMS = ("monitoring", "notifications")
ROLE_NAMES = [f"{service}.{role}" for service in VICTIMS for role in ROLES]


@dataclass
class Storm:
    """What happened: `answered` ids of commands that got a 2xx, `kills` by victim."""

    seed: int
    answered: list[tuple[str, UUID, list[str]]] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    rebuilt: int = 0


class Weather:
    """Runs the services role by role over a stack of its own, and breaks them."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.stack = Stack(folder / "stack", default_data() / "cache")
        self.folder, self.rng, self.storm = folder, random.Random(seed), Storm(seed)
        self.over = asyncio.Event()

    async def prepare(self) -> None:
        """Servers, databases, topics, schemas, and every role of the victims as a process of its own."""
        await asyncio.to_thread(self.stack.start)
        self.processes = Processes(self.stack.urls, self.folder / "services")
        await self.processes.prepare()
        parts = [self.processes.launch(s, role) for s in VICTIMS for role in ROLES]
        parts += [self.processes.launch(s) for s in ("certificates", "matching")]
        for part in parts:
            await asyncio.to_thread(part.await_ready)

    async def load(self, session: aiohttp.ClientSession, rate: int) -> None:
        """`rate` households a second until it is over; a command is repeated with its key until it is answered."""
        doors = Doors(self.processes, session)
        async with asyncio.TaskGroup() as jobs:
            while not self.over.is_set():
                jobs.create_task(self._command(doors, session))
                await asyncio.sleep(1 / rate)

    async def _command(self, doors: Doors, session: aiohttp.ClientSession) -> None:
        village = self.rng.choice(VILLAGES)
        made = await self._until_answered(doors, session, village, "/households", {"division": village, "members": [str(uuid4())]})
        if made:
            seen = {"incidents": ["HAIL"], "income_fell": True}
            await self._until_answered(doors, session, village, f"/households/{made['id']}/visits", seen)

    async def _until_answered(self, doors: Doors, session: aiohttp.ClientSession, village: str, path: str, body: Any) -> Any:
        headers = doors.headers(f"CUN:{village}", ("liaison",)) | {"Idempotency-Key": str(uuid4())}
        for _ in range(120):
            try:
                url = self.processes.base("monitoring") + path
                async with session.post(url, json=body, headers=headers, timeout=aiohttp.ClientTimeout(total=10)) as answer:
                    made = await answer.json(content_type=None)
                    if answer.status == 201:
                        self.storm.answered.append((path, UUID(made["id"]), [event["id"] for event in made["events"]]))
                        return made
                    assert answer.status >= 500, made
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            await asyncio.sleep(0.25)
        self.storm.unanswered += 1
        return None

    async def break_things(self, seconds: float, pause: float, outages: int) -> None:
        """Kill a role every `pause` seconds or so, each before any again; in between stop broker and database, each `outages` times."""
        plan, moment = ["kafka", "postgres"] * outages, 0
        victims: list[str] = []
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            await asyncio.sleep(self.rng.uniform(0.5, 1.5) * pause)
            moment += 1
            if plan and moment % 4 == 0:
                await self._outage(plan.pop(0))
            else:
                victims = victims or self.rng.sample(ROLE_NAMES, len(ROLE_NAMES))
                await self._kill(victims.pop())

    async def _kill(self, name: str) -> None:
        part = self.processes.parts[name]
        await asyncio.to_thread(part.kill)
        self.storm.kills[name] += 1
        await asyncio.to_thread(part.launch)

    async def _outage(self, what: str) -> None:
        self.storm.kills[what] += 1
        if what == "kafka":
            await asyncio.to_thread(self.stack.kafka[0].kill)
            await asyncio.to_thread(self.stack.kafka[0].start)
        else:
            await asyncio.to_thread(self.stack.postgres.stop, "immediate")
            await asyncio.to_thread(self.stack.postgres.start)

    async def rebuild(self, service: str, table: str) -> None:
        """An operator rebuilds a projection while commands flow, with the README's command."""
        command = (sys.executable, "-m", f"services.{service}", "rebuild", table)
        surroundings = os.environ | self.processes.environment(service)
        rebuilding = await asyncio.create_subprocess_exec(*command, env=surroundings, stdout=PIPE, stderr=STDOUT)
        printed, _ = await rebuilding.communicate()
        assert rebuilding.returncode == 0, printed.decode()
        self.storm.rebuilt += 1

    async def calm(self, session: aiohttp.ClientSession) -> None:
        """Everything runs again and nothing is on its way any more."""
        for part in self.processes.parts.values():
            if not part.alive:
                part.launch()
        for part in self.processes.parts.values():
            await asyncio.to_thread(part.await_ready)
        consumer = AIOKafkaConsumer(bootstrap_servers=self.stack.urls.kafka)
        await consumer.start()
        supervisor = asyncio.create_task(self._supervise())
        try:
            await Quiet(Doors(self.processes, session), consumer).wait(
                240
            )  # a stalled worker sees itself after 60 s, and its group then waits 30 s for it
        finally:
            supervisor.cancel()
            await consumer.stop()

    async def _supervise(self) -> None:
        """Start again what ends by itself, as a deployment does: a worker that sees itself stalled ends."""
        while True:
            await asyncio.sleep(1)
            self.storm.kills.update(f"{name} by itself" for name in self.processes.revive())

    async def stop(self) -> None:
        """Everything down."""
        await asyncio.to_thread(self.processes.stop)
        await asyncio.to_thread(self.stack.stop)
