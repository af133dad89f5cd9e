"""An adjustment list as offices take it along: totals and the lists that were gone by, then a sheet for each township, and the signatures.
Pseudonyms, no names; codes are text."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from services.documents.places import Places
from services.documents.workbook import Cell, Page, written
from services.domain.agencies import AGENCIES
from services.domain.divisions import Level, within
from services.matching.month_list.projection import ListRow
from services.matching.month_list.queries import Line
from services.matching.month_list.words import CAUTION, CHECKS, LACKING, OUTCOMES, PARTS, REASONS, STATES
from services.matching.vocabulary import ROSTER_NAMES, ListPart

_HEADER = (
    "序号",
    "类别",
    "村（社区）",
    "村（社区）代码",
    "对象编号",
    "原因",
    "原等级",
    "现等级",
    "月标准或退回金额（元）",
    "涉及月份",
    "证件有效期至",
    "未能核对的名单",
    "核实情况",
    "次月落实情况",
    "备注",
)
_BY_HAND = (14,)
_BLANK_DAY = "　　　　年　　月　　日"


@dataclass(frozen=True, slots=True)
class MonthSheet:
    """A list with the lines that its reader may read, by part and village, as they stand on a day."""

    row: ListRow
    lines: Sequence[Line]
    places: Places
    on: date

    @property
    def title(self) -> str:
        """What the sheets are called."""
        return f"{self.places.area(self.row.division, self.on)}{self.row.title}"


def workbook(sheet: MonthSheet) -> bytes:
    """Totals by township and part, the lists that were gone by, and the lines of each township."""
    ordered = sorted(sheet.lines, key=lambda line: within(line.division, Level.TOWNSHIP))
    townships = [(code, list(lines)) for code, lines in groupby(ordered, lambda line: within(line.division, Level.TOWNSHIP))]
    pages = [_totals(sheet, townships), _sources(sheet)]
    pages += [_township(sheet, code, lines) for code, lines in townships]
    return written(pages)


def _notes(sheet: MonthSheet, lines: Sequence[Line]) -> list[str]:
    row = sheet.row
    paid = f"发放情况以{row.paid_month}发放花名册为准" if row.paid_month else "近期发放花名册未报送，发放情况未知"
    made = f"{row.frozen_on}生成，第{row.edition}版，{STATES[row.state]}；发放日{row.pay_day}；{paid}"
    notes = [made, "只列编号，姓名须凭对象编号另行查询并留痕"]
    if any(line.part is ListPart.STOP for line in lines):
        notes.append(f"{PARTS[ListPart.STOP]}：{CAUTION}")
    return notes


def _signatures(sheet: MonthSheet) -> tuple[str, ...]:
    """A line for each signer: the day on which it signed, and room for seal and name."""
    days = {each.agency: str(each.on) for each in sheet.row.signatures}
    return tuple(
        f"{AGENCIES.short(agency, sheet.on)}（盖章）：　　　　　　　　签字人：　　　　　　　　日期：{days.get(agency, _BLANK_DAY)}"
        for agency in sheet.row.signers
    )


def _totals(sheet: MonthSheet, townships: Sequence[tuple[str, Sequence[Line]]]) -> Page:
    rows: list[tuple[Cell, ...]] = []
    for code, lines in (*townships, ("", sheet.lines)):
        of_part = Counter(line.part for line in lines)
        rows.append((_name(sheet, code) if code else "合计", *(of_part[part] for part in PARTS), len(lines)))
    header = ("乡镇（街道）", *PARTS.values(), "合计")
    lacking = {size.part: size.lacking for size in sheet.row.parts if size.lacking}
    notes = _notes(sheet, sheet.lines)
    notes += [f"{PARTS[part]}不完整：缺{'、'.join(ROSTER_NAMES[kind] for kind in kinds)}" for part, kinds in lacking.items()]
    return Page("合计", sheet.title, header, rows, notes, closing=_signatures(sheet))


def _sources(sheet: MonthSheet) -> Page:
    rows = [
        (ROSTER_NAMES[each.kind], each.period or "", each.as_of, LACKING.get(each.why, each.why) if each.why else "已采用")
        for each in sheet.row.inputs
    ]
    return Page("数据来源", f"{sheet.title}数据来源", ("名单", "所属期", "数据日期", "采用情况"), rows)


def _township(sheet: MonthSheet, code: str, lines: Sequence[Line]) -> Page:
    name = _name(sheet, code)
    of_part = Counter(line.part for line in lines)
    total = "，".join(f"{PARTS[part]}{of_part[part]}人" for part in PARTS if of_part[part])
    closing = (f"共{len(lines)}条：{total}", *_signatures(sheet))
    rows = list(_rows(sheet, lines))
    return Page(name, f"{name}{sheet.row.title}", _HEADER, rows, _notes(sheet, lines), by_hand=_BY_HAND, closing=closing)


def _name(sheet: MonthSheet, code: str) -> str:
    """A township in words; what lies in no township is the county's."""
    area = sheet.places.area(code, sheet.on)
    return area if len(code) == Level.TOWNSHIP else f"{area}（未分乡镇）"


def _rows(sheet: MonthSheet, lines: Sequence[Line]) -> Iterator[tuple[Cell, ...]]:
    ordered = sorted(lines, key=lambda line: (list(PARTS).index(line.part), line.division, str(line.line_id)))
    for number, line in enumerate(ordered, 1):
        yield (
            number,
            PARTS[line.part],
            sheet.places.beside_its_code(line.division, sheet.on),
            line.division,
            str(line.person_id),
            REASONS.get(line.reason, line.reason) if line.reason else "",
            line.grade_before,
            line.grade,
            line.yuan,
            "、".join(line.months),
            line.valid_to,
            "、".join(ROSTER_NAMES[kind] for kind in line.unchecked),
            CHECKS[line.checked],
            OUTCOMES[line.outcome],
            "",
        )
