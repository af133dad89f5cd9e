"""A roster file as rows: xlsx, xls or csv bytes in, usable rows and row problems out. Keeps nothing but what a rule needs.

A bad row never blocks a file; it is reported by number and code, never by content. Nothing is repaired by guess: a citizen id that a
spreadsheet turned into a number is refused, for its last digits may be gone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from services.documents import sheet_header, sheet_reader
from services.documents.sheet_cell import money
from services.documents.sheet_header import Column
from services.documents.sheet_words import plain
from services.domain.citizen_id import faults, normalised
from services.kernel.errors import Malformed
from services.matching.vocabulary import RosterKind, Subsidy

NOT_IN_FORCE = "not_in_force"  # of a row that says itself that nothing was paid, or that the allowance has ended
OF_THE_FILE = 0  # the row of a problem that is none of a row
_BETWEEN = re.compile("[、,;/+和及与]")
_MOST_MONTHS = 24  # that one row of a sheet pays at once


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
class CellWords:
    """What cells may say: which subsidy, and whether it was paid, or the allowance is in force (YES, NO)."""

    subsidies: Mapping[str, str]
    outcomes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file held: each line with content is a usable row, a rejected one, or left out (a total, a signature, the header again, what
    was not paid)."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    left_out: int = 0


def read(data: bytes, kind: RosterKind, columns: Mapping[str, Column], words: CellWords, today: date, max_rows: int) -> Sheet:
    """The list in a file; `words`: what its columns may say. Blocks while a process reads the file.

    Raises `Malformed` as `sheet_reader.opened` does, and sheet_empty.
    """
    with sheet_reader.opened(data, columns, max_rows) as table:
        return _judged(table, kind, columns, words, today)


def _judged(table: sheet_reader.Table, kind: RosterKind, columns: Mapping[str, Column], words: CellWords, today: date) -> Sheet:
    rows: list[Row] = []
    problems = [Problem(OF_THE_FILE, note, rejected=False) for note in table.notes]
    seen: set[tuple[str, Subsidy | None]] = set()
    left_out = 0
    for number, line in table.lines:
        if sheet_header.beside_data(line, table.places) or sheet_header.header_again(line, table.places, columns):
            left_out += 1
            continue
        outcome = plain(sheet_header.cell(line, table.places, "outcome"))
        if words.outcomes.get(outcome) == "NO":
            left_out += 1
            problems.append(Problem(number, NOT_IN_FORCE, rejected=False))
            continue
        row, found = _row(number, line, table.places, kind, words, today)
        if outcome and outcome not in words.outcomes:
            row, found = None, [*found, Problem(number, "outcome_unknown")]
        problems += found
        if row is not None and (row.citizen_id, row.subsidy) in seen:
            problems.append(Problem(number, "duplicate_row"))
        elif row is not None:
            seen.add((row.citizen_id, row.subsidy))
            rows.append(row)
    if not rows and all(problem.row == OF_THE_FILE for problem in problems):
        raise Malformed("sheet_empty", "表头下面没有数据行")
    return Sheet(tuple(rows), tuple(problems), left_out)


def _row(
    number: int, line: Sequence[Any], places: Mapping[str, int], kind: RosterKind, words: CellWords, today: date
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
    try:
        subsidy = _subsidy(plain(sheet_header.cell(line, places, "subsidy")), words.subsidies)
    except Malformed as unclear:
        return None, [Problem(number, unclear.code)]
    amount = money(sheet_header.cell(line, places, "amount"))
    if amount is None:
        return None, [Problem(number, "amount_invalid")]
    remarks = _remarks(amount, sheet_header.cell(line, places, "rate"), sheet_header.cell(line, places, "months"))
    return Row(number, citizen_id, subsidy, amount), [Problem(number, code, rejected=False) for code in remarks]


def _subsidy(cell: str, words: Mapping[str, str]) -> Subsidy:
    """The one subsidy that a cell means. Raises `Malformed`: two_subsidies, subsidy_unknown."""
    if cell in words:
        return Subsidy(words[cell])
    if {words.get(part) for part in _BETWEEN.split(cell)} == {subsidy.value for subsidy in (Subsidy.LIVING, Subsidy.CARE)}:
        raise Malformed("two_subsidies", "一格中有两种补贴，无法分开金额")
    raise Malformed("subsidy_unknown", "补贴类型不在列表中")


def _remarks(amount: Decimal, rate: Any, months: Any) -> list[str]:
    """What is odd about an amount that is used all the same: amount_mismatch, rate_invalid, months_invalid. An empty cell says nothing."""
    said = {"rate": money(rate), "months": money(months)}
    count = said["months"]
    if count is not None and (count != int(count) or count > _MOST_MONTHS):
        said["months"] = None
    filled = {"rate": str(rate).strip() != "", "months": str(months).strip() != ""}
    invalid = [f"{name}_invalid" for name, value in said.items() if value is None and filled[name]]
    if said["rate"] is not None and said["months"] is not None and said["rate"] * said["months"] != amount:
        invalid.append("amount_mismatch")
    return invalid
