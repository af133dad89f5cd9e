"""The schema registry (Confluent API): ids for what we write, schemas for what we read, and the framing between.

Producers never register: `deploy/schemas.py` does. A schema that the registry does not know stops the start. Lookups are cached for
ever, since ids are immutable. Network trouble is `OSError`/`aiohttp.ClientError` (transient); an unknown id is `Unreadable`.
"""

import json
from typing import Any
from urllib.parse import quote

import aiohttp
import fastavro

from services.kernel.avro import Codec, Schema, schema_fp
from services.kernel.errors import Unreadable

_JSON = {"Content-Type": "application/vnd.schemaregistry.v1+json"}


class RegistryError(Exception):
    """The registry refused: a schema that is not registered, or an answer that is not in its protocol."""


class Registry:
    """A caching client. One per process; `close` when done."""

    def __init__(self, url: str, codec: Codec) -> None:
        self._url, self._codec = url.rstrip("/"), codec
        self._prefixes: dict[tuple[str, bytes], bytes] = {}
        self._readers: dict[int, tuple[Any, type]] = {}
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
            known = self._prefixes[(topic, fp)] = b"\0" + int(answer["id"]).to_bytes(4, "big")
        return known

    async def decode(self, value: bytes | None) -> Any:
        """The message behind a framed value. Raises `Unreadable` for anything that is not exactly one known record."""
        if value is None or len(value) < 5 or value[0] != 0:
            raise Unreadable("wrong_magic")
        schema_id = int.from_bytes(value[1:5], "big")
        if schema_id not in self._readers:
            self._readers[schema_id] = await self._reader(schema_id)
        writer, cls = self._readers[schema_id]
        return self._codec.decode_written(writer, cls, value[5:])

    async def _reader(self, schema_id: int) -> tuple[Any, type]:
        answer = await self._call("GET", f"/schemas/ids/{schema_id}", None)
        if answer is None:
            raise Unreadable("unknown_schema_id")
        try:
            raw = json.loads(answer["schema"])
            cls = self._codec.classes[f"{raw['namespace']}.{raw['name']}"]
            mine = self._codec.latest[cls]
            return (mine.parsed if schema_fp(raw) == mine.fp else fastavro.parse_schema(raw)), cls
        except Exception as error:  # somebody else's schema: none of ours, or under our name one that needs others
            raise Unreadable("foreign_schema", type(error).__name__) from None

    async def register(self, topic: str, schema: Schema, *, released: bool) -> int:
        """Register; the id. Under a `released` record's subject everything is FULL_TRANSITIVE: `RegistryError` when it is not."""
        where = quote(subject(topic, schema.name), safe="")
        await self._call("PUT", f"/config/{where}", {"compatibility": "FULL_TRANSITIVE" if released else "NONE"})
        answer = await self._call("POST", f"/subjects/{where}/versions", _body(schema))
        if answer is None:
            raise RegistryError(f"{subject(topic, schema.name)} could not be registered")
        return int(answer["id"])

    async def _call(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        async with self._session.request(method, self._url + path, json=body, headers=_JSON) as answer:
            if answer.status == 404:
                return None
            if answer.status >= 500:
                raise OSError(f"registry answered {answer.status} to {method} {path}")
            text = await answer.text()
            if answer.status >= 400:
                raise RegistryError(f"{method} {path}: {answer.status} {text[:500]}")
            return json.loads(text)


def subject(topic: str, record: str) -> str:
    """TopicRecordNameStrategy."""
    return f"{topic}-{record}"


def _body(schema: Schema) -> dict[str, Any]:
    return {"schema": json.dumps(schema.raw, ensure_ascii=False), "schemaType": "AVRO"}
