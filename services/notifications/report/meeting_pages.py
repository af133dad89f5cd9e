"""双月调度事项清单 as the meeting reads it: one paper (docx or page) and a workbook, with a column for what is decided. Words only."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from services.documents.paper import Paper, Part, Table
from services.documents.workbook import Cell, Page, written
from services.domain.statistics.figure import KEPT_BACK, NOTHING, printed
from services.kernel.period import in_words
from services.notifications.policy.report_rows import Topic
from services.notifications.report.meeting import Dispatch, Item
from services.notifications.report.monthly import NOTHING_CAME
from services.notifications.report.monthly_pages import REFUSALS
from services.notifications.vocabulary import KINDS

TOPICS = {
    Topic.LED: "已明确牵头单位、尚未办结",
    Topic.UNANSWERED: "升级到残工委办公室、尚未答复",
    Topic.SENT_BACK: "多次退回、责任单位未落实",
    Topic.ROSTER: "两个月内未收到可用名单",
    Topic.REMINDERS: "证件到期、提醒未送达",
}
_SHORT = {
    Topic.LED: "牵头未结",
    Topic.UNANSWERED: "升级未复",
    Topic.SENT_BACK: "多次退回",
    Topic.ROSTER: "名单未报",
    Topic.REMINDERS: "提醒未达",
}
_NUMERALS = "一二三四五六七八"
_HEADER = ("编号", "事项", "情况", "建议责任单位", "起始日期", "等待天数", "建议期限", "会议决定")
_ROOM = "　" * 6  # what is decided is written by hand


def paper(said: Dispatch) -> Paper:
    """The list as a paper: first who has how much, then topic by topic."""
    parts = [
        Part("一、按建议责任单位汇总", (), Table(_units_header(said), _units(said))) if said.items else Part("一、汇总", ["无。"])
    ]
    parts += [_topic(said, numeral, topic) for numeral, topic in zip(_NUMERALS[1:], said.topics, strict=False)]
    return Paper(title(said), [_period(said)], parts, _notes(said), [said.issuer, in_words(said.last)])


def workbook(said: Dispatch) -> bytes:
    """A sheet of every line, and one of who has how much."""
    notes = [_period(said), *_notes(said)]
    lines: list[Sequence[Cell]] = [
        (number, TOPICS[item.topic], *_said(item, said), item.unit, item.since, item.days, said.due_on, "")
        for number, item in enumerate(said.items, 1)
    ]
    units: list[Sequence[Cell]] = [(name, *map(int, numbers)) for name, *numbers in _units(said)]
    return written(
        [
            Page("调度事项", title(said), ("序号", "类别", *_HEADER), lines, notes, by_hand=(9,)),
            Page("汇总", title(said), _units_header(said), units, notes),
        ]
    )


def title(said: Dispatch) -> str:
    """Like 香格里拉市2026年3—4月残疾人防返贫监测帮扶双月调度事项清单."""
    year = "" if said.first.year == said.last.year else f"{said.last.year}年"
    months = f"{said.first.year}年{said.first.month}{'月' if year else ''}—{year}{said.last.month}月"
    return f"{said.name}{months}残疾人防返贫监测帮扶双月调度事项清单"


def _period(said: Dispatch) -> str:
    until = f"（截至{in_words(said.last)}，本期未结束）" if said.running else ""
    return f"统计期间：{in_words(said.first)}至{in_words(said.last)}{until}"


def _notes(said: Dispatch) -> list[str]:
    notes = [
        "说明：详情登录后按编号查询；等待天数为自事项首次告知（名单、提醒为自所属月份起始）至期末的自然日；"
        "建议责任单位和建议期限供会议研究，以会议决定为准。同一事项只列入一类。"
    ]
    if any(item.unreached and None in item.unreached for item in said.items):
        notes.append(f"“{KEPT_BACK}”：少于{said.smallest_cell}，或可由其他数字推算，不显示。")
    return notes


def _topic(said: Dispatch, numeral: str, topic: Topic) -> Part:
    items = [item for item in said.items if item.topic is topic]
    beyond = [f"另有{each.count}件等待时间较短的未列出。" for each in said.left_out if each.topic is topic]
    rows = [(*_said(item, said), item.unit, _dotted(item.since), str(item.days), _dotted(said.due_on), _ROOM) for item in items]
    return Part(f"{numeral}、{TOPICS[topic]}（{len(items)}件）", beyond, Table(_HEADER, rows, 5, 2, by_hand=True))


def _dotted(day: date) -> str:
    """Like 2026.3.2: short, and no line breaks in it."""
    return f"{day.year}.{day.month}.{day.day}"


def _said(item: Item, said: Dispatch) -> tuple[str, str, str]:
    """Number, matter and how it stands."""
    match item.topic:
        case Topic.ROSTER:
            stands = "两个月均未收到" if item.why == NOTHING_CAME else f"最近一份：{REFUSALS.get(item.why or '', '未能导入')}"
            return NOTHING, item.about, stands
        case Topic.REMINDERS:
            return NOTHING, "到期证件提醒", _unreached(item.unreached or (None, None), said.first, said.last)
    return item.file_number or NOTHING, KINDS.get(item.about, item.about), _stands(item)


def _stands(item: Item) -> str:
    parts = [f"在办：{'、'.join(item.offices)}"]
    if item.returned:
        parts.append(f"退回{item.returned}次")
    if item.topic is Topic.LED:
        parts.append("牵头单位已反馈，待答复" if item.reported else "牵头单位未反馈")
    return "；".join(parts)


def _unreached(cards: tuple[int | None, int | None], first: date, last: date) -> str:
    before, now = map(printed, cards)
    return f"未送达：{first.month}月{before}本，{last.month}月{now}本"


def _units_header(said: Dispatch) -> Sequence[str]:
    return ("建议责任单位", *(_SHORT[topic] for topic in said.topics), "合计")


def _units(said: Dispatch) -> list[Sequence[str]]:
    """How many lines of each topic a unit has, those with most first."""
    count = Counter((item.unit, item.topic) for item in said.items)
    totals = Counter(item.unit for item in said.items)
    return [(unit, *(str(count[unit, topic]) for topic in said.topics), str(total)) for unit, total in _by_most(totals.items())]


def _by_most(totals: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(totals, key=lambda each: (-each[1], each[0]))
