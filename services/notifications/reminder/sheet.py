"""The reminder ledger of a month as a workbook: which card was due, who was reached, how, when, by whose word, and who was not and why;
by which channels messages went out, how often, and what became of each.

Cards have their numbers, persons pseudonyms; no sheet has a name or a number to call. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from services.documents.places import Places
from services.documents.workbook import Cell, Page, written
from services.domain import divisions
from services.domain.file_number import file_number
from services.kernel.events import SHANGHAI
from services.notifications.reminder.projection import ReminderRow, ReminderState
from services.notifications.reminder.queries import Card, Message, Short
from services.notifications.vocabulary import ARRIVED_ONLY, NOBODY_CONFIRMED, REASONS, UNDER_WAY, Channel, ReturnReason

_HEADER = (
    "证件编号",
    "人员编号",
    "村（社区）",
    "村（社区）代码",
    "有效期至",
    "应提醒次数",
    "已送达次数",
    "送达是否满两次",
    "6个月提醒",
    "1个月提醒",
    "1个月第二次提醒",
    "到期结果",
    "渠道",
    "次数",
    "结果",
)
_MESSAGES = ("证件编号", "提醒", "渠道", "接收人", "次数", "结果", "原因", "发送日期", "结果时间", "可能重复送达", "可作为送达依据")
_SHORT = ("单位", "名称", "行政区划代码", "到期未换领", "其中送达不足两次", "证件编号")
RUNGS = {
    "PERSON": "短信或电话",
    "CUN@village": "村（社区）入户",
    "XZ@township": "乡镇（街道）",
    "CL@township": "乡镇（街道）残联",
    "CL@county": "县（市）残联",
}
PROOFS = {"HANDSET": "信息已到达手机", "HOLDER": "本人确认", "GUARDIAN": "监护人确认", "VISITOR": "入户人员当面告知"}
STOPPED = {"RENEWED": "已换领", "CANCELLED": "已注销", "DEATH": "已去世"}
_REASONS = {
    "no_phone": "无可用电话",
    "no_proof_in_time": "期限内无人确认",
    "refused": "发送失败",
    "not_met": "未见到本人",
    "moved_away": "外出或搬离",
    "no_register": "未连接登记系统",
    "no_channel": "无发送渠道",
    "contact_changed": "联系方式有变",
    "given_up": "多次发送未成功",
    "gone": "号码已停用",
    "fate_unknown": "不知是否送达",
    "not_reachable": "无法接通",
    "not_willing": "不愿接受提醒",
    "not_told": "未能告知",
    ARRIVED_ONLY: "信息已到手机，无人确认",
    UNDER_WAY: "仍在提醒",
    NOBODY_CONFIRMED: "到期前无人确认",
}
_ENDS = {"LAPSED": "到期未换领", "RENEWED": "已换领", "CANCELLED": "已注销"}
CHANNELS = {Channel.SMS: "短信", Channel.VOICE: "语音电话"}
_OWNERS = {"HOLDER": "本人", "GUARDIAN": "监护人"}
STATES = {
    "due": "待发送",
    "sending": "发送中",
    "sent": "已发送，待回执",
    "delivered": "已到达手机",
    "unknown": "不知是否送达",
    "failed": "未送达",
    "suppressed": "未发送",
}
_UNSENT = {
    "ceiling": "当日条数已满",
    "no_longer_owed": "已不再需要提醒",
    "not_the_persons_turn": "已转下一环节",
    "not_made": "内容未能生成",
    "lease_ran_out": "发送中断",
    "no_answer": "服务商未答复",
    "number_ended": "号码已停用",
}
_WINDOWS = {("SIX_MONTHS", 1): "6个月提醒", ("ONE_MONTH", 1): "1个月提醒", ("ONE_MONTH", 2): "1个月第二次提醒"}
Sent = Mapping[UUID, Sequence[Message]]  # by reminder


def sheet_of(cards: Sequence[Card], sent: Sent, short: Sequence[Short], month: date, places: Places) -> bytes:
    """Three pages: every card of the month, every message to a person, and the offices whose cards lapsed without two reminders that
    reached."""
    title = f"{month.year}年{month.month}月到期残疾人证提醒台账"
    notes = ("登录后可按证件编号查询，人员编号不含姓名和证号；“送达”指有依据证明本人、监护人知悉，最后一个月仅信息到达手机不算。",)
    once = ("渠道、次数、结果只有残联可见；次数为向服务商提交的次数，没有得到答复的会再次提交，可能重复送达。",)
    lapsed = ("到期未换领且送达不足两次的证件，按乡镇（街道）和村（社区）列出。",)
    return written(
        [
            Page("提醒台账", title, _HEADER, [_card(card, sent, places) for card in cards], (*notes, *once)),
            Page("短信和电话", title, _MESSAGES, [line for card in cards for line in _messages(card, sent)], once),
            Page("送达不足两次", title, _SHORT, [_office(each, month, places) for each in short], lapsed),
        ]
    )


def _card(card: Card, sent: Sent, places: Places) -> tuple[Cell, ...]:
    owed = {(each.expiry_window, each.number): each for each in card.reminders}
    ends = [in_words(owed[place]) if place in owed else "" for place in _WINDOWS]
    return (
        file_number(card.certificate_id),
        file_number(card.person_id),
        places.beside_its_code(card.division, card.valid_to),
        card.division,
        card.valid_to,
        len(card.reminders),
        card.reached,
        "是" if card.reached > 1 else "否",
        *ends,
        _ended(card),
        *_together([m for each in card.reminders for m in sent.get(each.reminder_id, ())]),
    )


def _together(messages: Sequence[Message]) -> tuple[Cell, Cell, Cell]:
    """The channels that a card's messages went by, how often they were handed over, and how many came to which end; nothing of none."""
    channels = dict.fromkeys(CHANNELS.get(m.channel, m.channel.value) for m in messages)
    ends = Counter(_outcome(m) for m in messages)
    return (
        "、".join(channels),
        sum(m.attempt for m in messages) if messages else None,
        "；".join(f"{end}{n}条" for end, n in ends.items()),
    )


def _messages(card: Card, sent: Sent) -> Iterable[tuple[Cell, ...]]:
    for each in card.reminders:
        for m in sent.get(each.reminder_id, ()):
            yield (
                file_number(card.certificate_id),
                _WINDOWS.get((each.expiry_window, each.number), each.expiry_window),
                CHANNELS.get(m.channel, m.channel.value),
                _OWNERS.get(m.owner, m.owner),
                m.attempt,
                _outcome(m),
                _because(m.reason) if m.reason else "",
                m.sent_on,
                f"{m.settled_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if m.settled_at else "",
                "是" if m.flagged else "否",
                "是" if m.proves else "否",
            )


def _because(reason: str) -> str:
    return _UNSENT.get(reason) or why(reason, f"其他（{reason}）")


def _outcome(message: Message) -> str:
    return STATES.get(message.state, message.state)


def _ended(card: Card) -> str:
    died = any(each.stopped_for == "DEATH" and each.state is ReminderState.STOPPED for each in card.reminders)
    return STOPPED["DEATH"] if died else _ENDS.get(card.ended or "", "")


def in_words(reminder: ReminderRow) -> str:
    """What became of a reminder, in words: how it reached, when, by whose word; or what was tried, and why it did not."""
    in_vain = "；".join(_tried(each) for each in reminder.tried)
    match reminder.state:
        case ReminderState.REACHED:
            how = RUNGS.get(reminder.rung, reminder.rung)
            return f"已送达：{reminder.reached_on}，{PROOFS.get(reminder.proof or '', '其他')}（{how}环节）"
        case ReminderState.STOPPED:
            return f"不再提醒：{STOPPED.get(reminder.stopped_for or '', '其他')}"
        case ReminderState.MISSED:
            return f"未送达：{in_vain or '到期前无人确认'}"
        case ReminderState.ARRIVED:
            return "提醒中：信息已到达手机，待确认"
    under_way = f"提醒中：{RUNGS.get(reminder.rung, reminder.rung)}"
    return f"{under_way}（此前{in_vain}）" if in_vain else under_way


def _tried(each: str) -> str:
    rung, reason, on = each.split(":")
    return f"{RUNGS.get(rung, rung)}{why(reason)}（{on}）"


def why(reason: str, unknown: str = "未送达") -> str:
    """Why a reminder did not reach, in words."""
    if reason in set(ReturnReason):
        return f"退回（{REASONS.get(ReturnReason(reason), '其他')}）"
    return _REASONS.get(reason, unknown)


def _office(short: Short, day: date, places: Places) -> tuple[Cell, ...]:
    level = "乡镇（街道）" if divisions.level(short.division) is divisions.Level.TOWNSHIP else "村（社区）"
    name = places.beside_its_code(divisions.as_village(short.division), day)
    return (level, name, short.division, short.lapsed, short.short, "、".join(short.file_numbers))
