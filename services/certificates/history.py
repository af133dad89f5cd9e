"""Every event of a certificate in words, for the clerk who asks; and what was known of it on a past day. Words only; decides nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from services.certificates import events as e
from services.certificates import terms as t
from services.certificates.projections import CERTIFICATE_VIEW, CertificateRow
from services.domain.actors import Actor
from services.kernel.events import SHANGHAI
from services.kernel.project import fold_into

CATEGORIES = {
    t.Category.VISUAL: "视力", t.Category.HEARING: "听力", t.Category.SPEECH: "言语", t.Category.PHYSICAL: "肢体",
    t.Category.INTELLECTUAL: "智力", t.Category.MENTAL: "精神", t.Category.MULTIPLE: "多重",
}  # fmt: skip
GRADES = {1: "一级", 2: "二级", 3: "三级", 4: "四级"}
SETTINGS = {t.AssessmentSetting.INSTITUTION: "到机构", t.AssessmentSetting.GROUP: "村内集中", t.AssessmentSetting.HOME: "上门"}
CHANNELS = {"WINDOW": "窗口", "VILLAGE": "村（社区）", "ONLINE": "网上", "CROSS_PROVINCE": "跨省通办"}
ENDINGS = {
    "DEATH": "死亡", "RECOVERED": "不再符合残疾标准", "VOLUNTARY": "本人自愿", "NOT_TRANSFERRED": "户籍迁出超期未迁证",
    "TRANSFERRED": "迁出本州", "FALSE_PAPERS": "材料不实", "LONG_EXPIRED": "过期超期未换领", "NOT_ON_ROSTER": "名册中已无此证",
    "EXPIRED": "过期", "IN_DOUBT": "存疑待核", "ROSTER": "名册显示冻结",
}  # fmt: skip
LEVELS = {t.DisputeLevel.PREFECTURE: "州残联", t.DisputeLevel.PROVINCE: "省级专家委员会"}
REVIEWS = {t.ReviewKind.RENEWAL: "换领", t.ReviewKind.REGRADE: "类别等级变更", t.ReviewKind.DISPUTE: "异议成立"}
ACTIONS = {t.ProposedAction.FREEZE: "冻结", t.ProposedAction.CANCEL: "注销"}
WINDOWS = {t.ExpiryWindow.SIX_MONTHS: "六个月", t.ExpiryWindow.ONE_MONTH: "一个月"}
WAYS = {"IN_PERSON": "当面", "PHONE": "电话", "LETTER": "书面", "GUARDIAN": "经监护人"}
TOPICS = {"APPLICATION": "办证须知", "DATA_USE": "个人信息用途", "CONCLUSION": "评定结论及异议权利", "RENEWAL": "换领须知"}


def disability(category: t.Category | None, grade: int | None) -> str:
    """Like 肢体残疾二级."""
    return f"{CATEGORIES.get(category, '未知')}残疾{GRADES.get(grade or 0, '')}" if category else "未评定"


def _period(h: Any) -> str:
    return f"有效期{h.valid_from}至{h.valid_to}"


WORDS: dict[type, Callable[[Any], str]] = {
    e.CertificateApplicationSubmitted: lambda h: f"提出申请（{CHANNELS.get(h.channel, '渠道不明')}）",
    e.CertificateApplicationForwarded: lambda h: "乡镇初审并上报",
    e.CertificateApplicationAccepted: lambda h: "受理申请",
    e.CertificateApplicationReturned: lambda h: f"退回补正，缺：{h.missing}",
    e.CertificateApplicationWithdrawn: lambda h: "申请人撤回申请",
    e.CertificateApplicationRefused: lambda h: "不予办理：" + ("不符合残疾标准" if h.reason == "standard_not_met" else h.reason),
    e.NoticeGiven: lambda h: f"已{WAYS.get(h.way, '')}告知{TOPICS.get(h.topic, '有关事项')}",
    e.AssessmentOrdered: lambda h: (
        f"转介{h.institution}评定（{SETTINGS.get(h.setting, '方式不明')}）" + (f"，应于{h.due_on}前完成" if h.due_on else "")
    ),
    e.HomeAssessmentScheduled: lambda h: f"编入上门评残批次，{h.on}上门",
    e.HomeAssessmentMissed: lambda h: (
        "上门批次取消，待另行安排" if h.reason == "round_cancelled" else f"上门未能评定：{h.reason}"
    ),
    e.HomeAssessmentOverdue: lambda h: f"上门评残逾期（应于{h.due_on}前完成）",
    e.AssessmentCompleted: lambda h: f"评定结论：{disability(h.category, h.grade)}" if h.meets_standard else "评定结论：不符合残疾标准",
    e.PublicNoticeOrdered: lambda h: "下发公示单",
    e.PublicNoticeStarted: lambda h: f"张贴公示，至{h.ends_on}",
    e.PublicNoticeClosed: lambda h: f"公示撤下，异议{h.objections}件",
    e.ObjectionRaised: lambda h: "收到异议一件",
    e.ObjectionAnswered: lambda h: "异议已答复：" + ("成立" if h.upheld else "不成立"),
    e.AssessmentDisputed: lambda h: f"对评定结论提出异议，由{LEVELS.get(h.level, '')}处理",
    e.DisputeDecided: lambda h: (
        f"{LEVELS.get(h.level, '')}决定：异议{'成立，重新评定' if h.upheld else '不成立'}{'（最终）' if h.final else ''}"
    ),
    e.CertificateIssued: lambda h: f"核发残疾人证：{disability(h.category, h.grade)}，{_period(h)}",
    e.CertificateRecorded: lambda h: f"名册（{h.as_of}）载明：{disability(h.category, h.grade)}，{_period(h)}",
    e.CertificateExpiryApproaching: lambda h: f"距有效期届满不足{WINDOWS.get(h.window, '')}，第{h.reminder}次提醒",
    e.CertificateExpired: lambda h: f"有效期已于{h.valid_to}届满，未换领",
    e.CertificateRenewed: lambda h: f"换领新证，{_period(h)}",
    e.ReviewOpened: lambda h: f"重新评定（{REVIEWS.get(h.kind, '')}）",
    e.ReviewClosed: lambda h: "重新评定结束，原证不变",
    e.CertificateRegraded: lambda h: (
        f"变更为{disability(h.category, h.grade)}（原{disability(h.from_category, h.from_grade)}），{_period(h)}"
    ),
    e.CertificateReplaced: lambda h: "换发新证（证号不变）",
    e.CertificateReportedLost: lambda h: "挂失",
    e.CertificateReissued: lambda h: f"补办，证号加B{h.suffix}",
    e.CertificateTransferredOut: lambda h: f"迁出至{h.to_division}",
    e.CertificateTransferredIn: lambda h: "迁入地已接收",
    e.CertificateActionProposed: lambda h: f"拟{ACTIONS.get(h.action, '')}：{ENDINGS.get(h.reason, h.reason)}，待经办人核实",
    e.CertificateActionDismissed: lambda h: f"不予{ACTIONS.get(h.action, '')}：{h.reason}",
    e.HolderTold: lambda h: f"{ACTIONS.get(h.action, '')}前已{WAYS.get(h.way, '')}告知持证人或监护人",
    e.CertificateFrozen: lambda h: f"冻结：{ENDINGS.get(h.reason, h.reason)}（依据{h.evidence}）",
    e.CertificateUnfrozen: lambda h: "解冻",
    e.CertificateCancelled: lambda h: f"注销：{ENDINGS.get(h.reason, h.reason)}" + (f"（依据{h.evidence}）" if h.evidence else ""),
    e.CertificateCancellationRevoked: lambda h: f"撤销注销，恢复证号，{_period(h)}",
}  # fmt: skip


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
