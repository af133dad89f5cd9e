"""How far an application or card is, for the person who asks: what is the case, what comes next, until when, by whom. Pure words.

Never a category, a grade or a number: what is said at a counter is heard by others. Days follow the policy; where no rule names a day,
none is said. A proposal to freeze or cancel is said to be a question under check, without its reason: it may be wrong.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from services.certificates.certificate.application.decide import NOT_MET
from services.certificates.certificate.described import ENDINGS, LEVELS
from services.certificates.certificate.projection import CertificateRow, Step
from services.certificates.policy.load import CertificatePolicy
from services.certificates.vocabulary import AssessmentSetting, CancellationReason, DisputeLevel
from services.domain import divisions
from services.domain.months import add_months

_HOLDER, _APPLICANT, _VILLAGE = "持证人或者监护人", "申请人或者监护人", "村（社区）"
_INSTITUTION = "指定的评定机构"


@dataclass(frozen=True, slots=True)
class Progress:
    """What is the case now, what comes next (empty: nothing), the last day for it where there is one, and by whom."""

    now: str
    next: str
    by_when: date | None
    by_whom: str


def of(row: CertificateRow, policy: CertificatePolicy, today: date) -> Progress:
    """The progress of an application or card on a day."""
    county = policy.offices.one(divisions.county(row.division), today, row.division).name
    if row.step is Step.ISSUED:
        return _held(row, county, policy, today)
    if row.step is Step.IN_ASSESSMENT:
        return _assessed("正在评定", row, county, today)
    return _before(row, county) or _noticed(row, county, policy, today) or _ended(row, county, policy, today)


def _before(row: CertificateRow, county: str) -> Progress | None:
    match row.step:
        case Step.APPLIED:
            now = "已提交申请，乡镇已初审" if row.forwarded else "已提交申请"
            return Progress(now, "审核材料，决定是否受理", None, county)
        case Step.RETURNED:
            return Progress("材料不齐，已退回补正", "补齐补正告知书列明的材料，重新提交", None, _APPLICANT)
        case Step.ACCEPTED:
            return Progress("已受理", "转介评定", None, county)
        case Step.ASSESSED:
            return Progress("已评定，符合标准", "制作公示单，交村（社区）张贴", None, county)
        case Step.STANDARD_NOT_MET:
            return Progress("已评定，不符合标准", "书面告知结论、异议权利和可以寻求的其他帮助", None, county)
        case Step.NOTICE_ORDERED:
            return Progress("公示单已交村（社区）", "张贴公示", None, _VILLAGE)
    return None


def _noticed(row: CertificateRow, county: str, policy: CertificatePolicy, today: date) -> Progress | None:
    match row.step:
        case Step.IN_NOTICE if row.notice_ends_on and today <= row.notice_ends_on:
            return Progress(f"正在公示，至{row.notice_ends_on}", "公示期满后撤下公示单", row.notice_ends_on, _VILLAGE)
        case Step.IN_NOTICE:
            return Progress(f"公示已于{row.notice_ends_on}期满", "撤下公示单", None, _VILLAGE)
        case Step.NOTICE_CLOSED:
            days = policy.assessment.one("assessment", today, row.division).review_working_days
            return Progress("公示结束，没有待处理的异议", "审核发证", policy.calendar.add(row.step_on, days), county)
        case Step.OBJECTED:
            return Progress("公示期间有人提出异议", "核实并答复异议", None, county)
    return None


def _ended(row: CertificateRow, county: str, policy: CertificatePolicy, today: date) -> Progress:
    match row.step:
        case Step.REFUSED if row.reason == NOT_MET:
            days = policy.assessment.one("assessment", today, row.division).dispute_working_days
            until = policy.calendar.add(row.step_on, days)
            if today <= until:
                return Progress("不符合标准，不予办理", "不同意评定结论且结论不是最终结论的，可以提出异议", until, _APPLICANT)
            return Progress("不符合标准，不予办理", "异议期限已过；情况有变化的，可以重新申请", None, _APPLICANT)
        case Step.REFUSED:
            return Progress("不予办理", "原因见告知书；原因消除后可以重新申请", None, _APPLICANT)
        case Step.DISPUTED:
            return Progress("对评定结论的异议正在处理", "作出决定", None, _level(row.disputed))
        case Step.WITHDRAWN:
            return Progress("申请已撤回", "需要时可以重新申请", None, _APPLICANT)
    reason = ENDINGS.get(row.reason or "", "")
    now = f"残疾人证已注销（{reason}）" if reason else "残疾人证已注销"
    months = policy.bar_months(CancellationReason(row.reason), row.division, today) if row.reason else 0
    if row.reason == CancellationReason.DEATH:
        return Progress(now, "登记有误的，可以要求更正", None, county)
    again = add_months(row.cancelled_on, months) if months and row.cancelled_on else None
    if again and today < again:
        return Progress(now, f"{again}起可以重新申请", None, _APPLICANT)
    return Progress(now, "需要时可以重新申请", None, _APPLICANT)


def _assessed(now: str, row: CertificateRow, county: str, today: date) -> Progress:
    """With the institution: there, in the village, or at home, where a day is owed and another may be fixed."""
    if row.visit_on and row.visit_on >= today:
        where = "上门" if row.setting is AssessmentSetting.HOME else "村内集中"
        return Progress(f"{now}，已安排{where}评定", "在约定的日期评定，请本人在场", row.visit_on, _INSTITUTION)
    if row.setting is AssessmentSetting.HOME:
        late = "，已超过应完成的日期" if row.home_due_on and row.home_due_on < today else ""
        return Progress(f"{now}，等待上门{late}", "安排上门评定", row.home_due_on, f"县级卫生健康部门、{county}")
    if row.setting is AssessmentSetting.GROUP:
        return Progress(f"{now}，等待村内集中评定", "安排评定日期", None, f"县级卫生健康部门、{county}")
    return Progress(now, "到指定的评定机构接受评定，由其作出结论", None, _INSTITUTION)


def _held(row: CertificateRow, county: str, policy: CertificatePolicy, today: date) -> Progress:
    """An issued card: what stands beside it comes first, the most pressing alone."""
    if row.frozen_on:
        return Progress(f"残疾人证自{row.frozen_on}起冻结", "到窗口说明情况，冻结的原因消除后解冻", None, county)
    if row.lost_on:
        return Progress(f"残疾人证已于{row.lost_on}挂失", "补办新证", None, county)
    if row.disputed:
        return Progress("持证，对评定结论的异议正在处理", "作出决定", None, _level(row.disputed))
    if row.review:
        return _reviewed(row, county, today)
    if row.arriving:
        return Progress("残疾人证正在迁移", "接收迁入", None, county)
    if row.proposal:
        return Progress("持证，有一项登记信息需要核实", "核实；除死亡外，处理前会先告知您", None, county)
    return _period(row, county, policy, today)


def _reviewed(row: CertificateRow, county: str, today: date) -> Progress:
    """Being assessed again; a day is named only for what is to be done at home."""
    if row.home_due_on or row.visit_on:
        return _assessed("正在重新评定", row, county, today)
    return Progress("正在重新评定，原证仍然有效" if _valid(row, today) else "正在重新评定", "评定后换证或者维持原证", None, county)


def _period(row: CertificateRow, county: str, policy: CertificatePolicy, today: date) -> Progress:
    """Valid, renewable, expired: functions of the day."""
    rule, until = policy.renewal.one("renewal", today, row.division), row.valid_to
    assert until is not None  # every issued card has its last valid day
    opens_on, closes_on = add_months(until, -rule.opens_months_before), add_months(until, rule.closes_months_after)
    if today > closes_on:
        return Progress(f"残疾人证已于{until}到期，换领期限已过", "重新申请", None, _HOLDER)
    if not _valid(row, today):
        return Progress(f"残疾人证已于{until}到期", "换领，免费", closes_on, _HOLDER)
    if today < opens_on:
        return Progress(f"残疾人证有效，至{until}", f"{opens_on}起可以换领", None, _HOLDER)
    return Progress(f"残疾人证有效，至{until}", "换领，免费", until, _HOLDER)


def _valid(row: CertificateRow, today: date) -> bool:
    return row.valid_to is not None and today < row.valid_to + timedelta(days=1)


def _level(level: DisputeLevel | None) -> str:
    return LEVELS.get(level or DisputeLevel.UNKNOWN, "州残联")
