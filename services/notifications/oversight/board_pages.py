"""The boards of a month as officials read them: a page to print and a workbook. Words only.

A number that may not be shown is `*`: silence must not look like health.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date

from services.documents.paper import Paper, Part, Table
from services.documents.workbook import Cell, Page, written
from services.domain.statistics.figure import KEPT_BACK, NOTHING, printed
from services.kernel.period import in_words
from services.notifications.oversight.queries import Board
from services.notifications.oversight.reminder_board import ReminderStages
from services.notifications.reminder.sheet import PROOFS, RUNGS
from services.notifications.report.suspended import ALL_RUN, HEADER, Suspended, in_full, lines
from services.notifications.vocabulary import WINDOWS


@dataclass(frozen=True, slots=True)
class MonthBoards:
    """What stands on the page: a division's agencies and its reminders by stage, as they are on a day, and what the comparisons could not say
    of the month. `least`: None = all is shown."""

    name: str
    month: date
    on: date
    agencies: Sequence[Board]
    reminders: Sequence[ReminderStages]
    suspended: Sequence[Suspended]
    least: int | None


_HEADER = (
    "单位代码",
    "单位",
    "通知",
    "未结",
    "逾期",
    "已签收",
    "已受理",
    "已办结",
    "已核实",
    "退回",
    "升级",
    "签收中位天数",
    "办结中位天数",
    "催办",
)
_NOTE = "以当月发出的通知计算。天数为自然日。"
_ENDS = ("不再提醒", "到期未送达")
_REMINDERS_NOTE = (
    "以当月新增的应提醒计算，一证一时段一次为一条。各环节为现在正在办理的环节；已送达按依据分列；“不再提醒”指已换领、注销或去世；"
    "“到期未送达”指证件到期而无人确认知悉。各列之和为应提醒数。"
)
_SUSPENDED_NOTE = "所需名单缺失或不能使用时，有关规则不作比对：没有线索不等于没有问题。"


def workbook(boards: MonthBoards) -> bytes:
    """Three sheets: agencies, reminders by stage, and rules that are suspended."""
    title = f"{boards.month.year}年{boards.month.month}月各单位办理情况"
    agencies = [(*astuple(board)[:-1], _urged(board)) for board in boards.agencies]
    rungs = list(dict.fromkeys(each.stage for line in boards.reminders for each in line.standing))
    header = ("单位代码", "单位", "提醒时段", "应提醒", *_rungs(rungs), *_proofs(), *_ENDS)
    return written(
        [
            Page("办理情况", title, _HEADER, agencies, (_NOTE,)),
            Page(
                "换证提醒",
                _reminders_title(boards),
                header,
                [_cells(line, rungs) for line in boards.reminders],
                _reminder_notes(boards),
            ),
            Page("暂停的比对规则", _suspended_title(boards), HEADER, in_full(boards.suspended), (_SUSPENDED_NOTE,)),
        ]
    )


def paper(boards: MonthBoards) -> Paper:
    """The boards as a page: agencies first, then a table of reminders for each window."""
    windows = dict.fromkeys(line.window for line in boards.reminders)
    agencies = Table(_HEADER[1:], [_agency(board) for board in boards.agencies], texts=1)
    return Paper(
        f"{boards.name}{boards.month.year}年{boards.month.month}月各单位办理和换证提醒情况",
        [f"截至{in_words(boards.on)}"],
        (
            Part("一、各单位办理情况", (_NOTE,), agencies, "当月没有发出通知。"),
            Part("二、换证提醒（按环节）", _reminder_notes(boards) if windows else ("当月没有新增的应提醒。",)),
            *(_window([line for line in boards.reminders if line.window == window]) for window in windows),
            Part("三、暂停的比对规则", (_SUSPENDED_NOTE,), Table(HEADER, lines(boards.suspended), 4), ALL_RUN),
        ),
        (),
        (),
    )


def _agency(board: Board) -> Sequence[str]:
    _, name, *numbers, _ = astuple(board)
    return (name, *(NOTHING if number is None else str(number) for number in numbers), _urged(board) or NOTHING)


def _urged(board: Board) -> str:
    """How often an office was reminded, by stages, like 首办3次，第1级2次."""
    counts = dict(each.split(":") for each in board.reminders)
    return "，".join(f"{'首办' if stage == '0' else f'第{stage}级'}{count}次" for stage, count in counts.items())


def _window(lines: Sequence[ReminderStages]) -> Part:
    rungs = [each.stage for each in lines[0].standing]
    header = ("单位", "应提醒", *_rungs(rungs), *_proofs(), *_ENDS)
    rows = [("合计" if line is lines[-1] else line.name, *(str(printed(number)) for number in _numbers(line))) for line in lines]
    return Part(WINDOWS.get(lines[0].window, lines[0].window), (), Table(header, rows))


def _cells(line: ReminderStages, rungs: Sequence[str]) -> Sequence[Cell]:
    """A line of the sheet; a rung that is not of this window's ladder stays empty."""
    standing = {each.stage: printed(each.count) for each in line.standing}
    owed, *_ = numbers = [printed(number) for number in _numbers(line)]
    return (
        line.unit,
        line.name,
        WINDOWS.get(line.window, line.window),
        owed,
        *(standing.get(rung) for rung in rungs),
        *numbers[1 + len(line.standing) :],
    )


def _numbers(line: ReminderStages) -> list[int | None]:
    return [line.owed, *(each.count for each in (*line.standing, *line.reached)), line.stopped, line.missed]


def _rungs(rungs: Iterable[str]) -> list[str]:
    return [f"正在：{RUNGS.get(rung, rung)}" for rung in rungs]


def _proofs() -> list[str]:
    return [f"已送达：{words}" for words in PROOFS.values()]


def _reminders_title(boards: MonthBoards) -> str:
    return f"{boards.month.year}年{boards.month.month}月换证提醒各环节情况"


def _suspended_title(boards: MonthBoards) -> str:
    return f"{boards.month.year}年{boards.month.month}月暂停的比对规则"


def _reminder_notes(boards: MonthBoards) -> Sequence[str]:
    if boards.least is None:
        return (_REMINDERS_NOTE,)
    return _REMINDERS_NOTE, f"“{KEPT_BACK}”：少于{boards.least}，或可由其他数字推算，不显示。"
