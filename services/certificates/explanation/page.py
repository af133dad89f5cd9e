"""An explanation as a paper to print or hand over: plain sentences first, the record below. Words only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from services.certificates.certificate.described import (
    ACTIONS,
    CATEGORIES,
    CHANNELS,
    ENDINGS,
    GRADES,
    LEVELS,
    REVIEWS,
    SETTINGS,
    YEAR,
)
from services.certificates.certificate.projection import CertificateRow
from services.certificates.explanation.explain import STEPS, Explanation, Related, office_words, source_words
from services.certificates.explanation.policy_rows import TITLES, Rule
from services.certificates.policy.load import CertificatePolicy
from services.certificates.vocabulary import Category
from services.documents.paper import Paper, Part, Table
from services.domain.actors import Actor
from services.kernel.events import SHANGHAI

# The facts that the paper shows, by their field; what is empty is left out.
_FACTS = {
    "file_number": "办件号",
    "division": "村（社区）",
    "step": "环节",
    "step_on": "进入环节日期",
    "channel": "申请渠道",
    "applied_on": "申请日期",
    "reason": "原因",
    "institution": "评定机构",
    "setting": "评定方式",
    "home_due_on": "上门评残期限",
    "visit_on": "上门日期",
    "notice_ends_on": "公示截止",
    "objections": "待答复异议",
    "category": "类别",
    "grade": "等级",
    "constituents": "多重残疾构成",
    "valid_from": "有效期起",
    "valid_to": "有效期止",
    "suffix": "补办次数",
    "lost_on": "挂失日期",
    "frozen_on": "冻结日期",
    "arriving": "待迁入地接收",
    "proposal": "拟办理",
    "review": "复评",
    "disputed": "异议处理层级",
    "cancelled_on": "注销日期",
    "changed_on": "上一次变动",
}
_WORDS: dict[str, Mapping[Any, str]] = {
    "step": STEPS,
    "channel": CHANNELS,
    "category": CATEGORIES,
    "grade": GRADES,
    "setting": SETTINGS,
    "review": REVIEWS,
    "disputed": LEVELS,
}
# What the values of a policy row are called; those that are not here (a remark, a code's system) help no reader.
VALUES = {
    "name": "名称",
    "county": "县（市）",
    "opens_months_before": "到期前可换领的月数",
    "closes_months_after": "到期后仍可换领的月数",
    "reassess": "换领须重新评定",
    "months": "月数",
    "home_working_days": "上门评残的工作日数",
    "review_working_days": "审核的工作日数",
    "dispute_working_days": "提出异议的工作日数",
    "round_days_ahead": "上门批次提前天数上限",
    "working_days": "公示的工作日数",
    "register": "全部环节在本系统办理",
    "last_day": "最后有效日",
    "second_after_days": "两次提醒间隔天数",
    "holidays": "放假日",
    "workdays": "调休上班日",
}
_LAST_DAYS = {"SAME_DAY": "期满之月的对应日", "DAY_BEFORE": "对应日的前一日"}


def paper(explanation: Explanation, policy: CertificatePolicy) -> Paper:
    """The explanation; `policy`: today's, for the names of places and what codes say."""
    known, number = explanation.known, []
    if known is not None:
        number = [f"办件号：{known.file_number}"]
    no_rules = "无。" if explanation.rules_kept else "当时的规则没有存档。"
    parts = (
        Part("一、说明", explanation.plain),
        Part("二、办理记录", (), _pairs(_decided(explanation, policy))),
        Part("三、当时登记的内容", (), _pairs(_known(known, policy))),
        Part("四、当时适用的规则", (), Table(("规则", "内容"), [_rule(each) for each in explanation.rules], 2), no_rules),
        Part("五、同一起因的在先事项", (), _chain(explanation.before)),
        Part("六、同时办理的事项", (), _chain(explanation.together)),
        Part("七、由此发生的事项", (), _chain(explanation.followed)),
        Part("八、系统内编号", (), _pairs(_origin(explanation))),
    )
    return Paper("办理说明", number, parts, ["其他系统由此发生的事项，可按关联号查询。本页不含姓名和证号。"], ())


def _when(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _pairs(lines: Iterable[Sequence[str]]) -> Table:
    return Table(("项目", "内容"), list(lines), 2)


def _chain(events: Sequence[Related]) -> Table:
    return Table(("时间", "事项"), [(_when(each.at), each.words) for each in events], 2)


def _decided(explanation: Explanation, policy: CertificatePolicy) -> Iterable[Sequence[str]]:
    by, day = Actor.parse(explanation.decided_by), explanation.at.astimezone(SHANGHAI).date()
    yield "单位", office_words(explanation.decided_by, policy.places, day)
    if by.subject and not by.is_machine:
        yield "经办人代码", by.subject
    yield "时间", _when(explanation.at)
    yield "事项", explanation.words


def _origin(explanation: Explanation) -> Iterable[Sequence[str]]:
    yield "事件", str(explanation.event_id)
    yield "关联号", str(explanation.correlation_id)
    yield "起因", str(explanation.causation_id or "本次办理")
    yield "规则版本", explanation.policy_version


def _known(row: CertificateRow | None, policy: CertificatePolicy) -> Iterable[Sequence[str]]:
    if row is None:
        return
    for name in (field.name for field in fields(row) if field.name in _FACTS):
        if (value := getattr(row, name)) not in (None, (), False, 0):
            yield _FACTS[name], _fact(name, value, row, policy)


def _fact(name: str, value: Any, row: CertificateRow, policy: CertificatePolicy) -> str:
    match name:
        case "division":
            return policy.place(value, row.changed_on)
        case "reason":
            return ENDINGS.get(value) or policy.said(value, row.division, row.changed_on)
        case "constituents":
            return "、".join(_constituent(each) for each in value)
        case "proposal":
            action, _, why = value.partition(":")
            return f"{ACTIONS.get(action, action)}：{ENDINGS.get(why, why)}"
    return _WORDS.get(name, {}).get(value) or _value(value)


def _constituent(told: str) -> str:
    category, _, grade = told.partition(":")
    return f"{CATEGORIES[Category(category)]}{GRADES[int(grade)]}"


def _value(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "、".join(map(str, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return _LAST_DAYS.get(str(value), str(value))


def _rule(rule: Rule) -> tuple[str, str]:
    """Its title, and what it says: since when, where, its values, where it comes from."""
    title = TITLES[rule.table]
    if rule.table in (YEAR, "township"):
        title = f"{title}（{rule.id}）"
    elif rule.table == "reapplication":
        title = f"{title}（{ENDINGS.get(rule.id, rule.id)}）"
    valid = f"自{rule.since}" + (f"至{rule.until}（不含）" if rule.until else "起")
    values = "；".join(f"{VALUES[name]}：{_value(value)}" for name, value in rule.values.items() if name in VALUES)
    return title, f"{valid}。{values}。来源：{source_words(rule)}"
