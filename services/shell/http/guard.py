"""What stands before every endpoint: who asks and whether he may, then how much he sends, and only then what.

A token and its scope are checked before a byte of the body is read, a body's kind and length before it is kept; what arrives is counted
and has its time. Whatever an endpoint cannot answer becomes a problem here: 503 while the database is away or full, else 500.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from re import Pattern
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from services.domain.characters import digits
from services.kernel.errors import ShouwangError
from services.shell.http.access import Gate
from services.shell.http.faults import Faults, Unavailable
from services.shell.http.openapi import scope_of

HEAD, ADDRESS = 16 << 10, 8 << 10  # bytes of all header fields, and of path with query
OPEN, LIMIT, UPLOAD = 64 << 10, 1 << 20, 32 << 20  # bytes of a body: for who has no token, of JSON, of a sheet
LEAST = 16 << 10  # bytes a second
JSON = "application/json"
_OUR_CHARSETS = ("utf-8", "utf8", "us-ascii")
PRINCIPAL = "shouwang.principal"  # the key in a request's scope under which an endpoint finds its caller


class Refused(ShouwangError):
    """A request that is not heard; `status` is its own."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.status = status


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What the guard knows of an endpoint: the scope it asks for, the kinds of body it takes (none: any), the longest in bytes."""

    path: Pattern[str]
    method: str
    scope: str | None
    kinds: frozenset[str]
    limit: int

    def answers(self, scope: Scope) -> bool:
        """Whether a request is for this endpoint."""
        return self.method == scope["method"] and self.path.match(scope["path"]) is not None


def endpoints(app: FastAPI) -> list[Endpoint]:
    """The application's endpoints, in the order in which they are matched."""
    found = []
    for context in iter_route_contexts(app.routes):
        route: Any = context.original_route
        scope = scope_of(route.dependant) if hasattr(route, "dependant") else None
        declared = (getattr(route, "openapi_extra", None) or {}).get("requestBody", {}).get("content", {})
        kinds = frozenset(declared) or (frozenset({JSON}) if getattr(route, "body_field", None) else frozenset[str]())
        limit = LIMIT if scope else OPEN
        if declared.keys() - {JSON}:
            limit = UPLOAD
        found += [Endpoint(route.path_regex, method, scope, kinds, limit) for method in route.methods or ()]
    return found


class Guard:
    """See the module. `refused` makes the answer to a refusal; `patience` is in seconds."""

    def __init__(
        self, app: ASGIApp, endpoints: list[Endpoint], gate: Gate, patience: float, refused: Callable[[ShouwangError], ASGIApp]
    ) -> None:
        self._app, self._endpoints, self._gate, self._patience, self._refused = app, endpoints, gate, patience, refused
        self._faults = Faults()
        self._uploading = Counter[str]()  # bytes of long bodies that are on their way or looked at, by caller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        try:
            length = self._announced(scope)
            with self._uploaded(scope, length):
                await self._heard(scope, receive, send, await self._read(receive, length) if length else b"")
        except ShouwangError as refusal:
            await self._refused(refusal)(scope, receive, send)

    @contextmanager
    def _uploaded(self, scope: Scope, length: int) -> Iterator[None]:
        """While a long body is kept. Raises `Unavailable` while too many are: whoever has a token could fill the memory, too."""
        if length <= LIMIT:
            yield
            return
        caller = scope[PRINCIPAL].actor
        if self._uploading[caller] + length > 2 * UPLOAD or self._uploading.total() + length > 8 * UPLOAD:
            raise Unavailable("too_many_uploads", "同时上传的名单过多，请稍后重新提交")
        self._uploading[caller] += length
        try:
            yield
        finally:
            self._uploading[caller] -= length
            self._uploading += Counter()  # forgets who sends nothing any more

    async def _heard(self, scope: Scope, receive: Receive, send: Send, body: bytes) -> None:
        """The endpoint's answer, or what it could not answer as a problem."""
        begun = False

        async def sending(event: Event) -> None:
            nonlocal begun
            begun = True
            await send(event)

        try:
            await self._app(scope, _once(body, receive), sending)
        except Exception as error:
            if begun:
                raise
            await self._refused(self._faults.answer(error))(scope, receive, send)

    def _announced(self, scope: Scope) -> int:
        """How long the body is of a request that may be heard. Raises what its answer is made of."""
        head: list[tuple[bytes, bytes]] = scope["headers"]
        if scope["path"].endswith("\n"):  # the framework's patterns let a line end stand behind theirs
            raise Refused(404, "not_found", "没有这个地址")
        if len(scope["raw_path"]) + len(scope["query_string"]) > ADDRESS:
            raise Refused(414, "address_too_long", f"地址和查询条件不得超过{ADDRESS}字节")
        if sum(len(name) + len(value) for name, value in head) > HEAD:
            raise Refused(431, "headers_too_large", f"请求头不得超过{HEAD}字节")
        headers = dict(head)
        endpoint = next((each for each in self._endpoints if each.answers(scope)), None)
        if endpoint is None:
            return 0  # nobody will read it: the answer is 404 or 405
        if endpoint.scope:
            principal = self._gate.principal(headers.get(b"authorization", b"").decode("latin-1"))
            self._gate.require(principal, endpoint.scope)
            scope[PRINCIPAL] = principal
        length = _length(scope["method"], headers)
        if length > endpoint.limit:
            raise Refused(413, "too_large", f"不得超过{endpoint.limit}字节")
        if length and endpoint.kinds and _kind(headers) not in endpoint.kinds:
            raise Refused(415, "media_type_not_taken", "请求内容的类型须为" + "、".join(sorted(endpoint.kinds)))
        if length and headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
            raise Refused(415, "content_encoding_not_taken", "请求内容不得压缩")
        return length

    async def _read(self, receive: Receive, length: int) -> bytes:
        """The whole body, as it was announced, within its time."""
        parts, came = list[bytes](), 0
        try:
            async with asyncio.timeout(self._patience + length / LEAST):
                while came < length:
                    async with asyncio.timeout(self._patience):
                        event = await receive()
                    if event["type"] != "http.request":
                        raise Refused(400, "body_cut_off", "请求内容没有传完")
                    parts.append(event.get("body", b""))
                    came += len(parts[-1])
                    if came > length or (came < length and not event.get("more_body", False)):
                        raise Refused(400, "length_wrong", "请求内容与Content-Length不符")
        except TimeoutError:
            raise Refused(408, "too_slow", "请求内容传得太慢，请重新提交") from None
        return b"".join(parts)


def _length(method: str, headers: dict[bytes, bytes]) -> int:
    """How many bytes are announced. Raises `Refused` where none are, for then nobody knows when the body ends."""
    length = headers.get(b"content-length", b"0" if method in ("GET", "HEAD") else b"")
    if b"transfer-encoding" in headers or not digits(length.decode("latin-1")) or len(length) > 12:
        raise Refused(411, "length_required", "请求须写明Content-Length，不得分块")
    return int(length)


def _kind(headers: dict[bytes, bytes]) -> str:
    """The media type, without its parameters; a text in which there is none is no type. JSON in another charset than its own is none."""
    said = Message()
    said["content-type"] = headers.get(b"content-type", b"none").decode("latin-1").replace("\n", " ").replace("\r", " ")
    kind, charset = said.get_content_type(), said.get_content_charset("utf-8")
    return kind if kind != JSON or charset in _OUR_CHARSETS else f"{kind} in {charset}"


def _once(body: bytes, receive: Receive) -> Receive:
    """The body for whoever asks first; then what the connection says, which is that the client has gone."""
    given = False

    async def next_event() -> Event:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return next_event
