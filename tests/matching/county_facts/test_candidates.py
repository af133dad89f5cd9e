"""Whom a row without a usable citizen id may mean: found by what is left of it, weighed field by field, and never by the name alone."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from services.domain.likeness.features import Legible, features, legible, of_person, row_identity
from services.matching.county_facts.in_force import policy_tables
from services.matching.county_facts.likeness import PersonFeatures, RefusedCandidate, RowFeatures
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import Feed, Person, PersonRow, tables
from services.matching.policy.load import load_policy
from tests.matching.county_facts.lookalikes import KEY, ROSTER, TODAY, filled, lookalikes, recall

POLICY = load_policy()
VILLAGE, OTHER = "533421100200", "533421101201"
IDENTITY = UUID(int=99)
ZHAXI, NAMESAKE, CHILD = UUID(int=1), UUID(int=2), UUID(int=3)
REGISTER = {
    ZHAXI: ("次仁央宗", "533499198001010013", VILLAGE),
    NAMESAKE: ("泽仁央宗", "533499196507150030", VILLAGE),
    CHILD: ("和志明", "533499201005050041", OTHER),
}


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with County(tmp_path, tables(POLICY.rosters)) as opened:
        opened.put("feed", [Feed("SUBSIDY_PAYMENT", "2026-03", ROSTER, TODAY, True)])
        for table in ("match_weight", "candidate_limit"):
            opened.put(table, policy_tables(POLICY, VILLAGE[:6])[table])
        for person, (name, number, village) in REGISTER.items():
            said = of_person(KEY, name, number)
            opened.put("person", [Person(person, village, said.birth_month or "")])
            known = PersonFeatures(person, said.name, said.sounds, said.birth_month, said.born, said.sequence, said.male)
            opened.put("person_features", [known])
        yield opened


def listed(county: County, name: str, raw: object, place: str | None = None) -> None:
    """A row of the list says this name, and this for a citizen id."""
    said = features(KEY, name, legible(raw, TODAY))
    same = (said.name, said.sounds, said.birth_year, said.birth_month, said.born, said.sequence, said.male)
    county.put("row_features", [RowFeatures(ROSTER, 1, IDENTITY, *same, place)])
    county.put("person_row", [PersonRow(ROSTER, 1, None, None)])


def candidates(county: County) -> list[UUID]:
    """Whom the row may mean, the likeliest first."""
    county.derive()
    return [person for (person,) in county.ask("SELECT person_id FROM candidate ORDER BY nth")]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("次仁·央宗", 533499198001010013.0),  # a spreadsheet made a number of it
        ("此里央宗", "53349919800101001"),
        ("泽仁央□", "533499800101001"),
        ("次仁央宗", "533499198001010014"),
        ("次仁央宗", "533499198013010013"),  # there is no such day: the year, the sequence and the village are left
    ],
)
def test_what_is_legible_of_an_id_leads_to_the_person(county: County, name: str, raw: object) -> None:
    listed(county, name, raw, VILLAGE)
    assert candidates(county)[:1] == [ZHAXI]


def test_nobody_is_a_candidate_by_the_name_alone(county: County) -> None:
    listed(county, "和志明", None)
    assert candidates(county) == []
    assert row_identity(KEY, "和志明", "5.3E+17", Legible(), None) is None


def test_namesakes_of_one_village_are_both_offered_and_each_says_why(county: County) -> None:
    listed(county, "次仁央宗", None, VILLAGE)
    county.run("UPDATE candidate_limit SET least = 0")
    assert set(candidates(county)) == {ZHAXI, NAMESAKE}
    for (fields,) in county.ask("SELECT fields FROM likely"):
        told = {field["field"]: (field["level"], field["weight"] > 0) for field in fields}
        assert told["NAME"] == ("SAME", True)
        assert told["PLACE"] == ("VILLAGE", True)
        assert told["BIRTH"] == (None, False)


def test_who_was_refused_is_no_candidate_again(county: County) -> None:
    listed(county, "次仁央宗", "533499198001010014", VILLAGE)
    county.put("refused_candidate", [RefusedCandidate(IDENTITY, ZHAXI)])
    assert ZHAXI not in candidates(county)


def test_a_row_that_leads_to_somebody_has_no_candidates(county: County) -> None:
    listed(county, "次仁央宗", "533499198001010014", VILLAGE)
    county.run("UPDATE person_row SET person_id = ?", NAMESAKE)
    assert candidates(county) == []


@pytest.mark.parametrize("seed", [3, 4])
def test_the_person_meant_is_among_the_first_three(tmp_path: Path, seed: int) -> None:
    found = lookalikes(seed, 400, 200)
    with County(tmp_path, tables(POLICY.rosters)) as opened:
        filled(opened, found, POLICY.rosters, tmp_path)
        opened.derive()
        assert recall(opened, found.meant, 3) >= 0.95
        offered, most = opened.ask("SELECT count(*), max(nth) FROM candidate")[0]
        assert most <= 5
        assert offered < 2 * len(found.meant), "nearly every row has one likely candidate"


@pytest.mark.parametrize(
    ("raw", "born", "male"),
    [
        ("5.33499198001010E+17", date(1980, 1, 1), None),
        ("5.33E+17", None, None),  # nothing of the day is left
        ("533499100505004", date(2010, 5, 5), False),  # by the digits of the first generation nobody of 1910 is likely
        ("没有", None, None),
        (None, None, None),
    ],
)
def test_what_a_broken_id_still_says(raw: object, born: date | None, male: bool | None) -> None:
    found = legible(raw, TODAY)
    assert (found.born, found.male) == (born, male)


def test_features_show_nothing_and_differ_by_site() -> None:
    one, other = of_person(KEY, "扎西", "533499198001010013"), of_person("another", "扎西", "533499198001010013")
    assert one.name != other.name
    assert one.sounds != other.sounds
    assert one.born != other.born
    assert "扎西" not in repr(one)
    assert features(KEY, "扎西", Legible()).born is None
