"""The HTTP application: one factory for all four services.

Problems are RFC 9457 with a stable `type`; validation problems carry JSON pointers, never values. What is not heard at all is for `guard.py`.
"""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from services.engine.runtime import Runtime
from services.kernel.errors import ShouwangError
from services.shell.http.access import Gate
from services.shell.http.cursors import Cursors
from services.shell.http.fields import MISTYPED, WORDS
from services.shell.http.guard import Guard, endpoints
from services.shell.http.openapi import allowed, routed
from services.shell.http.readiness import Readiness
from services.shell.request_log import RequestLog

PROBLEM = "application/problem+json"
_MORE = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}
PLAIN = {400: "请求内容不是JSON", 404: "没有这个地址", 405: "这个地址不接受此方法"}


def problem(status: int, code: str, detail: str = "", **more: Any) -> Response:
    """An RFC 9457 answer."""
    content = {"type": f"urn:shouwang:problem:{code}", "title": code, "status": status, "detail": detail, **more}
    return JSONResponse(content, status, media_type=PROBLEM, headers=_MORE.get(status))


def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, ShouwangError)
    return problem(error.status, error.code, error.detail)


def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [{"pointer": _pointer(wrong["loc"]), "code": wrong["type"]} for wrong in error.errors()]
    if any(wrong["code"] == "json_invalid" for wrong in found):
        return problem(400, "not_json", PLAIN[400])
    said = dict.fromkeys(words for wrong in error.errors() if (words := _words(wrong)))
    return problem(422, "not_valid", "；".join(said) or "请求内容有误，见errors", errors=found)


def _words(wrong: Any) -> str:
    """What is wrong with a field, for people; empty where only the code says it."""
    return str(wrong["msg"]) if wrong["type"] == MISTYPED else WORDS.get(wrong["type"], "")


def _pointer(place: Sequence[Any]) -> str:
    """Where in the request it stands, as a JSON pointer (RFC 6901). A name that the client made up is shown as far as it can be sent."""
    names = (str(name).encode("utf-8", "backslashreplace").decode()[:100] for name in place)
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)


def _plain_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = "not_json" if error.status_code == 400 else str(error.detail).lower().replace(" ", "_")
    answer = problem(error.status_code, code, PLAIN.get(error.status_code, ""))
    if error.status_code == 405:
        answer.headers["Allow"] = ", ".join(allowed(request.app, request.url.path))
    return answer


def create_app(runtime: Runtime, common: APIRouter) -> FastAPI:
    """The service's ASGI application, with the endpoints `common` to all services. The caller opens and closes the runtime."""
    app = routed(runtime.service, common)
    settings = runtime.settings
    app.state.runtime, app.state.readiness = runtime, Readiness(runtime)
    issuer, audience, roles = settings.token_issuer, settings.token_audience, runtime.service.roles
    app.state.gate = Gate(settings.jwks_file, issuer, audience, roles, runtime.clock.unset, settings.token_days)
    app.state.cursors = Cursors(settings.site_key.get_secret_value())
    app.exception_handlers |= {
        ShouwangError: _refused,
        RequestValidationError: _invalid,
        HTTPException: _plain_http,
    }
    app.add_middleware(
        Guard,
        endpoints=endpoints(app),
        gate=app.state.gate,
        patience=settings.patience_seconds,
        refused=lambda refusal: problem(refusal.status, refusal.code, refusal.detail),
    )
    app.add_middleware(RequestLog, service=runtime.service.name)  # the last one added hears first
    return app
