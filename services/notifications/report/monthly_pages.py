"""一月一通报 as offices read it: one paper (docx or page) and a workbook with the same tables. Words only.

A number that may not be shown is `*`, a share of nothing is `—`: silence must not look like health.
"""

from collections.abc import Iterable, Sequence

from services.documents.paper import Paper, Part, Table, fitted
from services.documents.workbook import Page, written
from services.domain.characters import digits
from services.domain.statistics.figure import KEPT_BACK, NOTHING, Figure, counted, printed, shared, signed
from services.kernel.period import in_words
from services.notifications.reminder.sheet import why
from services.notifications.report.monthly import EMPTY, NOT_RUN, NOTHING_CAME, AgencyFigures, Monthly, NotCompared, UnitOverdue
from services.notifications.report.projection import HELD
from services.notifications.report.reminder_figures import ReminderFigures
from services.notifications.report.suspended import ALL_RUN, HEADER, in_full, lines
from services.notifications.vocabulary import KINDS, WINDOWS

REFUSALS = {
    NOTHING_CAME: "本月未收到",
    "too_many_bad_rows": "错误行过多，未导入",
    "sheet_too_large": "超过行数上限，未导入",
    "sheet_empty": "表内没有数据，未导入",
    HELD: "行数异常，待报送单位确认",
    NOT_RUN: "已收到，未进行比对",
    EMPTY: "已收到，另一份名单缺失或无数据，未能比对",
}
_AGENCIES = (
    "单位",
    "告知",
    "增减",
    "签收",
    "退回",
    "要求办理",
    "办结",
    "核实",
    "未结",
    "逾期",
    "增减",
    "签收天数",
    "办结天数",
)
_UNITS, _STAGES, _WINDOWS = (
    ("责任单位", "逾期", "未结"),
    ("升级层级", "件数"),
    ("提醒时段", "本月新增应提醒", "增减", "本月送达", "增减", "到期未送达", "增减"),
)
_DUE = ("单位", "本月到期证件", "增减", "提醒已送达", "其中两次及以上", "不再提醒", "未送达")
_UNREACHED = ("未送达原因", "证件数")
_KINDS, _LONGEST = ("事项", "本月新增", "其中已了结", "增减"), ("编号", "责任单位", "未结天数", "升级层级")
_NOT_COMPARED = ("县（市）单位", "名单", "原因", "日期")


def paper(said: Monthly) -> Paper:
    """The report as a paper of one page: where there is no room, long tables give way to those of the workbook."""
    agencies, late = [_agency(each) for each in (*said.agencies, said.total)], [_unit(u) for u in said.overdue]
    windows = Table(_WINDOWS, _windows(said.reminders)) if said.reminders.windows else None
    parts = (
        Part("一、总体情况", [_overview(said)]),
        Part("二、各单位办理情况", (), Table(_AGENCIES, agencies if said.agencies else [])),
        Part("三、逾期未办（按责任单位）", (), Table(_UNITS, late, least=3)),
        Part("四、逾期升级", (), Table(_STAGES, _stages(said), least=3)),
        Part("五、换证提醒", [_reminded(said.reminders)], windows),
        *_due_parts(said.reminders),
        Part("六、事项分类", (), Table(_KINDS, _kinds(said), least=3)),
        Part(f"七、未结时间最长的事项（{len(said.longest)}件）", (), Table(_LONGEST, _longest(said), 2, least=5)),
        Part(
            "八、未能比对的数据及原因",
            (),
            Table(_NOT_COMPARED, _not_compared(said.not_compared), 4, least=2),
            "应报名单均已收到，并已比对。",
        ),
        Part("九、上月数据暂停比对的规则", (), Table(HEADER, lines(said.suspended), 4, least=2), ALL_RUN),
    )
    return fitted(Paper(title(said), [_period(said)], parts, _notes(said), [said.issuer, in_words(said.last)]))


def workbook(said: Monthly) -> bytes:
    """The same tables as an xlsx file."""
    notes = [_period(said), *_notes(said)]
    tables: Sequence[tuple[str, Sequence[str], Iterable[Sequence[str]]]] = (
        ("各单位", _AGENCIES, [_agency(each) for each in (*said.agencies, said.total)]),
        ("逾期", _UNITS, [_unit(u) for u in said.overdue]),
        ("升级", _STAGES, _stages(said)),
        ("换证提醒", _WINDOWS, _windows(said.reminders)),
        ("到期证件", _DUE, _due(said.reminders)),
        ("未送达原因", _UNREACHED, _unreached(said.reminders)),
        ("事项", _KINDS, _kinds(said)),
        ("最长未结", _LONGEST, _longest(said)),
        ("未能比对", _NOT_COMPARED, _not_compared(said.not_compared)),
        ("暂停的规则", HEADER, in_full(said.suspended)),
    )
    return written(
        [Page(tab, f"{title(said)}附表（{tab}）", header, [_cells(row) for row in rows], notes) for tab, header, rows in tables]
    )


def title(said: Monthly) -> str:
    """Like 香格里拉市2026年3月残疾人防返贫监测和帮扶工作情况通报."""
    return f"{said.name}{said.first.year}年{said.first.month}月残疾人防返贫监测和帮扶工作情况通报"


def _period(said: Monthly) -> str:
    until = f"（截至{in_words(said.last)}，本月未结束）" if said.running else ""
    return f"统计期间：{in_words(said.first)}至{in_words(said.last)}{until}"


def _overview(said: Monthly) -> str:
    total = said.total
    return (
        f"本月共告知{counted(total.told)}件（{_change(total.told)}），签收{shared(total.noted)}；要求办理{counted(total.asked)}件，"
        f"办结{shared(total.done)}，其中经后续核查核实{counted(total.verified)}件。期末未结{counted(total.open)}件，其中逾期"
        f"{shared(total.overdue)}（{_change(total.overdue)}）。逾期后升级{counted(said.escalated)}件。"
    )


def _notes(said: Monthly) -> list[str]:
    notes = [
        "口径：件数为当月发给单位的通知数，一个事项告知几个单位计几件，未签收即因事项了结而撤回的不计；“签收”占告知数；“要求办理”不含退回的，"
        "“办结”占要求办理数，含已核实；“未结、逾期”为期末数，不论何时告知；天数为当月签收、办结通知的中位工作日；“增减”与上月同口径数相比；"
        "“换证提醒”以提醒台账为准：新增、送达、到期未送达按提醒计，到期证件按证计，“送达”指有依据证明本人或监护人知悉，占到期证件数，"
        "“未送达原因”为最后一次提醒的结果；“逾期升级”指前一单位未按时签收、受理或办结而转告的通知，层级1为第一级。",
    ]
    if said.smallest_cell:
        notes.append(
            f"“{KEPT_BACK}”：涉及人员的数（换证提醒、事项分类）少于{said.smallest_cell}，或可由其他数字推算，不显示；单位办理情况全部显示。“{NOTHING}”：没有可计算的数。本通报不含个人信息。"
        )
    return notes


def _agency(each: AgencyFigures) -> Sequence[str]:
    return (
        each.name,
        counted(each.told),
        signed(each.told),
        shared(each.noted),
        counted(each.sent_back),
        counted(each.asked),
        shared(each.done),
        counted(each.verified),
        counted(each.open),
        shared(each.overdue),
        signed(each.overdue),
        _days(each.days_to_note),
        _days(each.days_to_act),
    )


def _unit(each: UnitOverdue) -> Sequence[str]:
    return each.name, shared(each.overdue), str(printed(each.overdue.of))


def _stages(said: Monthly) -> list[Sequence[str]]:
    return [(f"第{s.stage}级", shared(s.told)) for s in said.stages]


def _reminded(said: ReminderFigures) -> str:
    total = said.total
    return (
        f"本月有效期届满的残疾人证{counted(total.due)}本（{_change(total.due, '本')}），提醒已送达{shared(total.reached)}，其中送达两次及以上"
        f"{shared(total.twice)}；未送达{shared(total.not_reached)}；送达前已换领、注销或持证人去世{shared(total.stopped)}。"
    )


def _due_parts(said: ReminderFigures) -> Iterable[Part]:
    """What became of the reminders of the cards that were due, where there were any."""
    if said.total.due.count != 0:
        yield Part("（一）本月到期证件提醒情况", (), Table(_DUE, _due(said), least=3, sums=1))
    if said.unreached:
        yield Part("（二）未送达原因", (), Table(_UNREACHED, _unreached(said), least=2))


def _windows(said: ReminderFigures) -> list[Sequence[str]]:
    return [
        (
            WINDOWS.get(w.window, w.window),
            *(cell for each in (w.owed, w.reached, w.missed) for cell in (counted(each), signed(each))),
        )
        for w in said.windows
    ]


def _due(said: ReminderFigures) -> list[Sequence[str]]:
    return [
        (
            "合计" if each is said.total else each.name,
            counted(each.due),
            signed(each.due),
            *map(shared, (each.reached, each.twice, each.stopped, each.not_reached)),
        )
        for each in (*said.units, said.total)
    ]


def _unreached(said: ReminderFigures) -> list[Sequence[str]]:
    return [(why(each.reason, f"其他（{each.reason}）"), shared(each.cards)) for each in said.unreached]


def _kinds(said: Monthly) -> list[Sequence[str]]:
    return [(KINDS.get(k.cause_type, k.cause_type), counted(k.told), shared(k.settled), signed(k.told)) for k in said.kinds]


def _longest(said: Monthly) -> list[Sequence[str]]:
    return [(c.file_number, "、".join(c.units), str(c.days), str(c.stage)) for c in said.longest]


def _not_compared(lists: Iterable[NotCompared]) -> list[Sequence[str]]:
    return [(n.name, n.roster, REFUSALS.get(n.why, f"未能导入（{n.why}）"), str(n.on or NOTHING)) for n in lists]


def _cells(row: Sequence[str]) -> list[int | str]:
    """A plain number is a number in a sheet; a number of a case stays text."""
    return [row[0], *(int(cell) if digits(cell) else cell for cell in row[1:])]


def _change(figure: Figure, of: str = "件") -> str:
    return "与上月相比" + {"0": "持平", NOTHING: "不可比"}.get(signed(figure), f"{signed(figure)}{of}")


def _days(days: int | None) -> str:
    return NOTHING if days is None else str(days)
