"""Why a decision came out as it did, for the clerk and, in plain sentences, for the holder (PIPL art. 24). Words only; decides nothing.

What was decided, what was known then, which rules stood behind it, who decided, what it came from and what followed. No name, no number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.application.decide import NOT_MET
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.described import DESCRIBED, YEAR, disability, in_words
from services.certificates.certificate.projection import CertificateRow, Step
from services.certificates.explanation import policy_rows
from services.certificates.person import events as person_events
from services.certificates.policy.load import CertificatePolicy
from services.documents.places import Places
from services.domain.actors import Actor
from services.domain.agencies import AGENCIES
from services.kernel.events import Recorded, avro_name

_PERSON = {
    person_events.PersonRegistered: "登记此人",
    person_events.GuardianNamed: "登记监护人",
    person_events.IdentityCorrected: "更正公民身份号码",
    person_events.IdentityCorrectionReverted: "撤回对公民身份号码的更正",
    person_events.PersonMoved: "户籍迁移",
    person_events.PersonDeathReported: "收到死亡线索",
    person_events.PersonDied: "核实死亡",
    person_events.PersonDeathCorrected: "更正：此人健在",
}
STEPS = {
    Step.APPLIED: "已申请",
    Step.RETURNED: "已退回补正",
    Step.ACCEPTED: "已受理",
    Step.IN_ASSESSMENT: "正在评定",
    Step.ASSESSED: "评定符合标准",
    Step.STANDARD_NOT_MET: "评定不符合标准",
    Step.NOTICE_ORDERED: "公示单已下发",
    Step.IN_NOTICE: "正在公示",
    Step.NOTICE_CLOSED: "公示已结束",
    Step.OBJECTED: "公示有异议",
    Step.ISSUED: "持证",
    Step.REFUSED: "已作不予办理",
    Step.DISPUTED: "异议处理中",
    Step.WITHDRAWN: "已撤回",
    Step.CANCELLED: "已注销",
}
_MARKS = {"proposal": "暂定", "unsure": "待确认", "local": "参照外地"}  # how sure a rule is, in the holder's language
_DISPUTABLE = (application_events.CertificateApplicationRefused, card_events.CertificateIssued, card_events.CertificateRegraded)


@dataclass(frozen=True, slots=True)
class Related:
    """Another event of the same cause."""

    event_id: UUID
    stream_id: UUID
    type: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One decision. `known`: the register's row before it, None for the first event; `rules_kept`: whether the policy of then is archived.

    `decided_by`: office and person code, or the office alone. `together`: events of the same step, in no order; `followed`: what came
    later of the same cause. Other services' feeds show what they did under `correlation_id`.
    """

    plain: tuple[str, ...]
    certificate_id: UUID
    event_id: UUID
    version: int
    type: str
    at: datetime
    words: str
    decided_by: str
    known: CertificateRow | None
    known_words: str
    policy_version: str
    rules_kept: bool
    rules: tuple[policy_rows.Rule, ...]
    correlation_id: UUID
    causation_id: UUID | None
    before: tuple[Related, ...]
    together: tuple[Related, ...]
    followed: tuple[Related, ...]


def explained(
    decided: Recorded,
    known: CertificateRow | None,
    files: Mapping[str, str],
    related: Sequence[Recorded],
    decided_by: str,
    policy: CertificatePolicy,
) -> Explanation:
    """The explanation of an event. `related`: other events of the same cause, in order; `files`: the policy's, of its version; `policy`:
    today's, for the names of places and what codes say."""
    division = known.division if known else decided.division
    behind = policy_rows.stood_behind(decided.event, files, decided.occurred_on, division)
    at = decided.occurred_at
    return Explanation(
        plain=_plain(decided, known, behind, files, policy),
        certificate_id=decided.stream_id,
        event_id=decided.event_id,
        version=decided.version,
        type=avro_name(type(decided.event)),
        at=at,
        words=_words(decided, policy),
        decided_by=decided_by,
        known=known,
        known_words=known_words(known),
        policy_version=decided.policy_version,
        rules_kept=bool(files),
        rules=behind,
        correlation_id=decided.correlation_id,
        causation_id=decided.causation_id,
        before=tuple(_related(other, policy) for other in related if other.occurred_at < at),
        together=tuple(_related(other, policy) for other in related if other.occurred_at == at),
        followed=tuple(_related(other, policy) for other in related if other.occurred_at > at),
    )


def _related(recorded: Recorded, policy: CertificatePolicy) -> Related:
    kind = avro_name(type(recorded.event))
    return Related(recorded.event_id, recorded.stream_id, kind, recorded.occurred_at, _words(recorded, policy))


def _words(recorded: Recorded, policy: CertificatePolicy) -> str:
    kind = type(recorded.event)
    if kind not in DESCRIBED:
        return _PERSON.get(kind, kind.__name__)
    return in_words(recorded.event, partial(policy.said, division=recorded.division, day=recorded.occurred_on))


def known_words(row: CertificateRow | None) -> str:
    """What the register knew, in one line."""
    if row is None:
        return "此前没有登记"
    facts = [STEPS[row.step], disability(row.category, row.grade) if row.category else ""]
    facts += [f"有效期{row.valid_from}至{row.valid_to}" if row.valid_to else "", "已挂失" if row.lost_on else ""]
    facts += [
        "已冻结" if row.frozen_on else "",
        "正在复评" if row.review else "",
        f"公示至{row.notice_ends_on}" if _posted(row) else "",
    ]
    return "，".join(filter(None, facts))


def _posted(row: CertificateRow) -> bool:
    return row.step is Step.IN_NOTICE


def office_words(actor: str, places: Places, on: date) -> str:
    """The office as people call it, like 香格里拉市残联; no person."""
    office = Actor.parse(actor)
    if office.is_machine:
        return "系统"
    where = places.area(office.division, on)
    if office.agency == "XZ" or (office.agency == "CUN" and where.endswith("委员会")):
        return where
    if AGENCIES.on(office.agency, on):
        return f"{where}{AGENCIES.called(office.agency, on)}"
    return f"评定机构{office.agency}"


def _plain(
    decided: Recorded,
    known: CertificateRow | None,
    behind: Sequence[policy_rows.Rule],
    files: Mapping[str, str],
    policy: CertificatePolicy,
) -> tuple[str, ...]:
    on, machine = decided.occurred_on, Actor.parse(decided.actor).is_machine
    who = office_words(decided.actor, policy.places, on)
    sentences = [f"{on.year}年{on.month}月{on.day}日，{who}{'记录' if machine else '办理'}：{_words(decided, policy)}。"]
    sentences.append(f"当时登记的情况：{known_words(known)}。")
    sentences += [_rule(rule) for rule in behind if rule.table != YEAR]
    if not files:
        sentences.append("当时的规则没有存档，这里无法列出，可以向办理单位查询。")
    elif not behind:
        sentences.append("这一步不按数字规则计算，由办理单位按《残疾人证管理办法》办理。")
    sentences.append(
        "这是系统按日期所作的记录，只作提醒，没有改变您的证件；任何冻结、注销都由工作人员核实后决定。"
        if machine
        else "这一步由工作人员办理，不是系统自动作出的决定。"
    )
    sentences += _dispute(decided.event, behind)
    sentences.append(
        "您可以要求办理单位说明，可以查阅登记内容，发现有误可以要求更正（《个人信息保护法》第二十四、四十五、四十六条）。"
    )
    return tuple(sentences)


def _rule(rule: policy_rows.Rule) -> str:
    return f"依据的规则：{policy_rows.TITLES[rule.table]}，自{rule.since}起适用（{source_words(rule)}）。"


def source_words(rule: policy_rows.Rule) -> str:
    """Where a rule comes from, and how sure it is."""
    source = rule.source
    for mark, words in _MARKS.items():
        source = source.replace(mark, words)
    return source


def _dispute(event: Any, behind: Sequence[policy_rows.Rule]) -> list[str]:
    """The right to dispute a conclusion, with the days as they stood then (办法 art. 25)."""
    if not isinstance(event, _DISPUTABLE) or getattr(event, "reason", NOT_MET) != NOT_MET:
        return []
    days = next((rule.values["dispute_working_days"] for rule in behind if rule.table == "assessment"), None)
    within = f"在{days}个工作日内" if days else "在规定期限内"
    return [
        f"不同意评定结论的，可以{within}向州残联提出异议，仍不同意的可以再向省级专家委员会提出（《残疾人证管理办法》第二十五条）。"
    ]
