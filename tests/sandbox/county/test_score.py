"""Whoever finds everything and nothing else scores one; each miss, invention and wrong state shows where it is."""

from typing import Any

import pytest

from deploy.sandbox.county.score import score

LIVING = {"rule": "LIVING_NOT_RECEIVED", "type": "ENTITLED_NOT_RECEIVING", "subject": "a", "object": "LIVING", "period": "2026-03"}
ENROLLED = {
    "rule": "SCHOOL_AGE_NOT_ENROLLED",
    "type": "ENTITLED_NOT_RECEIVING",
    "subject": "b",
    "object": "M08",
    "period": "2026-03",
}
TWICE = {"rule": "PAID_TWICE", "type": "DUPLICATE", "subject": "c", "object": "CARE", "period": "2026-04"}
OTHER = {**TWICE, "object": "LIVING"}
KEY: dict[str, Any] = {
    "findings": [
        {**LIVING, "lasting": "MONTH", "stands_in": ["2026-03", "2026-04"], "closes": 2},
        {**ENROLLED, "lasting": "DAY", "stands_in": ["2026-03", "2026-04"], "closes": None},
        {**TWICE, "lasting": "MONTH", "stands_in": ["2026-04"], "closes": None},
        {**OTHER, "subject": "d", "lasting": "MONTH", "stands_in": ["2026-04"], "closes": None},
    ],
    "candidates": [
        {"file": "f", "line": 7, "code": "ID_LENGTH", "subject": "a"},
        {"file": "f", "line": 9, "code": "ID_LENGTH", "subject": "b"},
    ],
}


def of(type: str, sheet: dict[str, Any]) -> dict[str, Any]:
    return next(row for row in sheet["types"] if row["type"] == type)


def test_everything_found() -> None:
    sheet = score(KEY, KEY["findings"])
    assert sheet["types"] == [
        {"type": "DUPLICATE", "precision": 1.0, "recall": 1.0, "wanted": 2, "found": 2},
        {"type": "ENTITLED_NOT_RECEIVING", "precision": 1.0, "recall": 1.0, "wanted": 2, "found": 2},
    ]


def test_nothing_found_has_no_precision() -> None:
    assert of("DUPLICATE", score(KEY, [])) == {"type": "DUPLICATE", "precision": None, "recall": 0.0, "wanted": 2, "found": 0}


@pytest.mark.parametrize(
    "wrong",
    [
        {**LIVING, "subject": "z"},
        {**LIVING, "period": "2026-04"},
        {**LIVING, "rule": "CARE_NOT_RECEIVED"},
        {**TWICE, "object": "LIVING"},
    ],
)
def test_an_invention_costs_precision_and_finds_nothing(wrong: dict[str, Any]) -> None:
    found = of(wrong["type"], score(KEY, [wrong]))
    assert (found["precision"], found["recall"]) == (0.0, 0.0)


def test_a_type_that_the_key_does_not_have_is_all_invention() -> None:
    found = of("RISK_SIGNAL", score(KEY, [{**LIVING, "type": "RISK_SIGNAL"}]))
    assert found == {"type": "RISK_SIGNAL", "precision": 0.0, "recall": None, "wanted": 0, "found": 1}


def test_what_may_only_be_a_delay_is_found_where_the_key_has_it_and_no_false_alarm_where_it_has_not() -> None:
    marked = {**LIVING, "may_be_lag": True}
    other = {**marked, "period": "2031-01"}
    found = of(LIVING["type"], score(KEY, [marked, other]))
    assert (found["precision"], found["found"]) == (1.0, 1)


def test_how_things_stand_may_be_told_once_or_every_month_that_it_stands() -> None:
    once = of("ENTITLED_NOT_RECEIVING", score(KEY, [ENROLLED]))
    monthly = of("ENTITLED_NOT_RECEIVING", score(KEY, [ENROLLED, {**ENROLLED, "period": "2026-04"}]))
    ended = of("ENTITLED_NOT_RECEIVING", score(KEY, [{**ENROLLED, "period": "2026-05"}]))
    assert (once["precision"], once["recall"]) == (monthly["precision"], monthly["recall"]) == (1.0, 0.5)
    assert (ended["precision"], ended["recall"]) == (0.0, 0.0)


def test_an_object_counts_where_the_rule_has_several() -> None:
    assert of("ENTITLED_NOT_RECEIVING", score(KEY, [{**ENROLLED, "object": "SCHOOL"}]))["precision"] == 1.0


def test_states_are_compared_where_they_are_told() -> None:
    sheet = score(KEY, [{**LIVING, "open": False}, {**ENROLLED, "open": False}, TWICE])
    assert sheet["states"] == {"known": 2, "agree": 1}


def test_candidates() -> None:
    offered = [{"file": "f", "line": 7, "subjects": ["x", "y", "a"]}, {"file": "f", "line": 9, "subjects": ["b"]}]
    assert score(KEY, [], offered)["candidates"] == {"wanted": 2, "offered": 2, "first": 0.5, "within_three": 1.0}
    assert score(KEY, [], [])["candidates"] == {"wanted": 2, "offered": 0, "first": 0.0, "within_three": 0.0}
