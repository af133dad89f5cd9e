"""The policy's rows of a county as tables: what is in force from which day to which, the most local row of each id. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise, product
from typing import Any, Generic, TypeVar

from services.kernel.policy import Row, Rules
from services.matching.county_facts.known import BackPay
from services.matching.county_facts.likeness import CandidateLimit, MatchWeight
from services.matching.county_facts.limits import AssessmentLimit, LargeCost, MeasureGroup, MeasureLimit, MonthRule, WidenedGroup
from services.matching.county_facts.tables import Linkage, Month, Rate
from services.matching.policy.load import MatchingPolicy

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Span(Generic[T]):
    """What a row says, on days `since` ≤ day < `until` (None = open)."""

    id: str
    value: T
    since: date
    until: date | None


def spans(rules: Rules[T], county: str) -> Iterator[Span[T]]:
    """What holds in a county, cut where another row of the same id begins or ends."""
    for id in dict.fromkeys(row.id for row in rules.rows):
        rows = [row for row in rules.rows if row.id == id and county.startswith(row.division)]
        cuts: list[date | None] = [*sorted({row.since for row in rows} | {row.until for row in rows if row.until}), None]
        for since, until in pairwise(cuts):
            holding = [row for row in rows if since is not None and row.holds(since, county)]
            if since is not None and holding:
                yield Span(id, max(holding, key=_most_local).value, since, until)


def _most_local(row: Row[Any]) -> tuple[int, date]:
    return len(row.division), row.since


def policy_tables(policy: MatchingPolicy, county: str) -> dict[str, list[Any]]:
    """The rows of each table that the policy fills."""
    return {
        "rate": [_rate(span.id, span) for span in spans(policy.rates, county)],
        "linkage": [
            Linkage(span.value.benefit, span.value.subsidy, span.value.effect, span.since, span.until)
            for span in spans(policy.linkages, county)
            if span.value.on
        ],
        "month_rule": [
            MonthRule(span.value.situation, span.value.stop, span.since, span.until) for span in spans(policy.month_rules, county)
        ],
        "large_cost": [LargeCost(span.since, span.until, span.value.yuan) for span in spans(policy.large_costs, county)],
        "assessment_limit": [
            AssessmentLimit(span.since, span.until, span.value.days, span.value.home_days)
            for span in spans(policy.assessment_limits, county)
        ],
        "back_pay": [BackPay(span.since, span.until, span.value.months) for span in spans(policy.back_pay, county)],
        "match_weight": [
            MatchWeight(span.value.field, span.value.level, span.value.m, span.value.u)
            for span in spans(policy.match_weights, county)
            if span.until is None
        ],
        "candidate_limit": [
            CandidateLimit(span.value.most, span.value.least_percent / 100)
            for span in spans(policy.candidates, county)
            if span.until is None
        ],
        "measure_group": [group for span in spans(policy.measure_groups, county) for group in _measure_groups(span)],
        "widened_group": [group for span in spans(policy.widened, county) if span.value.on for group in _groups(span)],
    }


def measure_limits(policy: MatchingPolicy, county: str, months: Sequence[Month]) -> Iterator[MeasureLimit]:
    """For each month the last day on which a measure was due that is late by the month's end."""
    for month in months:
        wait = policy.measure_limits.one("planned", month.first_day, county).working_days
        last_due = month.last_day
        while policy.calendar.add(last_due, wait) >= month.last_day:
            last_due -= timedelta(days=1)
        yield MeasureLimit(month.month, last_due)


def _rate(id: str, span: Span[Any]) -> Rate:
    """A rate's id is the subsidy, and the grade where it has one for each."""
    subsidy, _, grade = id.partition("_")
    return Rate(subsidy, int(grade) if grade else None, span.since, span.until, span.value.yuan)


def _measure_groups(span: Span[Any]) -> Iterator[MeasureGroup]:
    group = span.value
    for category, grade in product(group.categories or (None,), group.grades or (None,)):
        yield MeasureGroup(group.measure, category, grade, group.from_age, group.until_age, span.since, span.until)


def _groups(span: Span[Any]) -> Iterator[WidenedGroup]:
    widened = span.value
    for category, grade in product(widened.categories or (None,), widened.grades or (None,)):
        yield WidenedGroup(span.id, widened.subsidy, category, grade, widened.on_list, span.since, span.until)
