"""Lists written as files: title, header, rows, totals and signatures, as xlsx, xls or csv; the same list is the same file, byte by byte."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from deploy.sandbox.county.lists import Sheet
from deploy.sandbox.county.sheets import xls
from deploy.sandbox.county.sheets.layouts import LAYOUTS, Layout
from deploy.sandbox.county.sheets.style import Style, column, style

COUNTY_NAME = "香格里拉市"
_CREATED = datetime(2026, 1, 1)  # noqa: DTZ001  (xlsx knows no time zones)
_PAGE = 45  # rows below which a printed page shows the header again
_WIDTHS = {
    "citizen_id": 21,
    "head_id": 21,
    "certificate": 24,
    "account": 22,
    "village": 20,
    "subsidy": 24,
    "birth": 13,
    "township": 16,
}


@dataclass(frozen=True, slots=True)
class Written:
    """A file, and the numbers of its lines that nobody can use, by code."""

    path: Path
    sheet: Sheet
    unusable: dict[str, list[int]]


def write(seed: int, sheet: Sheet, folder: Path, plain: bool = False) -> Written:
    """Write a list into a folder as KIND_AGENCY_DAY."""
    looks, layout = style(seed, sheet, plain), LAYOUTS[sheet.kind]
    columns = zip(*(column(looks, name, sheet.rows) for name, _ in layout.columns), strict=True)
    above, unusable, lines = _above(sheet, layout, looks), dict[str, list[int]](), list[list[Any]]()
    for number, (row, cells) in enumerate(zip(sheet.rows, columns, strict=True), 1):
        if looks.repeated and number > 1 and number % _PAGE == 1:
            lines.append(above[-1])
        lines.append([number, *cells])
        if "unusable" in row:
            unusable.setdefault(row["unusable"], []).append(len(above) + len(lines))
    below = _below(sheet, layout, looks)
    path = folder / f"{sheet.kind}_{sheet.agency}_{sheet.as_of}.{looks.format}"
    if looks.format == "csv":
        path.write_bytes(_csv([*above, *lines, *below], looks.encoding))
    elif looks.format == "xls":
        path.write_bytes(xls.workbook([*above, *lines, *below]))
    else:
        path.write_bytes(_xlsx(sheet, layout, looks, above, [*lines, *below]))
    return Written(path, sheet, unusable)


def _above(sheet: Sheet, layout: Layout, looks: Style) -> list[list[Any]]:
    """Title and header; of a merged cell the first has the text."""
    headings = ["序号", *[heading for _, heading in layout.columns]]
    rows: list[list[Any]] = []
    if looks.title:
        year, month = sheet.month.split("-")
        rows.append([f"{COUNTY_NAME}{year}年{int(month)}月{layout.title}", *[""] * (len(headings) - 1)])
    if sheet.kind == "SUBSIDY_SUMMARY":
        return rows + _summary_header(sheet)
    if looks.two_rows:
        own = 1 + layout.of_the_person
        rows.append([*headings[:own], layout.about, *[""] * (len(headings) - own - 1)])
        return [*rows, [*[""] * own, *headings[own:]]]
    return [*rows, headings]


def _summary_header(sheet: Sheet) -> list[list[Any]]:
    """Three rows: the subsidy, the grade, and what is counted (domain reference, 2.7)."""
    month = f"{int(sheet.month[5:])}月"
    part = ["人数", "补助标准", f"{month}发放金额"]
    return [
        [
            "序号",
            "乡镇名称",
            "重度残疾人护理补贴",
            *[""] * 5,
            "困难残疾人生活补贴",
            "",
            "",
            "两项补贴合计",
            "",
            f"{month}实际发放资金",
        ],
        ["", "", "一级", "", "", "二级", "", "", *part, "总人数", "应发放金额", ""],
        ["", "", *part, *part, "", "", "", "", "", ""],
    ]


def _below(sheet: Sheet, layout: Layout, looks: Style) -> list[list[Any]]:
    """The totals, and who made and checked the list."""
    rows: list[list[Any]] = []
    if looks.total:
        summed = [name for name, _ in layout.columns if name.endswith(("amount", "persons")) and sheet.kind.startswith("SUBSIDY")]
        totals = {name: sum(row[name] for row in sheet.rows) for name in summed}
        rows.append(["合计", *[totals.get(name, "") for name, _ in layout.columns]])
        if "amount" not in summed and sheet.kind != "SUBSIDY_SUMMARY":
            rows[0][1] = f"共{len(sheet.rows)}条"
    if looks.signed:
        rows.append(["制表人：", "", "", "审核人：", "", "", f"制表日期：{sheet.as_of}"])
    return rows


def _csv(rows: Sequence[Sequence[Any]], encoding: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding)


def _xlsx(sheet: Sheet, layout: Layout, looks: Style, above: list[list[Any]], rows: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _CREATED})
        page, bold = (
            book.add_worksheet("名单"),
            {"bold": True, "align": "center", "valign": "vcenter", "border": 1, "text_wrap": True},
        )
        heading, day = book.add_format(bold), book.add_format({"num_format": "yyyy/m/d"})
        page.set_column(0, 0, 6)
        for place, (name, _) in enumerate(layout.columns, 1):
            page.set_column(place, place, _WIDTHS.get(name, 12))
        for number, row in enumerate(above):
            page.write_row(number, 0, row, heading)
        _merge(page, heading, above, looks)
        for number, row in enumerate(rows, len(above)):
            for place, value in enumerate(row):
                if type(value) is date:
                    page.write_datetime(number, place, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
                elif value != "":
                    page.write(number, place, value)
        page.freeze_panes(len(above), 0)
        page.repeat_rows(0, len(above) - 1)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        if looks.hidden:
            old = book.add_worksheet("上月备份")
            for number, row in enumerate([*above[-1:], *rows[:3]]):
                old.write_row(number, 0, [str(value) for value in row])
            old.hide()
    return out.getvalue()


def _merge(page: Any, format: Any, above: list[list[Any]], looks: Style) -> None:
    """Merge what stands over several columns or rows: a text, with the empty cells to its right or below it."""
    title = int(looks.title)
    if title:
        page.merge_range(0, 0, 0, len(above[0]) - 1, above[0][0], format)
    grid = above[title:]
    if len(grid) < 2:
        return
    for line, row in enumerate(grid):
        for place, text in enumerate(row):
            if text == "":
                continue
            right = place
            while right + 1 < len(row) and row[right + 1] == "" and any(below[right + 1] for below in grid[line + 1 :]):
                right += 1
            down = line
            while right == place and down + 1 < len(grid) and grid[down + 1][place] == "":
                down += 1
            if right > place or down > line:
                page.merge_range(title + line, place, title + down, right, text, format)
