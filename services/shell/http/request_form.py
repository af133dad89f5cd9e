"""The form of a whole request: nothing in it that its endpoint does not know, nothing said twice, and what makes two requests the same one.

Fields by themselves are judged by their types (`fields.py`). A parameter that the endpoint does not know is refused, for whoever
misspells `limit` or a filter would take the whole list for what he asked; one that stands twice is refused, for nobody knows which of the
two was meant.
"""

import hmac
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError

from services.kernel.errors import Malformed

_ONE_OF_EACH = ("authorization", "content-type", "idempotency-key", "if-match")
_TAG = re.compile(r'(?:W/)?"?([0-9]{1,18})"?')


def checked(request: Request, payload: bytes) -> None:
    """Raises RequestValidationError, which points at each parameter, header and JSON field that is unknown or stands twice."""
    known = set(_names(request.scope["route"].dependant))
    given = Counter(name for name, _ in request.query_params.multi_items())
    faults = [("extra_forbidden", ("query", name)) for name in given if name not in known]
    faults += [("given_twice", ("query", name)) for name, times in given.items() if name in known and times > 1]
    faults += [("given_twice", ("header", name)) for name in _ONE_OF_EACH if len(request.headers.getlist(name)) > 1]
    faults += [("given_twice", ("body", name)) for name in _said(request, payload)[1]]
    if faults:
        raise RequestValidationError([{"type": code, "loc": place} for code, place in faults])


def fingerprint(request: Request, payload: bytes, key: str) -> bytes:
    """What two requests have in common that ask for the same: method, path, parameters in any order, and the body; of JSON what it says,
    not how it is written. Keyed, since a bare hash of a body with a citizen id could be guessed."""
    parameters = sorted(request.query_params.multi_items(), key=lambda parameter: parameter[0])
    head = json.dumps([request.method, request.url.path, parameters])
    said, _ = _said(request, payload)
    body = payload if said is None else json.dumps(said, sort_keys=True).encode()
    return hmac.digest(key.encode(), f"{head}\n".encode() + body, "sha256")


def version(if_match: str | None) -> int | None:
    """The version in an If-Match header, if there is one. Raises `Malformed`."""
    if if_match is None:
        return None
    tag = _TAG.fullmatch(if_match.strip())
    if tag is None:
        raise Malformed("if_match_not_a_version", "请使用收到的ETag")
    return int(tag[1])


def _names(dependant: Any) -> Iterator[str]:
    """The names of an endpoint's query parameters, its dependencies' among them. None of any endpoint is a list."""
    yield from (parameter.alias for parameter in dependant.query_params)
    for below in dependant.dependencies:
        yield from _names(below)


def _said(request: Request, payload: bytes) -> tuple[Any, list[str]]:
    """What a JSON body says, and the names that stand twice in one of its objects, at whatever depth: the parser alone would keep the last
    value. (None, []) for what is no JSON."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return None, []
    twice: list[str] = []

    def noted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(found := dict(pairs)) < len(pairs):
            twice.extend(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        return found

    try:
        return json.loads(payload, object_pairs_hook=noted), twice
    except (ValueError, RecursionError):  # of an endpoint that takes no JSON; every other one has refused it before
        return None, []
