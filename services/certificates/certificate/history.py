"""Every event of a certificate in words, for the clerk who asks; and what was known of it on a past day. Words only; decides nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from services.certificates import vocabulary
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.projection import CERTIFICATE_VIEW, CertificateRow
from services.domain.actors import Actor
from services.kernel.events import SHANGHAI
from services.kernel.projection import fold_into

CATEGORIES = {
    vocabulary.Category.VISUAL: "视力",
    vocabulary.Category.HEARING: "听力",
    vocabulary.Category.SPEECH: "言语",
    vocabulary.Category.PHYSICAL: "肢体",
    vocabulary.Category.INTELLECTUAL: "智力",
    vocabulary.Category.MENTAL: "精神",
    vocabulary.Category.MULTIPLE: "多重",
}
GRADES = {1: "一级", 2: "二级", 3: "三级", 4: "四级"}
SETTINGS = {
    vocabulary.AssessmentSetting.INSTITUTION: "到机构",
    vocabulary.AssessmentSetting.GROUP: "村内集中",
    vocabulary.AssessmentSetting.HOME: "上门",
}
CHANNELS = {"WINDOW": "窗口", "VILLAGE": "村（社区）", "ONLINE": "网上", "CROSS_PROVINCE": "跨省通办"}
ENDINGS = {
    "DEATH": "死亡",
    "RECOVERED": "不再符合残疾标准",
    "VOLUNTARY": "本人自愿",
    "NOT_TRANSFERRED": "户籍迁出超期未迁证",
    "TRANSFERRED": "迁出本州",
    "FALSE_PAPERS": "材料不实",
    "LONG_EXPIRED": "过期超期未换领",
    "NOT_ON_ROSTER": "名册中已无此证",
    "EXPIRED": "过期",
    "IN_DOUBT": "存疑待核",
    "ROSTER": "名册显示冻结",
}
LEVELS = {vocabulary.DisputeLevel.PREFECTURE: "州残联", vocabulary.DisputeLevel.PROVINCE: "省级专家委员会"}
REVIEWS = {
    vocabulary.ReviewKind.RENEWAL: "换领",
    vocabulary.ReviewKind.REGRADE: "类别等级变更",
    vocabulary.ReviewKind.DISPUTE: "异议成立",
}
ACTIONS = {vocabulary.ProposedAction.FREEZE: "冻结", vocabulary.ProposedAction.CANCEL: "注销"}
WINDOWS = {vocabulary.ExpiryWindow.SIX_MONTHS: "六个月", vocabulary.ExpiryWindow.ONE_MONTH: "一个月"}
WAYS = {"IN_PERSON": "当面", "PHONE": "电话", "LETTER": "书面", "GUARDIAN": "经监护人"}
TOPICS = {"APPLICATION": "办证须知", "DATA_USE": "个人信息用途", "CONCLUSION": "评定结论及异议权利", "RENEWAL": "换领须知"}


def disability(category: vocabulary.Category | None, grade: int | None) -> str:
    """Like 肢体残疾二级."""
    return f"{CATEGORIES.get(category, '未知')}残疾{GRADES.get(grade or 0, '')}" if category else "未评定"


def _period(h: Any) -> str:
    return f"有效期{h.valid_from}至{h.valid_to}"


WORDS: dict[type, Callable[[Any], str]] = {
    application_events.CertificateApplicationSubmitted: lambda h: f"提出申请（{CHANNELS.get(h.channel, '渠道不明')}）",
    application_events.CertificateApplicationForwarded: lambda h: "乡镇初审并上报",
    application_events.CertificateApplicationAccepted: lambda h: "受理申请",
    application_events.CertificateApplicationReturned: lambda h: f"退回补正，缺：{h.missing}",
    application_events.CertificateApplicationWithdrawn: lambda h: "申请人撤回申请",
    application_events.CertificateApplicationRefused: lambda h: (
        "不予办理：" + ("不符合残疾标准" if h.reason == "standard_not_met" else h.reason)
    ),
    application_events.NoticeGiven: lambda h: f"已{WAYS.get(h.way, '')}告知{TOPICS.get(h.topic, '有关事项')}",
    application_events.AssessmentOrdered: lambda h: (
        f"转介{h.institution}评定（{SETTINGS.get(h.setting, '方式不明')}）" + (f"，应于{h.due_on}前完成" if h.due_on else "")
    ),
    application_events.HomeAssessmentScheduled: lambda h: f"编入上门评残批次，{h.on}上门",
    application_events.HomeAssessmentMissed: lambda h: (
        "上门批次取消，待另行安排" if h.reason == "round_cancelled" else f"上门未能评定：{h.reason}"
    ),
    application_events.HomeAssessmentOverdue: lambda h: f"上门评残逾期（应于{h.due_on}前完成）",
    application_events.AssessmentCompleted: lambda h: (
        f"评定结论：{disability(h.category, h.grade)}" if h.meets_standard else "评定结论：不符合残疾标准"
    ),
    application_events.PublicNoticeOrdered: lambda h: "下发公示单",
    application_events.PublicNoticeStarted: lambda h: f"张贴公示，至{h.ends_on}",
    application_events.PublicNoticeClosed: lambda h: f"公示撤下，异议{h.objections}件",
    application_events.ObjectionRaised: lambda h: "收到异议一件",
    application_events.ObjectionAnswered: lambda h: "异议已答复：" + ("成立" if h.upheld else "不成立"),
    application_events.AssessmentDisputed: lambda h: f"对评定结论提出异议，由{LEVELS.get(h.level, '')}处理",
    application_events.DisputeDecided: lambda h: (
        f"{LEVELS.get(h.level, '')}决定：异议{'成立，重新评定' if h.upheld else '不成立'}{'（最终）' if h.final else ''}"
    ),
    card_events.CertificateIssued: lambda h: f"核发残疾人证：{disability(h.category, h.grade)}，{_period(h)}",
    card_events.CertificateRecorded: lambda h: f"名册（{h.as_of}）载明：{disability(h.category, h.grade)}，{_period(h)}",
    card_events.CertificateExpiryApproaching: lambda h: f"距有效期届满不足{WINDOWS.get(h.window, '')}，第{h.reminder}次提醒",
    card_events.CertificateExpired: lambda h: f"有效期已于{h.valid_to}届满，未换领",
    card_events.CertificateRenewed: lambda h: f"换领新证，{_period(h)}",
    card_events.ReviewOpened: lambda h: f"重新评定（{REVIEWS.get(h.kind, '')}）",
    card_events.ReviewClosed: lambda h: "重新评定结束，原证不变",
    card_events.CertificateRegraded: lambda h: (
        f"变更为{disability(h.category, h.grade)}（原{disability(h.from_category, h.from_grade)}），{_period(h)}"
    ),
    card_events.CertificateReplaced: lambda h: "换发新证（证号不变）",
    card_events.CertificateReportedLost: lambda h: "挂失",
    card_events.CertificateReissued: lambda h: f"补办，证号加B{h.suffix}",
    card_events.CertificateTransferredOut: lambda h: f"迁出至{h.to_division}",
    card_events.CertificateTransferredIn: lambda h: "迁入地已接收",
    card_events.CertificateActionProposed: lambda h: (
        f"拟{ACTIONS.get(h.action, '')}：{ENDINGS.get(h.reason, h.reason)}，待经办人核实"
    ),
    card_events.CertificateActionDismissed: lambda h: f"不予{ACTIONS.get(h.action, '')}：{h.reason}",
    card_events.HolderTold: lambda h: f"{ACTIONS.get(h.action, '')}前已{WAYS.get(h.way, '')}告知持证人或监护人",
    card_events.CertificateFrozen: lambda h: f"冻结：{ENDINGS.get(h.reason, h.reason)}（依据{h.evidence}）",
    card_events.CertificateUnfrozen: lambda h: "解冻",
    card_events.CertificateCancelled: lambda h: (
        f"注销：{ENDINGS.get(h.reason, h.reason)}" + (f"（依据{h.evidence}）" if h.evidence else "")
    ),
    card_events.CertificateCancellationRevoked: lambda h: f"撤销注销，恢复证号，{_period(h)}",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One event in words: version, id, instant, the office that acted (no person), the sentence, and the policy it stood under."""

    version: int
    event_id: UUID
    at: datetime
    office: str
    words: str
    policy_version: str


@dataclass(frozen=True, slots=True)
class AsOf:
    """A certificate as it was known at the end of a day."""

    on: date
    version: int
    division: str
    step: str
    words: str
    valid_from: date | None
    valid_to: date | None
    frozen_on: date | None
    lost_on: date | None


async def told(conn: Any, certificate_id: UUID, store: Any) -> list[Told] | None:
    """Every event, oldest first; None for a certificate that the caller may not see."""
    if not await conn.fetchval("SELECT true FROM views.certificate_view WHERE certificate_id = $1", certificate_id):
        return None
    past = await store.read(conn, certificate_id)
    return [
        Told(r.version, r.event_id, r.occurred_at, office(r.actor), WORDS[type(r.event)](r.event), r.policy_version) for r in past
    ]


def office(actor: str) -> str:
    """The office without the person in it; a machine says what it is."""
    return Actor.parse(actor).office


def day_end(on: date) -> datetime:
    """The instant at which a day in Shanghai is over."""
    return datetime.combine(on, time(), SHANGHAI) + timedelta(days=1)


async def as_of(conn: Any, certificate_id: UUID, on: date, store: Any) -> AsOf | None:
    """The certificate as recorded until the end of that day in Shanghai; None when there was nothing that the caller may see."""
    if not await conn.fetchval("SELECT true FROM views.certificate_view WHERE certificate_id = $1", certificate_id):
        return None
    end = day_end(on)
    rows: dict[Any, CertificateRow | None] = {}
    for recorded in await store.read(conn, certificate_id):
        if recorded.occurred_at < end:
            fold_into(CERTIFICATE_VIEW, rows, recorded)
    row = next(iter(rows.values()), None)
    if row is None:
        return None
    words = disability(row.category, row.grade)
    return AsOf(on, row.version, row.division, row.step, words, row.valid_from, row.valid_to, row.frozen_on, row.lost_on)
