"""What is written can be read again: every row is in its file, and the key names the lines that nobody can use."""

import csv
import io
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from deploy.sandbox.county.writing import Order, county, written
from services.domain import citizen_id

ORDER = Order(seed=2, households=230, months=2, faults=0.06)
TODAY = date(2026, 7, 1)
ID = re.compile(r"[0-9]{17}[0-9X]")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("county") / "one"
    written(ORDER, found)
    return found


def lines(path: Path) -> list[list[Any]]:
    """The visible sheet of a file, line by line as a spreadsheet numbers them."""
    if path.suffix == ".csv":
        data = path.read_bytes()
        text = next(text for encoding in ("utf-8-sig", "gb18030") if (text := _decoded(data, encoding)) is not None)
        return list(csv.reader(io.StringIO(text)))
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def test_the_same_arguments_write_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    written(ORDER, tmp_path / "again")
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert names == sorted(str(path.relative_to(tmp_path / "again")) for path in (tmp_path / "again").rglob("*") if path.is_file())
    assert [name for name in names if (folder / name).read_bytes() != (tmp_path / "again" / name).read_bytes()] == []


def test_every_list_is_there_every_month_in_all_formats(folder: Path) -> None:
    of_month = [sorted(path.name.rsplit("_", 1)[0] for path in (folder / month).iterdir()) for month in ("2026-03", "2026-04")]
    assert of_month[0] == of_month[1]
    assert len(of_month[0]) == 29
    assert set(Counter(path.suffix for path in folder.glob("2026-*/*"))) == {".xlsx", ".xls", ".csv"}


def test_all_rows_are_in_their_files(folder: Path) -> None:
    found, _ = county(ORDER)
    for sheets in found.sheets:
        for sheet in sheets.values():
            [path] = (folder / sheet.month).glob(f"{sheet.kind}_{sheet.agency}_*")
            numbered = [line for line in lines(path) if line and str(line[0]).removesuffix(".0").isdigit()]
            assert len(numbered) == len(sheet.rows), path.name


def test_the_key_names_the_lines_without_a_usable_id(folder: Path) -> None:
    key = json.loads((folder / "key.json").read_text(encoding="utf-8"))
    assert sum(each["rows"] for each in key["unusable"]) == sum(len(each["lines"]) for each in key["unusable"]) > 50
    for each in key["unusable"]:
        read = lines(folder / each["file"])
        for line in each["lines"]:
            assert not any(
                isinstance(cell, str) and ID.fullmatch(cell) and not citizen_id.faults(cell, TODAY) for cell in _own(read[line - 1])
            )
    quality = {(row["subject"], row["object"]) for row in key["findings"] if row["rule"] == "ROW_UNUSABLE"}
    assert quality == {(each["file"], each["code"]) for each in key["unusable"]}
    broken = {(each["file"], line) for each in key["unusable"] for line in each["lines"]}
    assert {(each["file"], each["line"]) for each in key["candidates"]} <= broken


def _own(line: list[Any]) -> list[Any]:
    """The cells of the person's own columns: a head of household is named further to the right."""
    return line[:6]


def test_no_file_has_an_id_of_a_real_division(folder: Path) -> None:
    for path in folder.rglob("*.*"):
        cells = lines(path) if path.suffix != ".json" else [[path.read_text(encoding="utf-8")]]
        ids = {found for line in cells for cell in line if isinstance(cell, str) for found in ID.findall(cell)}
        assert {found for found in ids if not found.startswith(("533499", "0000"))} == set(), path.name


def test_a_summary_ties_with_its_payments(folder: Path) -> None:
    found, _ = county(ORDER)
    for sheets in found.sheets:
        regular = [row for row in sheets["SUBSIDY_PAYMENT", "MZ"].rows if row["nature"] == "正常"]
        summary = sheets["SUBSIDY_SUMMARY", "MZ"].rows
        assert sum(row["total_persons"] for row in summary) == len(regular)
        assert sum(row["total_amount"] for row in summary) == sum(row["amount"] for row in regular)


def test_a_folder_with_something_in_it_is_left_alone(folder: Path) -> None:
    with pytest.raises(FileExistsError):
        written(ORDER, folder)
