"""How one file looks: which format, how days are written, and what stands around the list. Chosen by the seed, the same for the same file."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from deploy.sandbox.county.lists import Row, Sheet
from deploy.sandbox.county.sheets import xls

MOST_XLSX_ROWS = 6_000  # a longer list is sent as csv
_EPOCH = date(1899, 12, 30)  # of the numbers that spreadsheets keep for days
DAYS: dict[str, Callable[[date], str | int | date]] = {
    "iso": date.isoformat,
    "dots": lambda day: f"{day.year}.{day.month}.{day.day}",
    "slashes": lambda day: f"{day.year}/{day.month:02d}/{day.day:02d}",
    "compact": lambda day: f"{day:%Y%m%d}",
    "chinese": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "number": lambda day: (day - _EPOCH).days,
    "cell": lambda day: day,
}
_MONTHS: dict[str, Callable[[str], str]] = {
    "dash": lambda month: month,
    "dots": lambda month: month.replace("-", "."),
    "compact": lambda month: month.replace("-", ""),
    "chinese": lambda month: f"{month[:4]}年{int(month[5:])}月",
}
_MONTH_COLUMNS = ("from_month", "until_month", "identified", "eliminated_month")
_GRADED = ("SUBSIDY_PAYMENT", "ASSESSMENT_RESULT")


@dataclass(frozen=True, slots=True)
class Style:
    """`joined`: the grade's column says category and grade in one word (肢体二级); `two_rows`: a merged heading above the columns'."""

    format: str
    encoding: str
    days: str
    months: str
    title: bool
    two_rows: bool
    total: bool
    signed: bool
    hidden: bool
    repeated: bool
    joined: bool


def style(seed: int, sheet: Sheet, plain: bool) -> Style:
    """The look of a file; `plain`: nothing odd at all."""
    rng = random.Random(f"{seed}/style/{sheet.kind}/{sheet.agency}/{sheet.month}")
    rows = len(sheet.rows)
    if plain:
        return Style(
            "xlsx" if rows <= MOST_XLSX_ROWS or sheet.kind == "CERTIFICATE_REGISTER" else "csv",
            "utf-8-sig",
            "iso",
            "dash",
            *[False] * 7,
        )
    format = "csv" if rows > MOST_XLSX_ROWS else rng.choices(("xlsx", "xls", "csv"), (7, 1 if rows <= xls.MOST_ROWS else 0, 1))[0]
    days = rng.choice(
        [name for name in DAYS if not (format == "csv" and name == "cell") and not (format == "xls" and name == "cell")]
    )
    chances = [rng.random() for _ in range(7)]
    summary = sheet.kind == "SUBSIDY_SUMMARY"
    return Style(
        "xlsx" if summary else format,
        rng.choice(("utf-8", "utf-8-sig", "gb18030")),
        days,
        rng.choice(list(_MONTHS)),
        title=chances[0] < 0.7,
        two_rows=summary or (format != "csv" and chances[1] < 0.4),
        total=summary or chances[2] < 0.4,
        signed=chances[3] < 0.4,
        hidden=chances[4] < 0.2,
        repeated=format != "csv" and chances[5] < 0.2,
        joined=sheet.kind in _GRADED and chances[6] < 0.3,
    )


def column(style: Style, name: str, rows: Sequence[Row]) -> list[Any]:
    """What stands in the file below a heading, row by row."""
    if name in ("name", "citizen_id", "id_kind", "township", "grade"):
        return [_of_its_own(style, name, row) for row in rows]
    written: dict[Any, Any] = {}  # each value of a column once, for there are few
    for row in rows:
        if row[name] not in written:
            written[row[name]] = _written(style, name, row[name])
    return [written[row[name]] for row in rows]


def _of_its_own(style: Style, name: str, row: Row) -> Any:
    """A cell that a fault, or another column, may have changed."""
    match name:
        case "name":
            return row.get("written", row["name"])
        case "citizen_id" if "id_written" in row:
            typed = row["id_written"]
            return f"{typed:.5E}" if isinstance(typed, float) and style.format == "csv" else typed
        case "citizen_id" if row.get("certificate_no"):
            return row["certificate_no"]
        case "id_kind":
            return "残疾人证" if row.get("certificate_no") else "居民身份证"
        case "township":
            return row.get("township_written", row["township"])
        case "grade" if style.joined and row["category"]:
            return row["category"].removesuffix("残疾") + row["grade"]
        case "grade" if "grade_written" in row:
            return row["grade_written"]
    return _written(style, name, row[name])


def _written(style: Style, name: str, value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return DAYS[style.days](value)
    if isinstance(value, str) and value and (name in _MONTH_COLUMNS or name == "since"):
        return _MONTHS[style.months](value)
    return value
