"""What the comparisons could not say of a month, since a list was not there: by county and list, never as a zero. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.domain.divisions import Level, inside, level
from services.domain.statistics.figure import NOTHING
from services.matching.vocabulary import ROSTER_NAMES
from services.notifications.policy.load import NoticePolicy
from services.notifications.report.projection import ComparisonRow

NOT_COMPARED = "NOT_COMPARED"  # of a county of which no rule said anything
WHY = {  # matching's codes, and ours
    "MISSING": "未报送",
    "HELD": "行数异常，待报送单位确认",
    "REJECTED": "未能导入",
    "TOO_OLD": "名单过时",
    "EMPTY": "名单没有数据",
    "NOT_KEPT": "名单已按期删除",
    NOT_COMPARED: "没有进行比对",
}
HEADER = ("县（市）", "名单", "原因", "自何日起", "暂停的比对规则")
ALL_RUN = "各项规则均已比对。"
_ROSTERS = {kind.value: name for kind, name in ROSTER_NAMES.items()}


@dataclass(frozen=True, slots=True)
class Suspended:
    """A list for want of which rules say nothing of a county's month: why it cannot be used (`why`: a code), the first day on which that was
    told, and the titles of the rules. Without a list (`kind`) no rule was asked at all."""

    division: str
    name: str
    kind: str | None
    roster: str | None
    why: str
    since: date | None
    rules: tuple[str, ...]


def suspended(last_said: Sequence[ComparisonRow], division: str, day: date, policy: NoticePolicy) -> list[Suspended]:
    """By county of a division and by list, from what each rule last said of a month."""
    rules: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    since: dict[tuple[str, str, str], date] = {}
    for row in last_said:
        for lacking in row.lacking:
            key = (row.division, lacking.kind, lacking.why)
            rules[key].append(row.title)
            since[key] = min(since.get(key, date.max), date.fromisoformat(lacking.since))
    found = [
        Suspended(
            county,
            policy.unit_name(county, day),
            kind,
            _ROSTERS.get(kind, kind),
            why,
            since[county, kind, why],
            tuple(sorted(titles)),
        )
        for (county, kind, why), titles in rules.items()
    ]
    counties = {row.id for row in policy.units.rows if level(row.id) is Level.COUNTY and inside(row.id, division)}
    silent = counties - {row.division for row in last_said}
    found += [Suspended(county, policy.unit_name(county, day), None, None, NOT_COMPARED, None, ()) for county in silent]
    return sorted(found, key=lambda each: (each.division, each.kind or "", each.why))


def lines(found: Iterable[Suspended]) -> list[tuple[str, ...]]:
    """A line of a page for each: how many rules it holds up."""
    return [(*_said(each), f"{len(each.rules)}项" if each.kind else "全部") for each in found]


def in_full(found: Iterable[Suspended]) -> list[tuple[str, ...]]:
    """A row of a workbook for each: which rules it holds up."""
    return [(*_said(each), "、".join(each.rules) if each.kind else "全部") for each in found]


def _said(each: Suspended) -> tuple[str, str, str, str]:
    return each.name, each.roster or NOTHING, WHY.get(each.why, each.why), str(each.since or NOTHING)
