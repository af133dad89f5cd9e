"""Golden messages: one encoded message per schema version, decoded by today's code for ever. Sample values follow from the field.

Beside each message stands what it says (`.json`): a later version of the class may say more, never something else.
"""

import hashlib
import json
import types
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID, uuid5

from deploy.databases import SERVICES
from services.kernel import language
from services.kernel.avro import SCHEMAS, Codec
from services.kernel.events import NAMESPACE

FOLDER = Path(__file__).with_name("golden")
FINGERPRINTS = SCHEMAS / "fingerprints.txt"


def published() -> list[type]:
    """Every class that the four services publish."""
    return [cls for service in SERVICES for cls in language.published(service)]


def codec() -> Codec:
    """The codec of all published classes; refuses to exist while a class and its schema differ."""
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


def fingerprints() -> list[str]:
    """A line per schema file: SHA-256 and path."""
    files = sorted(SCHEMAS.glob("*/*.avsc"))
    return [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(SCHEMAS).as_posix()}" for p in files]
