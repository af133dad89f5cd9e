"""The renewal queue and the forecast as offices take them along: sheets and a picture. Pseudonyms and divisions, never a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.certificates.policy.load import CertificatePolicy
from services.certificates.renewal_queue.forecast import Forecast, Load, Wave
from services.certificates.renewal_queue.queries import Source
from services.certificates.renewal_queue.ranking import Renewal
from services.documents.charts.picture import Series, bars
from services.documents.workbook import Cell, Page, written
from services.domain.file_number import file_number
from services.kernel.events import SHANGHAI
from services.matching.vocabulary import Subsidy

_SOURCES = {"PAYMENTS": "两项补贴发放", "HOUSEHOLDS": "监测户"}
_QUEUE = (
    "序号",
    "村（社区）",
    "村（社区）代码",
    "人员编号",
    "证件编号",
    "有效期至",
    "剩余天数",
    "自何月起停发",
    "困难残疾人生活补贴",
    "重度残疾人护理补贴",
    "每月损失（元）",
    "今后损失（元）",
    "监测户",
    "上次上门评定",
    "重新评定中",
    "已冻结",
    "已挂失",
)
_WAVE = ("区划代码", "名称", "月份", "到期人数", "其中有补贴", "每月补贴（元）", "批次名额")
NO_REASSESSMENT = "换领不须重新评定的县（市），到期不占评定能力"


@dataclass(frozen=True, slots=True)
class WholeQueue:
    """All who expire, the greatest loss first, as known on a day, and when each source was last heard of."""

    rows: Sequence[Renewal]
    sources: Sequence[Source]
    policy: CertificatePolicy
    today: date


@dataclass(frozen=True, slots=True)
class DatedForecast:
    """The forecast made on a day; where it is not exact, numbers below `least` are kept back."""

    forecast: Forecast
    least: int
    today: date


def queue_workbook(whole: WholeQueue) -> bytes:
    """The whole queue on one sheet; the notes say what it was made of."""
    notes = [
        f"截至{whole.today}；按每月损失、监测户、到期日排序；只列编号，姓名须凭人员编号另行查询并留痕",
        *map(heard, whole.sources),
    ]
    lines = [_line(number, row, whole.policy, whole.today) for number, row in enumerate(whole.rows, 1)]
    return written([Page("换领", "残疾人证换领顺序", _QUEUE, lines, notes)])


def heard(source: Source) -> str:
    """When a source was last heard of, in words: no news is not no loss."""
    if source.heard_at is None:
        return f"{_SOURCES[source.source]}：从未收到数据，不能据此认为没有"
    upto = f"，至{source.month}月份" if source.month else ""
    return f"{_SOURCES[source.source]}：最近一次数据{source.heard_at.astimezone(SHANGHAI):%Y-%m-%d}{upto}"


def _line(number: int, row: Renewal, policy: CertificatePolicy, today: date) -> tuple[Cell, ...]:
    paid = {payment.subsidy: payment.amount for payment in row.payments}
    marks = ("是" if flag else "" for flag in (row.monitored, row.at_home, row.review is not None, row.frozen, row.lost))
    return (
        number,
        policy.places.beside_its_code(row.division, today),
        row.division,
        file_number(row.person_id),
        file_number(row.certificate_id),
        row.valid_to,
        row.days_left,
        row.first_month_unpaid,
        paid.get(Subsidy.LIVING),
        paid.get(Subsidy.CARE),
        row.loss_per_month,
        row.loss_ahead,
        *marks,
    )


def forecast_workbook(dated: DatedForecast) -> bytes:
    """Counties with their capacity, and townships."""
    made = dated.forecast
    notes = [NO_REASSESSMENT] if made.exact else [NO_REASSESSMENT, f"空格：不足{dated.least}人或可由其推出，不显示"]
    header = (*_WAVE, "须重新评定", "须评定人数", "评定能力", "能力不足")
    counties = [
        (*_cells(load.wave), "是" if load.reassess else "否", load.demand, load.capacity, "是" if load.short else "")
        for load in made.counties
    ]
    return written(
        [
            Page("县（市）", "残疾人证到期与评定能力", header, counties, notes),
            Page("乡镇", "残疾人证到期（乡镇）", _WAVE, [_cells(wave) for wave in made.townships], notes),
        ]
    )


def _cells(wave: Wave) -> tuple[Cell, ...]:
    return wave.division, wave.name, wave.month, wave.cards, wave.with_payment, wave.amount, wave.seats


def forecast_picture(dated: DatedForecast) -> str:
    """Bars of what ends in each month, with and without payments where both are shown, and the line of what can be assessed."""
    made = dated.forecast
    waves = [load.wave for load in made.counties] or list(made.townships)
    per_month = [[wave for wave in waves if wave.month == month] for month in made.months]
    cards = [sum(wave.cards or 0 for wave in each) for each in per_month]
    paid = [sum(wave.with_payment or 0 for wave in each) for each in per_month]
    stacked = [Series("到期", cards)]
    if made.exact:
        stacked = [Series("有补贴", paid), Series("无补贴", [c - p for c, p in zip(cards, paid, strict=True)])]
    loads = [[load for load in made.counties if load.wave.month == month] for month in made.months]
    line = Series("评定能力", [sum(load.capacity for load in each) for each in loads]) if made.counties else None
    return bars("残疾人证到期与评定能力", "人", made.months, stacked, line, _note(made.counties, made.exact, dated.least))


def _note(loads: Sequence[Load], exact: bool, least: int) -> str:
    remarks = [] if any(load.reassess for load in loads) or not loads else ["换领不须重新评定，到期不占评定能力"]
    if short := sorted({load.wave.month for load in loads if load.short}):
        remarks.append(f"能力不足{len(short)}个月，最早{short[0]}")
    return "；".join([*remarks, *([] if exact else [f"不足{least}人的不计入"])])
