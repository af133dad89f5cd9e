"""Rules that change by date and place are rows, not code: TOML with `from`/`until`, a source, and where needed a CEL predicate.

A process refuses to start on an unknown key, a missing source or a bad expression, and names the row. A missing fact makes a
predicate unknown (None), never false. Decisions record `version`, the hash of the files they were made with.
"""

import hashlib
import tomllib
import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from services.kernel.errors import Malformed

T = TypeVar("T")


class PolicyError(Exception):
    """A policy file that cannot be used; the message names file and row."""


class Predicate:
    """A CEL expression over facts."""

    def __init__(self, source: str) -> None:
        import cel  # here: its package brings the editor of a command line along, half of the time in which a file's reader starts

        self.source, self._program = source, cel.compile(source)
        self.names = frozenset[str](self._program.variables())  # of the facts that it asks for

    def __call__(self, facts: Mapping[str, Any]) -> bool | None:
        """True or False, or None when a fact that matters is missing or None."""
        known = {name: _as_cel_knows(fact) for name, fact in facts.items() if isinstance(fact, str | int | float | Decimal)}
        try:
            result = self._program.execute(known)
        except (RuntimeError, KeyError, TypeError, ValueError):
            return None
        return result if isinstance(result, bool) else None


def _as_cel_knows(fact: str | float | Decimal) -> str | float:
    """A fact as CEL takes it, which has no decimals (and no ids and days)."""
    return float(fact) if isinstance(fact, Decimal) else fact


@dataclass(frozen=True, slots=True)
class Row(Generic[T]):
    """One row: valid on days `from` ≤ day < `until` (None = open) in divisions starting with `division`."""

    id: str
    since: date
    until: date | None
    division: str
    source: str
    value: T

    def holds(self, day: date, division: str) -> bool:
        """Whether the row is in force on that day in that division."""
        return self.since <= day and (self.until is None or day < self.until) and division.startswith(self.division)


class Rules(Generic[T]):
    """All rows of one table."""

    def __init__(self, rows: tuple[Row[T], ...]) -> None:
        self.rows = rows
        self._by_id: dict[str, list[Row[T]]] = {}  # loops ask for one row many times a second
        for row in rows:
            self._by_id.setdefault(row.id, []).append(row)

    def on(self, day: date, division: str = "") -> list[T]:
        """The values in force, in file order."""
        return [row.value for row in self.rows if row.holds(day, division)]

    def one(self, id: str, day: date, division: str = "") -> T:
        """The value of the row with this id that is in force; the most local wins. Raises `Malformed` when there is none."""
        found = [row for row in self._by_id.get(id, ()) if row.holds(day, division)]
        if not found:
            raise Malformed("no_policy_row", f"{day}在{division or '任何辖区'}没有生效的规则{id}")
        return max(found, key=lambda row: (len(row.division), row.since)).value


def load(path: Path, table: str, value: type[T]) -> Rules[T]:
    """The rows `[[table]]` of a TOML file; the row's own keys become `value`. Raises `PolicyError`."""
    return _rules(path.name, _parsed(path), table, value)


@dataclass(frozen=True, slots=True)
class Table:
    """Marks a field of a policy's class as the table `[[name]]` of a file: `limit: Annotated[Rules[Limit], Table("limit")]`."""

    name: str
    file: str = "policy.toml"


def load_tables(policy: type, folder: Path) -> dict[str, Rules[Any]]:
    """The rows of every field of a policy's class that is marked as a `Table`, by the field's name. Raises `PolicyError`."""
    parsed: dict[str, dict[str, Any]] = {}
    loaded: dict[str, Rules[Any]] = {}
    for name, hint in get_type_hints(policy, include_extras=True).items():
        if get_origin(hint) is not Annotated:
            continue
        rules, table = get_args(hint)
        if table.file not in parsed:
            parsed[table.file] = _parsed(folder / table.file)
        (row,) = get_args(rules)
        loaded[name] = _rules(table.file, parsed[table.file], table.name, row)
    return loaded


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{path.name}: {error}") from None


def _rules(file: str, parsed: dict[str, Any], table: str, value: type[T]) -> Rules[T]:
    if table not in parsed:
        raise PolicyError(f"{file}: {table!r}")
    return Rules(tuple(_row(file, table, dict(entry), value) for entry in parsed[table]))


def version_of(*paths: Path) -> str:
    """Twelve hex digits over the contents of policy files, in order."""
    return hashlib.sha256(b"\0".join(p.read_bytes() for p in paths)).hexdigest()[:12]


def _row(file: str, table: str, entry: dict[str, Any], value: type[T]) -> Row[T]:
    where = f"{file} [[{table}]] {entry.get('id', '(no id)')}"
    try:
        head = {key: entry.pop(key) for key in ("id", "from", "source")}
    except KeyError as error:
        raise PolicyError(f"{where}: {error} is missing") from None
    until, division = entry.pop("until", None), entry.pop("division", "")
    try:
        made = _value(value, entry)
    except (ValueError, TypeError, KeyError) as error:
        raise PolicyError(f"{where}: {error}") from None
    if not isinstance(head["from"], date) or not head["source"]:
        raise PolicyError(f"{where}: from is a date and source is not empty")
    return Row(head["id"], head["from"], until, division, head["source"], made)


def _value(value: type[T], entry: Mapping[str, Any]) -> T:
    """A table as a value of a class. Raises `TypeError`, `ValueError` or `KeyError`."""
    hints = get_type_hints(value)
    if unknown := set(entry) - set(hints):
        raise TypeError(f"unknown key {sorted(unknown)}")
    wanted = (each for each in fields(value) if each.default is MISSING and each.default_factory is MISSING)  # type: ignore[arg-type]
    if absent := [each.name for each in wanted if each.name not in entry]:
        raise TypeError(f"missing key {absent}")
    return value(**{key: _typed(hints[key], given) for key, given in entry.items()})


def _typed(hint: Any, raw: Any) -> Any:
    if get_origin(hint) in (types.UnionType, Union):
        return _typed(next(a for a in get_args(hint) if a is not type(None)), raw)
    if get_origin(hint) is tuple:
        return tuple(_typed(get_args(hint)[0], item) for item in raw)
    if get_origin(hint) is Mapping:
        return {key: _typed(get_args(hint)[1], item) for key, item in raw.items()}
    if is_dataclass(hint) and isinstance(hint, type):
        return _value(hint, raw)
    if hint is Predicate or hint is Decimal or (isinstance(hint, type) and issubclass(hint, StrEnum)):
        return hint(str(raw))
    if not isinstance(raw, hint) or (hint is int and isinstance(raw, bool)):
        raise TypeError(f"{raw!r} is not a {hint.__name__}")
    return raw
