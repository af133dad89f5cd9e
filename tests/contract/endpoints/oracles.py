"""Two counties that know the same things each of its own, and every endpoint asked about what is another's and about what nobody has.

What a service's deciders keep is made from the samples of its own events, so a new decider, a new endpoint and a new field of a body are
asked about without a word here. Bodies follow from the OpenAPI document.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4, uuid5
from zipfile import ZipFile

import aiohttp

from deploy import openapi
from services.engine.runtime import Runtime
from services.kernel.apply import apply
from services.kernel.decider import Decider
from services.kernel.events import NAMESPACE, Context
from tests.contract.golden import sample

HERE, THERE = "533401", "533422"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TOLD_APART = {"Date", "Content-Length"}  # headers that differ between any two answers
_PLACE, _NOBODY = "an id", str(UUID(int=0))
_CITIZEN = "533499199012310024"
_WORDS = (
    *("A1", "x1", "5334221", "533422", "5334", "533422101", "533422101001", "2026-03", "2026-03-20", "reference/1", "测试甲"),
    *("13800000002", _CITIZEN, "A code", "0" * 32),
)
_LEVELS = {
    "roster": 6,
    "announcement": 6,
    "month_list": 6,
    "subscriber": 6,
    "notice": 6,
    "home_round": 9,
}  # digits of where a stream belongs; else twelve


@dataclass(frozen=True)
class Slot:
    """A place for an id in a request: `where` is path, query or body; `of`: what it is the id of, as far as the service keeps such."""

    where: str
    name: str
    of: str


@dataclass(frozen=True)
class Asking:
    """One way to ask one operation about one id, that of `slot`; every other id is the caller's own."""

    method: str
    path: str
    slot: Slot
    words: dict[str, str]  # of the path, by its parameters' names
    query: dict[str, str]
    body: Any

    def request(self, own: dict[str, str], about: str) -> tuple[str, dict[str, str], Any]:
        """Path, query and body."""
        ids = self.words | {name: own[kept(name)] for name in _parameters(self.path) if kept(name) in own}
        if self.slot.where == "path":
            ids[self.slot.name] = about
        path = self.path.format_map(ids)
        query = self.query | ({self.slot.name: about} if self.slot.where == "query" else {})
        return path, query, _with_ids(self.body, "", own, self.slot, about)


def kept(name: str) -> str:
    """Of what category a parameter or field of this name is the id."""
    singular = name.removesuffix("s").removesuffix("_id")
    return {"round": "home_round", "member": "person", "subject": "case"}.get(singular, singular)


def creates(runtime: Runtime, decider: Decider[Any, Any, Any]) -> Any:
    """The sample of an event with which a stream of this decider begins; None when no event of its own has a place."""
    for cls in runtime.service.own:
        made = sample(cls)
        try:
            if decider.division(decider.evolve(decider.initial, made)):
                return made
        except Exception:
            continue
    return None


async def settle(runtime: Runtime, county: str) -> dict[str, str]:
    """Let the county have one stream of every decider; their ids by category."""
    village, seed = f"{county}101001", uuid5(NAMESPACE, county)
    found = {decider.category: uuid5(seed, decider.category) for decider in runtime.service.deciders}
    found["person"] = uuid5(seed, "person")
    for decider in runtime.service.deciders:
        if (event := creates(runtime, decider)) is None:
            continue
        division = village[: _LEVELS.get(decider.category, 12)]
        values: dict[str, Any] = {"division": division, "subject_division": village, "agency": "CL", "birth_month": "1980-01"}
        values |= {f"{category}_id": stream for category, stream in found.items()}
        event = replace(event, **{name: value for name, value in values.items() if hasattr(event, name)})
        context = Context("machine:seed", runtime.clock(), uuid4(), uuid4())
        async with runtime.pool.acquire() as conn, conn.transaction():
            stream = found[decider.category]
            done = await runtime.store.append(conn, decider.category, stream, 0, [event], context, division)
            await apply(conn, runtime.store, runtime.service.projections, done)
    return {category: str(stream) for category, stream in found.items()}


def askings(service: str, own: dict[str, str]) -> Iterator[Asking]:
    """Every operation with every place for an id of something that the service keeps."""
    document = json.loads(openapi.text(service))
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            body = _made(schema, document) if schema else None
            said = {"path": dict[str, str](), "query": dict[str, str]()}
            for parameter in operation.get("parameters", ()):
                if parameter["in"] in said and parameter["required"]:
                    said[parameter["in"]][parameter["name"]] = str(_made(parameter["schema"], document)).replace(_PLACE, _NOBODY)
            slots = [Slot("path", name, kept(name)) for name in _parameters(path)]
            slots += [Slot("query", p["name"], kept(p["name"])) for p in operation.get("parameters", ()) if p["in"] == "query"]
            slots += [Slot("body", name, kept(name)) for name in _places(body)]
            yield from (Asking(method, path, slot, said["path"], said["query"], body) for slot in slots if slot.of in own)


async def answered(session: aiohttp.ClientSession, asking: Asking, own: dict[str, str], about: str, version: str | None) -> Any:
    """The answer without what differs between any two, the id asked about and new ids among it."""
    path, query, body = asking.request(own, about)
    headers = {"Idempotency-Key": str(uuid4())} | ({"If-Match": version} if version else {})
    sent = {"json": body} if asking.method == "post" and body is not None else {"data": b""} if asking.method == "post" else {}
    async with session.request(asking.method, path, params=query, headers=headers, **sent) as answer:
        said = {name: value for name, value in answer.headers.items() if name not in _TOLD_APART}
        content = _ID.sub(_PLACE, _text_of(await answer.read(), answer.content_type).replace(about, "the id"))
        if asking.method == "post" and answer.status < 300:  # what was done once makes another version the second time
            return answer.status, sorted(said), re.sub(r"\d+", "n", content)
        return answer.status, said, content


def _text_of(content: bytes, kind: str) -> str:
    """Of a workbook what stands in it: neither when it was written nor how its cells look."""
    if not kind.startswith("application/vnd."):
        return content.decode()
    with ZipFile(BytesIO(content)) as parts:
        said = (name for name in sorted(parts.namelist()) if name.startswith(("xl/worksheets/", "xl/sharedStrings")))
        return "".join(parts.read(name).decode() for name in said)


def _parameters(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


def _made(schema: Any, document: dict[str, Any]) -> Any:
    """A value that the schema takes; an id is the text "an id of" its name until a request is made of it."""
    if "$ref" in schema:
        return _made(document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], document)
    if "anyOf" in schema:
        return _made(schema["anyOf"][0], document)
    if "const" in schema or "enum" in schema:
        return schema.get("const", next((word for word in schema.get("enum", ()) if word != "UNKNOWN"), None))
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            asked = [name for name in fields if name in schema.get("required", ()) or '"uuid"' in json.dumps(fields[name])]
            return {name: _CITIZEN if name == "citizen_id" else _made(fields[name], document) for name in asked}
        case "array":
            return [_made(schema["items"], document)] * max(1, schema.get("minItems", 0))
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return False
        case "string":
            return _text(schema)
    return None


def _text(schema: dict[str, Any]) -> str:
    if schema.get("format") == "uuid":
        return _PLACE
    if schema.get("format") == "date":
        return "2026-03-20"
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength", 1000)
    fits = (word for word in _WORDS if shortest <= len(word) <= longest and re.search(schema.get("pattern", ""), word))
    return next(fits, "a" * shortest)


def _places(body: Any, name: str = "") -> list[str]:
    """The names of the fields of a body in which ids stand."""
    if isinstance(body, dict):
        return [found for key, value in body.items() for found in _places(value, key)]
    if isinstance(body, list):
        return [found for value in body for found in _places(value, name)]
    return [name] if body == _PLACE else []


def _with_ids(body: Any, name: str, own: dict[str, str], slot: Slot, about: str) -> Any:
    if isinstance(body, dict):
        return {key: _with_ids(value, key, own, slot, about) for key, value in body.items()}
    if isinstance(body, list):
        return [_with_ids(value, name, own, slot, about) for value in body]
    if body != _PLACE:
        return body
    return about if (slot.where, slot.name) == ("body", name) else own.get(kept(name), _NOBODY)
