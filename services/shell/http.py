"""The HTTP door: one factory for all four services. Every path ends in a command for `execute` or a query under row security.

Problems are RFC 9457 with a stable `type`; validation problems carry JSON pointers, never values. Every POST needs an
`Idempotency-Key`, whose answer is stored in the command's transaction. `ETag` is the stream's version. Cursors are opaque, signed.
"""

import hashlib
import hmac
import json
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, is_dataclass
from typing import Any, Generic, TypeVar, dataclass_transform
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, FastAPI, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import Counter
from pydantic import ConfigDict, TypeAdapter
from starlette.exceptions import HTTPException

from services.kernel.decider import Decider
from services.kernel.errors import Malformed, NotFound, ShouwangError
from services.kernel.events import Context, Recorded, avro_name
from services.kernel.service import Runtime
from services.shell.access import Gate, Principal, reading
from services.shell.openapi import allowed, loggable, routed
from services.shell.racing import raced

log = structlog.get_logger()
ANSWERS = Counter("shouwang_http_answers_total", "answers by status", ["service", "status"])
T = TypeVar("T")
LIMIT, UPLOAD_LIMIT, SHEETS = 1 << 20, 32 << 20, ("application/vnd", "application/octet-stream")
PROBLEM = "application/problem+json"
_MINE = "INSERT INTO idempotency (principal, key, request) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING true"
_ANSWERED = "UPDATE idempotency SET status = $3, headers = $4, body = $5 WHERE principal = $1 AND key = $2"


@dataclass_transform(frozen_default=True, kw_only_default=True)
def body(cls: type[T]) -> type[T]:
    """Make `cls` a request body: frozen, and an unknown field is an error."""
    cls.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[attr-defined]
    return dataclass(frozen=True, kw_only=True)(cls)


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
        self._if_match = if_match
        command_id = uuid7()
        self.context = Context(principal.actor, runtime.clock(), command_id, command_id, None, principal.division)

    def require(self, scope: str) -> None:
        """Raises `Forbidden` unless the caller has this scope, too."""
        self._request.app.state.gate.require(self.principal, scope)

    def reading(self, snapshot: bool = False) -> AbstractAsyncContextManager[Any]:
        """A read-only connection confined to the caller's division and agency; `snapshot`: all its queries see one instant."""
        return reading(self.runtime.views, self.principal, snapshot)

    async def read(self, query: Callable[..., Awaitable[T | None]], *args: Any) -> T:
        """Run a query function `(conn, *args)` under the caller's sight; None becomes `NotFound`."""
        async with self.reading() as conn:
            found = await query(conn, *args)
        if found is None:
            raise NotFound("not_found", "nothing here that you may see")
        return found

    async def page(
        self, query: Callable[..., Awaitable[Sequence[T]]], *args: Any, after: str | None, limit: int, place: Callable[[T], Any]
    ) -> Page[T]:
        """Run a query function `(conn, *args, after, limit)`, whose `after` is the `place` of the last row of the page before."""
        cursors, path = self._request.app.state.cursors, self._request.url.path
        rows = await self.read(query, *args, cursors.take(path, after), limit)
        return Page(rows, cursors.give(path, place(rows[-1])) if rows else after, len(rows) == limit)

    @property
    def expected_version(self) -> int | None:
        """The version in If-Match, if any."""
        if self._if_match is None:
            return None
        tag = self._if_match.strip().removeprefix("W/").strip('"')
        if not tag.isdigit():
            raise Malformed("if_match_not_a_version", "send the ETag that you received")
        return int(tag)

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
        events = [{"id": str(r.event_id), "type": avro_name(type(r.event))} for r in done]
        return Answer(status, {"id": str(stream), "version": version, "events": events, **extra}, {"ETag": f'"{version}"'})

    async def transact(self, work: Callable[[Any], Awaitable[Answer]]) -> Response:
        """Run `work(conn)` in one transaction with its idempotency row; a lost race is retried unless the client sent If-Match."""
        payload = await self._request.body()
        key = self.runtime.settings.site_key.get_secret_value().encode()  # a bare hash of a body with a citizen id could be guessed
        digest = hmac.digest(key, f"{self._request.method} {self._request.url}\n".encode() + payload, "sha256")

        async def claimed(conn: Any) -> Response:
            return await self._claim(conn, digest) or await self._finish(conn, await work(conn))

        answer = await raced(self.runtime.pool, claimed, self._if_match is None)
        self.runtime.bell.ring()
        return answer

    async def _claim(self, conn: Any, digest: bytes) -> Response | None:
        who = self.principal.actor
        if await conn.fetchval(_MINE, who, self._key, digest):
            return None
        row = await conn.fetchrow("SELECT * FROM idempotency WHERE principal = $1 AND key = $2", who, self._key)
        if row["request"] != digest:
            raise Malformed("idempotency_key_reused", "this key was used for another request")
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

    def call(
        request: Request, idempotency_key: str = Header(min_length=8, max_length=128), if_match: str | None = Header(None)
    ) -> Call:
        return _call(request, scope, idempotency_key, if_match)

    call.scope = scope  # type: ignore[attr-defined]
    return Depends(call)


def query(scope: str) -> Any:
    """The dependency of an endpoint that only reads; needs the scope."""

    def call(request: Request) -> Call:
        return _call(request, scope, "", None)

    call.scope = scope  # type: ignore[attr-defined]
    return Depends(call)


def _call(request: Request, scope: str, key: str, if_match: str | None) -> Call:
    principal = request.app.state.gate.principal(request.headers.get("authorization"))
    request.app.state.gate.require(principal, scope)
    return Call(request.app.state.runtime, principal, request, key, if_match)


class Cursors:
    """Opaque, signed positions in the list of a path: what comes back is what we gave for it, or `Malformed`."""

    def __init__(self, key: str) -> None:
        self._key = hashlib.sha256(b"cursor" + key.encode()).digest()

    def give(self, path: str, position: Any) -> str:
        """A position as text."""
        plain = json.dumps(position, default=str).encode()
        return urlsafe_b64encode(self._signed(path, plain) + plain).decode()

    def take(self, path: str, cursor: str | None) -> Any:
        """The position behind a cursor; None for the beginning."""
        if not cursor:
            return None
        try:
            raw = urlsafe_b64decode(cursor.encode())
        except ValueError:
            raise Malformed("cursor_unknown", "use the cursor as it was given") from None
        if not hmac.compare_digest(raw[:12], self._signed(path, raw[12:])):
            raise Malformed("cursor_unknown", "use the cursor as it was given")
        return json.loads(raw[12:])

    def _signed(self, path: str, plain: bytes) -> bytes:
        return hmac.digest(self._key, f"{path}\n".encode() + plain, "sha256")[:12]


def problem(status: int, code: str, detail: str = "", **more: Any) -> Response:
    """An RFC 9457 answer."""
    content = {"type": f"urn:shouwang:problem:{code}", "title": code, "status": status, "detail": detail, **more}
    return JSONResponse(content, status, media_type=PROBLEM, headers={"WWW-Authenticate": "Bearer"} if status == 401 else None)


def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, ShouwangError)
    return problem(error.status, error.code, error.detail)


def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [{"pointer": "/" + "/".join(map(str, e["loc"])), "code": e["type"]} for e in error.errors()]
    if any(e["code"] == "json_invalid" for e in found):
        return problem(400, "not_json", "the body is not JSON")
    return problem(422, "not_valid", "see errors", errors=found)


def _plain_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = problem(error.status_code, str(error.detail).lower().replace(" ", "_"))
    if error.status_code == 405:
        answer.headers["Allow"] = ", ".join(allowed(request.app, request.url.path))
    return answer


def _failed(_: Request, error: Exception) -> Response:
    log.exception("request_failed", error=type(error).__name__)
    return problem(500, "internal_error", "this is our fault; it was recorded")


def create_app(runtime: Runtime, doors: APIRouter) -> FastAPI:
    """The service's ASGI application. The caller opens and closes the runtime."""
    app = routed(runtime.service, doors)
    settings = runtime.settings
    app.state.runtime = runtime
    app.state.gate = Gate(settings.jwks_file, settings.token_issuer, settings.token_audience, runtime.service.roles)
    app.state.cursors = Cursors(settings.site_key.get_secret_value())
    app.exception_handlers |= {
        ShouwangError: _refused,
        RequestValidationError: _invalid,
        HTTPException: _plain_http,
        Exception: _failed,
    }
    app.middleware("http")(_guarded)
    return app


async def _guarded(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Bound the body before anything reads it; count answers."""
    limit = UPLOAD_LIMIT if request.headers.get("content-type", "").startswith(SHEETS) else LIMIT
    length = request.headers.get("content-length", "0" if request.method in ("GET", "HEAD") else "")
    if not length.isdigit():
        return problem(411, "length_required", "send Content-Length")
    if int(length) > limit:
        return problem(413, "too_large", f"the limit is {limit} bytes")
    structlog.contextvars.bind_contextvars(path=loggable(request.app, request.url.path))
    answer = await call_next(request)
    ANSWERS.labels(request.app.state.runtime.service.name, answer.status_code).inc()
    return answer
