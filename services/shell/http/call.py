"""One authorised HTTP request, as an endpoint sees it: it ends in a command for `execute` or a query under row security.

Every POST needs an `Idempotency-Key`, whose answer is stored in the command's transaction. `ETag` is the stream's version.
"""

import json
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, is_dataclass
from functools import cached_property
from typing import Annotated, Any, Generic, TypeVar, dataclass_transform
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from pydantic import ConfigDict, TypeAdapter

from services.engine.retry import raced
from services.engine.runtime import Runtime
from services.kernel.decider import Decider
from services.kernel.errors import Forbidden, Malformed, NotFound
from services.kernel.events import Context, Recorded, avro_name
from services.shell.http import request_form
from services.shell.http.access import Principal, reading
from services.shell.http.guard import PRINCIPAL

T = TypeVar("T")
Key = Annotated[str, Header(min_length=8, max_length=128, pattern="^[ -~]*$")]  # ASCII that can be seen
Version = Annotated[str | None, Header(max_length=64, pattern="^[ -~]*$")]
_MINE = "INSERT INTO idempotency (principal, key, request) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING true"
_ANSWERED = "UPDATE idempotency SET status = $3, headers = $4, body = $5 WHERE principal = $1 AND key = $2"


@dataclass_transform(frozen_default=True, kw_only_default=True)
def body(cls: type[T]) -> type[T]:
    """Make `cls` a request body: frozen, and an unknown field is an error."""
    cls.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[attr-defined]
    return dataclass(frozen=True, kw_only=True)(cls)


@body
class Nothing:
    """No field."""


@dataclass(slots=True)
class Answer:
    """What a command answers: a JSON body and headers."""

    status: int
    body: Any
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows of a list. `cursor`, sent as `after`, continues behind the last of them; `more` says whether there is something already."""

    items: Sequence[T]
    cursor: str | None = None
    more: bool = False


class Call:
    """One authorised request. `read` queries under the caller's division; `execute` and `transact` change, exactly once per key."""

    def __init__(self, runtime: Runtime, principal: Principal, request: Request, key: str, if_match: str | None) -> None:
        self.runtime, self.principal, self._request, self._key = runtime, principal, request, key
        self.id = uuid7()  # of what it causes
        self.expected_version = request_form.version(if_match)  # of the stream, if the client named one

    @cached_property
    def context(self) -> Context:
        """Who asks, and when. Raises `ClockInDoubt`, so a command has to wait; what needs no day is read all the same."""
        who = self.principal
        return Context(actor=who.actor, now=self.runtime.clock(), seed=self.id, correlation_id=self.id, scope=who.division)

    def require(self, scope: str) -> None:
        """Raises `Forbidden` unless the caller has this scope, too."""
        self._request.app.state.gate.require(self.principal, scope)

    def has(self, scope: str) -> bool:
        """Whether the caller has this scope, too."""
        try:
            self.require(scope)
        except Forbidden:
            return False
        return True

    def reading(self, snapshot: bool = False) -> AbstractAsyncContextManager[Any]:
        """A read-only connection confined to the caller's division and agency; `snapshot`: all its queries see one instant."""
        return reading(self.runtime.views, self.principal, snapshot)

    async def read(self, query: Callable[..., Awaitable[T | None]], *args: Any) -> T:
        """Run a query function `(conn, *args)` under the caller's sight; None becomes `NotFound`."""
        async with self.reading() as conn:
            found = await query(conn, *args)
        if found is None:
            raise NotFound("not_found", "没有您可以查看的内容")
        return found

    async def page(
        self, query: Callable[..., Awaitable[Sequence[T]]], *args: Any, after: str | None, limit: int, place: Callable[[T], Any]
    ) -> Page[T]:
        """Run a query function `(conn, *args, after, limit)`, whose `after` is the `place` of the last row of the page before."""
        cursors, path = self._request.app.state.cursors, self._request.url.path
        rows = await self.read(query, *args, cursors.take(path, after), limit)
        return Page(rows, cursors.give(path, place(rows[-1])) if rows else after, len(rows) == limit)

    async def execute(
        self, decider: Decider[Any, Any, Any], stream: UUID, command: Any, status: int = 200, **extra: Any
    ) -> Response:
        """Execute one command on one stream; answers `{id, version, events}` and `extra`."""

        async def work(conn: Any) -> Answer:
            done = await self.runtime.executor.execute(conn, decider, stream, command, self.context, self.expected_version)
            return await self.answered(conn, stream, done, status, **extra)

        return await self.transact(work)

    async def answered(self, conn: Any, stream: UUID, done: list[Recorded], status: int = 200, **extra: Any) -> Answer:
        """The usual answer to a command on `stream`."""
        version = done[-1].version if done else await conn.fetchval("SELECT count(*) FROM events WHERE stream_id = $1", stream)
        events = [{"id": str(recorded.event_id), "type": avro_name(type(recorded.event))} for recorded in done]
        return Answer(status, {"id": str(stream), "version": version, "events": events, **extra}, {"ETag": f'"{version}"'})

    async def transact(self, work: Callable[[Any], Awaitable[Answer]]) -> Response:
        """Run `work(conn)` in one transaction with its idempotency row; a lost race is retried unless the client sent If-Match."""
        payload = await self._request.body()
        digest = request_form.fingerprint(self._request, payload, self.runtime.settings.site_key.get_secret_value())

        async def claimed(conn: Any) -> Response:
            return await self._claim(conn, digest) or await self._finish(conn, await work(conn))

        answer = await raced(self.runtime.pool, claimed, self.expected_version is None)
        self.runtime.bell.ring()
        return answer

    async def _claim(self, conn: Any, digest: bytes) -> Response | None:
        who = self.principal.actor
        if await conn.fetchval(_MINE, who, self._key, digest):
            return None
        row = await conn.fetchrow("SELECT * FROM idempotency WHERE principal = $1 AND key = $2", who, self._key)
        if row["request"] != digest:
            raise Malformed("idempotency_key_reused", "此幂等键已用于其他请求")
        return Response(row["body"], row["status"], {**json.loads(row["headers"]), "Idempotency-Replayed": "true"})

    async def _finish(self, conn: Any, answer: Answer) -> Response:
        content = dumped(answer.body)
        headers = {"content-type": "application/json", **answer.headers}
        await conn.execute(_ANSWERED, self.principal.actor, self._key, answer.status, json.dumps(headers), content)
        return Response(content, answer.status, headers)


def uuid7() -> UUID:
    """A new time-ordered id (RFC 9562) of the system's time, made at the edge; ids of caused events follow from their cause."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    return UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)


def dumped(value: Any) -> bytes:
    """A value (dataclasses, dates, UUIDs, decimals as strings) as JSON bytes."""
    return TypeAdapter(type(value) if is_dataclass(value) else Any).dump_json(value)


def command(scope: str) -> Any:
    """The dependency of an endpoint that changes something; needs the scope and an Idempotency-Key."""

    async def call(request: Request, idempotency_key: Key, if_match: Version = None) -> Call:
        return await _call(request, scope, idempotency_key, if_match)

    call.scope = scope  # type: ignore[attr-defined]
    return Depends(call)


def query(scope: str) -> Any:
    """The dependency of an endpoint that only reads; needs the scope."""

    async def call(request: Request) -> Call:
        return await _call(request, scope, "", None)

    call.scope = scope  # type: ignore[attr-defined]
    return Depends(call)


async def _call(request: Request, scope: str, key: str, if_match: str | None) -> Call:
    principal: Principal = request.scope[PRINCIPAL]  # the guard has seen the token, and that it has the scope of this endpoint
    request.app.state.gate.require(principal, scope)
    request_form.checked(request, await request.body())
    call = Call(request.app.state.runtime, principal, request, key, if_match)
    request.state.correlation_id = str(call.id)
    return call
