"""What is said of payments and standings as lists come in: in any order the same, nothing twice, nothing by a list that is not there."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.matching.county_facts.known import KnownStanding
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import Feed, Unusable
from services.matching.entitlement.events import (
    SubsidyAtRisk,
    SubsidyDecided,
    SubsidyLikelyEntitled,
    SubsidyLikelyNotEntitled,
    SubsidyRiskEnded,
)
from services.matching.payment.events import SubsidyPaid, SubsidyPaymentReturned, SubsidyPaymentWithdrawn
from services.matching.vocabulary import Decision, RiskEnd, RosterKind, Subsidy
from tests.matching.entitlement.books import VILLAGE, WINDOW, Books, Fill, died, listed, on, pays, register, renewed

LONG, SOON = date(2033, 12, 31), date(2026, 9, 30)
ALLOWANCE, DESTITUTE, PAYMENT, BANK, APPROVAL = (
    "SUBSISTENCE_ALLOWANCE",
    "DESTITUTE_SUPPORT",
    "SUBSIDY_PAYMENT",
    "BANK_RESULT",
    "SUBSIDY_APPROVAL",
)
PERSONS = register((1, 3, SOON), (2, 1, LONG), (3, 2, LONG))


def every(kind: str, *numbers: int) -> list[Fill]:
    """A list of the same persons for each month."""
    return [on(kind, month, *numbers) for month in WINDOW]


LISTS: list[Fill] = [
    PERSONS,
    *every(ALLOWANCE, 1, 2),
    *[on(DESTITUTE, month, *([2] if month >= "2026-03" else [])) for month in WINDOW],
    listed(PAYMENT, "2026-02", pays(1, 100), pays(2, 110, "CARE")),
    listed(
        PAYMENT,
        "2026-03",
        pays(1, 200, nature="ARREARS", for_months=["2026-01", "2026-03"]),
        pays(1, -10, nature="CORRECTION", for_months=["2026-02"]),
    ),
    listed(PAYMENT, "2026-04", pays(1, 100), pays(3, 100, "CARE")),
    listed(BANK, "2026-04", pays(3, 100, "CARE", succeeded="NO", reason="ACCOUNT_CLOSED")),
    listed(APPROVAL, "2026-04", {"who": 1, "subsidy": "LIVING", "applied_on": date(2026, 1, 31), "approved_on": date(2026, 3, 10)}),
    died(3, date(2026, 4, 2)),
]


@pytest.fixture
def books(tmp_path: Path) -> Books:
    """Nothing was said yet."""
    return Books(tmp_path)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(range(len(LISTS))), st.integers(1, 5))
def test_going_live_in_any_order_ends_the_same(order: list[int], steps: int) -> None:
    with TemporaryDirectory() as folder:
        at_once, one_by_one = Books(Path(folder)), Books(Path(folder))
        at_once.run(LISTS)
        for stop in sorted({len(order) * step // steps for step in range(1, steps + 1)}):
            one_by_one.run([LISTS[place] for place in order[:stop]])
        assert one_by_one.paid() == at_once.paid()
        assert one_by_one.stands() == at_once.stands()
        assert one_by_one.run(LISTS) == []


def test_what_stands_in_the_end(books: Books) -> None:
    books.run(LISTS)
    one, three = UUID(int=1), UUID(int=3)
    assert {key: amount for key, amount in books.paid().items() if key[0] == one} == {
        (one, "2026-01", "ARREARS"): Decimal(100),
        (one, "2026-02", "CORRECTION"): Decimal(-10),
        (one, "2026-02", "REGULAR"): Decimal(100),
        (one, "2026-03", "ARREARS"): Decimal(100),
        (one, "2026-04", "REGULAR"): Decimal(100),
    }
    assert books.paid()[three, "2026-04", "BOUNCED"] == Decimal(-100)
    stands = {(row.person_id.int, row.subsidy.value): row for row in books.stands()}
    assert (stands[1, "LIVING"].entitled, stands[1, "LIVING"].from_month, stands[1, "LIVING"].yuan) == (
        True,
        "2026-01",
        Decimal(100),
    )
    assert (stands[1, "LIVING"].decided_from, stands[1, "LIVING"].at_risk_by) == ("2026-01", SOON)
    assert {(row.reason, row.from_month) for (who, _), row in stands.items() if who == 2} == {(DESTITUTE, "2026-03")}
    assert stands[1, "CARE"].reason == "GRADE"
    assert (stands[3, "CARE"].entitled, stands[3, "LIVING"].reason) == (
        True,
        "NOT_ON_ALLOWANCE",
    )  # the month of the death is the last one


def test_a_judgement_names_the_lists_and_rows_that_made_it(books: Books) -> None:
    events = books.run([PERSONS, *every(ALLOWANCE, 1), *every(DESTITUTE, 3)])
    (likely,) = [each for each in events if isinstance(each, SubsidyLikelyEntitled) and each.person_id.int == 1]
    assert [(source.kind, source.as_of) for source in likely.sources] == [
        (RosterKind.DESTITUTE_SUPPORT, date(2026, 4, 30)),
        (RosterKind.SUBSISTENCE_ALLOWANCE, date(2026, 4, 30)),
    ]
    assert [(row.table, row.about) for row in likely.rows] == [("rate", "LIVING")]
    excluded = [each for each in events if isinstance(each, SubsidyLikelyNotEntitled) and each.person_id.int == 3]
    assert {(row.table, row.about) for each in excluded for row in each.rows} == {("linkage", DESTITUTE)}


def test_nothing_is_said_of_who_may_have_what_while_a_list_is_missing(books: Books) -> None:
    events = books.run([PERSONS, *every(ALLOWANCE, 1)])  # who is on 特困 nobody knows
    assert {type(each) for each in events} == {SubsidyLikelyNotEntitled}
    assert {each.reason for each in events} == {"GRADE", "NOT_ON_ALLOWANCE"}
    assert Subsidy.LIVING not in {each.subsidy for each in events if each.person_id.int == 1}


def test_a_list_that_is_not_usable_any_more_takes_back_nothing(books: Books) -> None:
    lists = [PERSONS, *every(ALLOWANCE, 1), *every(DESTITUTE), listed(PAYMENT, "2026-04", pays(1, 100))]
    books.run(lists)

    def held(county: County) -> None:
        county.put("feed", [Feed(PAYMENT, "2026-04", UUID(int=77), date(2026, 4, 30), False, Unusable.HELD)])

    assert books.run([PERSONS, *every(ALLOWANCE, 1)[:-1], *every(DESTITUTE), held]) == []


def test_a_sheet_that_was_taken_back_pays_nobody(books: Books) -> None:
    books.run([PERSONS, listed(PAYMENT, "2026-04", pays(1, 100))])
    (back,) = [each for each in books.run([PERSONS]) if isinstance(each, SubsidyPaymentWithdrawn)]
    assert (back.month, back.amount, back.total) == ("2026-04", Decimal(100), Decimal(0))


def test_a_sheet_in_the_place_of_another_says_only_what_is_otherwise(books: Books) -> None:
    books.run([PERSONS, listed(PAYMENT, "2026-04", pays(1, 100), pays(2, 110, "CARE"), pays(3, 100, "CARE"), roster=8)])
    events = books.run([PERSONS, listed(PAYMENT, "2026-04", pays(1, 90), pays(2, 110, "CARE"), roster=9)])
    said = [
        (type(each), each.person_id.int, each.total) for each in events if isinstance(each, SubsidyPaid | SubsidyPaymentWithdrawn)
    ]
    assert said == [(SubsidyPaid, 1, Decimal(90)), (SubsidyPaymentWithdrawn, 3, Decimal(0))]


def test_the_bank_says_later_that_it_could_not_pay_and_later_that_it_could(books: Books) -> None:
    sheet = listed(PAYMENT, "2026-04", pays(1, 100))
    failed = pays(1, 100, succeeded="NO", reason="ACCOUNT_CLOSED")
    books.run([PERSONS, sheet])
    (bounced,) = [
        each for each in books.run([PERSONS, sheet, listed(BANK, "2026-04", failed)]) if isinstance(each, SubsidyPaymentReturned)
    ]
    assert (bounced.amount, bounced.total, bounced.reason) == (Decimal(-100), Decimal(0), "ACCOUNT_CLOSED")
    again = books.run([PERSONS, sheet, listed(BANK, "2026-04", failed, pays(1, 100, succeeded="YES"))])
    assert [(type(each), each.total) for each in again] == [(SubsidyPaymentWithdrawn, Decimal(100))]


def test_a_risk_is_there_whichever_came_first_and_ends_with_the_renewal(books: Books) -> None:
    sheet = listed(PAYMENT, "2026-04", pays(1, 100))
    (risk,) = [each for each in books.run([PERSONS, sheet]) if isinstance(each, SubsidyAtRisk)]
    assert (risk.valid_to, risk.first_month_lost) == (SOON, "2026-10")
    events = books.run([PERSONS, sheet, renewed(1, date(2026, 5, 9), LONG)])
    (ended,) = [each for each in events if isinstance(each, SubsidyRiskEnded)]
    assert (ended.why, ended.valid_to) == (RiskEnd.RENEWED, SOON)
    assert books.run([PERSONS, sheet, renewed(1, date(2026, 5, 9), LONG)]) == []


@pytest.mark.parametrize(
    ("today", "sheet", "why"),
    [
        (date(2026, 5, 10), listed(PAYMENT, "2026-04", pays(2, 110, "CARE"), roster=9), RiskEnd.PAYMENT_ENDED),
        (date(2026, 10, 1), listed(PAYMENT, "2026-04", pays(1, 100)), RiskEnd.CARD_ENDED),
    ],
)
def test_a_risk_that_came_about_or_is_of_nothing_ends_too(books: Books, today: date, sheet: Fill, why: RiskEnd) -> None:
    window = [*WINDOW, "2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]
    books.run([PERSONS, listed(PAYMENT, "2026-04", pays(1, 100))], window=window)
    assert [each.why for each in books.run([PERSONS, sheet], today, window) if isinstance(each, SubsidyRiskEnded)] == [why]


def test_who_is_approved_counts_from_the_application_and_until_the_first_list_without(books: Books) -> None:
    """Applied on 31 January, decided on 10 March: from January (domain reference 2.5)."""
    row = {"who": 1, "subsidy": "LIVING", "applied_on": date(2026, 1, 31), "approved_on": date(2026, 3, 10)}
    (granted,) = [each for each in books.run([PERSONS, listed(APPROVAL, "2026-03", row)]) if isinstance(each, SubsidyDecided)]
    assert (granted.decision, granted.from_month, granted.until_month) == (Decision.GRANTED, "2026-01", None)
    lists = [PERSONS, listed(APPROVAL, "2026-03", row), listed(APPROVAL, "2026-04", row | {"who": 2})]
    decided = {each.person_id.int: each for each in books.run(lists) if isinstance(each, SubsidyDecided)}
    assert (decided[1].decision, decided[1].from_month, decided[1].until_month) == (Decision.ENDED, "2026-01", "2026-04")
    assert decided[2].decision is Decision.GRANTED


@pytest.mark.parametrize(("month", "expected"), [("2026-03", []), ("2026-04", [Decision.ENDED])])
def test_a_list_as_of_an_earlier_day_does_not_take_back_what_an_official_decided(
    books: Books, month: str, expected: list[Decision]
) -> None:
    here = KnownStanding(UUID(int=1), "LIVING", VILLAGE, *((None,) * 7), "2026-04", None, date(2026, 4, 15))
    lists = [PERSONS, lambda county: county.put("known_standing", [here]), listed(APPROVAL, month)]
    assert [each.decision for each in books.run(lists) if isinstance(each, SubsidyDecided)] == expected


def test_months_that_do_not_reach_up_to_now_say_nothing_of_what_stands_now(books: Books) -> None:
    events = books.run([PERSONS, listed(PAYMENT, "2026-02", pays(1, 100))], window=["2026-01", "2026-02"])
    assert {type(each) for each in events} == {SubsidyPaid}


def test_a_month_that_is_looked_at_later_keeps_what_began_before_it(books: Books) -> None:
    books.run([PERSONS, *every(ALLOWANCE, 1), *every(DESTITUTE)])
    later = [
        on(kind, month, *([1] if kind == ALLOWANCE else [])) for kind in (ALLOWANCE, DESTITUTE) for month in ("2026-04", "2026-05")
    ]
    assert books.run([PERSONS, *later], date(2026, 6, 10), ["2026-04", "2026-05"]) == []


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 2, 27), []),
        (date(2026, 2, 28), [date(2026, 8, 31)]),
        (date(2026, 8, 31), [date(2026, 8, 31)]),
        (date(2026, 9, 1), []),
    ],
)
def test_a_card_is_at_risk_from_the_day_on_which_the_register_says_that_it_ends_soon(
    books: Books, today: date, expected: list[date]
) -> None:
    """Six months before the last valid day, or the end of a month that has no such day."""
    window = [f"2026-{month:02d}" for month in range(1, 10)]
    lists = [register((1, 3, date(2026, 8, 31))), listed(PAYMENT, "2026-01", pays(1, 100))]
    assert [each.valid_to for each in books.run(lists, today, window) if isinstance(each, SubsidyAtRisk)] == expected
