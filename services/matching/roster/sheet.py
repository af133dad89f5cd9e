"""A roster file as rows: xlsx, xls or csv bytes in, usable rows and row problems out. Keeps nothing but what a rule needs.

A bad row never blocks a file; it is reported by number and code, never by content. Nothing is repaired by guess: a citizen id that a
spreadsheet turned into a number is refused, for its last digits may be gone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from services.documents import sheet_header, sheet_reader
from services.documents.sheet_cell import money
from services.documents.sheet_header import Column
from services.domain.citizen_id import faults, normalised
from services.kernel.errors import Malformed
from services.matching.vocabulary import RosterKind, Subsidy

OF_THE_FILE = 0  # the row of a problem that is none of a row
_SUBSIDIES = {"生活": Subsidy.LIVING, "护理": Subsidy.CARE}


@dataclass(frozen=True, slots=True)
class Row:
    """One usable row. `subsidy` and `amount` (yuan) only on payment sheets."""

    number: int
    citizen_id: str
    subsidy: Subsidy | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row, or (row `OF_THE_FILE`) with the file; `rejected` rows are not used, others are reported only."""

    row: int
    code: str
    rejected: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file held."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read(data: bytes, kind: RosterKind, columns: Mapping[str, Column], today: date, max_rows: int) -> Sheet:
    """The list in a file; blocks while a process reads it. Raises `Malformed` as `sheet_reader.opened` does, and sheet_empty."""
    with sheet_reader.opened(data, columns, max_rows) as table:
        return _judged(table, kind, today)


def _judged(table: sheet_reader.Table, kind: RosterKind, today: date) -> Sheet:
    rows: list[Row] = []
    problems = [Problem(OF_THE_FILE, note, rejected=False) for note in table.notes]
    seen: set[tuple[str, Subsidy | None]] = set()
    for number, line in table.lines:
        if sheet_header.beside_data(line, table.places):
            continue
        row, found = _row(number, line, table.places, kind, today)
        problems += found
        if row is not None and (row.citizen_id, row.subsidy) in seen:
            problems.append(Problem(number, "duplicate_row"))
        elif row is not None:
            seen.add((row.citizen_id, row.subsidy))
            rows.append(row)
    if not rows and all(problem.row == OF_THE_FILE for problem in problems):
        raise Malformed("sheet_empty", "表头下面没有数据行")
    return Sheet(tuple(rows), tuple(problems))


def _row(
    number: int, line: Sequence[Any], places: Mapping[str, int], kind: RosterKind, today: date
) -> tuple[Row | None, list[Problem]]:
    raw = sheet_header.cell(line, places, "citizen_id")
    if not isinstance(raw, str):
        return None, [Problem(number, "id_not_text")]
    citizen_id = normalised(raw)
    if not citizen_id:
        return None, [Problem(number, "id_missing")]
    if found := faults(citizen_id, today):
        return None, [Problem(number, fault.lower()) for fault in found]
    if kind is RosterKind.SUBSISTENCE_ALLOWANCE:
        return Row(number, citizen_id), []
    subsidy = next(
        (subsidy for word, subsidy in _SUBSIDIES.items() if word in str(sheet_header.cell(line, places, "subsidy"))), None
    )
    if subsidy is None:
        return None, [Problem(number, "subsidy_unknown")]
    amount = money(sheet_header.cell(line, places, "amount"))
    if amount is None:
        return None, [Problem(number, "amount_invalid")]
    row = Row(number, citizen_id, subsidy, amount)
    rate = money(sheet_header.cell(line, places, "rate"))
    months = money(sheet_header.cell(line, places, "months"))
    if rate is not None and months is not None and rate * months != amount:
        return row, [Problem(number, "amount_mismatch", rejected=False)]
    return row, []
