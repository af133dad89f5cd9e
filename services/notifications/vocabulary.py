"""The words that every event of notices uses: channels, urgency, why something was not told, what offices answer. Values only."""

from dataclasses import dataclass
from datetime import date

from services.domain.codes import Word


class Channel(Word):
    """The door by which an office is told."""

    UNKNOWN = "UNKNOWN"
    TOPIC = "TOPIC"  # the office's Kafka topic
    INBOX = "INBOX"  # the HTTP inbox
    WEBHOOK = "WEBHOOK"  # a signed request to the office's own system (Standard Webhooks)
    MAIL = "MAIL"
    SMS = "SMS"
    WECOM = "WECOM"  # 企业微信 group robot
    DINGTALK = "DINGTALK"  # 钉钉 group robot
    DROP = "DROP"  # an encrypted file in an agreed place
    VOICE = "VOICE"  # a call that speaks the text; to persons only


class NoticeSeverity(Word):
    """How urgent a notice is."""

    UNKNOWN = "UNKNOWN"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class SuppressionReason(Word):
    """Why a notice was not sent although it was queued."""

    UNKNOWN = "UNKNOWN"
    NO_LONGER_TRUE = "NO_LONGER_TRUE"


class DisablingReason(Word):
    """Why nothing is sent to a subscription any more until somebody resumes it."""

    UNKNOWN = "UNKNOWN"
    GONE = "GONE"  # the address itself said that it has ended
    LONG_FAILURE = "LONG_FAILURE"  # nothing could be delivered for as long as the policy allows


class ReturnReason(Word):
    """Why an office sends a notice back."""

    UNKNOWN = "UNKNOWN"
    NOT_OUR_DUTY = "NOT_OUR_DUTY"  # 不属本单位职责
    NOT_OUR_AREA = "NOT_OUR_AREA"  # 不属本辖区
    ALREADY_DONE = "ALREADY_DONE"  # 此前已办结
    DUPLICATE = "DUPLICATE"  # 重复转办
    NOT_ENOUGH_KNOWN = "NOT_ENOUGH_KNOWN"  # 信息不足，无法办理


class StepEnd(Word):
    """What came of a matter at an office before it went on to the next."""

    UNKNOWN = "UNKNOWN"
    NOT_ACKNOWLEDGED = "NOT_ACKNOWLEDGED"  # 未按时签收
    NOT_ACCEPTED = "NOT_ACCEPTED"  # 未按时受理
    NOT_ACTED_ON = "NOT_ACTED_ON"  # 未按时办结
    REJECTED = "REJECTED"  # 退回
    LEAD_ASSIGNED = "LEAD_ASSIGNED"  # 指定牵头单位


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailStep:
    """An office that a matter has gone through: who had it at which stage, what came of it, why it sent it back, when that was."""

    agency: str
    division: str
    stage: int
    what: StepEnd
    reason: ReturnReason | None = None
    on: date


class WorkOutcome(Word):
    """What came of it, as the office reports."""

    UNKNOWN = "UNKNOWN"
    DONE = "DONE"  # 已办结
    PARTLY_DONE = "PARTLY_DONE"  # 部分办理
    NOT_NEEDED = "NOT_NEEDED"  # 经核实无需办理
    NOT_POSSIBLE = "NOT_POSSIBLE"  # 按政策无法办理
    NOT_REACHED = "NOT_REACHED"  # 未能联系到本人或家庭


class Answered(Word):
    """What the office of the working committee answers at the end of a chain."""

    UNKNOWN = "UNKNOWN"
    SETTLED = "SETTLED"  # 已协调解决
    EXPLAINED = "EXPLAINED"  # 已说明情况
    TAKEN_UP = "TAKEN_UP"  # 列入议事或督办事项


# What a matter is called in lists and reports, by the short name of the event that it came from.
KINDS = {
    "RiskDetected": "返贫致贫风险线索",
    "CaseOpened": "核查个案",
    "MeasurePlanned": "安排帮扶措施",
    "MeasureDelivered": "帮扶措施待核查",
    "MeasureOverdue": "帮扶措施逾期",
    "VisitPlanned": "安排入户走访",
    "VisitMissed": "入户走访逾期",
    "FindingOpened": "数据比对线索",
    "FindingReopened": "数据比对线索再现",
    "FindingPersisted": "数据比对线索",
    "FindingTransferred": "转交的比对线索",
    "FindingVerified": "比对线索待落实",
    "FindingOverdue": "比对线索逾期",
    "SubsidyAtRisk": "补贴可能中断",
    "RosterRejected": "名册未能导入",
    "RosterHeld": "名册待确认",
    "RosterOverdue": "名册逾期未报",
    "SubsidyListFrozen": "补贴调整名单待签署",
    "SubsidyListSigned": "补贴调整名单签署",
    "SubsidyListReopened": "补贴调整名单退回",
    "CertificateIssued": "发放残疾人证",
    "CertificateExpiryApproaching": "换证提醒",
    "ReminderTried": "换证提醒",
    "CertificateExpired": "残疾人证到期未换",
    "CertificateFrozen": "残疾人证冻结",
    "CertificateRenewed": "残疾人证换领",
    "CertificateRegraded": "残疾人证变更",
    "CertificateCancelled": "残疾人证注销",
    "PersonDied": "死亡登记",
    "CertificateUnfrozen": "残疾人证解冻",
    "MeasureChecked": "帮扶措施核查未到位",
    "CertificateTransferredOut": "残疾人证迁移",
    "CertificateActionProposed": "拟冻结或注销待核实",
    "CertificateCancellationRevoked": "撤销注销",
    "PersonDeathReported": "死亡信息待核实",
    "PersonDeathCorrected": "误登死亡更正",
    "AssessmentOrdered": "上门评残申请",
    "HomeAssessmentOverdue": "上门评残逾期",
    "AssessmentDisputed": "评定异议",
    "PublicNoticeOrdered": "办证公示",
    "SubscriptionDisabled": "通知渠道停用",
    "PolicyAnnounced": "惠民政策已转告",
    "PolicyPassedOn": "惠民政策待告知到人",
    "PolicyNotAnnounced": "惠民政策缺名册",
}


WINDOWS = {"SIX_MONTHS": "有效期不足6个月", "ONE_MONTH": "有效期不足1个月"}


ARRIVED_ONLY, UNDER_WAY, NOBODY_CONFIRMED = "arrived_only", "under_way", "nobody_confirmed"  # besides the reasons of the ledger


REASONS = {
    ReturnReason.NOT_OUR_DUTY: "不属本单位职责",
    ReturnReason.NOT_OUR_AREA: "不属本辖区",
    ReturnReason.ALREADY_DONE: "此前已办结",
    ReturnReason.DUPLICATE: "重复转办",
    ReturnReason.NOT_ENOUGH_KNOWN: "信息不足，无法办理",
}
MISSED = {"NOT_ACKNOWLEDGED": "未按时签收", "NOT_ACCEPTED": "未按时受理", "NOT_ACTED_ON": "未按时办结"}
