"""The doors of the system as the outside world uses them: HTTP with a token, and the wait until everything has become quiet."""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import uuid4

import aiohttp
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.processes import Processes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RefusedError(Exception):
    """An answer that is not 2xx: status and the problem's title."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.status, self.title = status, body.get("title", "") if isinstance(body, dict) else ""


@dataclass
class Doors:
    """HTTP to all four services. Idempotency keys are counted within one visit; another visit never repeats them."""

    processes: Processes
    session: aiohttp.ClientSession
    _tokens: dict[tuple[str, str, tuple[str, ...]], str] = field(default_factory=dict)
    _keys: "itertools.count[int]" = field(default_factory=itertools.count)
    _visit: str = field(default_factory=lambda: uuid4().hex[:12])

    def _headers(self, office: str, roles: Sequence[str]) -> dict[str, str]:
        agency, _, division = office.partition(":")
        who = (agency, division, tuple(roles))
        if who not in self._tokens:
            self._tokens[who] = self.processes.issuer.token(f"{agency}-{division}-1".lower(), agency, division, list(roles))
        return {"Authorization": f"Bearer {self._tokens[who]}"}

    async def post(self, office: str, role: str, service: str, path: str, body: Any = None, **params: str) -> Any:
        """POST as somebody of an office ("CL:533401"); bytes are a sheet. Raises `RefusedError`."""
        headers = self._headers(office, (role,)) | {"Idempotency-Key": f"{self._visit}-{next(self._keys)}"}
        sent: dict[str, Any] = {"json": body or {}} if not isinstance(body, bytes) else {"data": body}
        if isinstance(body, bytes):
            headers["Content-Type"] = XLSX
        url = self.processes.base(service) + path
        async with self.session.post(url, headers=headers, params=params, **sent) as answer:
            return await _body(answer)

    async def get(self, office: str, role: str, service: str, path: str, **params: Any) -> Any:
        """GET as somebody of an office. Raises `RefusedError`."""
        url = self.processes.base(service) + path
        async with self.session.get(url, headers=self._headers(office, (role,)), params=params) as answer:
            return await _body(answer)


async def _body(answer: aiohttp.ClientResponse) -> Any:
    body = await answer.json(content_type=None)
    if answer.status >= 300:
        raise RefusedError(answer.status, body)
    return body


class Quiet:
    """Knows when nothing is on its way any more: no outbox row, nothing due, nothing to send, every message delivered.

    Letters by channels whose provider allows few a minute are waited for at the end only (`slow`).
    """

    SLOW: ClassVar[frozenset[str]] = frozenset({"WECOM", "DINGTALK", "VOICE"})

    FOLLOWED: ClassVar[dict[str, tuple[str, ...]]] = {
        "certificates": ("matching.events.v1", "monitoring.events.v1"),
        "monitoring": ("certificates.events.v1", "monitoring.events.v1", "notifications.events.v1"),
        "matching": (
            "certificates.events.v1",
            "matching.events.v1",
            "certificates.certificate.state.v1",
            "certificates.person_index.state.v1",
        ),
        "notifications": ("certificates.events.v1", "monitoring.events.v1", "matching.events.v1", "notifications.events.v1"),
    }

    def __init__(self, doors: Doors, consumer: AIOKafkaConsumer, partitions: int = 12) -> None:
        """`consumer` is started and subscribed to nothing: a fetch under way would hold up the question for the ends."""
        self._doors, self._consumer = doors, consumer
        self._services = tuple(self.FOLLOWED)
        names = {topic for topics in self.FOLLOWED.values() for topic in topics}
        self._parts = [TopicPartition(doors.processes.prefix + name, p) for name in names for p in range(partitions)]

    async def wait(self, seconds: float = 60, slow: bool = False) -> None:
        """Return when two looks in a row see nothing moving. Raises TimeoutError with what is stuck, or RuntimeError on letters."""
        end, before = asyncio.get_running_loop().time() + seconds, None
        while True:
            look = await self._look(slow)
            if look is not None and look == before:
                return
            before = look
            if asyncio.get_running_loop().time() > end:
                raise TimeoutError(f"the system does not become quiet: {self._last}")
            await asyncio.sleep(0.01 if look is not None else 0.03)

    async def _look(self, slow: bool) -> Any:
        asked = [self._doors.get("OPS:5334", "operator", s, "/status") for s in self._services]
        states = dict(zip(self._services, await asyncio.gather(*asked), strict=True))
        self._last = {s: {k: v for k, v in state.items() if k != "progress"} for s, state in states.items()}
        if letters := [s for s, state in states.items() if state["letters"]]:
            raise RuntimeError(f"messages were set aside in {letters}: see `letters list`")
        if any(state["outbox"] or state["due"] or state["pending"] for state in states.values()):
            return None
        self._last["letters"] = traffic = await self._doors.get("OPS:5334", "operator", "notifications", "/deliveries/traffic")
        waited = [c for c in traffic["channels"] if slow or c["channel"] not in self.SLOW]
        if traffic["behind"] or any(c["due"] or c["sending"] or c["unknown"] or c["again"] for c in waited):
            return None
        prefix = self._doors.processes.prefix
        found = await self._consumer.end_offsets(self._parts)
        ends = {(tp.topic.removeprefix(prefix), tp.partition): end for tp, end in found.items()}
        for service, topics in self.FOLLOWED.items():
            read = states[service]["progress"]
            if any(end > read.get(f"{topic}/{partition}", 0) for (topic, partition), end in ends.items() if topic in topics):
                return None
        return {s: state["events"] for s, state in states.items()}
