"""Through whom and how a holder is reached: the rule by category, the person's own choice, guardians, children, shared phones."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.certificates.person.contact_rules import Phone, Reachable, contacts
from services.certificates.vocabulary import Category, ContactChoice, Language
from tests.certificates.certificate.story import POLICY, VILLAGE

DAY = date(2026, 3, 2)
INDEX = UUID(int=9)
MINE, GUARDIANS = Phone("13900000001", True, 1, INDEX), Phone("13900000002", True, 1, UUID(int=8))
ADULT = Reachable(UUID(int=1), VILLAGE, date(1980, 1, 1), frozenset({Category.PHYSICAL}), MINE, GUARDIANS, None, Language.TIBETAN)


def ways(known: Reachable, on: date = DAY) -> list[tuple[str, str]]:
    """Way and owner of each contact."""
    return [(c.way.value, c.owner.value) for c in contacts(known, POLICY, on)]


@pytest.mark.parametrize(
    ("categories", "expected"),
    [
        ({Category.VISUAL}, [("VOICE", "HOLDER")]),
        ({Category.HEARING}, [("TEXT", "HOLDER")]),
        ({Category.SPEECH}, [("TEXT", "HOLDER")]),
        ({Category.PHYSICAL}, [("TEXT", "HOLDER")]),
        ({Category.VISUAL, Category.PHYSICAL}, [("VOICE", "HOLDER")]),
        ({Category.VISUAL, Category.HEARING}, [("TEXT", "HOLDER")]),
        ({Category.INTELLECTUAL}, [("TEXT", "GUARDIAN"), ("TEXT", "HOLDER")]),
        ({Category.MENTAL, Category.VISUAL}, [("TEXT", "GUARDIAN"), ("VOICE", "HOLDER")]),
        (set(), [("TEXT", "HOLDER")]),
    ],
)
def test_the_category_decides_the_way_and_the_guardian(categories: set[Category], expected: list[tuple[str, str]]) -> None:
    assert ways(replace(ADULT, categories=frozenset(categories))) == expected


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (ContactChoice.TEXT, [("TEXT", "HOLDER")]),
        (ContactChoice.VOICE, [("VOICE", "HOLDER")]),
        (ContactChoice.GUARDIAN, [("TEXT", "GUARDIAN")]),
        (ContactChoice.VISIT, []),
    ],
)
def test_what_a_person_chose_outranks_the_rule_by_category(choice: ContactChoice, expected: list[tuple[str, str]]) -> None:
    assert ways(replace(ADULT, categories=frozenset({Category.MENTAL}), choice=choice)) == expected


@pytest.mark.parametrize(
    ("born", "expected", "case_only"),
    [
        (date(2008, 3, 2), "HOLDER", False),  # eighteen today
        (date(2008, 3, 3), "GUARDIAN", False),
        (date(2012, 3, 2), "GUARDIAN", False),  # fourteen today
        (date(2012, 3, 3), "GUARDIAN", True),
    ],
)
def test_a_minor_is_reached_through_the_guardian_and_under_fourteen_only_the_case_is_named(
    born: date, expected: str, case_only: bool
) -> None:
    found = contacts(replace(ADULT, born=born), POLICY, DAY)
    assert [(c.owner.value, c.case_only) for c in found] == [(expected, case_only)]


@pytest.mark.parametrize(
    ("phone", "confirmed", "proves"),
    [
        (Phone("13900000001", True, 1, INDEX), True, True),
        (Phone("13900000001", False, 1, INDEX), False, True),
        (Phone("13900000001", True, 2, INDEX), True, True),
        (Phone("13900000001", True, 3, INDEX), False, False),
    ],
)
def test_a_phone_that_many_share_is_used_and_proves_nothing(phone: Phone, confirmed: bool, proves: bool) -> None:
    (found,) = contacts(replace(ADULT, phone=phone), POLICY, DAY)
    assert (found.confirmed, found.proves, found.language, found.phone_id) == (confirmed, proves, Language.TIBETAN, INDEX)


LANDLINE = Phone("0887-8220000", True, 1, INDEX)
CALLED = replace(ADULT, phone=LANDLINE, guardian=LANDLINE)
HEARING, BLIND = frozenset({Category.HEARING}), frozenset({Category.VISUAL})


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (CALLED, [("VOICE", "HOLDER")]),
        (replace(CALLED, categories=BLIND), [("VOICE", "HOLDER")]),
        (replace(CALLED, categories=HEARING), []),
        (replace(CALLED, categories=HEARING | BLIND), []),
        (replace(CALLED, categories=HEARING, choice=ContactChoice.VOICE), [("VOICE", "HOLDER")]),
        (replace(CALLED, choice=ContactChoice.TEXT), []),
        (replace(CALLED, choice=ContactChoice.GUARDIAN), [("VOICE", "GUARDIAN")]),
        (replace(CALLED, categories=HEARING | {Category.MENTAL}), [("VOICE", "GUARDIAN")]),
        (replace(CALLED, born=date(2015, 1, 1)), [("VOICE", "GUARDIAN")]),
    ],
)
def test_a_landline_is_called_and_never_written_to(known: Reachable, expected: list[tuple[str, str]]) -> None:
    assert ways(known) == expected


def test_who_has_no_phone_or_is_dead_is_not_reached_by_one() -> None:
    assert ways(replace(ADULT, phone=None)) == []
    assert ways(replace(ADULT, born=date(2015, 1, 1), guardian=None)) == []
    assert ways(replace(ADULT, dead=True)) == []
    assert "139" not in repr(contacts(ADULT, POLICY, DAY)) + repr(ADULT)
