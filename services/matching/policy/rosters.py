"""The lists that agencies send, as rows of data: who sends them, of which time, with which columns and words (domain reference 8.2).

A row of `rosters/*.toml` is one kind of list. What is read of it is typed and kept without names, numbers and phones; a column of the type
WORD holds one of the words listed for it, and nothing else has a meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from services.documents.sheet_header import Column
from services.documents.sheet_words import plain
from services.domain.agencies import AGENCIES
from services.kernel.policy import PolicyError, Row, Rules, load
from services.matching.vocabulary import RosterKind

FOLDER = Path(__file__).parent / "rosters"
WORDS = Path(__file__).parent / "words.toml"


class Cell(StrEnum):
    """What the cells of a column are, and what is kept of them."""

    ID = "ID"  # a citizen id: its keyed hash
    NAME = "NAME"  # keyed features for candidates, never the name
    SEX = "SEX"  # checked against the id, and not kept
    BIRTH = "BIRTH"  # the day of birth: checked against the id, kept for candidates
    PLACE = "PLACE"  # a township or village by name or code: its division
    KEY = "KEY"  # a number of the office, or its own words: a keyed hash
    PERSON_KEY = "PERSON_KEY"  # another person's citizen id: its keyed hash
    WORD = "WORD"  # one of the listed words: its meaning
    GRADE = "GRADE"  # of a disability
    CATEGORY = "CATEGORY"  # of a disability
    DAY = "DAY"
    MONTH = "MONTH"
    MONTHS = "MONTHS"  # several, as an office writes them
    YUAN = "YUAN"  # zero or more
    SIGNED_YUAN = "SIGNED_YUAN"  # below zero where something is taken back
    COUNT = "COUNT"
    FLAG = "FLAG"  # 是 or 否; empty is unknown


class Period(StrEnum):
    """Of which time a list is."""

    MONTH = "MONTH"
    YEAR = "YEAR"
    DAY = "DAY"  # of its day alone


@dataclass(frozen=True, slots=True)
class RosterColumn(Column):
    """A column with the type of its cells."""

    type: Cell = Cell.WORD


@dataclass(frozen=True, slots=True)
class Roster:
    """A kind of list. Expected by `due_day` of the month after its period; older than `max_age_days` it is no base for a comparison.
    `in_parts`: of several senders each sends what it knows, and all count; otherwise the first of them that sent it speaks."""

    title: str
    senders: tuple[str, ...]
    period: Period
    due_day: int
    max_age_days: int
    columns: Mapping[str, RosterColumn]
    in_parts: bool = False
    words: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExpectedList:
    """A kind of list that a county's office (`owner`) owes for each month on whose first day the row is in force, whether it ever sent one or
    not. A row that is not `on` says what a place may agree on, and expects nothing."""

    kind: RosterKind
    owner: str
    on: bool = False


@dataclass(frozen=True, slots=True)
class SharedWords:
    """The words of all columns of one type (`Cell`, the row's id), by their meaning."""

    meanings: Mapping[str, tuple[str, ...]]


_KEPT = {
    Cell.PLACE: "VARCHAR",
    Cell.KEY: "UUID",
    Cell.PERSON_KEY: "UUID",
    Cell.WORD: "VARCHAR",
    Cell.GRADE: "BIGINT",
    Cell.CATEGORY: "VARCHAR",
    Cell.DAY: "DATE",
    Cell.MONTH: "VARCHAR",
    Cell.MONTHS: "VARCHAR[]",
    Cell.YUAN: "DECIMAL(12, 2)",
    Cell.SIGNED_YUAN: "DECIMAL(12, 2)",
    Cell.COUNT: "BIGINT",
    Cell.FLAG: "BOOLEAN",
}


def load_rosters(folder: Path = FOLDER) -> Rules[Roster]:
    """All kinds of all files, each with the words of its columns, those that all lists share among them. Raises `PolicyError`, naming file
    and row."""
    shared = {row.id: row.value.meanings for row in load(WORDS, "words", SharedWords).rows}
    rows: list[Row[Roster]] = []
    for file in sorted(folder.glob("*.toml")):
        rows += (replace(row, value=_with(shared, row.value)) for row in load(file, "roster", Roster).rows)
    for row in rows:
        _check(row)
    if missing := {kind.value for kind in RosterKind if kind is not RosterKind.UNKNOWN} - {row.id for row in rows}:
        raise PolicyError(f"[[roster]]: no row for {', '.join(sorted(missing))}")
    return Rules(tuple(rows))


def _with(shared: Mapping[str, Mapping[str, tuple[str, ...]]], roster: Roster) -> Roster:
    """The kind with the words that all lists share; a column that has words of its own has no others."""
    common = {name: shared[column.type] for name, column in roster.columns.items() if column.type in shared}
    return replace(roster, words={**common, **roster.words})


def _check(row: Row[Roster]) -> None:
    where, roster = f"[[roster]] {row.id}", row.value
    if row.id not in RosterKind.__members__:
        raise PolicyError(f"{where}: no kind of list")
    if strange := sorted(set(roster.senders) - AGENCIES.codes):
        raise PolicyError(f"{where}: {', '.join(strange)} is no agency")
    wordless = {name for name, column in roster.columns.items() if column.type is Cell.WORD} - set(roster.words)
    if wordless:
        raise PolicyError(f"{where}: no words for {', '.join(sorted(wordless))}")
    for column, meanings in roster.words.items():
        words = [plain(word).upper() for listed in meanings.values() for word in listed]
        if column not in roster.columns or len(set(words)) < len(words):
            raise PolicyError(f"{where}: the words of {column} belong to no column, or one has two meanings")


def table_of(roster: Roster) -> dict[str, str]:
    """The columns that are kept of a kind of list, and their types in the comparing engine; row and person stand beside them."""
    kept = {name: column.type for name, column in roster.columns.items()}
    return {name: _KEPT[kind] for name, kind in kept.items() if kind in _KEPT}
