"""The doors of the system as the outside world uses them: HTTP with a token, and the wait until everything has become quiet."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
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
    posts: int = field(default=0, init=False)  # how often something was asked to be done

    def headers(self, office: str, roles: Sequence[str]) -> dict[str, str]:
        """The header by which somebody of an office shows who he is and what he may do."""
        agency, _, division = office.partition(":")
        who = (agency, division, tuple(roles))
        if who not in self._tokens:
            self._tokens[who] = self.processes.issuer.token(f"{agency}-{division}-1".lower(), agency, division, list(roles))
        return {"Authorization": f"Bearer {self._tokens[who]}"}

    async def post(self, office: str, role: str, service: str, path: str, body: Any = None, **params: str) -> Any:
        """POST as somebody of an office ("CL:533401"); bytes are a sheet. Raises `RefusedError`."""
        self.posts += 1
        headers = self.headers(office, (role,)) | {"Idempotency-Key": f"{self._visit}-{next(self._keys)}"}
        sent: dict[str, Any] = {"json": body or {}} if not isinstance(body, bytes) else {"data": body}
        if isinstance(body, bytes):
            headers["Content-Type"] = XLSX
        url = self.processes.base(service) + path
        async with self.session.post(url, headers=headers, params=params, **sent) as answer:
            return await _body(answer)

    async def get(self, office: str, role: str, service: str, path: str, **params: Any) -> Any:
        """GET as somebody of an office. Raises `RefusedError`."""
        url = self.processes.base(service) + path
        async with self.session.get(url, headers=self.headers(office, (role,)), params=params) as answer:
            return await _body(answer)


async def _body(answer: aiohttp.ClientResponse) -> Any:
    body = await answer.json(content_type=None)
    if answer.status >= 300:
        raise RefusedError(answer.status, body)
    return body


class Quiet:
    """Knows when nothing is on its way any more: no outbox row, nothing due, nothing to send, every message delivered.

    Letters by channels whose provider allows few a second or a minute (`SLOW`) are waited for only when that is asked for.
    """

    SLOW: ClassVar[frozenset[str]] = frozenset({"MAIL", "DROP", "WECOM", "DINGTALK", "VOICE"})

    FOLLOWED: ClassVar[dict[str, tuple[str, ...]]] = {
        "certificates": ("matching.events.v1", "monitoring.events.v1"),
        "monitoring": ("certificates.events.v1", "monitoring.events.v1", "matching.events.v1", "notifications.events.v1"),
        "matching": (
            "certificates.events.v1",
            "monitoring.events.v1",
            "certificates.certificate.state.v1",
            "certificates.person_index.state.v1",
        ),
        "notifications": ("certificates.events.v1", "monitoring.events.v1", "matching.events.v1", "notifications.events.v1"),
    }

    def __init__(self, doors: Doors, consumer: AIOKafkaConsumer, partitions: int = 12) -> None:
        """`consumer` is started and subscribed to nothing: a fetch under way would hold up the question for the ends."""
        self._doors, self._consumer = doors, consumer
        self._before: dict[str, int] | None = None  # what the last look saw
        self._compared = False
        self._moving: Callable[[], Awaitable[bool]] | None = None  # asks whether what moved at the last look still does
        self._last = dict[str, Any]()
        names = {topic for topics in self.FOLLOWED.values() for topic in topics}
        self._parts = [TopicPartition(doors.processes.prefix + name, p) for name in names for p in range(partitions)]

    async def wait(self, seconds: float = 60, later: Collection[str] = SLOW, compared: bool = False) -> None:
        """Return when two looks in a row see nothing moving; the earlier may be the last one of the wait before.

        `later`: channels whose letters are not waited for. `compared`: wait for matching's comparisons, too, which let a county that changes
        rest for a moment first. Raises TimeoutError with what is stuck, or RuntimeError on letters.
        """
        end = asyncio.get_running_loop().time() + seconds
        self._compared = compared
        while True:
            look = await self._look(later)
            if look is not None and look == self._before:
                return
            self._before = look
            if asyncio.get_running_loop().time() > end:
                raise TimeoutError(f"the system does not become quiet: {self._last}")
            await asyncio.sleep(0.01 if look is not None else 0.03)

    async def _look(self, later: Collection[str]) -> dict[str, int] | None:
        """Every service's last event when nothing moves, else None. What moved at the last look is asked first, and may be all."""
        if self._moving and await self._moving():
            return None
        self._moving = None
        states = dict(zip(self.FOLLOWED, await asyncio.gather(*map(self._status, self.FOLLOWED)), strict=True))
        for service, state in states.items():
            if self._moves(service, state):
                self._moving = partial(self._still_moves, service)
                return None
        traffic, ends = await asyncio.gather(self._letters_move(later), self._consumer.end_offsets(self._parts))
        if traffic:
            self._moving = partial(self._letters_move, later)
            return None
        for service, state in states.items():
            if self._unread(service, state, ends):
                self._moving = partial(self._still_reads, service, ends)
                return None
        return {service: state["events"] for service, state in states.items()}

    async def _still_moves(self, service: str) -> bool:
        return self._moves(service, await self._status(service))

    async def _still_reads(self, service: str, ends: Mapping[TopicPartition, int]) -> bool:
        """Whether a service has still not read all that was there when that was asked."""
        state = await self._status(service)
        return self._moves(service, state) or bool(self._unread(service, state, ends))

    async def _letters_move(self, later: Collection[str]) -> bool:
        """Whether letters are to be sent, or on their way."""
        traffic = await self._doors.get("OPS:5334", "operator", "notifications", "/deliveries/traffic")
        self._last["letters"] = traffic
        waited = [c for c in traffic["channels"] if c["channel"] not in later]
        return bool(traffic["behind"]) or any(c["due"] or c["sending"] or c["unknown"] or c["again"] for c in waited)

    async def _status(self, service: str) -> dict[str, Any]:
        found: dict[str, Any] = await self._doors.get("OPS:5334", "operator", service, "/status")
        return found

    def _moves(self, service: str, state: dict[str, Any]) -> bool:
        """Whether a service has something to do, by its status."""
        self._last[service] = {name: value for name, value in state.items() if name != "progress"}
        if state["letters"]:
            raise RuntimeError(f"messages were set aside in {service}: see `letters list`")
        waited = service != "matching" or self._compared
        return bool(state["outbox"] or state["due"] or (waited and state["pending"]))

    def _unread(self, service: str, state: Mapping[str, Any], ends: Mapping[TopicPartition, int]) -> dict[str, int]:
        """How much of each partition that the service follows it has not read."""
        prefix, read = self._doors.processes.prefix, state["progress"]
        followed = {
            f"{topic}/{part.partition}": end
            for part, end in ends.items()
            if (topic := part.topic.removeprefix(prefix)) in self.FOLLOWED[service]
        }
        unread = {name: end - read.get(name, 0) for name, end in followed.items() if end > read.get(name, 0)}
        self._last[f"unread by {service}"] = unread
        return unread
