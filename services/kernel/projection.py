"""Projections are folds: one `evolve` serves one event, a live batch, and a rebuild of the whole history (`rebuild.py`).

A row is a frozen dataclass whose fields are the table's columns. Rows of a batch are loaded and locked in one SELECT, folded in
Python, written in one INSERT … ON CONFLICT and one DELETE. Two transactions never fold one row from the same past: existing rows
are locked in key order, and a row that both believe to be new makes the second one a `Conflict`, which is retried.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from types import UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from services.kernel.events import Gone, Recorded

R = TypeVar("R")


def _as_json(value: Any) -> Any:
    # One level: the encoder asks again for what is inside. `asdict` would copy everything first.
    return {each.name: getattr(value, each.name) for each in fields(value)} if is_dataclass(value) else str(value)


_JSON = json.JSONEncoder(default=_as_json, ensure_ascii=False).encode
_PG = {str: "text", int: "bigint", bool: "boolean", UUID: "uuid", date: "date", datetime: "timestamptz", Decimal: "numeric"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a projection's table: its name, its PostgreSQL type, and how its value is read where it is not the field's as it is."""

    name: str
    kind: str
    read: Callable[[Any], Any] | None


@dataclass(frozen=True)
class Projection(Generic[R]):
    """A read model `views.<table>` of rows `row`, identified by the fields `key`.

    `keys` names, for each event class it follows, which rows an event touches: a function of the `Recorded` to key tuples.
    `evolve(key, row | None, recorded)` gives the row afterwards, or None to have no row. `state` publishes each changed row to the
    compacted topic of a message class: `(class, row -> message)`; the message key is the first key field's text. A row of which nothing
    is told (any more) gives None, and a tombstone, as one that is gone does.
    """

    table: str
    row: type[R]
    key: tuple[str, ...]
    keys: Mapping[type, Callable[[Recorded], Iterable[tuple[Hashable, ...]]]]
    evolve: Callable[[Any, R | None, Recorded], R | None]
    state: tuple[type, Callable[[R], Any]] | None = None

    @staticmethod
    def by_stream(events: Iterable[type]) -> Mapping[type, Callable[[Recorded], Iterable[tuple[Hashable, ...]]]]:
        """The `keys` of a read model with one row for each stream, which follows these events."""
        return dict.fromkeys(events, _stream)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """One for each field; a tuple field is kept as jsonb."""
        hints = get_type_hints(self.row)
        return tuple(Column(field.name, *_kept_as(hints[field.name])) for field in fields(self.row))  # type: ignore[arg-type]

    @property
    def _names(self) -> str:
        return ", ".join(column.name for column in self.columns)

    @cached_property
    def upsert(self) -> str:
        """One statement for many rows; says of each whether it was new."""
        arrays = ", ".join(f"${place}::{column.kind}[]" for place, column in enumerate(self.columns, 1))
        sets = ", ".join(f"{column.name} = excluded.{column.name}" for column in self.columns if column.name not in self.key)
        action = f"DO UPDATE SET {sets}" if sets else "DO NOTHING"
        return f"""INSERT INTO views.{self.table} ({self._names}) SELECT * FROM unnest({arrays})
            ON CONFLICT ({", ".join(self.key)}) {action} RETURNING (xmax = 0) AS fresh"""  # noqa: S608

    @cached_property
    def select(self) -> str:
        """The rows of the given keys, locked in key order."""
        return f"""SELECT {self._names} FROM views.{self.table}
            WHERE {self._among} ORDER BY {", ".join(self.key)} FOR UPDATE"""  # noqa: S608

    @cached_property
    def select_one(self) -> str:
        """The row of one key."""
        match = " AND ".join(f"{name} = ${place}" for place, name in enumerate(self.key, 1))
        return f"SELECT {self._names} FROM views.{self.table} WHERE {match}"  # noqa: S608

    @cached_property
    def delete(self) -> str:
        """Deletes the rows of the given keys."""
        return f"DELETE FROM views.{self.table} WHERE {self._among}"  # noqa: S608

    @property
    def _among(self) -> str:
        """Whether a row's key is among the given ones.

        Each column is compared with its array, which an index answers, and no join is left to choose: of a table under row security the
        planner expects next to no rows, and it would read all of them, or all of them again for each key.
        """
        kinds = {column.name: column.kind for column in self.columns}
        arrays = [f"${place}::{kinds[name]}[]" for place, name in enumerate(self.key, 1)]
        among = " AND ".join(f"{name} = ANY({array})" for name, array in zip(self.key, arrays, strict=True))
        if len(arrays) > 1:
            among += f" AND (({', '.join(self.key)}) IN (SELECT * FROM unnest({', '.join(arrays)}))) IS TRUE"  # noqa: S608
        return among

    def from_record(self, record: Mapping[str, Any]) -> R:
        """A database row as a value."""
        return self.row(**{each.name: each.read(record[each.name]) if each.read else record[each.name] for each in self.columns})

    @cached_property
    def to_record(self) -> Callable[[R], tuple[Any, ...]]:
        """A function from a value to a database row."""
        values = attrgetter(*(column.name for column in self.columns))
        is_json = [column.kind == "jsonb" for column in self.columns]
        if not any(is_json):
            return values

        def record(row: R) -> tuple[Any, ...]:
            pairs = zip(is_json, values(row), strict=True)
            return tuple(_JSON(value) if json_here and value is not None else value for json_here, value in pairs)

        return record

    async def one(self, conn: Any, *key: Hashable) -> R | None:
        """The row of this key, as far as the connection may see it."""
        record = await conn.fetchrow(self.select_one, *key)
        return self.from_record(record) if record else None

    def key_of(self, row: R) -> tuple[Hashable, ...]:
        """The key fields of a row."""
        return tuple(getattr(row, name) for name in self.key)

    def touched(self, recorded: Recorded) -> tuple[tuple[Hashable, ...], ...]:
        """The keys of the rows that an event changes; empty for an event that the projection does not follow."""
        find = self.keys.get(kind_of(recorded))
        return tuple(find(recorded)) if find else ()


def _stream(recorded: Recorded) -> tuple[tuple[Hashable, ...]]:
    return ((recorded.stream_id,),)


def _kept_as(hint: Any) -> tuple[str, Callable[[Any], Any] | None]:
    """The PostgreSQL type of a field of this type, and how its value is read."""
    if get_origin(hint) in (UnionType, Union):
        pg, read = _kept_as(next(a for a in get_args(hint) if a is not type(None)))
        return pg, None if read is None else lambda value: None if value is None else read(value)
    if get_origin(hint) is tuple:
        read_all = _from_json(hint)
        return "jsonb", lambda text: read_all(json.loads(text))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return "text", hint
    return _PG[hint], None


def _from_json(hint: Any) -> Callable[[Any], Any]:
    """How a value of this type is read from the JSON that it was written as."""
    if get_origin(hint) in (UnionType, Union):
        read = _from_json(next(a for a in get_args(hint) if a is not type(None)))
        return lambda value: None if value is None else read(value)
    if is_dataclass(hint) and isinstance(hint, type):
        reads = {name: _from_json(each) for name, each in get_type_hints(hint).items()}
        return lambda value: hint(**{name: reads[name](each) for name, each in value.items()})
    if get_origin(hint) is tuple:
        read_item = _from_json(get_args(hint)[0])
        return lambda values: tuple(map(read_item, values))
    return date.fromisoformat if hint is date else hint  # type: ignore[no-any-return]


def kind_of(recorded: Recorded) -> type:
    """The published class that an event, a state or a tombstone is about."""
    return recorded.event.of if isinstance(recorded.event, Gone) else type(recorded.event)


def fold_into(projection: Projection[R], rows: dict[Any, R | None], recorded: Recorded) -> None:
    """Fold one event into `rows` (key → row, None = no row), in place."""
    for key in projection.touched(recorded):
        rows[key] = projection.evolve(key, rows.get(key), recorded)


def turned(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Rows as columns, for UNNEST; no rows have no columns."""
    return [list(column) for column in zip(*rows, strict=True)]


def by_number(rows: Sequence[Any], projection: Projection[R], count: int) -> list[list[R]]:
    """The rows of each of `count` things asked about in one round trip; a record's `n` says which, from 1."""
    found: dict[int, list[R]] = {}
    for row in rows:
        found.setdefault(row["n"], []).append(projection.from_record(row))
    return [found.get(n, []) for n in range(1, count + 1)]
