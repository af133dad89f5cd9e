"""A roster file as rows: xlsx or xls bytes in, usable rows and row problems out. Pure; keeps nothing but what a rule needs.

A bad row never blocks a file; it is reported by number and code, never by content. Nothing is repaired by guess: a citizen id that a
spreadsheet turned into a number is refused, for its last digits may be gone.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from python_calamine import CalamineWorkbook

from services import identity
from services.kernel.errors import Malformed
from services.matching.events import RosterKind, Subsidy
from services.matching.policy import Column

MAX_UNPACKED = 256 << 20
MAX_RATIO = 200
HEADER_ROWS = 15
_NOT_DATA = ("合计", "总计", "小计", "制表", "审核", "填报", "负责人", "单位负责", "备注：", "说明")
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
    """What is wrong with a row; `rejected` rows are not used, others are reported only."""

    row: int
    code: str
    rejected: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file held."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read(data: bytes, kind: RosterKind, columns: Mapping[str, Column], today: date, max_rows: int) -> Sheet:
    """The first sheet of a file. Raises `Malformed`: sheet_unreadable, sheet_too_large, sheet_empty, header_not_found."""
    cells = _cells(data)
    if len(cells) > max_rows:
        raise Malformed("sheet_too_large", f"more than {max_rows} rows")
    if not any(_filled(row) for row in cells):
        raise Malformed("sheet_empty", "the first sheet has no cell with content")
    header, places = _header(cells, columns)
    rows: list[Row] = []
    problems: list[Problem] = []
    seen: set[tuple[str, Subsidy | None]] = set()
    for number, line in enumerate(cells[header + 1 :], header + 2):
        if not _filled(line) or _beside_data(line, places):
            continue
        row, found = _row(number, line, places, kind, today)
        problems += found
        if row is not None and (row.citizen_id, row.subsidy) in seen:
            problems.append(Problem(number, "duplicate_row"))
        elif row is not None:
            seen.add((row.citizen_id, row.subsidy))
            rows.append(row)
    if not rows and not problems:
        raise Malformed("sheet_empty", "there is a header and no row below it")
    return Sheet(tuple(rows), tuple(problems))


def _cells(data: bytes) -> Sequence[Sequence[Any]]:
    if data[:4] == b"PK\x03\x04":
        _guard(data)
    elif data[:4] != b"\xd0\xcf\x11\xe0":
        raise Malformed("sheet_unreadable", "neither an xlsx nor an xls file")
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except Exception:  # the reader meets arbitrary bytes
        raise Malformed("sheet_unreadable", "the file is damaged or has no sheet") from None


def _guard(data: bytes) -> None:
    """Refuse a zip bomb before anything unpacks it."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Malformed("sheet_unreadable", "the file is damaged") from None
    unpacked = sum(e.file_size for e in entries)
    if len(entries) > 2000 or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(data), 4096):
        raise Malformed("sheet_too_large", "unpacked, the file is larger than any roster")


def _header(cells: Sequence[Sequence[Any]], columns: Mapping[str, Column]) -> tuple[int, dict[str, int]]:
    """The row that names every required column, and where each known column is."""
    wanted = {_plain(alias): name for name, column in columns.items() for alias in column.aliases}
    needed = {name for name, column in columns.items() if column.required}
    for number, row in enumerate(cells[:HEADER_ROWS]):
        places: dict[str, int] = {}
        for place, cell in enumerate(row):
            if (name := wanted.get(_plain(cell))) is not None:
                places.setdefault(name, place)
        if needed <= set(places):
            return number, places
    raise Malformed("header_not_found", f"no row among the first {HEADER_ROWS} names all of {sorted(needed)}")


def _plain(cell: Any) -> str:
    text = "".join(str(cell).split()).replace("（", "(").replace("）", ")")
    return text.strip("*：:")


def _filled(row: Sequence[Any]) -> bool:
    return any(str(cell).strip() for cell in row)


def _beside_data(line: Sequence[Any], places: Mapping[str, int]) -> bool:
    """Totals and signatures: no citizen id, and a word that says what the row is."""
    if str(_cell(line, places, "citizen_id")).strip():
        return False
    return any(_plain(cell).startswith(_NOT_DATA) for cell in line)


def _cell(line: Sequence[Any], places: Mapping[str, int], name: str) -> Any:
    place = places.get(name)
    return line[place] if place is not None and place < len(line) else ""


def _row(
    number: int, line: Sequence[Any], places: Mapping[str, int], kind: RosterKind, today: date
) -> tuple[Row | None, list[Problem]]:
    raw = _cell(line, places, "citizen_id")
    if not isinstance(raw, str):
        return None, [Problem(number, "id_not_text")]
    citizen_id = identity.normalised(raw)
    if not citizen_id:
        return None, [Problem(number, "id_missing")]
    if faults := identity.faults(citizen_id, today):
        return None, [Problem(number, fault.lower()) for fault in faults]
    if kind is RosterKind.SUBSISTENCE_ALLOWANCE:
        return Row(number, citizen_id), []
    subsidy = next((s for word, s in _SUBSIDIES.items() if word in str(_cell(line, places, "subsidy"))), None)
    amount = money(_cell(line, places, "amount"))
    if subsidy is None or amount is None:
        return None, [Problem(number, "subsidy_unknown" if subsidy is None else "amount_invalid")]
    rate, months = money(_cell(line, places, "rate")), money(_cell(line, places, "months"))
    mismatch = rate is not None and months is not None and rate * months != amount
    return Row(number, citizen_id, subsidy, amount), [Problem(number, "amount_mismatch", False)] if mismatch else []


def money(cell: Any) -> Decimal | None:
    """Yuan with two places, greater than zero and below ten million; None for anything else."""
    if isinstance(cell, bool) or cell == "":
        return None
    try:
        value = Decimal(str(cell).strip().replace(",", "").removesuffix("元"))
        cents = value.quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return cents if cents == value and 0 < cents < 10_000_000 else None
