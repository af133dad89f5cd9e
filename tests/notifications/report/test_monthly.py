"""一月一通报: what counts for a month, what is compared with the month before, what is kept back, and what the paper says."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.file_number import file_number
from services.domain.statistics.figure import Figure
from services.kernel.errors import Malformed
from services.kernel.period import period
from services.notifications.notice.projection import NoticeRow, NoticeState
from services.notifications.policy.load import POLICY
from services.notifications.report.monthly import LongOpen, Monthly, longest, monthly, not_compared
from services.notifications.report.projection import ArrivalRow, Compared, Lists
from services.notifications.report.reminder_figures import Reminded
from services.notifications.report.tally import OWN, Standing, at, escalated, hidden, kind, tally, whole
from services.notifications.vocabulary import KINDS
from tests.notifications.notice.lives import SENT_BACK
from tests.notifications.report.months import MARCH, acted, many, noted, stood, told, withdrawn

D = date(2026, 3, 4)


def made(rows: list[NoticeRow], division: str = "533401", before: list[NoticeRow] | None = None) -> Monthly:
    """The report of a month."""
    return monthly(stood(rows, before=before), Reminded(), Lists(), MARCH, division, POLICY)


@pytest.mark.parametrize(
    ("now", "first", "last", "running"),
    [
        (datetime(2026, 3, 31, 15, 59, tzinfo=UTC), "2026-03-01", "2026-03-31", True),
        (datetime(2026, 3, 31, 16, 0, tzinfo=UTC), "2026-03-01", "2026-03-31", False),  # midnight in Shanghai
        (datetime(2026, 2, 28, 16, 0, tzinfo=UTC), "2026-03-01", "2026-03-01", True),
        (datetime(2030, 1, 1, tzinfo=UTC), "2026-03-01", "2026-03-31", False),
    ],
)
def test_a_month_is_told_as_far_as_it_is_over(now: datetime, first: str, last: str, running: bool) -> None:
    within = period("2026-03", now)
    assert (str(within.first), str(within.last), within.running) == (first, last, running)
    assert within.until == min(now, MARCH.until)


def test_the_month_before_ends_where_this_one_begins() -> None:
    before = period("2026-01", datetime(2026, 2, 2, tzinfo=UTC)).before
    assert (before.first, before.last, before.running) == (date(2025, 12, 1), date(2025, 12, 31), False)
    assert before.until == datetime(2025, 12, 31, 16, tzinfo=UTC)


def test_a_month_that_has_not_begun_is_refused() -> None:
    with pytest.raises(Malformed, match="month_not_begun"):
        period("2026-04", datetime(2026, 3, 31, 15, 59, tzinfo=UTC))


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        (told(D), {"told", "asked", "open", "overdue"}),
        (told(D, next_by=MARCH.last), {"told", "asked", "open"}),
        (noted(told(D), D), {"told", "noted", "asked", "open", "overdue"}),
        (acted(told(D), D), {"told", "noted", "asked", "done"}),
        (noted(told(D), D, state=NoticeState.VERIFIED, waiting=False), {"told", "noted", "asked", "done", "verified"}),
        (noted(told(D), D, state=NoticeState.ANSWERED, waiting=False), {"told", "noted", "asked", "done"}),
        (noted(told(D), D, state=NoticeState.REJECTED, waiting=False), {"told", "noted", "sent_back"}),
        (noted(told(D, act_days=0), D, waiting=False), {"told", "noted"}),
        (withdrawn(told(D)), set()),
        (withdrawn(noted(told(D), D)), {"told", "noted", "asked"}),
        (told(date(2026, 2, 27)), {"open", "overdue"}),
        (acted(told(date(2026, 2, 27)), D), set()),
    ],
)
def test_a_notice_counts_as_what_became_of_it(row: NoticeRow, cells: set[str]) -> None:
    found = {measure for (who, measure), n in tally([row], MARCH).items() if who == "533401/MZ" and n}
    assert found == cells


@pytest.mark.parametrize(
    ("trail", "stage", "said"),
    [
        ((), 0, None),
        (("MZ:533401:0:NOT_ACCEPTED:2026-03-02",), 1, 1),
        (("MZ:533401:0:NOT_ACTED_ON:2026-03-02", "CL:533401:1:NOT_ACKNOWLEDGED:2026-03-09"), 2, 2),
        (tuple(SENT_BACK.trail), 1, None),
        (("CGW:533401:2:LED:2026-03-02",), 3, None),
    ],
)
def test_only_what_was_not_done_in_time_is_an_escalation(trail: tuple[str, ...], stage: int, said: int | None) -> None:
    assert escalated(told(D, trail=trail, stage=stage)) == said


def test_figures_have_their_wholes_and_their_change() -> None:
    february = many(12, date(2026, 2, 10))
    rows = [*february, *many(20, D), *(acted(row, date(2026, 3, 6)) for row in many(15, D))]
    mz = made(rows).agencies[0]
    assert (mz.agency, mz.name) == ("MZ", "民政局")
    assert (mz.told, mz.noted) == (Figure(35, None, 23), Figure(15, 35, 15))
    assert (mz.asked, mz.done, mz.verified) == (Figure(35, None, 23), Figure(15, 35, 15), Figure(0, None, 0))
    assert (mz.open, mz.overdue) == (Figure(32, None, 20), Figure(32, 32, 32))  # in February all were in time: by 2026-03-05
    assert (mz.days_to_note, mz.days_to_act) == (2, 2)


def test_the_month_before_is_told_as_its_own_report_told_it() -> None:
    february = [told(date(2026, 2, 10), next_by=date(2026, 2, 13)) for _ in range(14)]
    rows = [*(acted(row, D) for row in february), *many(11, D)]
    inside = period("2026-02", datetime(2026, 3, 10, tzinfo=UTC))
    own = monthly(Standing([], february), Reminded(), Lists(), inside, "533401", POLICY).agencies[0]
    said = made(rows, before=february).agencies[0]
    for measure in ("told", "noted", "asked", "done", "open", "overdue"):
        now, then = getattr(said, measure), getattr(own, measure)
        assert now.count - now.change == then.count, measure


@pytest.mark.parametrize(("deeds", "median"), [(0, None), (1, 2), (10, 2)])
def test_a_median_is_that_of_what_was_done(deeds: int, median: int | None) -> None:
    rows = [*many(1, D), *(noted(row, date(2026, 3, 6)) for row in many(deeds, D))]  # Wednesday to Friday
    assert made(rows).agencies[0].days_to_note == median


def test_days_are_working_days_and_a_deed_counts_in_the_month_in_which_it_became_known() -> None:
    friday = many(12, date(2026, 2, 27))
    rows = [noted(row, date(2026, 3, 2)) for row in friday]
    assert made(rows, before=friday).agencies[0].days_to_note == POLICY.calendar.between(date(2026, 2, 27), date(2026, 3, 2))
    assert made(rows, before=rows).agencies[0].days_to_note is None


def test_what_offices_did_is_shown_however_little_it_is() -> None:
    said = made([*many(1, D, "MZ"), *(noted(row, D) for row in many(2, D, "CL")), *many(40, D, "YB")])
    assert {a.agency: (a.told.count, a.noted.count) for a in said.agencies} == {"CL": (2, 2), "MZ": (1, 0), "YB": (40, 0)}
    assert (said.total.told.count, said.total.noted) == (43, Figure(2, 43, 2))
    assert [(u.agency, u.overdue.count) for u in said.overdue] == [("YB", 40), ("CL", 2), ("MZ", 1)]


def test_of_a_kind_small_numbers_are_kept_back_and_so_is_what_would_give_them_away() -> None:
    rows = [*matters(3, "DeathReported"), *matters(30, "CaseOpened", 28), *matters(25, "RiskDetected", 12)]
    kinds = {k.cause_type: (k.told.count, k.settled.count) for k in made(rows).kinds}
    assert kinds == {"DeathReported": (None, 0), "CaseOpened": (30, None), "RiskDetected": (25, 12)}


def test_the_prefecture_hides_what_a_countys_own_report_would_give_away() -> None:
    deqin, weixi = matters(40, "CaseOpened", division="533422"), matters(50, "CaseOpened", division="533423")
    assert [made(rows, place).kinds[0].told.count for rows, place in ((deqin, "533422"), (weixi, "533423"))] == [40, 50]
    assert made([*matters(3, "CaseOpened"), *deqin, *weixi], "5334").kinds[0].told.count is None
    assert made([*deqin, *weixi], "5334").kinds[0].told.count == 90


NUMBERS = st.lists(st.lists(st.integers(0, 14), min_size=2, max_size=2), min_size=2, max_size=4)


@settings(max_examples=30, deadline=None)
@given(NUMBERS)
def test_reports_of_counties_and_prefecture_side_by_side_show_no_small_number_and_no_small_rest(numbers: list[list[int]]) -> None:
    places = ("533401", "533422", "533423", "5334")[: len(numbers)]
    rows = [
        row
        for place, (settled, open_) in zip(places, numbers, strict=True)
        for row in matters(settled + open_, "CaseOpened", settled, place)
    ]
    cells = whole(tally(rows, MARCH), "5334")
    counties = {
        p: hidden({c: n for c, n in tally(rows, MARCH).items() if c[0].startswith(p)}, p, 10) for p in places if p != "5334"
    }
    back = hidden(cells, "5334", 10)
    assert all(set(own) <= back for own in counties.values())
    for part in ("", "settled", "open"):
        measure = kind("CaseOpened", part)
        assert (at("5334"), measure) in back or not 0 < cells[at("5334"), measure] < 10
        parts = [(at(OWN if p == "5334" else p), measure) for p in places]
        rest = sum(cells[each] for each in parts if each in back)
        assert (at("5334"), measure) in back or rest == 0 or rest >= 10
    shown_in_counties = {
        c for p, own in counties.items() for c in cells if c[0].startswith(p) and c[1].startswith("kind/") and c not in own
    }
    assert not shown_in_counties & back


def matters(count: int, cause_type: str, settled: int = 0, division: str = "533401") -> list[NoticeRow]:
    """So many matters of a kind, each told to one office; of the first `settled` nobody has to do anything any more."""
    rows = [told(D, "MZ", division, cause_type=cause_type) for _ in range(count)]
    return [acted(row, D) if n < settled else row for n, row in enumerate(rows)]


def test_matters_are_counted_once_however_many_offices_are_told() -> None:
    rows: list[NoticeRow] = []
    for n in range(12):
        matter: dict[str, Any] = {"cause_id": UUID(int=900 + n), "cause_type": "RiskDetected"}
        rows += [told(D, "CL", **matter), acted(told(D, "CUN", "533401102001", **matter), D)]
    rows += [acted(r, D) for r in many(11, D, cause_type="CaseOpened")]
    kinds = {k.cause_type: (k.told.count, k.settled.count) for k in made(rows).kinds}
    assert kinds == {"RiskDetected": (12, 0), "CaseOpened": (11, 11)}


def test_the_longest_open_cases_are_named_by_number_with_all_who_have_them() -> None:
    case = UUID(int=7)
    first = told(date(2026, 1, 5), "MZ", subject_id=case, cause_id=UUID(int=1 << 64))
    second = told(date(2026, 1, 20), "CGW", subject_id=case, cause_id=UUID(int=1 << 64), stage=1)
    other = told(date(2026, 2, 27), "CUN", "533401102001", subject_id=UUID(int=2))
    over = acted(told(date(2026, 1, 2)), D)
    assert longest([other, second, first, over], MARCH.last, 10, POLICY) == [
        LongOpen(file_number(case), ("香格里拉市民政局", "香格里拉市残工委办公室"), 85, 1),
        LongOpen(file_number(UUID(int=2)), ("香格里拉市村（社区）",), 32, 0),
    ]
    assert len(longest(many(30, D), MARCH.last, 10, POLICY)) == 10


def arrival(county: str, kind: str, on: date = D, refused: str | None = None) -> ArrivalRow:
    """A sheet that came in."""
    return ArrivalRow(UUID(int=1), county, kind, on, refused)


def ran(on: date = D, county: str = "533401", whole: bool = True, kind: str = "SUBSISTENCE_ALLOWANCE") -> Compared:
    """A comparison by a county's lists of a kind."""
    return Compared(county, kind, on, whole)


def test_what_could_not_be_compared_is_said_with_its_reason() -> None:
    arrived = (
        arrival("533401", "SUBSISTENCE_ALLOWANCE"),
        arrival("533401", "SUBSIDY_PAYMENT", refused="too_many_bad_rows"),
        arrival("533422", "SUBSIDY_PAYMENT", date(2026, 2, 28)),
    )
    known = Lists(arrived, (ran(),))
    found = [(n.name, n.roster, n.why, n.on) for n in not_compared(known, "5334", MARCH, POLICY)]
    assert found == [
        ("香格里拉市财政局", "两项补贴发放花名册", "too_many_bad_rows", D),
        ("德钦县民政局", "低保名单", "nothing_came", None),
        ("德钦县财政局", "两项补贴发放花名册", "nothing_came", None),
        ("维西傈僳族自治县民政局", "低保名单", "nothing_came", None),
        ("维西傈僳族自治县财政局", "两项补贴发放花名册", "nothing_came", None),
    ]
    assert [n.division for n in not_compared(known, "533422", MARCH, POLICY)] == ["533422", "533422"]


@pytest.mark.parametrize(
    ("runs", "why"),
    [
        ((), "comparison_not_run"),
        ((ran(date(2026, 3, 3)),), "comparison_not_run"),  # before the list came
        ((ran(date(2026, 4, 1)),), "comparison_not_run"),  # after the month
        ((ran(county="533422"),), "comparison_not_run"),
        ((ran(kind="SCHOOL_ROLL"),), "comparison_not_run"),  # by another list
        ((ran(whole=False),), "compared_with_nothing"),
        ((ran(whole=False), ran(date(2026, 3, 31))), None),
    ],
)
def test_a_list_that_came_is_compared_only_when_a_comparison_was_run_since(runs: tuple[Compared, ...], why: str | None) -> None:
    arrived = (arrival("533401", "SUBSISTENCE_ALLOWANCE", date(2026, 2, 27)), arrival("533401", "SUBSISTENCE_ALLOWANCE"))
    known = Lists((*arrived, arrival("533401", "SUBSIDY_PAYMENT")), (*runs, ran(kind="SUBSIDY_PAYMENT")))
    found = [(n.roster, n.why, n.on) for n in not_compared(known, "533401", MARCH, POLICY)]
    assert found == ([("低保名单", why, D)] if why else [])


def test_every_kind_of_matter_has_a_name() -> None:
    assert {cls.__name__ for cls in POLICY.routed} - set(KINDS) == set()
