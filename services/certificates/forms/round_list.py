"""上门评残名单: the list the institution and the health bureau take along on a round (办法 art. 11; joint opinion, part 5).

Names and villages, phones masked; result and signature are written by hand. No category and no number stands on it.
"""

from dataclasses import dataclass, field
from datetime import date

from services.certificates.forms.form import BLANK, Form, Table, blank, day
from services.domain import personal


@dataclass(frozen=True, slots=True)
class Visit:
    """One person of the round; `due_by` is the day until which the assessment is to be done."""

    name: str = field(repr=False)
    place: str
    phone: str | None = field(repr=False)
    applied_on: date
    due_by: date | None


@dataclass(frozen=True, slots=True)
class Round:
    """A round: when, of which institution, by which office, to whom."""

    number: str
    on: date
    institution: str
    office: str
    visits: tuple[Visit, ...]


def list_of_round(facts: Round) -> Form:
    """上门评残名单."""
    header = ("序号", "姓名", "村（社区）", "联系电话", "申请日期", "应完成日期", "评定情况", "签字")
    rows = tuple(
        (
            str(number),
            visit.name,
            visit.place,
            personal.masked_phone(visit.phone) if visit.phone else "无",
            visit.applied_on.isoformat(),
            visit.due_by.isoformat() if visit.due_by else "未定",
            "",
            "",
        )
        for number, visit in enumerate(facts.visits, 1)
    )
    summary = f"上门日期：{day(facts.on)}　　评定机构：{blank(facts.institution)}　　人数：{len(rows)}人"
    return Form(
        title="上门评残名单",
        number=f"批次号：{facts.number}",
        body=(summary, Table(header, (6, 11, 18, 13, 12, 12, 14, 14), rows), f"以上共{len(rows)}人。"),
        office=facts.office,
        on=facts.on,
        signatures=(f"评定人员（签字）：{BLANK}　　{BLANK}　　陪同人员（签字）：{BLANK}",),
        footer="本名单含个人信息，仅供本次上门评残使用，用后交回存档，不得拍照、转发。“签字”由本人或者监护人签。",
        landscape=True,
    )
