"""Reminders in 一月一通报: which cards were due, reached, reached twice and not reached, why, by unit; what is kept back."""

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.statistics.figure import Figure
from services.domain.suppression import Cell, computable
from services.notifications.policy.load import POLICY
from services.notifications.reminder.projection import ReminderRow, ReminderState
from services.notifications.reminder.sheet import why
from services.notifications.report.monthly import monthly
from services.notifications.report.monthly_pages import paper
from services.notifications.report.projection import Lists
from services.notifications.report.reminder_figures import Reminded, ReminderFigures, reminder_figures
from tests.notifications.report.due import LAPSED, lapsed, missed, owed, reached, twice
from tests.notifications.report.months import MARCH, stood

STOPPED, ARRIVED = ReminderState.STOPPED, ReminderState.ARRIVED
ELSEWHERE, DEQIN = "533401103201", "533422101001"


def made(
    now: list[ReminderRow], division: str = "533401", before: list[ReminderRow] | None = None, least: int = 0, **dates: Any
) -> ReminderFigures:
    """What the report of March says."""
    stood_ = Reminded(before or [], now, dates.get("missed_on", {}))
    return reminder_figures(stood_, MARCH, division, least, POLICY)


def counts(said: ReminderFigures) -> dict[str, tuple[int | None, ...]]:
    """Due, reached, twice, stopped and not reached of every unit."""
    return {
        u.unit: tuple(f.count for f in (u.due, u.reached, u.twice, u.stopped, u.not_reached)) for u in (*said.units, said.total)
    }


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        ([reached(1), reached(1, "ONE_MONTH")], (1, 1, 1, 0, 0)),
        ([reached(1), owed(1, "ONE_MONTH")], (1, 1, 0, 0, 0)),
        ([reached(1), lapsed(1)], (1, 1, 0, 0, 0)),
        ([reached(1), owed(1, "ONE_MONTH", state=STOPPED)], (1, 1, 0, 0, 0)),
        ([owed(1, state=STOPPED, stopped_for="RENEWED")], (1, 0, 0, 1, 0)),
        ([owed(1), owed(1, "ONE_MONTH")], (1, 0, 0, 0, 1)),
        ([lapsed(1), lapsed(1)], (1, 0, 0, 0, 1)),
        ([owed(1, valid_to=date(2026, 4, 1))], (0, 0, 0, 0, 0)),
        ([owed(1, valid_to=date(2026, 2, 28))], (0, 0, 0, 0, 0)),
    ],
)
def test_a_card_is_due_in_the_month_of_its_last_day_and_counts_as_what_its_reminders_came_to(
    card: list[ReminderRow], expected: tuple[int, ...]
) -> None:
    assert counts(made(card))["533401"] == expected


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ([owed(1)], "under_way"),
        ([lapsed(1)], "nobody_confirmed"),
        ([owed(1, "ONE_MONTH", state=ARRIVED, tried=("PERSON:refused:2026-03-01",))], "arrived_only"),
        ([lapsed(1, "PERSON:no_phone:2026-03-02", "CUN@village:NOT_OUR_AREA:2026-03-02")], "NOT_OUR_AREA"),
        ([lapsed(1, "PERSON:no_phone:2026-03-02"), lapsed(1, "PERSON:no_proof_in_time:2026-01-02")], "no_phone"),
    ],
)
def test_why_a_card_was_not_reached_is_what_the_last_try_came_to(card: list[ReminderRow], reason: str) -> None:
    (said,) = made(card).unreached
    assert (said.reason, said.cards) == (reason, Figure(1, 1, 1))
    assert why(said.reason) != "未送达", "every reason has words"


def test_windows_tell_what_happened_in_the_month_whenever_it_was_owed() -> None:
    old, new = date(2025, 12, 1), date(2026, 3, 5)
    rows = [
        *(owed(card, opened_on=new) for card in range(1, 4)),
        *(reached(card, opened_on=old, on=new) for card in range(4, 6)),
        reached(6, "ONE_MONTH", opened_on=new, on=new),
        reached(7, opened_on=old, on=date(2026, 2, 28)),
    ]
    gone = lapsed(8)
    february = [owed(9, opened_on=date(2026, 2, 2)), reached(7, opened_on=old, on=date(2026, 2, 28))]
    said = made([*rows, gone], before=february, missed_on={gone.reminder_id: LAPSED})
    assert [(w.window, w.owed, w.reached, w.missed) for w in said.windows] == [
        ("SIX_MONTHS", Figure(3, None, 2), Figure(2, None, 1), Figure(1, None, 1)),
        ("ONE_MONTH", Figure(1, None, 1), Figure(1, None, 1), Figure(0, None, 0)),
    ]


def test_a_county_is_told_by_townships_and_the_prefecture_by_counties() -> None:
    rows = [*twice(1, 12), lapsed(20, division=ELSEWHERE), *twice(30, 2, division=DEQIN)]
    assert counts(made([r for r in rows if r.division.startswith("533401")])) == {
        "533401102": (12, 12, 12, 0, 0),
        "533401103": (1, 0, 0, 0, 1),
        "533401": (13, 12, 12, 0, 1),
    }
    assert counts(made(rows, "5334")) == {
        "533401": (13, 12, 12, 0, 1),
        "533422": (2, 2, 2, 0, 0),
        "5334": (15, 14, 14, 0, 1),
    }


def test_due_cards_are_compared_with_those_of_the_month_before_as_they_stood_then() -> None:
    february = [replace(row, valid_to=date(2026, 2, 20)) for row in twice(1, 5)]
    said = made([*february, *twice(20, 9)], before=february).total
    assert (said.due, said.reached) == (Figure(9, None, 4), Figure(9, 9, 4))


def test_a_small_number_of_a_township_is_kept_back_and_the_county_does_not_give_it_away() -> None:
    rows = [*twice(1, 40), *twice(100, 3, division=ELSEWHERE), *twice(200, 25, division="533401104001")]
    assert counts(made(rows, least=10)) == {
        "533401102": (40, 40, 40, 0, 0),
        "533401103": (None, None, None, 0, 0),
        "533401104": (None, None, None, 0, 0),
        "533401": (68, 68, 68, 0, 0),
    }


def test_the_prefecture_hides_what_a_countys_own_report_would_give_away() -> None:
    shangri_la, deqin = twice(1, 3), twice(100, 40, division=DEQIN)
    assert counts(made(deqin, "533422", least=10))["533422"] == (40, 40, 40, 0, 0)
    assert counts(made([*shangri_la, *deqin], "5334", least=10)) == {
        "533401": (None, None, None, 0, 0),
        "533422": (40, 40, 40, 0, 0),
        "5334": (None, None, None, 0, 0),
    }


TOWNSHIPS = ("533401101", "533401102", "533422101", "533422102")
UNITS = ("5334", "533401", "533422", *TOWNSHIPS)
PARTS = {"due": ("reached", "stopped", "not_reached"), "reached": ("twice", "once")}
WHY = ("no_phone", "not_met")


def cards(township: str, start: int, twice_: int, once: int, stopped: int, no_phone: int, not_met: int) -> list[ReminderRow]:
    """So many cards of each kind."""
    village, number = f"{township}001", count(start)
    rows = twice(start + 500, twice_, division=village)
    rows += [reached(next(number), division=village) for _ in range(once)]
    rows += [owed(next(number), state=STOPPED, division=village) for _ in range(stopped)]
    for reason, n in zip(WHY, (no_phone, not_met), strict=True):
        rows += [lapsed(next(number), f"PERSON:{reason}:2026-03-02", division=village) for _ in range(n)]
    return rows


def told(rows: list[ReminderRow]) -> dict[Cell, int]:
    """Every number that the reports of counties and prefecture show."""
    shown = dict[Cell, int]()
    for division in ("533401", "533422", "5334"):
        said = made([row for row in rows if row.division.startswith(division)], division, least=10)
        every = [(u.unit, name, getattr(u, name)) for u in (*said.units, said.total) for name in (*PARTS["due"], "due", "twice")]
        for unit, name, figure in [*every, *((division, each.reason, each.cards) for each in said.unreached)]:
            if figure.count is not None:
                assert shown.setdefault((unit, name), figure.count) == figure.count, "two reports agree on what they show"
    return shown


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(0, 22), min_size=5, max_size=5), min_size=4, max_size=4))
def test_reports_of_counties_and_prefecture_side_by_side_show_no_small_number_nor_one_that_follows(
    numbers: list[list[int]],
) -> None:
    rows, true = list[ReminderRow](), Counter[Cell]()
    for place, (township, line) in enumerate(zip(TOWNSHIPS, numbers, strict=True)):
        rows += cards(township, 1 + 1000 * place, *line)
        both, once, stopped, no_phone, not_met = line
        known = {"twice": both, "once": once, "reached": both + once, "stopped": stopped, "not_reached": no_phone + not_met}
        for unit in (township[:4], township[:6], township):
            true.update({(unit, name): n for name, n in (known | {"due": sum(line)}).items()})
            true.update({(unit, "no_phone"): no_phone, (unit, "not_met"): not_met})
    shown = told(rows)
    assert all(true[cell] == n and not 0 < n < 10 for cell, n in shown.items())
    sums = [[(unit, whole), *((unit, part) for part in parts)] for unit in UNITS for whole, parts in PARTS.items()]
    sums += [[(unit, "not_reached"), *((unit, reason) for reason in WHY)] for unit in UNITS[:3]]  # no report has them by township
    for whole in UNITS[:3]:
        below = [unit for unit in UNITS if unit.startswith(whole) and len(unit) == {4: 6, 6: 9}[len(whole)]]
        names = {name for _, name in true if name not in WHY or whole == "5334"}
        sums += [[(whole, name), *((unit, name) for unit in below)] for name in names]
    unknown = [{c: 1 if n else -1 for n, c in enumerate(line) if true[c] and c not in shown} for line in sums]
    assert {cell for cell in computable(unknown) if true[cell] < 10} == set()


def test_windows_are_shown_however_few_cards_a_township_has() -> None:
    """Windows and reasons are told of a county and not of its townships: what nobody sees need not be hidden."""
    rows = [owed(n, opened_on=date(2026, 3, 5), division=f"5334011{n:02}001") for n in range(1, 13)]
    assert [(w.window, w.owed.count) for w in made(rows, least=10).windows] == [("SIX_MONTHS", 12)]
    assert [(u.reason, u.cards.count) for u in made(rows, least=10).unreached] == [("under_way", 12)]


def test_the_paper_says_who_was_due_who_was_reached_and_why_not() -> None:
    said = paper(monthly(stood([]), missed(12), Lists(), MARCH, "533401", POLICY))
    parts = {part.heading: part for part in said.parts}
    assert parts["五、换证提醒"].sentences == [
        "本月有效期届满的残疾人证12本（与上月相比+12本），提醒已送达0（0%），其中送达两次及以上0（0%）；未送达12（100%）；"
        "送达前已换领、注销或持证人去世0（0%）。"
    ]
    tables = {heading: part.table.rows for heading, part in parts.items() if part.table}
    assert tables["五、换证提醒"] == [("有效期不足6个月", "0", "0", "0", "0", "12", "+12")]
    assert tables["（一）本月到期证件提醒情况"] == [
        ("小中甸镇", "12", "+12", "0（0%）", "0（0%）", "0（0%）", "12（100%）"),
        ("合计", "12", "+12", "0（0%）", "0（0%）", "0（0%）", "12（100%）"),
    ]
    assert tables["（二）未送达原因"] == [("未见到本人", "12（100%）")]
    assert any("“换证提醒”以提醒台账为准" in note for note in said.notes)


def test_a_month_in_which_no_card_was_due_says_so() -> None:
    said = paper(monthly(stood([]), Reminded(), Lists(), MARCH, "533401", POLICY))
    assert [part.heading for part in said.parts][4:6] == ["五、换证提醒", "六、事项分类"]
    assert said.parts[4].sentences[0].startswith("本月有效期届满的残疾人证0本（与上月相比持平），提醒已送达—")


def test_a_reason_that_nobody_has_named_is_told_by_its_code() -> None:
    rows = [lapsed(n, "PERSON:line_dead:2026-03-02", certificate_id=UUID(int=n)) for n in range(1, 12)]
    said = paper(monthly(stood([]), Reminded((), rows), Lists(), MARCH, "533401", POLICY))
    assert [part.table.rows for part in said.parts if part.heading == "（二）未送达原因" and part.table] == [
        [("其他（line_dead）", "11（100%）")]
    ]
