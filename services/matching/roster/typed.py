"""A list of any kind as typed rows: who is on it, and what it says of them, as the kind's columns are kept (`policy/rosters.py`).

Nothing is repaired by guess (domain reference, 8.4): an id that a spreadsheet made a number is no id, a word on no list means nothing.
Every line with content below the header is counted once: as a row that is used, as a rejected one, or as left out (a total, a signature,
the header again, what the list itself says is not in force).

A row that is rejected stays with what is known of it, for it shows that somebody is on the list: without a usable citizen id it may be
found by its name, and with one nobody can say that the person is absent.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.documents import sheet_header, sheet_reader
from services.documents.places import CountyPlaces
from services.documents.sheet_cell import text
from services.documents.sheet_words import plain
from services.domain import citizen_id as citizen_ids
from services.domain.likeness.features import features, legible, name_feature, row_identity
from services.domain.months import month_of
from services.kernel.errors import Malformed
from services.matching.policy.rosters import Cell, Roster, RosterColumn, table_of
from services.matching.roster.problem import NOT_IN_FORCE, OF_THE_FILE, Problem
from services.matching.roster.row import Line, RowReader

_SUMS = ("合计", "总计")
_NUMBERS = (Cell.YUAN, Cell.SIGNED_YUAN, Cell.COUNT)
_HEAD_ID = "head"


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One row: its number in the sheet, who it is about, and the values of the kind's columns by their names, None where unknown.

    A value of the types KEY and PERSON_KEY is the text that is still to be keyed (`Kept`). `citizen_id` is sound, or None; `birth` is the
    day that the list says, not the id's; `male` is said by it, too. `broken_id`: what stands where the id should.
    """

    number: int
    citizen_id: str | None
    name: str | None
    birth: date | None
    values: Mapping[str, Any]
    male: bool | None = None
    broken_id: Any = None


@dataclass(frozen=True, slots=True)
class TypedSheet:
    """What a file held. `rows`: with whatever is known of rejected ones, too; `left_out`: how many lines are none."""

    rows: tuple[TypedRow, ...]
    problems: tuple[Problem, ...]
    left_out: int

    @property
    def rejected(self) -> int:
        """How many rows cannot be used as what the list is for."""
        return len({problem.row for problem in self.problems if problem.rejected and problem.row != OF_THE_FILE})


Heard = Callable[[int], None]
_TOLD_EVERY = 2000  # lines


def _not_told(_lines: int) -> None:
    pass


def read(
    data: bytes, roster: Roster, places: CountyPlaces, today: date, period: str | None, max_rows: int, heard: Heard = _not_told
) -> TypedSheet:
    """The list in a file's bytes; `heard` is told now and then how many lines were read. Blocks while a process reads them.

    Raises `Malformed` as `sheet_reader.opened` and `typed` do.
    """
    try:
        with sheet_reader.opened(data, roster.columns, max_rows) as table:
            return typed(_told(table, heard), roster, places, today, period)
    except Malformed as refused:
        if refused.code != "header_not_found" or _HEAD_ID not in roster.columns:
            raise
        with suppress(Malformed), sheet_reader.opened(data, _of_heads(roster), max_rows) as table:
            return typed(_told(table, heard), roster, places, today, period)
        raise


def _told(table: sheet_reader.Table, heard: Heard) -> sheet_reader.Table:
    """The table, whose lines tell how many of them were taken."""

    def lines() -> Iterator[tuple[int, Sequence[Any]]]:
        for count, line in enumerate(table.lines, 1):
            if count % _TOLD_EVERY == 0:
                heard(count)
            yield line

    return replace(table, lines=lines())


def _of_heads(roster: Roster) -> Mapping[str, RosterColumn]:
    """The columns of a list of households that names nobody but their heads: its rows are the heads' own."""
    own, head = roster.columns["citizen_id"], roster.columns[_HEAD_ID]
    others = {name: column for name, column in roster.columns.items() if name != _HEAD_ID}
    return {**others, "citizen_id": replace(own, aliases=(*own.aliases, *head.aliases))}


def typed(table: sheet_reader.Table, roster: Roster, places: CountyPlaces, today: date, period: str | None = None) -> TypedSheet:
    """The rows of an opened list. `period`: its month (YYYY-MM), for months that are written without a year; today's where it has none.

    Raises `Malformed`: sheet_empty, roster_of_another_county, and what taking the table's lines raises.
    """
    reader = _Reader(RowReader(roster, table.places, places, today, period or month_of(today)), table.above, table.places)
    for number, cells in table.lines:
        reader.take(number, cells)
    notes = [Problem(OF_THE_FILE, note, rejected=False) for note in table.notes]
    return reader.sheet(notes)


def keyed(value: str, site_key: str) -> UUID:
    """The keyed hash of an office's number or word, or of a citizen id: the same for the same text, and no way back."""
    return citizen_ids.blind_index(site_key, value)


class Kept:
    """How a kind's rows are kept: the values of its columns `names` (`table_of`). What is to be keyed is keyed: there is no name and no
    number."""

    def __init__(self, roster: Roster, site_key: str) -> None:
        self.names = tuple(table_of(roster))
        self._secret = [at for at, name in enumerate(self.names) if roster.columns[name].type in (Cell.KEY, Cell.PERSON_KEY)]
        self._site_key = site_key

    def values(self, row: TypedRow) -> list[Any]:
        """A row's values, in the order of `names`; None is unknown."""
        found: list[Any] = [row.values.get(name) for name in self.names]
        for at in self._secret:
            found[at] = found[at] and keyed(found[at], self._site_key)
        return found


def who(row: TypedRow, site_key: str, today: date) -> dict[str, Any]:
    """What is kept to find whom a row without a usable citizen id means (`county_facts/likeness.py`): keyed; of any other row the name alone,
    by which a register that knows the person under another one is told."""
    if row.citizen_id:
        named = name_feature(site_key, row.name)
        return {"who_name": named} if named else {}
    place = row.values.get("place") or row.values.get("township")
    said = legible(row.broken_id, today)
    if row.birth:
        said = replace(said, born=row.birth)
    if row.male is not None:
        said = replace(said, male=row.male)
    identity = row_identity(site_key, row.name, row.broken_id, said, place)
    if identity is None:
        return {}
    found = features(site_key, row.name, said)
    return {"who_identity": identity, "who_stands_in": place} | {f"who_{name}": value for name, value in asdict(found).items()}


class _Reader:
    """Takes the lines of one list in their order, and remembers what one line says of another."""

    def __init__(self, rows: RowReader, above: Sequence[Sequence[Any]], columns: Mapping[str, int]) -> None:
        self._of, self._above_data, self._columns = rows, {_texts(cells) for cells in above}, columns
        self._totals = [name for name, column in rows.plain if column.required and column.type in _NUMBERS]
        self._rows: list[TypedRow] = []
        self._problems: list[Problem] = []
        self._left_out = self._elsewhere = 0
        self._seen: set[tuple[Any, ...]] = set()
        self._before: Line | None = None

    def take(self, number: int, cells: Sequence[Any]) -> None:
        """Read one line."""
        total = self._is_total(cells)
        if total:
            self._compare_total(number, cells)
        if total or self._is_no_row(cells):
            self._left_out += 1
            return
        line = self._of.read(number, cells)
        if line.values.get("outcome") == "NO":
            self._left_out += 1
            self._problems.append(Problem(number, NOT_IN_FORCE, rejected=False))
            return
        self._fill_down(line)
        self._add(line)

    def sheet(self, notes: Sequence[Problem]) -> TypedSheet:
        """All lines together."""
        if not self._rows and not self._problems:
            raise Malformed("sheet_empty", "表头下面没有数据行")
        if self._elsewhere * 2 > len(self._rows):
            raise Malformed("roster_of_another_county", "名单上多数人员在其他县市的乡镇，请核对县市后重发")
        return TypedSheet(tuple(self._rows), (*notes, *self._problems), self._left_out)

    def _is_no_row(self, cells: Sequence[Any]) -> bool:
        """Whether a line is a signature, a sum of some rows, or title and header again."""
        if sheet_header.beside_data(cells, self._columns):
            return True
        if not self._of.of_persons or not text(self._of.cell(cells, "citizen_id")):
            return _texts(cells) in self._above_data
        return sheet_header.header_again(cells, self._columns, self._of.roster.columns)

    def _is_total(self, cells: Sequence[Any]) -> bool:
        """Whether a line is the sum of all rows before it."""
        first = next((said for cell in cells if (said := plain(text(cell)))), "")
        township = plain(text(self._of.cell(cells, "township")))
        return (first in _SUMS or township in _SUMS) and not text(self._of.cell(cells, "citizen_id"))

    def _compare_total(self, number: int, cells: Sequence[Any]) -> None:
        """Tell of a total that its rows do not make; where a row's amount is unknown, nobody can say."""
        for name in self._totals:
            total, _ = self._of.said(cells, name)
            each = [row.values[name] for row in self._rows]
            if total is not None and each and None not in each and Decimal(sum(each)) != Decimal(total):
                self._problems.append(Problem(number, "total_mismatch", rejected=False))
                return

    def _add(self, line: Line) -> None:
        same = (line.citizen_id, *map(str, line.values.values()))
        if line.citizen_id and same in self._seen:
            line.tell("duplicate_row")
        self._seen.add(same)
        self._elsewhere += line.elsewhere
        self._rows.append(TypedRow(line.number, line.citizen_id, line.name, line.birth, line.values, line.male, line.broken_id))
        self._problems += line.problems
        self._before = line

    def _fill_down(self, line: Line) -> None:
        """What a merged cell says of a household holds for its members below, not for the next household (8.4)."""
        relation = line.values.get("relation")
        if "household" not in line.values or relation is None:
            return
        if relation == "HEAD":
            if line.values.get(_HEAD_ID, "") is None:
                line.values[_HEAD_ID] = line.citizen_id
            return
        above = self._before
        columns = [name for name in ("household", _HEAD_ID) if name in line.values]
        if above is None or above.number != line.number - 1 or any(text(self._of.cell(line.cells, name)) for name in columns):
            return
        for name in columns:
            line.values[name] = above.values[name]
        line.problems = [
            problem for problem in line.problems if problem.code != "household_missing" or line.values["household"] is None
        ]


def _texts(cells: Sequence[Any]) -> tuple[str, ...]:
    """What a line says, wherever it ends."""
    return tuple(plain(text(cell)) for cell in cells)
