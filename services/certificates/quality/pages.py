"""An appraisal as offices read it: sheets by county, township, institution and reason, and a picture of home assessments. Words only.

A number that may not be shown is `*`; a share of nothing is no percentage: silence must not look like health.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from services.certificates.certificate.described import LEVELS
from services.certificates.quality.appraisal import Appraisal, Figures, Home, InstitutionFigures, Share, StageFigures
from services.certificates.quality.stages import Stage, What
from services.documents.charts.picture import Series, bars
from services.documents.workbook import Cell, Page, written
from services.domain.divisions import Level, level

STAGES = {
    Stage.FORWARD: "乡镇初审",
    Stage.ACCEPT: "受理",
    Stage.ORDER: "转介评定",
    Stage.ASSESS: "评定（到机构或集中）",
    Stage.HOME: "上门评定",
    Stage.REFUSE: "不符合标准的书面告知",
    Stage.NOTICE: "下发公示单",
    Stage.POST: "张贴公示",
    Stage.TAKE_DOWN: "撤下公示",
    Stage.ANSWER: "答复公示异议",
    Stage.REVIEW: "审核发证",
    Stage.DISPUTE: "处理评定异议",
    Stage.CONCLUDE: "复评办结",
    Stage.TOTAL: "全程",
}
REASONS = {What.RETURNED: "退回补正", What.REFUSED: "不予办理", What.MISSED: "上门未果"}
KEPT_BACK, NOTHING = "*", "—"
_LABEL = 6  # characters of a township under a bar
_HEADER = (
    "代码",
    "名称",
    "办理环节和事项（括号内为占比的分母）",
    "件数（分母）",
    "其中",
    "占比%",
    "中位天数",
    "九成不超过",
    "天数",
    "时限（工作日）",
    "期末在办",
    "其中超时限",
)
_REASONS_HEADER = ("代码", "名称", "事项", "原因", "件数")


def workbook(appraisal: Appraisal) -> bytes:
    """The appraisal as an xlsx file."""
    title = f"残疾人证办证质量 {appraisal.since}至{appraisal.until}"
    notes = [f"截至{appraisal.as_of}。环节按办结日期计；上门评残按申请日期计，跟踪至今天。件数为零的不计占比。"]
    if appraisal.smallest_cell:
        notes.append(f"“{KEPT_BACK}”：少于{appraisal.smallest_cell}件，或可由其他数字推算，不显示。")
    total = appraisal.total
    reasons = [line for each in (total, *appraisal.counties, *appraisal.townships) for line in _reasons(each)]
    return written(
        [
            Page("县（市）", title, _HEADER, [line for each in (total, *appraisal.counties) for line in _place(each)], notes),
            Page("乡镇", title, _HEADER, [line for each in appraisal.townships for line in _place(each)], notes),
            Page("评定机构", title, _HEADER, [line for each in appraisal.institutions for line in _institution(each)], notes),
            Page("原因", title, _REASONS_HEADER, reasons, notes),
        ]
    )


def _place(figures: Figures) -> Iterable[Sequence[Cell]]:
    where = (figures.place, figures.name)
    yield from (_stage(where, stage) for stage in figures.stages)
    yield _share(where, "退回补正（占受理环节）", figures.returned)
    yield _share(where, "不予办理（占办结申请）", figures.refused)
    yield _share(where, "撤回（占办结申请）", figures.withdrawn)
    yield from _home(where, figures.home)
    yield _share(where, "公示撤下超期", figures.notices_late)
    yield _number(where, "收到公示异议", figures.objections)
    yield _share(where, "公示异议成立（占已答复）", figures.objections_upheld)
    yield from _judged(where, figures)


def _institution(figures: InstitutionFigures) -> Iterable[Sequence[Cell]]:
    where = (figures.institution, "")
    yield from (_stage(where, stage) for stage in figures.stages)
    yield from _home(where, figures.home)
    yield from _judged(where, figures)


def _judged(where: tuple[str, str], figures: Figures | InstitutionFigures) -> Iterable[Sequence[Cell]]:
    for each in figures.disputes:
        yield _share(where, f"评定异议成立（{LEVELS[each.level]}）", each.upheld)
    again = figures.reassessed
    yield _share(where, "复评改变结论（占复评）", again.changed)
    yield _number(where, "其中类别等级变更", again.regraded)
    yield _number(where, "其中不再符合标准", again.no_longer_met)
    yield _number(where, "其中改为符合标准", again.now_met)


def _home(where: tuple[str, str], home: Home) -> Iterable[Sequence[Cell]]:
    yield _share(where, "上门评残已办（占申请）", home.done)
    yield _share(where, "上门评残按期（占已办）", home.in_time)
    yield _number(where, "上门评残逾期未办", home.not_done)
    yield _number(where, "上门评残未到期", home.running)
    yield _number(where, "上门评残不再需要", home.not_needed)
    yield _number(where, "上门未果（次）", home.missed)


def _stage(where: tuple[str, str], stage: StageFigures) -> Sequence[Cell]:
    unit = "日历日" if stage.limit is None else "工作日"
    within = stage.within.count if stage.limit is not None else None
    return (
        *where,
        STAGES[stage.stage],
        _shown(stage.cases),
        NOTHING if stage.limit is None else _shown(within),
        _percent(stage.within),
        _days(stage.median),
        _days(stage.ninetieth),
        unit,
        stage.limit,
        _shown(stage.waiting),
        NOTHING if stage.limit is None else _shown(stage.overdue),
    )


def _share(where: tuple[str, str], item: str, share: Share) -> Sequence[Cell]:
    return (*where, item, _shown(share.of), _shown(share.count), _percent(share), *_BLANK)


def _number(where: tuple[str, str], item: str, number: int | None) -> Sequence[Cell]:
    return (*where, item, None, _shown(number), None, *_BLANK)


_BLANK: tuple[Cell, ...] = (None,) * 6


def _reasons(figures: Figures) -> Iterable[Sequence[Cell]]:
    return ((figures.place, figures.name, REASONS[line.kind], line.words, _shown(line.count)) for line in figures.reasons)


def _shown(number: int | None) -> Cell:
    return KEPT_BACK if number is None else number


def _days(number: int | None) -> Cell:
    return NOTHING if number is None else number


def _percent(share: Share) -> Cell:
    return NOTHING if share.percent is None else Decimal(f"{share.percent:.1f}")


def picture(appraisal: Appraisal, by_township: bool) -> str:
    """上门评残 by county or township: done in time, late, not done, not yet due; the line is the median of working days.

    A place with numbers kept back has no bar and says so in its name; so does one where nobody asked.
    """
    places = appraisal.townships if by_township else appraisal.counties
    kinds = (
        ("按期办结", _in_time),
        ("超期办结", _late),
        ("逾期未办", lambda home: home.not_done),
        ("未到期", lambda home: home.running),
    )
    stacked = [Series(name, [value(place.home) if _whole(place.home) else None for place in places]) for name, value in kinds]
    medians = [next(stage.median for stage in place.stages if stage.stage is Stage.HOME) for place in places]
    note = f"申请日期{appraisal.since}至{appraisal.until}，截至{appraisal.as_of}；线：期内办结的中位工作日；不再需要的不计"
    note += f"；“{KEPT_BACK}”：数字不显示" if appraisal.smallest_cell else ""
    line = Series("中位工作日（右轴）", medians)
    return bars("上门评残办理情况", "件", [_label(place) for place in places], stacked, line, note, "工作日")


def _in_time(home: Home) -> int | None:
    return home.in_time.count


def _late(home: Home) -> int | None:
    return None if home.in_time.of is None or home.in_time.count is None else home.in_time.of - home.in_time.count


def _whole(home: Home) -> bool:
    """Whether all parts of the bar may be shown."""
    return None not in (home.in_time.count, home.in_time.of, home.not_done, home.running)


def _label(figures: Figures) -> str:
    """Like 德钦县, with what a missing bar means."""
    home, name = figures.home, figures.name or figures.place
    if len(name) > _LABEL and level(figures.place) is not Level.COUNTY:
        name = f"{name[: _LABEL - 1]}…"
    if not _whole(home):
        return f"{name} {KEPT_BACK}"
    return f"{name} 0件" if home.done.of == 0 else name
