"""Registration of a person, as a pseudonym."""

import pytest

from services.certificates.person.decider import PERSON, Register
from services.certificates.person.events import PersonRegistered
from services.certificates.policy.load import load_policy
from services.kernel.errors import Malformed
from tests.spec import context, spec

POLICY = load_policy()
REGISTERED = PersonRegistered(birth_month="1980-01", division="533401204001")


def test_a_person_is_registered_with_the_birth_month_and_the_village() -> None:
    spec(PERSON, POLICY).given().when(Register("1980-01", "533401204001")).then(REGISTERED)


def test_a_person_is_registered_once() -> None:
    spec(PERSON, POLICY).given(REGISTERED).when(Register("1980-01", "533401204001")).rejected("person_known")


@pytest.mark.parametrize("division", ["533401204", "530102001001", "533401299001", "5334012040011"])
def test_a_person_lives_in_a_known_village(division: str) -> None:
    with pytest.raises(Malformed) as refusal:
        PERSON.decide(PERSON.initial, Register("1980-01", division), POLICY, context())
    assert refusal.value.code == "division_unknown"
