"""The doors behind reaching a holder: what he chose, a confirmed number, and the ways to him, looked up for a purpose and recorded."""

from datetime import date
from typing import Any

import pytest

from services.certificates.person import decider
from services.certificates.person import events as person_events
from services.certificates.vocabulary import ContactChoice, Language, PhoneOwner
from services.domain.phones import phone_index
from services.kernel.errors import Malformed, NotFound
from tests.certificates import office as certificates_office
from tests.certificates.certificate.story import POLICY
from tests.spec import spec
from tests.world import SITE_KEY, World

DAY = date(2026, 3, 2)
REGISTERED = person_events.PersonRegistered(birth_month="1980-01", division=certificates_office.VILLAGE)
QUESTION = {"purpose": "EXPIRY_REMINDER", "reference": "notice/1"}


def test_a_choice_and_a_confirmed_number_are_facts_without_the_number() -> None:
    person = spec(decider.PERSON, POLICY).given(REGISTERED)
    chosen = person_events.ContactChosen(choice=ContactChoice.VOICE, language=Language.LISU, chosen_on=DAY)
    person.when(decider.ChooseContact(ContactChoice.VOICE, Language.LISU), DAY).then(chosen)
    person.when(decider.ConfirmPhone(PhoneOwner.HOLDER, True), DAY).then(
        person_events.PhoneConfirmed(owner=PhoneOwner.HOLDER, confirmed_on=DAY)
    )
    person.when(decider.ConfirmPhone(PhoneOwner.GUARDIAN, False), DAY).rejected("no_phone")
    for wrong in (
        decider.ChooseContact(ContactChoice.UNKNOWN, Language.LISU),
        decider.ConfirmPhone(PhoneOwner.UNKNOWN, True),
    ):
        with pytest.raises(Malformed, match="choice_unknown"):
            person.when(wrong, DAY).then_nothing()
    with pytest.raises(NotFound, match="person_unknown"):
        spec(decider.PERSON, POLICY).given().when(decider.ConfirmPhone(PhoneOwner.HOLDER, True), DAY).then_nothing()


async def ways(office: certificates_office.Office, person: str) -> list[tuple[Any, ...]]:
    """Way, owner, phone, confirmed and proves of each contact of a person."""
    [found] = (await office.clerk.post("/contacts", QUESTION | {"person_ids": [person]}))["persons"]
    return [(c["way"], c["owner"], c["phone"], c["confirmed"], c["proves"]) for c in found["contacts"]]


async def test_the_ways_to_a_holder_follow_what_is_known(place: World) -> None:
    office = await certificates_office.opened(place)
    person, _ = await office.issued()
    phone = "13800000000"
    assert await ways(office, person) == [("TEXT", "HOLDER", phone, False, True)]
    await office.village.post(f"/persons/{person}/phone-confirmed", {"owner": "HOLDER"})
    assert await ways(office, person) == [("TEXT", "HOLDER", phone, True, True)]
    await office.village.post(f"/persons/{person}/contact", {"choice": "VOICE", "language": "TIBETAN"})
    assert await ways(office, person) == [("VOICE", "HOLDER", phone, True, True)]
    await office.clerk.post(f"/persons/{person}/details", {"phone": "13900000009"})
    assert await ways(office, person) == [("VOICE", "HOLDER", "13900000009", False, True)]
    refused = await office.clerk.post(f"/persons/{person}/phone-confirmed", {"owner": "GUARDIAN"}, 409)
    assert refused["title"] == "no_phone"
    await office.village.post(f"/persons/{person}/contact", {"choice": "VISIT"})
    assert await ways(office, person) == []


async def test_a_number_that_three_persons_have_proves_nothing(place: World) -> None:
    office = await certificates_office.opened(place)
    persons = [await office.person(n) for n in range(2)]
    assert await ways(office, persons[0]) == [("TEXT", "HOLDER", "13800000000", False, True)]
    await office.person(2)
    assert await ways(office, persons[0]) == [("TEXT", "HOLDER", "13800000000", False, False)]


async def test_equal_numbers_have_equal_ids_whoever_has_them_and_the_id_shows_none(place: World) -> None:
    office = await certificates_office.opened(place)
    first, second, other = [await office.person(n) for n in range(3)]
    guardian = {"name": "测试乙", "relationship": "parent", "citizen_id": certificates_office.CITIZENS[4], "phone": "13800000000"}
    await office.clerk.post(f"/persons/{other}/details", {"phone": "13900000009"})
    ids = [await phone_id(office, person) for person in (first, second, other)]
    await office.clerk.post(f"/persons/{other}/guardian", guardian)
    await office.clerk.post(f"/persons/{other}/contact", {"choice": "GUARDIAN"})
    assert ids == [str(phone_index(SITE_KEY, n)) for n in ("13800000000", "13800000000", "13900000009")]
    assert await phone_id(office, other) == ids[0]


async def test_a_number_is_one_however_it_was_typed_and_what_is_none_is_refused(place: World) -> None:
    office = await certificates_office.opened(place)
    persons = [await office.person(n) for n in range(3)]
    for person, typed in zip(persons, ("138 0000 0000", "+86 138-0000-0000", "０１３８００００００００"), strict=True):
        told = await office.clerk.post(f"/persons/{person}/details", {"phone": typed}, 409)
        assert told["title"] == "nothing_to_correct"  # it is the number that is kept
    await office.clerk.post(f"/persons/{persons[0]}/details", {"phone": "（0887）822 0000"})
    assert [row["phone"] for row in await office.sql("SELECT DISTINCT phone FROM person ORDER BY 1")] == [
        "0887-8220000",
        "13800000000",
    ]
    for typed in ("139 0000 000", "8225678", "13900000001/13900000002", "没有", "+852 1234 5678"):
        problem = await office.clerk.post(f"/persons/{persons[0]}/details", {"phone": typed}, 422)
        assert problem["errors"] == [{"pointer": "/body/phone", "code": "phone_not_a_number"}]
        assert (typed in str(problem), "手机号码" in problem["detail"]) == (False, True)
    guardian = {
        "name": "测试乙",
        "relationship": "parent",
        "citizen_id": certificates_office.CITIZENS[4],
        "phone": "+86 138 0000 0000",
    }
    await office.clerk.post(f"/persons/{persons[0]}/guardian", guardian)
    assert [row["phone"] for row in await office.sql("SELECT phone FROM guardian")] == ["13800000000"]


async def phone_id(office: certificates_office.Office, person: str) -> str:
    """The id of the one phone by which a person is reached."""
    [found] = (await office.clerk.post("/contacts", QUESTION | {"person_ids": [person]}))["persons"]
    [contact] = found["contacts"]
    return str(contact["phone_id"])


async def test_a_guardian_is_told_first_and_another_county_is_told_nothing(place: World) -> None:
    office = await certificates_office.opened(place)
    child = await office.person(3)  # born 1985; made a ward by choice
    guardian = {"name": "测试乙", "relationship": "parent", "citizen_id": certificates_office.CITIZENS[4], "phone": "13900000002"}
    await office.clerk.post(f"/persons/{child}/guardian", guardian)
    await office.clerk.post(f"/persons/{child}/contact", {"choice": "GUARDIAN"})
    await office.clerk.post(f"/persons/{child}/phone-confirmed", {"owner": "GUARDIAN"})
    assert await ways(office, child) == [("TEXT", "GUARDIAN", "13900000002", True, True)]
    there = await office.client("CL", "533422", "clerk")
    answer = await there.post("/contacts", QUESTION | {"person_ids": [child]})
    assert (answer["persons"], answer["refused"]) == ([], 1)
    assert (await there.post(f"/persons/{child}/contact", {"choice": "TEXT"}, 404))["title"] == "person_unknown"
    looks = await office.sql("SELECT division, granted FROM person_read WHERE reference = 'notice/1' ORDER BY id")
    assert [tuple(row) for row in looks] == [(certificates_office.VILLAGE, True), ("533422", False)]
    health = await office.client("WJ", "533401", "clerk")
    assert (await health.post("/contacts", QUESTION | {"person_ids": [child]}, 403))["title"] == "purpose_not_yours"
    stored = await office.sql("SELECT string_agg(encode(data, 'hex'), '') AS all FROM events")
    assert b"13900000002".hex() not in stored[0]["all"]
