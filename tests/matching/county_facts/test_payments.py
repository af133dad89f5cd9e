"""What payment sheets and the bank say of each month: regular, made up for, corrected, returned, bounced; several rows of one person."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from services.matching.county_facts.known import KnownPayment
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import CardStep
from tests.matching.county_facts.story import PERSON, Story

LONG = date(2033, 12, 31)


def holder(county: County, first: str = "2026-01", last: str = "2026-04") -> Story:
    """One who holds a card throughout."""
    return Story(county, first, last).card(CardStep.VALID, date(2024, 1, 1), LONG, 3)


@pytest.mark.parametrize(
    ("amount", "nature", "named", "counted", "expected"),
    [
        (100, "REGULAR", None, None, [("2026-04", "2026-04", "REGULAR", 100)]),
        (100, "REGULAR", None, 0, [("2026-04", "2026-04", "REGULAR", 100)]),
        (
            300,
            "REGULAR",
            None,
            3,
            [
                ("2026-04", "2026-02", "ARREARS", 100),
                ("2026-04", "2026-03", "ARREARS", 100),
                ("2026-04", "2026-04", "REGULAR", 100),
            ],
        ),
        (
            200,
            "ARREARS",
            ("2026-01", "2026-03"),
            2,
            [("2026-04", "2026-01", "ARREARS", 100), ("2026-04", "2026-03", "ARREARS", 100)],
        ),
        # two months that are named, and three that are counted: the sheet's own month is the third
        (
            300,
            "REGULAR",
            ("2026-01", "2026-02"),
            3,
            [
                ("2026-04", "2026-01", "ARREARS", 100),
                ("2026-04", "2026-02", "ARREARS", 100),
                ("2026-04", "2026-04", "REGULAR", 100),
            ],
        ),
        (100, "RETURNED", ("2026-02",), None, [("2026-04", "2026-02", "RETURNED", -100)]),
        (-100, "RETURNED", ("2026-02",), None, [("2026-04", "2026-02", "RETURNED", -100)]),
        (-10, "CORRECTION", ("2026-02",), None, [("2026-04", "2026-02", "CORRECTION", -10)]),
    ],
)
def test_a_row_is_for_the_months_that_it_names_or_counts(
    county: County, amount: int, nature: str, named: tuple[str, ...] | None, counted: int | None, expected: list[object]
) -> None:
    assert holder(county).pay("2026-04", amount, nature=nature, for_months=named, counted=counted).parts() == expected


def test_money_that_cannot_be_shared_evenly_loses_no_fen(county: County) -> None:
    holder(county).pay("2026-04", 100, counted=3).county.derive()
    amounts = [amount for (amount,) in county.ask("SELECT amount FROM payment ORDER BY month DESC")]
    assert amounts == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]


def test_several_rows_of_one_person_and_month_add_up(county: County) -> None:
    story = holder(county).pay("2026-04", 100).pay("2026-04", 100, nature="ARREARS", for_months=("2026-03",))
    story.pay("2026-04", -10, nature="CORRECTION", for_months=("2026-02",)).pay("2026-02", 110)
    assert story.parts() == [
        ("2026-02", "2026-02", "REGULAR", 110),
        ("2026-04", "2026-02", "CORRECTION", -10),
        ("2026-04", "2026-03", "ARREARS", 100),
        ("2026-04", "2026-04", "REGULAR", 100),
    ]
    assert county.ask("SELECT month, amount::INT FROM paid ORDER BY month") == [
        ("2026-02", 100),
        ("2026-03", 100),
        ("2026-04", 100),
    ]


@pytest.mark.parametrize(
    ("failed", "succeeded", "expected"),
    [
        ([300], [], [("2026-02", -100), ("2026-03", -100), ("2026-04", -100)]),  # all of the sheet
        ([100], [200], [("2026-04", -100)]),  # the row of that amount
        ([200], [100], [("2026-02", -100), ("2026-03", -100)]),  # the row of arrears
        ([100, 200], [300], []),  # at a second try, all of it
    ],
)
def test_what_the_bank_could_not_pay_is_of_the_months_of_its_rows(
    county: County, failed: list[int], succeeded: list[int], expected: list[object]
) -> None:
    story = holder(county).pay("2026-04", 100).pay("2026-04", 200, nature="ARREARS", for_months=("2026-02", "2026-03"))
    for amount in failed:
        story.bank("2026-04", amount)
    for amount in succeeded:
        story.bank("2026-04", amount, "YES")
    assert [(month, yuan) for _, month, nature, yuan in story.parts() if nature == "BOUNCED"] == expected


def test_a_bounced_payment_is_a_matter_of_the_bank_until_a_later_sheet_pays_again(county: County) -> None:
    story = Story(county, "2026-01", "2026-02").card(CardStep.VALID, date(2024, 1, 1), LONG, 3)
    story.pay("2026-01", 100).bank("2026-01", 100).pay("2026-02", 100)
    assert story.found() == [("ACCOUNT_BOUNCED", "2026-01")]


def test_once_it_is_paid_again_nothing_is_owed(county: County) -> None:
    story = Story(county, "2026-01", "2026-02").card(CardStep.VALID, date(2024, 1, 1), LONG, 3)
    story.pay("2026-01", 100).bank("2026-01", 100).pay("2026-02", 100).pay(
        "2026-02", -100, nature="RETURNED", for_months=("2026-01",)
    )
    story.pay("2026-02", 100, nature="ARREARS", for_months=("2026-01",))
    assert story.found() == []


def test_what_sheets_of_other_months_paid_is_known_and_counts(county: County) -> None:
    story = holder(county, "2026-01", "2026-01")
    known = {"person_id": PERSON, "subsidy": "LIVING", "month": "2026-01", "amount": Decimal(100), "roster_id": UUID(int=9)}
    county.put_named("known_payment", [known | {"sheet_month": "2026-03", "nature": "ARREARS"}])
    assert story.found() == []


def test_what_the_months_own_sheet_said_before_is_said_by_the_sheet_alone(county: County) -> None:
    story = holder(county, "2026-01", "2026-01")
    county.put("known_payment", [KnownPayment(PERSON, "LIVING", "2026-01", "2026-01", "REGULAR", Decimal(100), UUID(int=9))])
    assert story.found() == [("LIVING_NOT_RECEIVED", "2026-01")]
