"""A village's planned visits as a list to take along: pseudonyms, by when, and an empty column for what came of it. Pure."""

from collections.abc import Sequence

from services.documents.workbook import Cell, Page, written
from services.monitoring.visit_plan.projection import PlannedVisitRow
from services.monitoring.vocabulary import VisitPurpose

_HEADER = (
    "走访编号",
    "人员代号",
    "村（社区）代码",
    "事由",
    "证件有效期至",
    "走访期限",
    "登记期限",
    "是否逾期",
    "走访日期",
    "走访结果",
    "告知对象",
)
_PURPOSES = {VisitPurpose.REMIND_RENEWAL: "提醒换证", VisitPurpose.FOLLOW_UP: "回访"}
_NOTES = (
    "人员代号不含姓名和证号，姓名和住址请登录后按代号查询。末三栏入户后填写，并于登记期限前录入系统。",
    "走访结果：已告知、未见到、拒绝、外出或搬离、其他。告知对象：本人、监护人。",
)


def sheet_of(visits: Sequence[PlannedVisitRow]) -> bytes:
    """One page, in the order given."""
    return written([Page("走访安排", "入户走访安排表", _HEADER, [_line(visit) for visit in visits], _NOTES)])


def _line(visit: PlannedVisitRow) -> tuple[Cell, ...]:
    late = "是" if visit.missed_on else "否"
    return (
        visit.file_number,
        str(visit.person_id),
        visit.division,
        _PURPOSES.get(visit.purpose, "其他"),
        visit.valid_to,
        visit.due_on,
        visit.report_by,
        late,
        None,
        None,
        None,
    )
