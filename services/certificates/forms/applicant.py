"""What an applicant is handed: 受理回执, 补正告知书, 不予办理告知书 (办法 arts 9, 25). Pure words over facts."""

from dataclasses import dataclass
from datetime import date

from services.certificates.forms.form import BLANK, Block, File, Form, Heading, Items, Pairs, blank, day, last_day, reached
from services.certificates.policy.form_rows import Office
from services.certificates.vocabulary import DisputeLevel

_SIGN = ("经办人（签字）：＿＿＿＿＿　申请人或者监护人（签字）：＿＿＿＿＿",)
_TWO = "本{}一式两份，申请人和本单位各存一份。"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A taken application; the counts are working days of the notice and of the review, `more` the policy's lines."""

    file: File
    channel: str
    applied_on: date
    accepted_on: date
    notice_days: int
    review_days: int
    more: tuple[str, ...]


def receipt(facts: Acceptance) -> Form:
    """受理回执."""
    file = facts.file
    guardian = (("监护人", file.guardian),) if file.guardian else ()
    about = Pairs(
        (
            ("申请人", file.name),
            *guardian,
            ("户籍所在地", file.place),
            ("申请渠道", facts.channel),
            ("申请日期", day(facts.applied_on)),
            ("受理日期", day(facts.accepted_on)),
        )
    )
    steps = Items(
        (
            "评定：本单位转介指定的评定机构评定，并告知您时间、地点（《残疾人证管理办法》第六、九条）。",
            f"公示：评定结论符合标准的，在户籍所在村（社区）公示{facts.notice_days}个工作日（第九条）。",
            f"审核发证：公示结束后{facts.review_days}个工作日内审核，符合条件的核发残疾人证（第九条）。",
        )
    )
    return Form(
        title="残疾人证申请受理回执",
        number=file.number,
        addressee=file.addressee,
        body=(
            "您的残疾人证申请，本单位已经受理。",
            about,
            Heading("接下来怎么办"),
            steps,
            *facts.more,
            "凭右上角的办件号，可以向本单位、乡镇或者村（社区）查询进度。",
            reached(file.office),
        ),
        office=f"{file.office.name}（盖章）",
        on=facts.accepted_on,
        signatures=_SIGN,
        copies=_TWO.format("回执"),
    )


@dataclass(frozen=True, slots=True)
class Correction:
    """A returned application; `missing` and `how` are lines of policy, the first empty when the code has no words."""

    file: File
    applied_on: date
    returned_on: date
    missing: tuple[str, ...]
    how: tuple[str, ...]


def correction(facts: Correction) -> Form:
    """补正告知书."""
    file = facts.file
    return Form(
        title="残疾人证申请补正告知书",
        number=file.number,
        addressee=file.addressee,
        body=(
            f"您于{day(facts.applied_on)}提出的残疾人证申请，本单位审核后，于{day(facts.returned_on)}退回补正。",
            Heading("还缺少什么"),
            Items(facts.missing or (BLANK * 4,)),
            Heading("怎样再次提交"),
            *facts.how,
            f"有不清楚的地方，请问本单位。{reached(file.office)}",
        ),
        office=f"{file.office.name}（盖章）",
        on=facts.returned_on,
        signatures=_SIGN,
        copies=_TWO.format("告知书"),
    )


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused application. `not_met`: the institution concluded so; then `level` may be asked until `until` (None: final).

    `decided_on`: the day of the latest decision, whether the refusal or that on a dispute; `prefecture` is whom an objection goes to.
    """

    file: File
    applied_on: date
    refused_on: date
    decided_on: date
    not_met: bool
    reason: tuple[str, ...]
    level: DisputeLevel | None
    until: date | None
    working_days: int
    prefecture: Office
    conclusion: tuple[str, ...]
    objection_how: tuple[str, ...]
    other_help: tuple[str, ...]


def refusal(facts: Refusal) -> Form:
    """不予办理告知书."""
    file = facts.file
    opening = f"您于{day(facts.applied_on)}提出的残疾人证申请，"
    body: tuple[Block, ...]
    if facts.not_met:
        decided = f"{opening}经指定的评定机构评定，结论为不符合残疾标准。依照《残疾人证管理办法》第九条，本单位不予办理。"
        body = (decided, Heading("一、关于这个结论"), *facts.conclusion, Heading("二、您有权提出异议"), *_objection(facts))
        help_ = "三、还可以寻求哪些帮助"
    else:
        why = Items(facts.reason or (BLANK * 4,))
        body = (f"{opening}经审核，因下列原因不予办理：", why)
        help_ = "还可以寻求哪些帮助"
    return Form(
        title="残疾人证申请不予办理告知书",
        number=file.number,
        addressee=file.addressee,
        body=(*body, Heading(help_), Items(facts.other_help), f"有不清楚的地方，请问本单位。{reached(file.office)}"),
        office=f"{file.office.name}（盖章）",
        on=facts.decided_on,
        signatures=_SIGN,
        copies=_TWO.format("告知书"),
    )


def _objection(facts: Refusal) -> tuple[str, ...]:
    """To whom and until when (办法 art. 25): the prefecture's federation, then the province's experts, whose word is final."""
    to, rule = facts.prefecture, "（《残疾人证管理办法》第二十五条）"
    counted = f"，即自本告知书日期的次日起{facts.working_days}个工作日内"
    if facts.level is DisputeLevel.PREFECTURE and facts.until:
        first = f"对评定结论有异议的，最迟可以在{last_day(facts.until)}当日{counted}，向{to.name}申请重新评定{rule}。"
        then = "对重新评定的结论仍有异议的，可以再申请由省残疾评定专家委员会评定，该结论为最终结论。"
        return first, f"{to.name}联系电话：{blank(to.telephone)}", then, *facts.objection_how
    if facts.level is DisputeLevel.PROVINCE and facts.until:
        first = f"{to.name}已于{day(facts.decided_on)}处理您的异议，认为异议不成立。"
        then = (
            f"仍有异议的，最迟可以在{last_day(facts.until)}当日{counted}，申请由省残疾评定专家委员会评定，该结论为最终结论{rule}。"
        )
        return first, then, *facts.objection_how
    return (f"对评定结论的异议已有最终结论，不能再次提出异议{rule}。",)
