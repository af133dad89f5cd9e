"""The OpenAPI document of a service: what FastAPI derives from the endpoints, and what only we know of all of them.

Every endpoint that asks for a scope names it; commands answer `Done`; every refusal is a problem (RFC 9457).
"""

import re
from functools import cache, partial
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts

from services.kernel.service import Service

_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TEXT, _UUID = {"type": "string"}, {"type": "string", "format": "uuid"}
_DONE = {
    "type": "object",
    "description": "What a command did: the stream, its version (also the ETag) and the new events.",
    "required": ["id", "version", "events"],
    "properties": {
        "id": _UUID,
        "version": {"type": "integer", "minimum": 0},
        "events": {
            "type": "array",
            "items": {"type": "object", "required": ["id", "type"], "properties": {"id": _UUID, "type": _TEXT}},
        },
    },
}
_PROBLEM = {
    "type": "object",
    "description": "Why not (RFC 9457). `title` is the stable code that ends `type`; `errors` point into the request, without values.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": _TEXT | {"pattern": "^urn:shouwang:problem:"},
        "title": _TEXT | {"pattern": "^[a-z][a-z0-9_]*$"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": _TEXT,
        "errors": {
            "type": "array",
            "items": {"type": "object", "required": ["pointer", "code"], "properties": {"pointer": _TEXT, "code": _TEXT}},
        },
    },
}
_REFUSED = {
    "description": "A problem.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "ES256 or EdDSA; agency, division and roles."}


def routed(service: Service, common: APIRouter) -> FastAPI:
    """The service's routes and those `common` to all services, with their OpenAPI document; it answers nothing yet."""
    app = FastAPI(title=f"Shouwang {service.name}", version="1", docs_url=None, redoc_url=None, redirect_slashes=False)
    for router in (*service.routers, common):
        app.include_router(router)
    app.state.paths = [(r.original_route.path_regex, r.original_route.path_format) for r in iter_route_contexts(app.routes)]  # type: ignore[attr-defined]
    app.openapi = cache(partial(document, app))  # type: ignore[method-assign]
    return app


def allowed(app: FastAPI, path: str) -> list[str]:
    """The methods that a path answers, over all routes that match it."""
    matching = (r for r in iter_route_contexts(app.routes) if r.original_route.path_regex.match(path))  # type: ignore[attr-defined]
    return sorted({method for route in matching for method in route.methods or ()})


def shown(app: FastAPI, path: str) -> tuple[str, str]:
    """The route of a path, and the path as a log may show it: the route with ids filled in, for whatever else stands in a path may be a
    credential. `unknown` for one of no route."""
    for pattern, form in app.state.paths:  # found once: to walk through the framework's routes costs more than a request
        if found := pattern.match(path):
            ids = {name: part if _ID.fullmatch(part) else f"{{{name}}}" for name, part in found.groupdict().items()}
            return form, form.format_map(ids)
    return "unknown", "unknown"


def document(app: FastAPI) -> dict[str, Any]:
    """The document of an application."""
    found = get_openapi(title=app.title, version=app.version, openapi_version="3.1.0", routes=app.routes)
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    for ours in ("HTTPValidationError", "ValidationError"):
        schemas.pop(ours, None)
    schemas |= {"Done": _DONE, "Problem": _PROBLEM}
    found["components"]["securitySchemes"] = {"bearer": _BEARER}
    for route in iter_route_contexts(app.routes):
        for method in route.methods or ():
            if operation := found["paths"].get(route.path_format, {}).get(method.lower()):
                _complete(operation, route.original_route)
    return found


def scope_of(dependant: Any) -> str | None:
    """The scope that an endpoint asks for, itself or by what it depends on; None for one that is open to all."""
    own: str | None = getattr(dependant.call, "scope", None)
    return own or next(filter(None, map(scope_of, dependant.dependencies)), None)


def _complete(operation: dict[str, Any], route: Any) -> None:
    answers = operation["responses"]
    answers.pop("422", None)
    answers["default"] = _REFUSED
    scope = scope_of(route.dependant)
    if scope:
        operation |= {"security": [{"bearer": []}], "x-scope": scope}
    success = answers.get(str(route.status_code or 200), {})
    other = set(success.get("content", ())) - {"application/json"}  # a page, a picture, a sheet
    if scope and "POST" in (route.methods or ()) and route.response_model is None and not other:
        success["content"] = {"application/json": {"schema": {"$ref": "#/components/schemas/Done"}}}
