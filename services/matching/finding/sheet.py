"""Findings as offices take them along: totals, then a sheet for each township, to be filled in by hand and signed. Pseudonyms, no names."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from services.documents.places import Places
from services.documents.workbook import Cell, Page, written
from services.domain import divisions
from services.domain.agencies import AGENCIES
from services.matching.finding.projection import FindingRow
from services.matching.finding.words import CAUTIONS, REFUTATIONS, SETTLED, STATES, about, went_by
from services.matching.vocabulary import FINDING_NAMES

_HEADER = (
    "序号",
    "编号",
    "村（社区）",
    "村（社区）代码",
    "对象编号",
    "线索类型",
    "比对发现",
    "事项",
    "所属期",
    "数据日期",
    "比对依据",
    "责任部门",
    "状态",
    "办理期限",
    "是否超期",
    "核实情况",
    "核实人",
)
_BY_HAND = (15, 16)
_SIGNATURE = (
    "填报单位（盖章）：　　　　　　　　负责人签字：　　　　　　　　填报人：　　　　　　　　填报日期：　　　　年　　月　　日"
)


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings of a division by place, as they stand on a day."""

    division: str
    rows: Sequence[FindingRow]
    places: Places
    on: date

    @property
    def title(self) -> str:
        """What the sheets are called."""
        return f"{self.places.area(self.division, self.on)}比对线索清单{self.on}"


def workbook(findings: Findings) -> bytes:
    """Totals by township and type, and the findings of each township."""
    townships = [
        (code, list(rows))
        for code, rows in groupby(findings.rows, lambda row: divisions.within(row.division, divisions.Level.TOWNSHIP))
    ]
    notes = [f"截至{findings.on}；线索由名单比对得出，须经核实；只列编号，姓名须凭对象编号另行查询并留痕"]
    notes += [f"{FINDING_NAMES[kind]}：{caution}" for kind, caution in CAUTIONS.items()]
    pages = [_totals(findings, townships, notes)]
    pages += [_township(findings, code, rows, notes) for code, rows in townships]
    return written(pages)


def _totals(findings: Findings, townships: Sequence[tuple[str, Sequence[FindingRow]]], notes: Sequence[str]) -> Page:
    kinds = [kind for kind in FINDING_NAMES if any(row.finding is kind for row in findings.rows)]
    lines: list[tuple[Cell, ...]] = []
    for code, rows in (*townships, ("", findings.rows)):
        of_kind = Counter(row.finding for row in rows)
        name = _name(findings, code) if code else "合计"
        lines.append((name, *(of_kind[kind] for kind in kinds), len(rows), sum(row.overdue for row in rows)))
    header = ("乡镇（街道）", *(FINDING_NAMES[kind] for kind in kinds), "合计", "其中超期")
    return Page("合计", findings.title, header, lines, notes, closing=(_SIGNATURE,))


def _township(findings: Findings, code: str, rows: Sequence[FindingRow], notes: Sequence[str]) -> Page:
    name = _name(findings, code)
    lines = list(_lines(findings, rows))
    closing = (f"共{len(rows)}条，其中超期{sum(row.overdue for row in rows)}条", _SIGNATURE)
    return Page(name, f"{name}比对线索清单", _HEADER, lines, notes, by_hand=_BY_HAND, closing=closing)


def _name(findings: Findings, code: str) -> str:
    """A township in words that are its own in the workbook: with its county where there are several; what lies in no township is the
    county's."""
    area = findings.places.area(code, findings.on)
    if divisions.level(code) is not divisions.Level.TOWNSHIP:
        return f"{area}（未分乡镇）"
    several = divisions.level(findings.division) is divisions.Level.PREFECTURE
    return f"{findings.places.area(divisions.county(code), findings.on)}{area}" if several else area


def _lines(findings: Findings, rows: Sequence[FindingRow]) -> Iterator[tuple[Cell, ...]]:
    for number, row in enumerate(rows, 1):
        yield (
            number,
            row.file_number,
            findings.places.beside_its_code(row.division, findings.on),
            row.division,
            str(row.subject),
            FINDING_NAMES[row.finding],
            row.title,
            about(row.object),
            row.period,
            row.as_of,
            went_by(row.facts, row.may_be_lag),
            AGENCIES.short(row.owner, findings.on),
            _state(row),
            row.due_on,
            "超期" if row.overdue else "",
            "",
            "",
        )


def _state(row: FindingRow) -> str:
    """How it stands, and how it ended."""
    ended = (REFUTATIONS.get(row.refutation) if row.refutation else None) or (SETTLED.get(row.settled) if row.settled else None)
    return f"{STATES[row.state, row.stage]}（{ended}）" if ended else STATES[row.state, row.stage]
