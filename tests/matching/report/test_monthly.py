"""The monthly report of comparisons: what is counted when, what is kept back, and what could not be compared is no zero."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.statistics.figure import Figure
from services.matching.report.as_of_month import Lists
from services.matching.report.lists import Compared, ListUsed, Suspended
from services.matching.report.monthly import FindingFigures, MonthlyComparisons
from services.matching.vocabulary import Finding, Refutation, RosterKind, RosterState, Settled
from tests.matching.report.month import (
    COUNTY,
    ELSEWHERE,
    FAR,
    NEAR,
    OTHER,
    PREFECTURE,
    came,
    due,
    found,
    full,
    lacking,
    many,
    refuted,
    report,
    resolved,
    said,
)

FEBRUARY, LEAST = date(2026, 2, 10), 10
MEASURES = ("new", "verified", "refuted", "resolved", "open", "overdue", "in_time")


def counts(line: FindingFigures) -> dict[str, int | None]:
    """The numbers of a line that are not 0."""
    return {measure: count for measure in MEASURES if (count := getattr(line, measure).count) != 0}


def test_what_happened_in_the_month_counts_whenever_it_was_found_and_what_is_open_on_its_last_day() -> None:
    line = report(
        *many(20, on=FEBRUARY),
        *many(12, on=FEBRUARY, overdue=True),
        *many(13),
        *many(11, on=FEBRUARY, **resolved()),
        *many(14, **refuted()),
        *many(15, on=FEBRUARY, verified_on=date(2026, 3, 1)),
        *many(16, on=FEBRUARY, verified_on=FEBRUARY),
        *many(17, on=FEBRUARY, **resolved(FEBRUARY)),
    ).total
    assert counts(line) == {
        "new": 27,
        "verified": 15,
        "refuted": 14,
        "resolved": 11,
        "open": 76,
        "overdue": 12,
        "in_time": 64,
    }
    assert line.overdue == Figure(12, 76, 12)


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 3, 31)])
def test_the_first_and_the_last_day_are_of_the_month(day: date) -> None:
    ended = report(*many(10, on=day), *many(11, on=FEBRUARY, **resolved(day))).total
    assert counts(ended) == {"new": 10, "resolved": 11, "open": 10, "in_time": 10}


def test_a_number_has_its_change_since_the_month_before_unless_one_of_the_two_is_kept_back() -> None:
    before = tuple(many(12, on=FEBRUARY))
    assert report(*many(30), before=before).total.new == Figure(30, None, 18)
    assert report(*many(3), before=before).total.new == Figure(None, None, None)
    assert report(*many(30), before=before[:3]).total.new == Figure(30, None, None)


def test_lines_are_those_of_types_owners_and_townships_and_what_lies_in_none_has_its_own() -> None:
    made = report(
        *many(30),
        *many(20, division=FAR, finding=Finding.RISK_SIGNAL, owner="ZJ"),
        *many(10, division=COUNTY, finding=Finding.DATA_QUALITY),
    )
    assert [(line.code, line.name, line.new.count) for line in made.types] == [
        ("ENTITLED_NOT_RECEIVING", "应享未享", 30),
        ("RISK_SIGNAL", "风险线索", 20),
        ("DATA_QUALITY", "数据质量", 10),
    ]
    assert [(line.code, line.name, line.new.count) for line in made.owners] == [("MZ", "民政", 40), ("ZJ", "住建", 20)]
    assert [(line.code, line.name, line.new.count) for line in made.units] == [
        ("533401000", "未分乡镇", 10),
        ("533401102", "小中甸镇", 30),
        ("533401204", "尼西乡", 20),
    ]


def test_the_prefecture_is_told_by_counties() -> None:
    made = report(*many(30), *many(20, division=ELSEWHERE), division=PREFECTURE)
    assert (made.name, made.issuer) == ("迪庆州", "迪庆州残联")
    assert [(line.name, line.new.count) for line in made.units] == [("香格里拉市", 30), ("德钦县", 20), ("维西傈僳族自治县", 0)]


def test_a_type_that_was_there_the_month_before_is_told_although_nothing_of_it_is_left() -> None:
    made = report(*many(30), before=tuple(many(12, on=FEBRUARY, finding=Finding.DUPLICATE)))
    assert [(line.code, line.open) for line in made.types] == [
        ("ENTITLED_NOT_RECEIVING", Figure(30, None, 30)),
        ("DUPLICATE", Figure(0, None, -12)),
    ]


def _tables(made: MonthlyComparisons) -> Sequence[Sequence[FindingFigures]]:
    return made.types, made.owners, made.units


def _no_number_follows(made: MonthlyComparisons) -> None:
    """No small number is shown, none is the only one kept back of a sum that is shown, and what is kept back of one is no small number."""
    for lines in _tables(made):
        for measure in MEASURES:
            whole, parts = getattr(made.total, measure).count, [getattr(line, measure).count for line in lines]
            assert not [n for n in (whole, *parts) if n is not None and 0 < n < LEAST]
            if whole is not None and None in parts:
                assert parts.count(None) > 1
                assert whole - sum(n for n in parts if n is not None) >= LEAST
    for line in (made.total, *(line for lines in _tables(made) for line in lines)):
        shown = [figure.count is not None for figure in (line.open, line.overdue, line.in_time)]
        assert sum(shown) != 2 or 0 in (line.overdue.count, line.in_time.count, line.open.count)


_SOME = st.builds(
    found,
    on=st.sampled_from([FEBRUARY, date(2026, 3, 5)]),
    division=st.sampled_from([NEAR, FAR, COUNTY]),
    finding=st.sampled_from([Finding.ENTITLED_NOT_RECEIVING, Finding.RISK_SIGNAL, Finding.DUPLICATE]),
    owner=st.sampled_from(["MZ", "ZJ", "JT"]),
    overdue=st.booleans(),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(_SOME, max_size=90))
def test_no_small_number_is_shown_or_follows_from_those_that_are(rows: list[Any]) -> None:
    _no_number_follows(report(*rows))


@settings(max_examples=15, deadline=None)
@given(st.lists(_SOME, max_size=60), st.lists(_SOME, max_size=60))
def test_the_reports_of_counties_and_of_the_prefecture_keep_back_the_same(here: list[Any], there: list[Any]) -> None:
    elsewhere = [replace(row, division=ELSEWHERE) for row in there]
    whole = report(*here, *elsewhere, division=PREFECTURE)
    _no_number_follows(whole)
    of = {unit.code: unit for unit in whole.units}
    for county, rows in ((COUNTY, here), (OTHER, elsewhere)):
        if county in of:
            own = report(*rows, division=county).total
            assert [getattr(of[county], each).count for each in MEASURES] == [getattr(own, each).count for each in MEASURES]


def test_a_rule_is_judged_by_all_that_was_decided_and_one_that_is_right_too_seldom_is_to_be_looked_at() -> None:
    made = report(
        *many(12, on=FEBRUARY, verified_on=FEBRUARY),
        *many(2, on=FEBRUARY, **resolved(FEBRUARY)),
        *many(3, on=FEBRUARY, **refuted(FEBRUARY, Refutation.PERSON_DECLINES)),
        *many(16, on=FEBRUARY, verified_on=FEBRUARY, **refuted()),
        *many(40, on=FEBRUARY, **resolved(FEBRUARY, Settled.FACTS_CORRECTED)),  # nobody looked
    )
    (rule,) = made.rules
    assert (rule.rule, rule.title) == ("LIVING_NOT_RECEIVED", "低保对象应享未享困难残疾人生活补贴")
    assert (rule.upheld, rule.refuted, rule.percent, rule.review) == (17, 16, 51, True)


@pytest.mark.parametrize(("upheld", "against", "said"), [(3, 30, (None, 30, None, False)), (0, 12, (0, 12, 0, False))])
def test_of_a_rule_with_few_decisions_no_share_is_told(upheld: int, against: int, said: tuple[Any, ...]) -> None:
    (rule,) = report(*many(upheld, verified_on=FEBRUARY), *many(against, **refuted())).rules
    assert (rule.upheld, rule.refuted, rule.percent, rule.review) == said


def test_what_was_compared_says_as_of_when_and_keeps_back_a_list_of_few() -> None:
    later = said("PAID_WITHOUT_CARD", inputs=(), run_on=date(2026, 3, 20))
    made = report(known=Lists(said=[said(), later]))
    assert made.compared_month == "2026-02"
    assert made.compared == (Compared(COUNTY, "香格里拉市", 2, 0),)
    assert made.lists == (
        ListUsed(COUNTY, "香格里拉市", RosterKind.SUBSIDY_PAYMENT, date(2026, 2, 26), 1200),
        ListUsed(COUNTY, "香格里拉市", RosterKind.SUBSISTENCE_ALLOWANCE, date(2026, 2, 28), None),
    )
    assert made.suspended == ()


def test_what_could_not_be_compared_says_why_and_since_when_and_a_silent_county_is_named() -> None:
    made = report(
        known=Lists(
            said=[
                lacking(RosterKind.SCHOOL_ROLL, "MISSING", date(2026, 3, 12), rule="B"),
                lacking(RosterKind.SCHOOL_ROLL, "MISSING", date(2026, 3, 10), rule="A"),
                said("C"),
            ]
        ),
        division=PREFECTURE,
    )
    assert made.compared[0] == Compared(COUNTY, "香格里拉市", 1, 2)
    assert made.suspended == (
        Suspended(COUNTY, "香格里拉市", RosterKind.SCHOOL_ROLL, "MISSING", date(2026, 3, 10), ("规则A", "规则B")),
        Suspended("533422", "德钦县", None, "NOT_COMPARED", None, ()),
        Suspended("533423", "维西傈僳族自治县", None, "NOT_COMPARED", None, ()),
    )


def test_a_line_says_whether_all_its_rules_could_be_asked_and_one_without_findings_is_there_too() -> None:
    risk = {"finding": Finding.RISK_SIGNAL, "owner": "ZJ"}
    made = report(
        *many(30),
        known=Lists(
            said=[
                said("A"),
                lacking(RosterKind.SCHOOL_ROLL, "MISSING", date(2026, 3, 12), rule="B"),
                lacking(RosterKind.HOUSE_SAFETY, "HELD", date(2026, 3, 12), rule="C", **risk),
                said("D", finding=Finding.DUPLICATE),
            ]
        ),
    )
    assert [(line.code, line.whole, line.new.count) for line in made.types] == [
        ("ENTITLED_NOT_RECEIVING", False, 30),
        ("DUPLICATE", True, 0),
        ("RISK_SIGNAL", None, 0),
    ]
    assert [(line.code, line.whole) for line in made.owners] == [("MZ", False), ("ZJ", None)]
    assert (made.total.whole, [line.whole for line in made.units]) == (False, [False])


def test_a_silent_county_makes_the_prefectures_lines_incomplete_and_its_own_unknown() -> None:
    made = report(*many(30), known=Lists(said=[said("A")]), division=PREFECTURE)
    assert [(line.name, line.whole) for line in made.units] == [("香格里拉市", True), ("德钦县", None), ("维西傈僳族自治县", None)]
    assert (made.total.whole, made.types[0].whole) == (False, False)
    assert report(known=Lists(said=[said("A")])).total.whole is True
    assert report().total.whole is None


def test_a_report_card_says_how_late_and_how_good_an_agencys_lists_were() -> None:
    known = Lists(
        [
            came("MZ"),
            came("MZ", identified=100, empty_cells=0),
            came("MZ", RosterState.HELD, identified=0),
            came("MZ", RosterState.WITHDRAWN, identified=0),
            came("CZ", RosterState.REJECTED),
        ],
        [
            due(RosterKind.SUBSISTENCE_ALLOWANCE, "MZ", 0),
            due(RosterKind.SUBSIDY_PAYMENT, "MZ", 5),
            due(RosterKind.ORPHAN, "MZ", 2),
            due(RosterKind.BANK_RESULT, "CZ", None),
        ],
    )
    finance, civil = report(*many(15, verified_on=date(2026, 3, 3)), *many(10, **refuted()), known=known).cards
    assert (civil.agency, civil.name, civil.due, civil.in_time, civil.late, civil.days_late, civil.missing) == (
        ("MZ", "民政", 3, 1, 2, 5, 0)
    )
    assert (civil.counting, civil.held, civil.withdrawn, civil.refused) == (2, 1, 1, 0)
    assert (civil.valid_ids, civil.empty_cells, civil.upheld) == (72, 2, 60)
    assert (finance.due, finance.missing, finance.refused, finance.days_late) == (1, 1, 1, None)
    assert (finance.valid_ids, finance.empty_cells, finance.upheld) == (None, None, None)  # no list says so


def test_a_month_of_which_nothing_is_known_is_told_as_such() -> None:
    made = report()
    assert (made.types, made.rules, made.cards, made.lists) == ((), (), (), ())
    assert made.suspended == (Suspended(COUNTY, "香格里拉市", None, "NOT_COMPARED", None, ()),)


def test_the_sample_has_every_table() -> None:
    made = full()
    assert all((made.compared, made.lists, made.suspended, made.types, made.owners, made.units, made.rules, made.cards))
