"""残疾人证换证提醒单 (办法 art. 19): until when the card is valid, what to bring, where; free of charge. Handed to the holder only."""

from dataclasses import dataclass
from datetime import date

from services.certificates.forms.form import File, Form, Heading, Items, Pairs, blank, day, last_day


@dataclass(frozen=True, slots=True)
class Reminder:
    """A card near or past its last valid day; renewable from `opens_on` to `closes_on`."""

    file: File
    valid_to: date
    opens_on: date
    closes_on: date
    reassess: bool
    papers: tuple[str, ...]


def reminder(facts: Reminder) -> Form:
    """换证提醒单."""
    file = facts.file
    reassess = "需要，由本单位转介指定的评定机构" if facts.reassess else "一般不需要；残疾状况有变化的，可以申请变更（第二十二条）"
    return Form(
        title="残疾人证换证提醒单",
        addressee=file.addressee,
        body=(
            f"您的残疾人证有效期至{day(facts.valid_to)}，{_urged((facts.valid_to - file.today).days)}办理换领。",
            Pairs(
                (
                    ("有效期至", last_day(facts.valid_to)),
                    ("可以办理的时间", f"{day(facts.opens_on)}至{day(facts.closes_on)}，工作日"),
                    ("办理单位", file.office.name),
                    ("地址", blank(file.office.address)),
                    ("电话", blank(file.office.telephone)),
                    ("费用", "免费（《残疾人证管理办法》第十九条）"),
                    ("是否重新评定", reassess),
                )
            ),
            Heading("需要带的材料"),
            Items(facts.papers),
            f"到{day(facts.closes_on)}仍未换领的，须重新申请。行动不便的，可以请监护人、委托他人或者请村（社区）残疾人专职委员协助办理。",
        ),
        office=file.office.name,
        on=file.today,
        footer="本提醒单交持证人本人或者监护人，请勿张贴。",
    )


def _urged(days_left: int) -> str:
    if days_left > 0:
        return f"还有{days_left}天到期，请及时"
    return "今天到期，请尽快" if days_left == 0 else "已经到期，请尽快"
