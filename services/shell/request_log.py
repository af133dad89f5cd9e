"""One line of log for each request: what was asked, by which office, how it ended and how long it took; of a refusal its code.

Outermost, so that what nobody else heard is written, too. No line holds a path beyond its route and ids, a query, a body or a name.
"""

import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog
from prometheus_client import Counter

from services.shell.http.access import Principal
from services.shell.http.guard import PRINCIPAL
from services.shell.http.openapi import shown

ANSWERS = Counter("shouwang_http_answers_total", "answers by status", ["service", "status"])
PROBES = {"/livez", "/readyz", "/metrics"}  # asked every few seconds: told when they say no
Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
log = structlog.get_logger()


class RequestLog:
    """An ASGI application that writes a line for each request of another one."""

    def __init__(self, app: Callable[..., Awaitable[None]], service: str) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Any, send: Callable[[Event], Awaitable[None]]) -> None:
        """One request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        route, path = shown(scope["app"], scope["path"])
        structlog.contextvars.bind_contextvars(path=path)
        began, heard = time.perf_counter(), _Heard()
        scope["state"] = {**scope.get("state", {})}

        async def sending(event: Event) -> None:
            heard.hear(event)
            await send(event)

        try:
            await self._app(scope, receive, sending)
        finally:
            self._tell(scope, route, heard, round((time.perf_counter() - began) * 1000, 1))

    def _tell(self, scope: Scope, route: str, heard: "_Heard", took: float) -> None:
        ANSWERS.labels(self._service, heard.status).inc()
        caller: Principal | None = scope.get(PRINCIPAL)
        told = {
            "method": scope["method"],
            "route": route,
            "status": heard.status,
            "ms": took,
            "office": f"{caller.agency}:{caller.division}" if caller else None,
            "correlation_id": scope["state"].get("correlation_id"),
            "code": heard.code,
        }
        tell = log.warning if heard.status >= 500 else log.info
        if route in PROBES and heard.status < 400:
            tell = log.debug
        tell("request", **{name: value for name, value in told.items() if value is not None})


class _Heard:
    """What was answered: 499 while nothing was (the client went, or the process ends), and the code of a problem."""

    def __init__(self) -> None:
        self.status, self.code, self._problem = 499, None, False

    def hear(self, event: Event) -> None:
        """A part of the answer."""
        if event["type"] == "http.response.start":
            self.status = event["status"]
            self._problem = dict(event.get("headers", ())).get(b"content-type", b"").startswith(b"application/problem+json")
        elif self._problem and self.code is None:
            self.code = json.loads(event["body"])["title"]
