"""The county lives without an error, bears those that are put in, and its key says of each what opens, ends and opens again."""

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest

from deploy.sandbox.county.injections.cast import Injected
from deploy.sandbox.county.key import Entry, entries, sums
from deploy.sandbox.county.lists import County
from deploy.sandbox.county.reference.rules import RULES, Period
from deploy.sandbox.county.sheets.faults import spoiled
from deploy.sandbox.county.world import age, card_in, school_year
from deploy.sandbox.county.writing import Order, county
from services.domain import citizen_id

TODAY = date(2026, 7, 1)
PERSONS = (2180, 575)  # everybody, and those who have, had or get a card
ERRORS = (228, 352, 65)  # put in, found, rules
TYPES = {
    "ENTITLED_NOT_RECEIVING": 92,
    "INFO_MISMATCH": 66,
    "RISK_SIGNAL": 57,
    "RECEIVING_NOT_ENTITLED": 53,
    "DELIVERY_OVERDUE": 25,
    "QUALIFIES_IF_KNOWN": 18,
    "AT_RISK_BY_DATE": 15,
    "DUPLICATE": 14,
    "NOT_IN_COUNTERPART": 12,
}


@pytest.fixture(scope="module")
def erring() -> tuple[County, list[Injected], list[Entry]]:
    found, errors = county(Order(seed=5, households=600))
    return found, errors, entries(found)


def rows(found: list[Entry], months: list[str]) -> list[dict[str, Any]]:
    return [entry.row(months) for entry in found]


def test_a_county_without_errors_makes_no_finding() -> None:
    found, errors = county(Order(seed=3, households=500, months=5, share=0))
    assert (errors, entries(found)) == ([], [])


def test_whoever_may_be_meant_by_a_broken_row_is_not_absent() -> None:
    """A third of all rows is written oddly, a twelfth has no usable id: nobody lacks a benefit for that."""
    found, _ = county(Order(seed=4, households=250, months=2, share=0))
    spoiled(found, rate=0.33)
    broken = Counter(
        row["unusable"] for sheets in found.sheets for sheet in sheets.values() for row in sheet.rows if "unusable" in row
    )
    assert min(broken.values()) > 50
    assert set(broken) == {"ID_NOT_TEXT", "ID_LENGTH", "ID_CHECKSUM", "ID_BIRTHDATE"}
    assert entries(found) == []


def test_every_rule_has_errors_and_all_are_found(erring: tuple[County, list[Injected], list[Entry]]) -> None:
    _, errors, found = erring
    assert {rule: count for rule in RULES if (count := Counter(error.rule for error in errors)[rule]) < 3} == {}
    assert {(error.rule, error.subject) for error in errors} <= {(entry.rule.id, entry.found.subject) for entry in found}


def test_the_numbers_of_one_seed(erring: tuple[County, list[Injected], list[Entry]]) -> None:
    found, errors, key = erring
    persons = list(found.world.persons)
    assert (len(persons), sum(bool(person.cards) for person in persons)) == PERSONS
    assert (len(errors), len(key), len(RULES)) == ERRORS
    assert Counter(entry.rule.type for entry in key) == TYPES


def test_what_the_key_sums_up_ties(erring: tuple[County, list[Injected], list[Entry]]) -> None:
    found, _, key = erring
    told = rows(key, found.world.months)
    assert sum(each["findings"] for each in sums(told).values()) == len(told)
    assert len({(row["rule"], row["subject"], row["object"], row["period"]) for row in told}) == len(told)
    for row in told:
        assert row["closes"] is None or row["opens"] < row["closes"] < len(found.world.months)
        assert row["stands_in"][0] == found.world.months[row["opens"]]


def test_a_month_that_was_not_paid_ends_by_its_arrears_and_opens_again_when_they_come_back(
    erring: tuple[County, list[Injected], list[Entry]],
) -> None:
    found, _, key = erring
    late = [entry for entry in key if entry.rule.id in ("CARE_NOT_RECEIVED", "LIVING_NOT_RECEIVED")]
    months = found.world.months
    ended = [entry for entry in late if entry.closes is not None]
    again = [entry for entry in late if entry.row(months)["reopens"]]
    assert ended
    assert again
    for entry in ended:
        paid = [row for row in found.sheet(entry.closes or 0, "SUBSIDY_PAYMENT").rows if row["citizen_id"] == entry.found.subject]
        assert any(row["nature"] == "补发" and entry.period in row["for_months"].split("、") for row in paid)
    for entry in again:
        back = entry.row(months)["reopens"][0]
        paid = [row for row in found.sheet(back, "SUBSIDY_PAYMENT").rows if row["citizen_id"] == entry.found.subject]
        assert any(row["nature"] == "退回" and entry.period in row["for_months"].split("、") for row in paid)


def test_how_things_stand_is_told_once_for_the_year_or_for_the_list_that_showed_it_first(
    erring: tuple[County, list[Injected], list[Entry]],
) -> None:
    _, _, key = erring
    lasting = Counter((entry.rule.id, entry.found) for entry in key if entry.rule.period is not Period.MONTH)
    assert max(lasting.values()) == 1
    assert {entry.period for entry in key if entry.rule.period is Period.YEAR} == {"2026"}


def test_every_citizen_id_is_sound_and_nobodys(erring: tuple[County, list[Injected], list[Entry]]) -> None:
    found, *_ = erring
    ids = [person.citizen_id for person in found.world.persons]
    assert len(set(ids)) == len(ids)
    assert all(each.startswith("533499") and not citizen_id.faults(each, TODAY) for each in ids)
    said = json.dumps([list(sheet.rows) for sheets in found.sheets for sheet in sheets.values()], default=str)
    assert "533401" not in said


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(2010, 3, 31), date(2026, 3, 30), 15),
        (date(2010, 3, 31), date(2026, 3, 31), 16),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_a_year_is_completed_on_the_birthday(born: date, day: date, years: int) -> None:
    assert age(born, day) == years


def test_a_school_year_begins_in_september() -> None:
    assert (school_year(date(2026, 8, 31)), school_year(date(2026, 9, 1))) == (date(2025, 9, 1), date(2026, 9, 1))


def test_a_card_counts_in_the_month_in_which_it_ends(erring: tuple[County, list[Injected], list[Entry]]) -> None:
    found, *_ = erring
    card = next(card for person in found.world.persons for card in person.cards)
    ends = card.valid_to
    assert card_in([card], str(ends)[:7]) is card
    assert card_in([card], f"{ends.year + 1}-{ends.month:02d}") is None
