"""Every event of a certificate described once: in words for people, and by the policy tables that stood behind it. Decides nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from services.certificates import vocabulary
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.events import Event

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


def _period(event: Any) -> str:
    return f"有效期{event.valid_from}至{event.valid_to}"


@dataclass(frozen=True, slots=True)
class Description:
    """What people read of an event, and the policy tables of which a row decided it; none: the office decided, no row stands behind it."""

    words: Callable[[Any], str]
    tables: tuple[str, ...] = ()


_CODES = ("missing", "reason", "evidence")  # fields of events with what an office gave as a code
YEAR = "year"  # the table of `calendar.toml`; its rows are years
DESCRIBED: dict[type, Description] = {
    application_events.CertificateApplicationSubmitted: Description(
        lambda event: f"提出申请（{CHANNELS.get(event.channel, '渠道不明')}）", ("township", "renewal", "reapplication")
    ),
    application_events.CertificateApplicationForwarded: Description(lambda event: "乡镇初审并上报"),
    application_events.CertificateApplicationAccepted: Description(lambda event: "受理申请"),
    application_events.CertificateApplicationReturned: Description(lambda event: f"退回补正，缺：{event.missing}"),
    application_events.CertificateApplicationWithdrawn: Description(lambda event: "申请人撤回申请"),
    application_events.CertificateApplicationRefused: Description(
        lambda event: "不予办理：" + ("不符合残疾标准" if event.reason == "standard_not_met" else event.reason), ("assessment",)
    ),
    application_events.NoticeGiven: Description(
        lambda event: f"已{WAYS.get(event.way, '')}告知{TOPICS.get(event.topic, '有关事项')}"
    ),
    application_events.AssessmentOrdered: Description(
        lambda event: (
            f"转介{event.institution}评定（{SETTINGS.get(event.setting, '方式不明')}）"
            + (f"，应于{event.due_on}前完成" if event.due_on else "")
        ),
        ("assessment", YEAR),
    ),
    application_events.HomeAssessmentScheduled: Description(lambda event: f"编入上门评残批次，{event.on}上门"),
    application_events.HomeAssessmentMissed: Description(lambda event: f"上门未能评定：{event.reason}"),
    application_events.HomeAssessmentOverdue: Description(
        lambda event: f"上门评残逾期（应于{event.due_on}前完成）", ("assessment",)
    ),
    application_events.AssessmentCompleted: Description(
        lambda event: (
            f"评定结论：{disability(event.category, event.grade)}" if event.meets_standard else "评定结论：不符合残疾标准"
        ),
        ("assessment",),
    ),
    application_events.PublicNoticeOrdered: Description(lambda event: "下发公示单"),
    application_events.PublicNoticeStarted: Description(lambda event: f"张贴公示，至{event.ends_on}", ("notice", YEAR)),
    application_events.PublicNoticeClosed: Description(lambda event: f"公示撤下，异议{event.objections}件", ("notice",)),
    application_events.ObjectionRaised: Description(lambda event: "收到异议一件"),
    application_events.ObjectionAnswered: Description(lambda event: "异议已答复：" + ("成立" if event.upheld else "不成立")),
    application_events.AssessmentDisputed: Description(
        lambda event: f"对评定结论提出异议，由{LEVELS.get(event.level, '')}处理", ("assessment", YEAR)
    ),
    application_events.DisputeDecided: Description(
        lambda event: (
            f"{LEVELS.get(event.level, '')}决定：异议{'成立，重新评定' if event.upheld else '不成立'}{'（最终）' if event.final else ''}"
        ),
        ("assessment",),
    ),
    card_events.CertificateIssued: Description(
        lambda event: f"核发残疾人证：{disability(event.category, event.grade)}，{_period(event)}",
        ("mode", "validity", "assessment"),
    ),
    card_events.CertificateRecorded: Description(
        lambda event: f"名册（{event.as_of}）载明：{disability(event.category, event.grade)}，{_period(event)}", ("mode",)
    ),
    card_events.CertificateExpiryApproaching: Description(
        lambda event: f"距有效期届满不足{WINDOWS.get(event.window, '')}，第{event.reminder}次提醒", ("reminders",)
    ),
    card_events.CertificateExpired: Description(lambda event: f"有效期已于{event.valid_to}届满，未换领", ("renewal",)),
    card_events.CertificateRenewed: Description(lambda event: f"换领新证，{_period(event)}", ("mode", "renewal", "validity")),
    card_events.ReviewOpened: Description(lambda event: f"重新评定（{REVIEWS.get(event.kind, '')}）"),
    card_events.ReviewClosed: Description(lambda event: "重新评定结束，原证不变"),
    card_events.CertificateRegraded: Description(
        lambda event: (
            f"变更为{disability(event.category, event.grade)}（原{disability(event.from_category, event.from_grade)}），{_period(event)}"
        ),
        ("mode", "validity", "assessment"),
    ),
    card_events.CertificateReplaced: Description(lambda event: "换发新证（证号不变）", ("mode",)),
    card_events.CertificateReportedLost: Description(lambda event: "挂失"),
    card_events.CertificateReissued: Description(lambda event: f"补办，证号加B{event.suffix}", ("mode",)),
    card_events.CertificateTransferredOut: Description(lambda event: f"迁出至{event.to_division}", ("township",)),
    card_events.CertificateTransferredIn: Description(lambda event: "迁入地已接收"),
    card_events.CertificateActionProposed: Description(
        lambda event: f"拟{ACTIONS.get(event.action, '')}：{ENDINGS.get(event.reason, event.reason)}，待经办人核实"
    ),
    card_events.CertificateActionDismissed: Description(lambda event: f"不予{ACTIONS.get(event.action, '')}：{event.reason}"),
    card_events.HolderTold: Description(
        lambda event: f"{ACTIONS.get(event.action, '')}前已{WAYS.get(event.way, '')}告知持证人或监护人"
    ),
    card_events.CertificateFrozen: Description(
        lambda event: f"冻结：{ENDINGS.get(event.reason, event.reason)}（依据{event.evidence}）"
    ),
    card_events.CertificateUnfrozen: Description(lambda event: "解冻"),
    card_events.CertificateCancelled: Description(
        lambda event: f"注销：{ENDINGS.get(event.reason, event.reason)}" + (f"（依据{event.evidence}）" if event.evidence else ""),
        ("reapplication",),
    ),
    card_events.CertificateCancellationRevoked: Description(lambda event: f"撤销注销，恢复证号，{_period(event)}"),
}


def in_words(event: Event, said: Callable[[str], str]) -> str:
    """What happened, in one sentence for the clerk who asks; `said`: what a code that an office gave means."""
    codes: dict[str, Any] = {name: said(code) for name in _CODES if (code := getattr(event, name, None))}
    return DESCRIBED[type(event)].words(replace(event, **codes))
