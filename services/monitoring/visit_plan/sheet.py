"""A village's planned visits as a list to take along: pseudonyms, by when, and an empty column for what came of it. Pure."""

from collections.abc import Sequence
from datetime import date

from services.documents.places import Places
from services.documents.workbook import Cell, Page, written
from services.domain.file_number import file_number
from services.monitoring.visit_plan.projection import PlannedVisitRow
from services.monitoring.vocabulary import VisitPurpose

_HEADER = (
    "走访编号",
    "村（社区）",
    "村（社区）代码",
    "人员编号",
    "事由",
    "证件有效期至",
    "走访期限",
    "登记期限",
    "是否逾期",
    "走访日期",
    "走访结果",
    "告知对象",
)
_BY_HAND = range(len(_HEADER) - 3, len(_HEADER))
_PURPOSES = {VisitPurpose.REMIND_RENEWAL: "提醒换证", VisitPurpose.FOLLOW_UP: "回访"}
_NOTES = (
    "人员编号不含姓名和证号，姓名和住址请登录后按编号查询。末三栏入户后填写，并于登记期限前录入系统。",
    "走访结果：已告知、未见到、拒绝、外出或搬离、其他。告知对象：本人、监护人。",
)


def sheet_of(visits: Sequence[PlannedVisitRow], places: Places, today: date) -> bytes:
    """One page, in the order given."""
    lines = [_line(visit, places, today) for visit in visits]
    return written([Page("走访安排", "入户走访安排表", _HEADER, lines, _NOTES, by_hand=_BY_HAND)])


def _line(visit: PlannedVisitRow, places: Places, today: date) -> tuple[Cell, ...]:
    late = "是" if visit.missed_on else "否"
    return (
        visit.file_number,
        places.beside_its_code(visit.division, today),
        visit.division,
        file_number(visit.person_id),
        _PURPOSES.get(visit.purpose, "其他"),
        visit.valid_to,
        visit.due_on,
        visit.report_by,
        late,
        None,
        None,
        None,
    )
