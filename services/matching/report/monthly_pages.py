"""The monthly report of comparisons as offices read it: a paper (docx or page) with charts, and a workbook with the same tables. Words only.

A number that may not be shown is `*`, what nobody knows is `—`: silence must not look like health.
"""

from collections.abc import Iterable, Sequence

from services.documents.charts.office import Chart
from services.documents.charts.picture import Series
from services.documents.paper import Paper, Part, Table
from services.documents.workbook import Charts, Page, written
from services.domain.characters import digits
from services.domain.divisions import Level, reaches
from services.domain.months import first_day
from services.domain.statistics.figure import KEPT_BACK, NOTHING, Figure, counted, printed, shared, signed
from services.kernel.period import in_words
from services.matching.report.lists import NOT_COMPARED, Card, Compared, ListUsed, Suspended
from services.matching.report.monthly import FindingFigures, MonthlyComparisons, RulePrecision
from services.matching.vocabulary import ROSTER_NAMES

WHY = {
    "MISSING": "未报送",
    "HELD": "行数异常，待报送单位确认",
    "REJECTED": "未能导入",
    "TOO_OLD": "名单过时",
    "EMPTY": "名单没有数据",
    "NOT_KEPT": "名单已按期删除",
    NOT_COMPARED: "没有进行比对",
}
_COMPARED = ("县（市）", "已比对规则", "暂停规则")
_LISTS = ("县（市）", "名单", "数据日期", "可用行数")
_SUSPENDED = ("县（市）", "名单", "原因", "自何日起", "暂停的比对规则")
_FINDINGS = ("本月新增", "增减", "核实属实", "核实不属实", "已消除", "期末未结", "增减", "其中超期")
_RULES = ("比对规则", "属实", "不属实", "准确率", "建议")
_CARDS = (
    "部门",
    "应报",
    "按时",
    "迟报",
    "最多迟报天数",
    "未报",
    "有效",
    "待确认",
    "退回",
    "撤回",
    "有效证号",
    "空缺字段",
    "核实属实率",
)
_NOT_WHOLE = "△"
_LAST_TEXT = 1  # columns at the end that hold words


def paper(said: MonthlyComparisons) -> Paper:
    """The report as a paper."""
    place = "乡镇" if reaches(said.division, Level.COUNTY) else "县市"
    return Paper(
        title(said), [_period(said)], [*_of_lists(said), *_of_findings(said, place), *_of_work(said)], _notes(said), _seal(said)
    )


def _of_lists(said: MonthlyComparisons) -> Sequence[Part]:
    return (
        Part("一、比对情况", [_compared(said)], Table(_COMPARED, [_county(each) for each in said.compared])),
        Part("二、参加比对的名单", (), Table(_LISTS, [_list(each) for each in said.lists], 3), "没有可以比对的名单。"),
        Part(
            "三、未能比对的内容和原因", (), Table(_SUSPENDED, [_held_up(each) for each in said.suspended], 4), "各项规则均已比对。"
        ),
    )


def _of_findings(said: MonthlyComparisons, place: str) -> Sequence[Part]:
    total = _line(said.total)
    types, owners, units = ([_line(each) for each in lines] for lines in (said.types, said.owners, said.units))
    return (
        Part(
            "四、线索（按类型）",
            [_overview(said)],
            Table(("类型", *_FINDINGS), [*types, total] if types else []),
            chart=_standing("期末未结线索（按类型）", said.types),
        ),
        Part("五、线索（按责任部门）", (), Table(("责任部门", *_FINDINGS), [*owners, total] if owners else [])),
        Part(
            f"六、线索（按{place}）",
            (),
            Table((place, *_FINDINGS), [*units, total] if units else []),
            chart=_standing(f"期末未结线索（按{place}）", said.units),
        ),
    )


def _of_work(said: MonthlyComparisons) -> Sequence[Part]:
    return (
        Part("七、比对规则的准确率", (), Table(_RULES, [_rule(each) for each in said.rules], texts=_LAST_TEXT), "尚无核实结果。"),
        Part(
            "八、各部门名单报送情况",
            (),
            Table(_CARDS, [_card(each) for each in said.cards]),
            "本月没有应报的名单。",
            _sending(said.cards),
        ),
    )


def workbook(said: MonthlyComparisons) -> bytes:
    """The same tables, and the charts beside their numbers."""
    notes, total = [_period(said), *_notes(said)], _line(said.total)
    tables: Sequence[tuple[str, Sequence[str], Iterable[Sequence[str]]]] = (
        ("比对情况", _COMPARED, [_county(each) for each in said.compared]),
        ("名单", _LISTS, [_list(each) for each in said.lists]),
        ("未能比对", _SUSPENDED, [_held_up(each, in_full=True) for each in said.suspended]),
        ("按类型", ("类型", *_FINDINGS), [*map(_line, said.types), total]),
        ("按责任部门", ("责任部门", *_FINDINGS), [*map(_line, said.owners), total]),
        ("按地区", ("地区", *_FINDINGS), [*map(_line, said.units), total]),
        ("规则准确率", _RULES, [_rule(each) for each in said.rules]),
        ("报送情况", _CARDS, [_card(each) for each in said.cards]),
    )
    pages = [Page(tab, f"{title(said)}附表（{tab}）", header, [_cells(row) for row in rows], notes) for tab, header, rows in tables]
    charts = (
        _standing("期末未结线索（按类型）", said.types),
        _standing("期末未结线索（按责任部门）", said.owners),
        _standing("期末未结线索（按地区）", said.units),
        _sending(said.cards),
    )
    return written(pages, Charts("图表", charts))


def title(said: MonthlyComparisons) -> str:
    """Like 香格里拉市2026年3月残疾人数据比对情况通报."""
    return f"{said.name}{said.first.year}年{said.first.month}月残疾人数据比对情况通报"


def _seal(said: MonthlyComparisons) -> Sequence[str]:
    return said.issuer, in_words(said.last)


def _period(said: MonthlyComparisons) -> str:
    until = f"（截至{in_words(said.last)}，本月未结束）" if said.running else ""
    return f"统计期间：{in_words(said.first)}至{in_words(said.last)}{until}"


def _compared(said: MonthlyComparisons) -> str:
    lists = first_day(said.compared_month)
    rules, waiting = sum(each.rules for each in said.compared), sum(each.suspended for each in said.compared)
    silent = [each.name for each in said.compared if not each.rules + each.suspended]
    told = f"本月对{lists.year}年{lists.month}月的名单进行比对：{rules}项次规则已比对，{waiting}项次因缺少名单暂停，暂停的不计为没有问题。"
    return told + (f"没有进行比对的：{'、'.join(silent)}。" if silent else "")


def _overview(said: MonthlyComparisons) -> str:
    total = said.total
    if total.whole is None and total.new.count == 0:
        beginning = "本月没有规则能够比对，是否有新增线索不可知；"
    else:
        beginning = f"本月新增线索{counted(total.new)}件（{_change(total.new)}{'' if total.whole else '，不完整'}），"
    return (
        f"{beginning}核实属实{counted(total.verified)}件，"
        f"核实不属实{counted(total.refuted)}件，已消除{counted(total.resolved)}件；期末未结{counted(total.open)}件"
        f"（{_change(total.open)}），其中超期{shared(total.overdue)}。"
    )


def _change(figure: Figure) -> str:
    return "与上月相比" + {"0": "持平", NOTHING: "不可比"}.get(signed(figure), f"{signed(figure)}件")


def _notes(said: MonthlyComparisons) -> list[str]:
    notes = [
        "口径：线索由各部门名单比对得出，须经核实，不是处理决定；“新增”含再次出现的，“核实属实、核实不属实、已消除”为本月发生数，不论何时发现；"
        "“未结、超期”为期末数；“准确率”为截至期末已核实线索中属实的比例，“建议复核”指低于规定比例；“有效证号、空缺字段”为本月有效名单中的"
        "占比，“核实属实率”为本月由该部门核实的线索中属实的占比；“增减”与上月同口径数相比；"
        f"“{_NOT_WHOLE}”：有规则因缺少名单未能比对，数不完整。",
    ]
    if said.smallest_cell:
        notes.append(
            f"“{KEPT_BACK}”：少于{said.smallest_cell}，或可由其他数字推算，不显示；“{NOTHING}”：没有可计算的数，或不显示。本通报不含个人信息。"
        )
    return notes


def _county(each: Compared) -> Sequence[str]:
    """Of a county of which no rule said anything nobody knows a number."""
    if not each.rules + each.suspended:
        return each.name, NOTHING, NOTHING
    return each.name, str(each.rules), str(each.suspended)


def _list(each: ListUsed) -> Sequence[str]:
    return each.name, ROSTER_NAMES.get(each.kind, each.kind), str(each.as_of or NOTHING), str(printed(each.rows))


def _held_up(each: Suspended, in_full: bool = False) -> Sequence[str]:
    """A line of the page says how many rules a list holds up, a row of the workbook which."""
    rules = ("、".join(each.rules) if in_full else f"{len(each.rules)}项") if each.kind else "全部"
    name = ROSTER_NAMES.get(each.kind, each.kind) if each.kind else NOTHING
    return each.name, name, WHY.get(each.why, each.why), str(each.since or NOTHING), rules


def _line(each: FindingFigures) -> Sequence[str]:
    """Where no rule could be asked nothing new is no zero."""
    name = each.name if each.whole else f"{each.name}{_NOT_WHOLE}"
    unknown = each.whole is None and each.new.count == 0
    new = (NOTHING, NOTHING) if unknown else (counted(each.new), signed(each.new))
    flows = (counted(each.verified), counted(each.refuted), counted(each.resolved))
    return name, *new, *flows, counted(each.open), signed(each.open), shared(each.overdue)


def _rule(each: RulePrecision) -> Sequence[str]:
    share = _percent(each.percent)
    return each.title, str(printed(each.upheld)), str(printed(each.refuted)), share, "建议复核" if each.review else ""


def _card(each: Card) -> Sequence[str]:
    due = (each.due, each.in_time, each.late, NOTHING if each.days_late is None else each.days_late, each.missing)
    came = (each.counting, each.held, each.refused, each.withdrawn)
    return each.name, *map(str, due), *map(str, came), *map(_percent, (each.valid_ids, each.empty_cells, each.upheld))


def _percent(share: int | None) -> str:
    return NOTHING if share is None else f"{share}%"


def _standing(name: str, lines: Sequence[FindingFigures]) -> Chart:
    """What is open at the end, in time and overdue; a line with a number that is kept back is marked, and that number is not drawn."""
    back = [any(figure.count is None for figure in (each.in_time, each.overdue)) for each in lines]
    labels = [f"{each.name}{KEPT_BACK if hidden else ''}" for each, hidden in zip(lines, back, strict=True)]
    series = Series("未超期", [each.in_time.count for each in lines]), Series("已超期", [each.overdue.count for each in lines])
    return Chart(name, "件", labels, series, f"“{KEPT_BACK}”：有不显示的数。" if any(back) else "")


def _sending(cards: Sequence[Card]) -> Chart:
    series = [
        Series(word, [getattr(each, part) for each in cards])
        for word, part in (("按时", "in_time"), ("迟报", "late"), ("未报", "missing"))
    ]
    return Chart("应报名单的报送情况（按部门）", "份", [each.name for each in cards], series)


def _cells(row: Sequence[str]) -> list[int | str]:
    """A plain number is a number in a sheet."""
    return [row[0], *(int(cell) if digits(cell) else cell for cell in row[1:])]
