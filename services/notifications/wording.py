"""What a notice knows of its cause, and how it says so: facts without what nobody may see, words for codes, the text for an office. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.notifications.chains import Office
from services.notifications.policy import NoticePolicy
from services.notifications.route_rows import receiver
from services.notifications.templates import FORBIDDEN, Rendered, shown
from services.notifications.terms import ReturnReason

_KINDS = {
    "DISASTER": "自然灾害",
    "ILLNESS": "因病",
    "ACCIDENT": "意外事故",
    "EMPLOYMENT": "务工就业不稳",
    "INCOME": "收入偏低",
    "HOUSING": "住房安全",
    "WATER": "饮水安全",
    "SUBSIDY_LOSS": "补贴中断",
}
REASONS = {
    ReturnReason.NOT_OUR_DUTY: "不属本单位职责",
    ReturnReason.NOT_OUR_AREA: "不属本辖区",
    ReturnReason.ALREADY_DONE: "此前已办结",
    ReturnReason.DUPLICATE: "重复转办",
    ReturnReason.NOT_ENOUGH_KNOWN: "信息不足，无法办理",
}
MISSED = {"NOT_ACKNOWLEDGED": "未按时签收", "NOT_ACCEPTED": "未按时受理", "NOT_ACTED_ON": "未按时办结"}
_CAME_OF = {**MISSED, "REJECTED": "退回", "LEAD_ASSIGNED": "转牵头单位"}


def facts_of(event: Any) -> dict[str, Any]:
    """An event's fields as plain values, for predicates."""
    facts = {f.name: getattr(event, f.name) for f in fields(event)}
    return {name: value.value if isinstance(value, StrEnum) else value for name, value in facts.items()}


def stated(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """What may go along with a notice, each "name=value": single values that are known and that some receiver may see."""
    kept = {n: v for n, v in facts.items() if n not in FORBIDDEN and isinstance(v, str | bool | int | date | UUID)}
    return tuple(f"{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in kept.items())


def told(stated_facts: tuple[str, ...]) -> dict[str, str]:
    """The facts that went along with a notice, by name."""
    return dict(each.split("=", 1) for each in stated_facts)


def comparable(stated_facts: tuple[str, ...]) -> dict[str, Any]:
    """The same for predicates: true, false and whole numbers are what they say."""
    return {name: _value(text) for name, text in told(stated_facts).items()}


def _value(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isdigit() and (text == "0" or text[0] != "0") and len(text) < 6 else text


def gone_through(trail: Sequence[Mapping[str, Any]], day: date, policy: NoticePolicy) -> str:
    """The offices of a trail, as machines are told it, in one sentence: who, what came of it, when. `day`: for the offices' names."""
    return "；".join(
        policy.name(f"{step['agency']}:{step['division']}", day)
        + _CAME_OF.get(step["what"], "已转出")
        + (f"（{REASONS.get(step['reason'], '其他')}）" if step["reason"] else "")
        + shown(step["on"])
        for step in trail
    )


def reference(subject_id: UUID) -> str:
    """The short number by which people call a case; the whole id is behind the login."""
    return subject_id.hex[:8].upper()


def text_for(
    template: str, office: Office, subject_id: UUID, stated_facts: tuple[str, ...], answer_by: date, policy: NoticePolicy
) -> Rendered:
    """What the office reads. Raises `Malformed` when there is no such text or a fact is missing."""
    facts = told(stated_facts)
    known = facts | {
        "kind_name": _KINDS.get(facts.get("kind", ""), "其他"),
        "ref": reference(subject_id),
        "answer_by": str(answer_by),
    }
    return policy.templates.render(template, receiver(office.agency), known)
