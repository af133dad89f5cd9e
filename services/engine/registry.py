"""The schema registry (Confluent API): ids for what we write, schemas for what we read, and the framing between.

Producers never register: `deploy/schemas.py` does. A schema that the registry does not know stops the start. Lookups are cached for
ever, since ids are immutable. Network trouble is `OSError`/`aiohttp.ClientError` (transient); an unknown id is `Unreadable`.
"""

import asyncio
import json
import math
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp

from services.kernel.avro import Codec, Schema, schema_fp
from services.kernel.errors import Unreadable

T = TypeVar("T")
_NOT_THERE = (40401, 40402, 40403)  # the protocol's codes for a subject, a version, a schema that is not there
_JSON = {"Content-Type": "application/vnd.schemaregistry.v1+json"}
_REMEMBERED = 10_000  # ids that others wrote
_UNKNOWN_FOR = 5.0  # seconds until an id that is not there is asked about again
_LARGEST_ID = 2**31 - 1
_LONGEST = 1 << 20  # bytes of an answer


class _TooLong(Exception):
    """An answer of the registry that is longer than any of ours."""


class RegistryError(Exception):
    """The registry refused: a schema that is not registered, or an answer that is not in its protocol."""


class Registry:
    """A caching client. One per process; `close` when done."""

    def __init__(self, url: str, codec: Codec) -> None:
        self._url, self._codec = url.rstrip("/"), codec
        self._prefixes: dict[tuple[str, bytes], bytes] = {}
        self._written: dict[int, tuple[bytes | str | None, float]] = {}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()

    async def prefix(self, topic: str, fp: bytes) -> bytes:
        """The five bytes that precede a body with this fingerprint on this topic (magic 0 and the id)."""
        known = self._prefixes.get((topic, fp))
        if known is None:
            schema, _ = self._codec.by_fp[fp]
            answer = await self._call("POST", f"/subjects/{quote(subject(topic, schema.name), safe='')}", _body(schema))
            if answer is None:
                raise RegistryError(f"{subject(topic, schema.name)} v{schema.version} is not registered: run `make schemas`")
            known = self._prefixes[(topic, fp)] = b"\0" + _part(answer, "id", int).to_bytes(4, "big")
        return known

    async def greeted(self) -> None:
        """Ask for something small. Raises what any other question would while the registry is away."""
        if await self._call("GET", "/schemas/types", None) is None:
            raise RegistryError("this is no schema registry")

    async def decode(self, value: bytes | None) -> Any:
        """The message behind a framed value. Raises `Unreadable` for anything that is not exactly one record of a schema of ours.

        Another schema under the name of one of ours is foreign: what it says could be as large as its writer likes.
        """
        if value is None or len(value) < 5 or value[0] != 0:
            raise Unreadable("wrong_magic")
        return self._codec.decode(await self._known(int.from_bytes(value[1:5], "big")), value[5:])

    async def _known(self, schema_id: int) -> bytes:
        """The fingerprint of our schema with this id."""
        found, until = self._written.get(schema_id, (None, 0.0))
        if isinstance(found, bytes):  # as of nearly every message
            return found
        clock = asyncio.get_running_loop().time
        if clock() >= until:
            found = await self._looked_up(schema_id) if 0 < schema_id <= _LARGEST_ID else None
            if len(self._written) >= _REMEMBERED:
                self._written.clear()
            self._written[schema_id] = (found, clock() + _UNKNOWN_FOR if found is None else math.inf)
        if isinstance(found, bytes):
            return found
        raise Unreadable(found or "unknown_schema_id")

    async def _looked_up(self, schema_id: int) -> bytes | str | None:
        """Its fingerprint, or the code why it is none of ours; None when the registry knows no such id (yet)."""
        try:
            answer = await self._call("GET", f"/schemas/ids/{schema_id}", None)
        except _TooLong:
            return "foreign_schema"
        if answer is None:
            return None
        text = _part(answer, "schema", str)
        try:
            fp = schema_fp(json.loads(text))
        except Exception:  # somebody else's schema: not even one, or one that needs others
            return "foreign_schema"
        return fp if fp in self._codec.by_fp else "foreign_schema"

    async def register(self, topic: str, schema: Schema, *, released: bool) -> int:
        """Register; the id. Under a `released` record's subject everything is FULL_TRANSITIVE: `RegistryError` when it is not."""
        where = quote(subject(topic, schema.name), safe="")
        await self._call("PUT", f"/config/{where}", {"compatibility": "FULL_TRANSITIVE" if released else "NONE"})
        answer = await self._call("POST", f"/subjects/{where}/versions", _body(schema))
        if answer is None:
            raise RegistryError(f"{subject(topic, schema.name)} could not be registered")
        return _part(answer, "id", int)

    async def _call(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        """The registry's answer; None when it says itself that it has no such thing. What stands before it may say anything while it is
        away, with any status: that is an outage, and never a reason to set a message aside."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        async with self._session.request(method, self._url + path, json=body, headers=_JSON) as answer:
            if answer.status >= 500:
                raise OSError(f"registry answered {answer.status} to {method} {path}")
            told, text = await _told(answer)
            if answer.status == 404 and isinstance(told, dict) and told.get("error_code") in _NOT_THERE:
                return None
            if answer.status >= 400 or told is None:
                raise RegistryError(f"{method} {path}: {answer.status} {text[:500]}")
            return told


async def _told(answer: aiohttp.ClientResponse) -> tuple[Any, str]:
    """The JSON of an answer, None when it is none, and its text."""
    try:
        body = await answer.content.readexactly(_LONGEST)
    except asyncio.IncompleteReadError as rest:
        body = rest.partial
    else:
        raise _TooLong(f"more than {len(body)} bytes")
    text = body.decode("utf-8", "replace")
    try:
        return json.loads(text), text
    except ValueError:
        return None, text


def _part(answer: Any, name: str, kind: type[T]) -> T:
    """A part that an answer of the protocol has. Raises `RegistryError`."""
    found = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(found, kind):
        raise RegistryError(f"an answer without {name}")
    return found


def subject(topic: str, record: str) -> str:
    """TopicRecordNameStrategy."""
    return f"{topic}-{record}"


def _body(schema: Schema) -> dict[str, Any]:
    return {"schema": json.dumps(schema.raw, ensure_ascii=False), "schemaType": "AVRO"}
