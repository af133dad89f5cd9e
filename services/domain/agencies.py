"""Agencies by their codes: what they are called on a day, and who has taken over whose duties. Reads one file, decides nothing."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

FILE = Path(__file__).with_name("agencies.toml")


@dataclass(frozen=True, slots=True)
class Agency:
    """What an agency is called on days `since` ≤ day < `until` (None: open): in full, beside a division, and by people."""

    code: str
    since: date
    until: date | None
    source: str
    name: str
    short: str
    called: str


@dataclass(frozen=True, slots=True)
class Successor:
    """The agency that has the duties of the one with this code on days `since` ≤ day < `until` (None: open)."""

    code: str
    since: date
    until: date | None
    source: str
    agency: str


@dataclass(frozen=True, slots=True)
class Agencies:
    """All rows of the file."""

    rows: tuple[Agency, ...]
    successors: tuple[Successor, ...]

    @property
    def codes(self) -> frozenset[str]:
        """Every code that an agency has or had."""
        return frozenset(row.code for row in self.rows)

    def on(self, code: str, day: date) -> Agency | None:
        """The agency as it is called on that day; None for a code without a row."""
        return _on(self.rows, code, day)

    def name(self, code: str, day: date) -> str:
        """The agency in full; a code without a row stays a code."""
        known = self.on(code, day)
        return known.name if known else code

    def short(self, code: str, day: date) -> str:
        """The agency beside a division or in a narrow column; a code without a row stays a code."""
        known = self.on(code, day)
        return known.short if known else code

    def called(self, code: str, day: date) -> str:
        """The agency as people say; a code without a row stays a code."""
        known = self.on(code, day)
        return known.called if known else code

    def successor(self, code: str, day: date) -> str:
        """The agency that has this agency's duties on that day: itself while nobody has taken over."""
        taken = _on(self.successors, code, day)
        return code if taken is None else self.successor(taken.agency, day)


T = TypeVar("T", Agency, Successor)


def load(path: Path = FILE) -> Agencies:
    """The agencies of a file. Raises ValueError, naming file and row, for a row that cannot be used."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name}: {error}") from None
    found = Agencies(
        tuple(_row(path.name, "agency", row, Agency) for row in raw.get("agency", ())),
        tuple(_row(path.name, "successor", row, Successor) for row in raw.get("successor", ())),
    )
    for row in found.successors:
        if row.agency not in found.codes:
            raise ValueError(f"{path.name} [[successor]] {row.code}: there is no agency {row.agency}")
    return found


def _on(rows: Iterable[T], code: str, day: date) -> T | None:
    held = (row for row in rows if row.code == code and row.since <= day and (row.until is None or day < row.until))
    return next(held, None)


def _row(file: str, table: str, entry: Mapping[str, Any], kind: type[T]) -> T:
    renamed = {{"id": "code", "from": "since"}.get(key, key): value for key, value in entry.items()}
    given = {"until": None} | renamed
    expected = {field.name for field in fields(kind)}
    if given.keys() != expected:
        raise ValueError(
            f"{file} [[{table}]] {given.get('code', '(no id)')}: missing or unknown key {sorted(given.keys() ^ expected)}"
        )
    days = {name: value for name, value in given.items() if name in ("since", "until")}
    texts = {name: value for name, value in given.items() if name not in days}
    if type(days["since"]) is not date or type(days["until"]) not in (date, type(None)) or not all(texts.values()):
        raise ValueError(f"{file} [[{table}]] {given['code']}: from and until are days, everything else is a text")
    return kind(**given)


AGENCIES = load()
