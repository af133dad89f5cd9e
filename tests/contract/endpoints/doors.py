"""The doors of a service as its OpenAPI document describes them: every field that a request may carry, and a request that is well formed.

What is tested of "every door" walks these, so a door or a field that comes tomorrow is in it.
"""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.shell.http.common_api import router
from services.shell.http.openapi import routed

Schema = dict[str, Any]
Place = tuple[str | int, ...]  # where a field stands: ("body", "members", 0), ("query", "division")
KEYS = "[key]"  # the last step to the names of a mapping, as pydantic points at them
ONE = str(UUID(int=1))
# Values that are well formed; a field of a form that none of them has needs another one here.
_SAMPLES = ("533401102003", "533401", "5334", "2026-01", "CL", "a-code", "CertificateIssued", "0887-8220000", "0" * 32)


@dataclass(frozen=True)
class Field:
    """A field of a request: where it stands and what the document says of it."""

    place: Place
    schema: Schema

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer, as refusals name it."""
        return "/" + "/".join(str(step) for step in self.place if step != KEYS)

    @property
    def kinds(self) -> list[Schema]:
        """The schemas that a value may have, but for null."""
        return [kind for kind in self.schema.get("anyOf", [self.schema]) if kind.get("type") != "null"]


@dataclass(frozen=True)
class Request:
    """A request as it goes out; path and query are not encoded yet."""

    path: dict[str, str]
    query: dict[str, Any]
    body: Any = None

    def holding(self, place: Place, value: Any) -> "Request":
        """The same request with another value at this place."""
        where, *steps = place
        if where == "body":
            return replace(self, body=_put(self.body, steps, value))
        return replace(self, **{str(where): {**getattr(self, str(where)), str(steps[0]): value}})


@dataclass(frozen=True)
class Door:
    """One operation of a document."""

    method: str
    path: str
    operation: Schema
    document: Schema

    @property
    def body(self) -> Schema | None:
        """The schema of a JSON body; None for a door without one."""
        content = self.operation.get("requestBody", {}).get("content", {})
        return self._whole(content["application/json"]["schema"]) if "application/json" in content else None

    def fields(self) -> Iterator[Field]:
        """Every field that a request may carry, in the body at whatever depth."""
        for parameter in self.operation.get("parameters", ()):
            yield Field((parameter["in"], parameter["name"]), self._whole(parameter["schema"]))
        if self.body is not None:
            yield from self._below(Field(("body",), self.body))

    def request(self) -> Request:
        """A well-formed request with every field filled in."""
        asked = Request({}, {}, None if self.body is None else self._sample(self.body))
        for parameter in self.operation.get("parameters", ()):
            if parameter["in"] != "header":
                asked = asked.holding((parameter["in"], parameter["name"]), self._sample(self._whole(parameter["schema"])))
        return asked

    def _below(self, field: Field) -> Iterator[Field]:
        yield field
        for kind in field.kinds:
            for name, schema in kind.get("properties", {}).items():
                yield from self._below(Field((*field.place, name), self._whole(schema)))
            if "items" in kind:
                yield from self._below(Field((*field.place, 0), self._whole(kind["items"])))
            for pattern, values in kind.get("patternProperties", {}).items():  # a mapping: its names are fields, too
                names = {"type": "string", "pattern": pattern}
                yield Field((*field.place, KEYS), names)
                yield from self._below(Field((*field.place, self._sample(names)), self._whole(values)))

    def _whole(self, schema: Schema) -> Schema:
        """The schema with references resolved."""
        if "$ref" in schema:
            return self._whole(self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        kinds = schema.get("anyOf", schema.get("oneOf"))
        return schema if kinds is None else {**schema, "anyOf": [self._whole(kind) for kind in kinds]}

    def _sample(self, schema: Schema) -> Any:
        """A value of this form."""
        kind = Field((), schema).kinds[0]
        if "examples" in kind:
            return kind["examples"][0]
        if "const" in kind or "enum" in kind:
            return kind["const"] if "const" in kind else kind["enum"][-1]
        match kind.get("type"):
            case "object":
                named = {name: self._sample(self._whole(below)) for name, below in kind.get("properties", {}).items()}
                mapped = kind.get("patternProperties", {}).items()
                return named | {
                    self._sample({"type": "string", "pattern": names}): self._sample(values) for names, values in mapped
                }
            case "array":
                return [self._sample(self._whole(kind["items"]))]
            case "integer" | "number":
                return kind.get("minimum", 1)
            case "boolean":
                return True
        formats = {"uuid": ONE, "date": "2026-01-15"}
        fitting = (text for text in _SAMPLES if re.search(kind.get("pattern", ""), text) and len(text) <= kind.get("maxLength", 99))
        return formats.get(kind.get("format", "")) or next(fitting)


def doors(service: str) -> list[Door]:
    """All doors of a service."""
    document = routed(importlib.import_module(f"services.{service}.service").SERVICE, router).openapi()
    return [
        Door(method.upper(), path, operation, document)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]


def _put(inside: Any, steps: list[str | int], value: Any) -> Any:
    """The structure with another value at the end of these steps."""
    if not steps:
        return value
    step, *rest = steps
    if step == KEYS:
        return {value: next(iter(inside.values()))}
    if isinstance(step, int):
        return [_put(inside[step], rest, value), *inside[1:]]
    return {**inside, step: _put(inside[step], rest, value)}
