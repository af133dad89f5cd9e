"""A person is found at the window by citizen id or by name, near by only, in a bounded way, and every search is recorded."""

from datetime import date
from difflib import SequenceMatcher
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.certificates.person import sound
from services.certificates.person.search import Likeness, candidates
from services.certificates.person.sound import alike, spelled, spellings
from services.certificates.policy.load import load_policy
from tests.certificates import office as certificates_office
from tests.world import Client, World

RULE = load_policy().search.one("search", date(2026, 3, 2))


@pytest.mark.parametrize(
    ("wanted", "name", "found"),
    [
        ("扎西顿珠", "扎西顿珠", Likeness.SAME_NAME),
        ("定主", "格茸定主", Likeness.PART_OF_NAME),
        ("格茸定主", "定主", Likeness.PART_OF_NAME),
        ("次里", "此里", Likeness.SOUND),
        ("次林", "七林", Likeness.SOUND),
        ("卓玛", "珠玛", Likeness.SOUND),
        ("和丽", "何丽", Likeness.SOUND),
        ("和丽", "贺丽", Likeness.SOUND),
        ("扎西", "央宗", None),
        ("卓玛", "卓", None),
        ("卓玛", "扎西卓", None),
    ],
)
def test_a_name_is_like_another_by_part_or_sound(wanted: str, name: str, found: Likeness | None) -> None:
    matches = candidates(wanted, [(UUID(int=1), name)], RULE)
    assert [match.likeness for match in matches] == ([found] if found else [])


def test_a_character_with_several_readings_is_heard_in_each_and_long_names_stay_cheap() -> None:
    assert {"he li", "huo li"} <= set(spellings("和丽"))
    assert len(spellings("和" * 60)) == 16


@given(st.text("和重行乐长大扎西卓玛", min_size=2, max_size=5), st.text("和何丽重行乐长大扎西次此卓珠玛", min_size=2, max_size=5))
def test_the_bounds_let_through_whatever_the_comparison_finds_alike(wanted: str, name: str) -> None:
    ratios = [SequenceMatcher(None, one, other).ratio() for one in spellings(wanted) for other in spellings(name)]
    assert alike(spelled(wanted), spelled(name), 75) == (max(ratios) * 100 >= 75)


def test_a_townships_names_are_compared_without_comparing_every_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def comparing(_: None, one: str, other: str) -> SequenceMatcher[str]:
        compared.append(other)
        return SequenceMatcher(None, one, other)

    monkeypatch.setattr(sound, "SequenceMatcher", comparing)
    characters = "重行乐长大数调单解曾朝和何丽扎西次里卓玛格桑达瓦"
    names = [(UUID(int=n), f"{a}{b}{c}重") for n, (a, b, c) in enumerate(product(characters, characters[:12], characters[:12]))]
    found = candidates("乐长调行", names, RULE)
    assert len(names) > 3000
    assert found
    assert len(compared) < len(names)


async def find(client: Client, **asked: str) -> list[tuple[str, str, str]]:
    """Likeness, name and citizen id of those found."""
    answer = await client.post("/persons/find", {"reference": "window/1"} | asked, 200)
    return [(f["likeness"], f["person"]["name"], f["person"]["citizen_id"]) for f in answer["persons"]]


async def test_a_person_is_found_by_citizen_id_in_ones_own_division_only(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person()
    typed = "５３３４９９ 19800101 0013"
    assert await find(office.clerk, citizen_id=typed) == [("CITIZEN_ID", "测试甲", "533499********0013")]
    neighbour = await office.client("CL", "533422", "clerk")
    assert await find(neighbour, citizen_id=certificates_office.CITIZENS[0]) == []
    nobody = str(UUID(int=0))
    about = ("CL", "CERTIFICATE_SERVICE", "window/1")
    assert await office.looks() == [(*about, person, True), (*about, nobody, False)]
    first = {"reference": "window/1", "citizen_id": "533499800101001"}
    refused = await office.clerk.post("/persons/find", first, 422)
    assert (refused["title"], refused["detail"]) == ("id_length", "这是15位的第一代身份证号，请使用18位身份证号")


async def test_a_person_is_found_by_name_and_candidates_only_near(place: World) -> None:
    office = await certificates_office.opened(place)
    for citizen, name in enumerate(("扎西•次里", "扎西此里", "格茸扎西次里", "央宗")):
        await office.person(citizen, name=name)
    await office.person(4, certificates_office.NEXT_VILLAGE, "扎西次里")
    same = ("SAME_NAME", "扎西次里")
    found = await find(office.clerk, name="扎西 次里")
    assert sorted(hit[:2] for hit in found) == sorted([("SAME_NAME", "扎西·次里"), same])
    near = await find(office.clerk, name="扎西次里", division=certificates_office.VILLAGE)
    assert [hit[:2] for hit in near] == [
        ("SAME_NAME", "扎西·次里"),
        ("PART_OF_NAME", "格茸扎西次里"),
        ("SOUND", "扎西此里"),
    ]
    township = await office.client("XZ", "533401204", "township")
    assert len(await find(township, name="扎西次里")) == 4


async def test_a_search_by_name_is_bounded(place: World) -> None:
    office = await certificates_office.opened(place)
    for citizen in range(11):
        await office.person(citizen, name="卓玛")
    answer = await office.clerk.post("/persons/find", {"reference": "window/1", "name": "卓玛"}, 200)
    assert (len(answer["persons"]), answer["more"]) == (10, True)
    wrong: list[tuple[dict[str, str], int, str]] = [
        ({"name": "卓"}, 422, "name_too_short"),
        ({"name": "卓·"}, 422, "name_too_short"),
        ({}, 422, "one_of_two"),
        ({"name": "卓玛", "citizen_id": certificates_office.CITIZENS[0]}, 422, "one_of_two"),
        ({"name": "卓玛", "division": "533422"}, 403, "foreign_division"),
    ]
    for asked, status, code in wrong:
        assert (await office.clerk.post("/persons/find", {"reference": "window/1"} | asked, status))["title"] == code
    odd = await office.clerk.post("/persons/find", {"reference": "window/1", "name": "卓?"}, 200)
    assert odd["findings"] == ["name_charset"]
    for n in range(6):
        await office.clerk.post(
            "/resolve",
            {"purpose": "CASE_WORK", "reference": "case/1", "person_ids": [str(UUID(int=100 * n + i)) for i in range(31)]},
        )
    assert (await office.clerk.post("/persons/find", {"reference": "window/1", "name": "卓玛"}, 429))["title"] == "too_many_reads"
    assert (await office.village.post("/persons/find", {"reference": "window/1", "name": "卓玛"}, 403))["title"] == "scope_missing"
