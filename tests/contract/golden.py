"""Golden messages: one encoded message per schema version, decoded by today's code for ever. Sample values follow from the field.

Beside each message stands what it says (`.json`): a later version of the class may say more, never something else. What is released
stays as it is; what is not is made anew with the schema (`freeze`), and the diff shows it.
"""

import hashlib
import json
import types
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID, uuid5

from deploy.databases import SERVICES
from services.kernel import language
from services.kernel.avro import SCHEMAS, Codec, Schema
from services.kernel.events import NAMESPACE

FOLDER = Path(__file__).with_name("golden")
FINGERPRINTS = SCHEMAS / "fingerprints.txt"


def published() -> list[type]:
    """Every class that the four services publish."""
    return [cls for service in SERVICES for cls in language.published(service)]


@cache
def codec() -> Codec:
    """The codec of all published classes, made once; refuses to exist while a class and its schema differ."""
    return Codec(published())


def sample(cls: type) -> Any:
    """A value of the class in which every field has content."""
    hints = get_type_hints(cls)
    return cls(**{f.name: _value(hints[f.name], f.name) for f in fields(cls)})


def _value(hint: Any, name: str) -> Any:
    if get_origin(hint) in (types.UnionType, Union):
        return _value(next(a for a in get_args(hint) if a is not type(None)), name)
    if get_origin(hint) is tuple:
        return (_value(get_args(hint)[0], name),)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return list(hint)[-1]
    if is_dataclass(hint) and isinstance(hint, type):
        return sample(hint)
    plain = {str: f"a {name}", int: 3, bool: True, UUID: uuid5(NAMESPACE, name), date: date(2026, 2, 28), Decimal: Decimal("12.50")}
    return datetime(2026, 2, 28, 1, 2, 3, 4, tzinfo=UTC) if hint is datetime else plain[hint]


def plain(value: Any) -> Any:
    """The value as JSON holds it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int) else str(value)


def expected(path: Path) -> Any:
    """What the golden message says."""
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


def former_names(schema: dict[str, Any]) -> dict[str, str]:
    """Today's field name by every name the field had."""
    return {name: field["name"] for field in schema["fields"] for name in (field["name"], *field.get("aliases", ()))}


def misread(made: Codec, schema: Schema, folder: Path = FOLDER) -> dict[str, Any]:
    """What today's class says otherwise than the golden message of this version meant, by today's field name."""
    names = former_names(made.latest[made.by_fp[schema.fp][1]].raw)
    path = folder / f"{schema.name}.v{schema.version}.bin"
    said = plain(made.decode(schema.fp, path.read_bytes()))
    meant = {names.get(name, name): value for name, value in expected(path).items()}
    return {name: said.get(name, "no such field") for name, value in meant.items() if name not in said or said[name] != value}


def freeze(made: Codec, released: Collection[str], folder: Path = FOLDER) -> None:
    """Write the golden message of each class's latest version unless it is there and released, and remove those of no version.

    `released` has paths of schema files.
    """
    versions = {f"{schema.name}.v{schema.version}" for schema, _ in made.by_fp.values()}
    for stray in (path for path in folder.glob("*.*") if path.stem not in versions):
        stray.unlink()
    for cls, schema in made.latest.items():
        path = folder / f"{schema.name}.v{schema.version}.bin"
        if path.exists() and file_of(schema) in released:
            continue
        path.write_bytes(made.encode(sample(cls))[1])
        said = plain(made.decode(schema.fp, path.read_bytes()))
        path.with_suffix(".json").write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def file_of(schema: Schema) -> str:
    """The path of a schema's file under its folder of schemas."""
    _, service, record = schema.name.split(".")
    return f"{service}/{record}.v{schema.version}.avsc"


def fingerprints(directory: Path = SCHEMAS) -> list[str]:
    """A line per schema file: SHA-256 and path."""
    files = sorted(directory.glob("*/*.avsc"))
    return [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(directory).as_posix()}" for p in files]


def refusals(released: Mapping[str, str], lines: Iterable[str]) -> list[str]:
    """What the gate of release finds wrong with these lines of fingerprints, each as `path: why`; empty when nothing is.

    A released file stays as it was. A version has a successor only when it is released: until then it is changed itself.
    """
    found = {path: digest for digest, path in (line.split() for line in lines)}
    wrong = [f"{path}: released and removed" for path in released.keys() - found.keys()]
    wrong += [f"{path}: released and edited" for path, digest in released.items() if found.get(path, digest) != digest]
    for path in found:
        record, version, _ = path.split(".")
        if version != "v1" and (former := f"{record}.v{int(version[1:]) - 1}.avsc") not in released:
            wrong.append(f"{path}: {former} is not released; change that one")
    return sorted(wrong)
