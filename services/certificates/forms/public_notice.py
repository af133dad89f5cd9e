"""残疾评定结果公示: the sheet a village posts (办法 art. 9). Says no more than a notice may: name as policy allows, village, that the
assessment meets the standard, from when to when, and where to object (个人信息保护法 art. 25; domain reference, 7.1). Its facts hold
nothing else, so nothing else can be printed.
"""

from dataclasses import dataclass, field
from datetime import date

from services.certificates.forms.form import Form, Table, blank, day
from services.certificates.policy.form_rows import Office


@dataclass(frozen=True, slots=True)
class Sheet:
    """The persons of one village on one sheet; `names` as they may be shown (empty: not at all)."""

    names: tuple[str, ...] = field(repr=False)
    place: str
    starts_on: date
    ends_on: date
    working_days: int
    office: Office


def sheet(facts: Sheet) -> Form:
    """公示单."""
    rows = tuple((str(n), name or "（不公布姓名）", "符合残疾评定标准") for n, name in enumerate(facts.names, 1))
    return Form(
        title="残疾评定结果公示",
        body=(
            f"依照《残疾人证管理办法》第九条，现将{facts.place}下列人员的残疾评定结果予以公示。",
            Table(("序号", "姓名", "评定结果"), (15, 45, 40), rows),
            f"公示时间：{day(facts.starts_on)}至{day(facts.ends_on)}（张贴次日起{facts.working_days}个工作日）。",
            f"公示期间有异议的，可以向本单位或者村（社区）反映，反映的情况予以保密。联系电话：{blank(facts.office.telephone)}",
        ),
        office=f"{facts.office.name}（盖章）",
        on=facts.starts_on,
    )
