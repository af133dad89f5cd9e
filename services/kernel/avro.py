"""The Avro schema files are the law; event classes are their hand-written face. This module reads the files, holds each class
against its schema, and turns values into bytes and back. It knows nothing of Kafka framing or the registry (`registry.py`).

A file is `schemas/avro/<service>/<Record>.v<N>.avsc`, self-contained, once released never edited; a body carries its CRC-64-AVRO.
"""

import io
import json
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

import fastavro
from fastavro.read import LOGICAL_READERS
from fastavro.schema import fingerprint, to_parsing_canonical_form

from services.kernel.errors import Unreadable
from services.kernel.events import avro_name

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas" / "avro"
MAX_BODY = 256 * 1024
_DECIMAL_BYTES = 16
_PLAIN = {
    str: "string",
    int: "long",
    bool: "boolean",
    UUID: ("string", "uuid"),
    date: ("int", "date"),
    datetime: ("long", "timestamp-micros"),
    Decimal: ("bytes", "decimal"),
}
_ENUM = ("enum", "UNKNOWN")  # type and default; a second use of it in one schema is its name


_decimal = LOGICAL_READERS["bytes-decimal"]


def _short_decimal(unscaled: bytes, *schemas: Any) -> Decimal:
    """As fastavro does, which takes ten seconds for a number as long as a body may be."""
    if len(unscaled) > _DECIMAL_BYTES:
        raise ValueError("a decimal longer than any of ours")
    return cast(Decimal, _decimal(unscaled, *schemas))


LOGICAL_READERS["bytes-decimal"] = _short_decimal


@dataclass(frozen=True, slots=True)
class Schema:
    """One version of one record: its Avro name, version, raw JSON, parsed form and 8-byte fingerprint."""

    name: str
    version: int
    raw: Any
    parsed: Any
    fp: bytes


def load_schemas(directory: Path = SCHEMAS) -> dict[str, tuple[Schema, ...]]:
    """All schema files by record name, versions ascending."""
    found: dict[str, list[Schema]] = {}
    for path in directory.glob("*/*.avsc"):
        raw = json.loads(path.read_text(encoding="utf-8"))
        version = int(path.name.split(".")[1].removeprefix("v"))
        parsed = fastavro.parse_schema(raw)
        found.setdefault(f"{raw['namespace']}.{raw['name']}", []).append(
            Schema(f"{raw['namespace']}.{raw['name']}", version, raw, parsed, schema_fp(raw))
        )
    return {name: tuple(sorted(versions, key=lambda schema: schema.version)) for name, versions in found.items()}


def schema_fp(raw: Any) -> bytes:
    """The 8-byte CRC-64-AVRO fingerprint of the schema's parsing canonical form."""
    return bytes.fromhex(fingerprint(to_parsing_canonical_form(raw), "CRC-64-AVRO"))


def mismatches(cls: type, raw: Mapping[str, Any]) -> list[str]:
    """What differs between a class and its schema, each as `Class.field: why`. Empty when they agree."""
    every, schema_fields = get_type_hints(cls), {f["name"]: f for f in raw["fields"]}
    hints = {f.name: every[f.name] for f in fields(cls)}
    found = [f"{cls.__name__}.{name}: not in the schema" for name in hints if name not in schema_fields]
    for name, field in schema_fields.items():
        if name not in hints:
            found.append(f"{cls.__name__}.{name}: not in the class")
        elif why := _differs(hints[name], field["type"]):
            found.append(f"{cls.__name__}.{name}: {why}")
    return found


def _differs(hint: Any, avro: Any) -> str:
    if get_origin(hint) in (types.UnionType, Union):
        inner = [a for a in get_args(hint) if a is not type(None)]
        if not isinstance(avro, list) or avro[0] != "null" or len(avro) != 2 or len(inner) != 1:
            return 'an optional field is ["null", type]'
        return _differs(inner[0], avro[1])
    if get_origin(hint) is tuple:
        ok = isinstance(avro, dict) and avro.get("type") == "array"
        return _differs(get_args(hint)[0], avro["items"]) if ok else "a tuple is an array"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        if avro != (again := hint.__name__) and (not isinstance(avro, dict) or (avro.get("type"), avro.get("default")) != _ENUM):
            return "an enum has the default UNKNOWN"
        return "" if avro == again or set(avro["symbols"]) == {m.value for m in hint} else "the enum's symbols differ"
    if is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(avro, dict) or avro.get("type") != "record":
            return "a nested class is a record"
        return "; ".join(mismatches(hint, avro))
    return "" if _PLAIN.get(hint) == _plain(avro) else f"{getattr(hint, '__name__', hint)} against {avro}"


def _plain(avro: Any) -> Any:
    return (avro["type"], avro.get("logicalType")) if isinstance(avro, dict) else avro


def _turned(hint: Any, leaf: Callable[[Any], Any], sequence: type) -> Callable[[Any], Any] | None:
    """How a field value changes on its way to or from fastavro, which `leaf` knows for a plain type; None when it does not."""
    if get_origin(hint) in (types.UnionType, Union):
        inner = _turned(next(a for a in get_args(hint) if a is not type(None)), leaf, sequence)
        return None if inner is None else lambda value: None if value is None else inner(value)
    if get_origin(hint) is tuple:
        item = _turned(get_args(hint)[0], leaf, sequence)
        return sequence if item is None else lambda values: sequence(item(value) for value in values)
    return leaf(hint)  # type: ignore[no-any-return]


def _to_avro(hint: Any) -> Callable[[Any], Any] | None:
    if hint is datetime:
        return _aware
    return _dumper(hint) if is_dataclass(hint) and isinstance(hint, type) else None


def _from_avro(hint: Any) -> Callable[[Any], Any] | None:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return builder(hint) if is_dataclass(hint) and isinstance(hint, type) else None


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a naive datetime has no instant: fastavro would read it as local time")
    return value


@cache
def _dumper(cls: type) -> Callable[[Any], dict[str, Any]]:
    plan = [(f.name, _turned(get_type_hints(cls)[f.name], _to_avro, list)) for f in fields(cls)]

    def dump(value: Any) -> dict[str, Any]:
        return {name: getattr(value, name) if turn is None else turn(getattr(value, name)) for name, turn in plan}

    return dump


@cache
def builder(cls: type) -> Callable[[Mapping[str, Any]], Any]:
    """A function from a decoded record to `cls`."""
    plan = [(f.name, _turned(get_type_hints(cls)[f.name], _from_avro, tuple)) for f in fields(cls)]

    def build(record: Mapping[str, Any]) -> Any:
        return cls(**{name: record[name] if turn is None else turn(record[name]) for name, turn in plan})

    return build


class Codec:
    """Encodes and decodes the given published classes; refuses to exist while one differs from its schema."""

    def __init__(self, classes: Iterable[type], directory: Path = SCHEMAS) -> None:
        schemas = load_schemas(directory)
        self.classes = {avro_name(cls): cls for cls in classes}
        missing = [f"{name}: no schema file" for name in self.classes if name not in schemas]
        wrong = [
            difference
            for name, cls in self.classes.items()
            if name in schemas
            for difference in mismatches(cls, schemas[name][-1].raw)
        ]
        if missing or wrong:
            raise TypeError("classes and schemas differ: " + "; ".join(missing + wrong))
        self.latest = {cls: schemas[name][-1] for name, cls in self.classes.items()}
        self.by_fp = {schema.fp: (schema, cls) for name, cls in self.classes.items() for schema in schemas[name]}

    def encode(self, value: Any) -> tuple[bytes, bytes]:
        """(fingerprint, body). Raises ValueError for a naive datetime or a body over 256 KiB."""
        schema, out = self.latest[type(value)], io.BytesIO()
        fastavro.schemaless_writer(out, schema.parsed, _dumper(cast(Any, type(value)))(value))
        body = out.getvalue()
        if len(body) > MAX_BODY:
            raise ValueError(f"{schema.name} is {len(body)} bytes, the limit is {MAX_BODY}")
        return schema.fp, body

    def decode(self, fp: bytes, body: bytes) -> Any:
        """The value behind a body, as today's class. Raises `Unreadable` for anything that is not exactly one record of a known schema."""
        known = self.by_fp.get(fp)
        if known is None:
            raise Unreadable("unknown_fingerprint")
        if len(body) > MAX_BODY:
            raise Unreadable("too_large")
        (schema, cls), source = known, io.BytesIO(body)
        try:
            reader = self.latest[cls].parsed
            record = fastavro.schemaless_reader(source, schema.parsed, None if schema.parsed is reader else reader)
            value = builder(cls)(record)  # type: ignore[arg-type]
        except Exception as error:  # a decoder meets arbitrary bytes: any class can come out of it
            raise Unreadable("not_decodable", type(error).__name__) from None
        if source.tell() != len(body):
            raise Unreadable("trailing_bytes")
        return value
