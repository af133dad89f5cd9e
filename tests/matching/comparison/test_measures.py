"""Persons × measures: who has one coming and is surely on no list of it, who would if one fact were known, what cannot be said."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.matching.comparison.derive import derive
from services.matching.county_facts.in_force import policy_tables
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import CardChange, CardStep, Feed, HouseholdMember, Month, Person, PersonRow
from services.matching.finding.events import Found
from services.matching.policy.load import load_policy
from services.matching.vocabulary import Finding
from tests.matching.county_facts.story import COUNTY, RULES, TABLES

POLICY = load_policy()
MEASURES = [row for row in RULES.rows if row.value.measure]
VILLAGE, TOWN, TOWNSHIP, TODAY = "533421100200", "533421100001", "533421100000", date(2026, 4, 30)
MARGIN, ALLOWANCE, WATCHED, SURVEY = "LOW_INCOME_MARGIN", "SUBSISTENCE_ALLOWANCE", "MONITORED_HOUSEHOLDS", "NEEDS_SURVEY"
DESTITUTE, RENTAL, HOUSES, DOCTORS, TRAINING = "DESTITUTE_SUPPORT", "PUBLIC_RENTAL", "HOUSE_SAFETY", "FAMILY_DOCTOR", "TRAINING"
AT_RISK = {"eliminated": False}
UNSAFE, UNPLANNED = {"house_grade": "D", "renovation": "NONE"}, {"house_grade": "B", "renovation": "NONE"}
REHABILITATION = "REHABILITATION"
RAMP, MASSAGE, CARE = {"wants_accessibility": True}, {"wants_massage": True}, {"wants_care": True}
LATELY = {"started_on": date(2026, 1, 5)}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """A holder, the rows in which the lists name them, and for a measure the rules that find them, with what is to be known."""

    measure: str
    expected: str
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    category: str = "HEARING"
    grade: int = 3
    place: str = VILLAGE
    born: str = "1980-01"


CASES = [
    # 单人保: 1–2, and 智力、精神 3, of a household on the margin
    Case("M06a", "SINGLE_ALLOWANCE_NOT_RECEIVED", {MARGIN: [{}]}, grade=2),
    Case("M06a", "SINGLE_ALLOWANCE_NOT_RECEIVED", {MARGIN: [{}]}, "MENTAL"),
    Case("M06a", "", {MARGIN: [{}]}),
    Case("M06a", "", {MARGIN: [{}], ALLOWANCE: [{}]}, grade=2),  # has it
    Case("M06a", "", {MARGIN: [{}], DESTITUTE: [{}]}, grade=2),  # has more
    Case("M06a", "SINGLE_ALLOWANCE_UNCLEAR INCOME", {WATCHED: [AT_RISK]}, grade=2),
    Case("M06a", "SINGLE_ALLOWANCE_NOT_RECEIVED", {WATCHED: [AT_RISK], MARGIN: [{}]}, grade=2),
    Case("M06a", "", {WATCHED: [{"eliminated": True}]}, grade=2),
    Case("M06a", "", grade=2),
    # 特困: without labour, alone, with little
    Case("M04", "DESTITUTE_CANDIDATE", {ALLOWANCE: [{"persons": 1}]}, "INTELLECTUAL"),
    Case("M04", "DESTITUTE_UNCLEAR HOUSEHOLD_SIZE", {ALLOWANCE: [{}]}, "INTELLECTUAL"),
    Case("M04", "", {ALLOWANCE: [{"persons": 2}]}, "INTELLECTUAL"),
    Case("M04", "DESTITUTE_UNCLEAR INCOME", {WATCHED: [AT_RISK]}, "INTELLECTUAL"),
    Case("M04", "", {WATCHED: [AT_RISK], ALLOWANCE: [{"persons": 3}]}, "INTELLECTUAL"),
    Case("M04", "", {WATCHED: [AT_RISK], DESTITUTE: [{}]}, "INTELLECTUAL"),
    Case("M04", "", {ALLOWANCE: [{"persons": 1}]}),
    # 按摩培训
    Case("M13", "MASSAGE_TRAINING_NONE", {SURVEY: [MASSAGE]}, "VISUAL", 2),
    Case("M13", "", {SURVEY: [MASSAGE], TRAINING: [LATELY | {"field": "MASSAGE"}]}, "VISUAL", 2),
    Case("M13", "MASSAGE_TRAINING_NONE", {SURVEY: [MASSAGE], TRAINING: [LATELY | {"field": "CRAFT"}]}, "VISUAL", 2),
    Case("M13", "MASSAGE_TRAINING_UNCLEAR TRAINING_FIELD", {SURVEY: [MASSAGE], TRAINING: [LATELY]}, "VISUAL", 2),
    Case("M13", "MASSAGE_TRAINING_NONE", {SURVEY: [MASSAGE], TRAINING: [{"started_on": date(2025, 1, 5)}]}, "VISUAL", 2),
    Case("M13", "", {SURVEY: [MASSAGE], TRAINING: [LATELY, LATELY | {"field": "MASSAGE"}]}, "VISUAL", 2),
    Case("M13", "", {SURVEY: [MASSAGE]}, grade=2),
    # work: whether somebody can is asked where the survey does not say it
    Case("M10", "WORK_ABILITY_UNCLEAR ABLE_TO_WORK", {SURVEY: [{"wants_work": True}]}),
    Case("M10", "WORK_WANTED_NO_JOB", {SURVEY: [{"wants_work": True, "able_to_work": True}]}),
    Case("M10", "", {SURVEY: [{"wants_work": True, "able_to_work": False}]}),
    Case("M10", "", {SURVEY: [{"wants_work": True}], "EMPLOYMENT": [{}]}),
    # 无障碍改造: in villages, for who has little
    Case(
        "M16", "SEVERE_WITHOUT_ACCESSIBILITY", {SURVEY: [RAMP], HOUSES: [UNPLANNED], ALLOWANCE: [{"residence": "RURAL"}]}, grade=1
    ),
    Case("M16", "ACCESSIBILITY_UNCLEAR RESIDENCE", {SURVEY: [RAMP], HOUSES: [UNPLANNED], ALLOWANCE: [{}]}, grade=1),
    Case("M16", "", {SURVEY: [RAMP], HOUSES: [UNPLANNED], ALLOWANCE: [{"residence": "URBAN"}]}, grade=1),
    Case("M16", "ACCESSIBILITY_UNCLEAR INCOME", {SURVEY: [RAMP], HOUSES: [UNPLANNED]}, grade=1),
    Case("M16", "ACCESSIBILITY_UNCLEAR INCOME", {SURVEY: [RAMP], HOUSES: [UNPLANNED]}, grade=1, place=TOWNSHIP),  # village or not
    Case("M16", "", {SURVEY: [RAMP], HOUSES: [UNPLANNED]}, grade=1, place=TOWN),
    Case("M16", "", {SURVEY: [RAMP], HOUSES: [UNPLANNED]}, grade=3),
    # 公租房: in towns
    Case("M18", "PUBLIC_RENTAL_NOT_GIVEN", {HOUSES: [UNSAFE], ALLOWANCE: [{"residence": "URBAN"}]}, place=TOWN),
    Case(
        "M18",
        "PUBLIC_RENTAL_NOT_GIVEN",
        {HOUSES: [UNSAFE], ALLOWANCE: [{"residence": "URBAN"}], RENTAL: [{"state": "LEFT"}]},
        place=TOWN,
    ),
    Case("M18", "", {HOUSES: [UNSAFE], ALLOWANCE: [{"residence": "URBAN"}], RENTAL: [{"state": "WAITING"}]}, place=TOWN),
    Case("M18", "", {HOUSES: [UNSAFE], ALLOWANCE: [{"residence": "URBAN"}], RENTAL: [{}]}, place=TOWN),  # nobody says how
    Case("M18", "PUBLIC_RENTAL_UNCLEAR INCOME", {HOUSES: [UNSAFE]}, place=TOWN),
    Case("M18", "", {HOUSES: [UNSAFE]}),
    # 家庭医生: a contract goes on until its last day
    Case("M19", "DOCTOR_NOT_SIGNED"),
    Case("M19", "DOCTOR_NOT_SIGNED", {DOCTORS: [{"until": date(2026, 4, 29)}]}),
    Case("M19", "", {DOCTORS: [{"until": TODAY}]}),
    Case("M19", "", {DOCTORS: [{}]}),
    # what nobody is known to send a list of yet: once it is sent, the rule speaks
    Case("M11", "BUSINESS_NOT_SUPPORTED", {SURVEY: [{"has_business": True}]}),
    Case("M11", "", {SURVEY: [{"has_business": True}], "BUSINESS_SUPPORT": [{}]}),
    Case("M15", "CHILD_REHABILITATION_NONE", born="2021-01"),
    Case("M15", "", {REHABILITATION: [{"service": "CHILD"}]}, born="2021-01"),
    Case("M15", "CHILD_REHABILITATION_NONE", {REHABILITATION: [{"service": "AIDS"}]}, born="2021-01"),
    Case("M15", "", born="2019-03"),
    Case(
        "M19-REHABILITATION",
        "REHABILITATION_NONE",
        {SURVEY: [{"wants_rehabilitation": True}], REHABILITATION: [{"service": "AIDS"}]},
    ),
    Case("M19-REHABILITATION", "", {SURVEY: [{"wants_rehabilitation": True}], REHABILITATION: [{}]}),  # nobody says which
    Case("M19-AIDS", "AIDS_NONE", {SURVEY: [{"wants_aids": True}]}),
    Case("M19-AIDS", "", {SURVEY: [{"wants_aids": True}], REHABILITATION: [{"service": "AIDS"}]}),
    Case("M20", "CARE_NOT_ARRANGED", {SURVEY: [CARE], ALLOWANCE: [{}]}, grade=1),
    Case("M20", "CARE_NOT_ARRANGED", {SURVEY: [CARE], ALLOWANCE: [{}], "CARE_SERVICE": [{"until": date(2026, 3, 1)}]}, grade=1),
    Case("M20", "", {SURVEY: [CARE], ALLOWANCE: [{}], "CARE_SERVICE": [{}]}, grade=1),
    Case("M20", "CARE_UNCLEAR INCOME", {SURVEY: [CARE]}, "MENTAL"),
    Case("M20", "", {SURVEY: [CARE], DESTITUTE: [{}]}, grade=1),
    Case("M21", "INDUSTRY_NOT_JOINED", {WATCHED: [AT_RISK]}),
    Case("M21", "INDUSTRY_UNCLEAR RESIDENCE", {WATCHED: [AT_RISK]}, place=TOWNSHIP),
    Case("M21", "", {WATCHED: [AT_RISK], "INDUSTRY_SUPPORT": [{}]}),
    Case("M21", ""),
    Case("M22", "RELOCATED_NOT_FOLLOWED", {"RELOCATED_HOUSEHOLDS": [{"followed": False}]}),
    Case("M22", "RELOCATED_UNCLEAR FOLLOW_UP", {"RELOCATED_HOUSEHOLDS": [{}]}),
    Case("M22", "", {"RELOCATED_HOUSEHOLDS": [{"followed": True}]}),
    Case("M23", "HELPER_NOT_PAIRED", {WATCHED: [AT_RISK]}),
    Case("M23", "", {WATCHED: [AT_RISK], "HELPER_PAIRING": [{}]}),
    # signals say what their measure would have to know
    Case("M17", "UNSAFE_HOME INCOME", {HOUSES: [UNSAFE]}),
    Case("M17", "UNSAFE_HOME", {HOUSES: [UNSAFE], ALLOWANCE: [{}]}),
    Case("M14", "LARGE_OWN_COST INCOME", {"MEDICAL_AID": [{"own_cost": 30_000}]}),
    Case("M14", "LARGE_OWN_COST", {"MEDICAL_AID": [{"own_cost": 30_000}], MARGIN: [{}]}),
]
PLACES = {number: UUID(int=number) for number in range(len(CASES))}


def filled(county: County) -> None:
    """Put the holders of all cases, with the rows of policy that the measures go by, into a county."""
    county.put("month", [Month("2026-04", date(2026, 4, 1), TODAY)])
    since, until = date(2020, 1, 1), date(2030, 1, 1)
    for number, case in enumerate(CASES):
        who = PLACES[number]
        county.put("person", [Person(who, case.place, case.born)])
        county.put("household_member", [HouseholdMember(UUID(int=40_000 + number), who)])
        county.put("card_change", [CardChange(who, 1, who, CardStep.VALID, since, case.category, case.grade, since, until)])
    for table in ("measure_group", "large_cost"):
        county.put(table, policy_tables(POLICY, COUNTY)[table])


def listed(county: County) -> None:
    """All lists came, and have the rows of the cases."""
    for place, kind in enumerate(row.id for row in POLICY.rosters.rows):
        roster, rows = (
            UUID(int=10_000 + place),
            [(number, row) for number, case in enumerate(CASES) for row in case.rows.get(kind, ())],
        )
        county.put("feed", [Feed(kind, "2026-04", roster, TODAY, True)])
        for line, (number, row) in enumerate(rows):
            household: dict[str, Any] = {"household": UUID(int=20_000 + number)} if "household" in TABLES[kind.lower()] else {}
            county.put("person_row", [PersonRow(roster, line, UUID(int=30_000 + number), PLACES[number])])
            county.put_named(kind.lower(), [{"roster_id": roster, "row": line, **household, **row}])


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Found, ...]]:
    """What the rules of measures find of all cases at once."""
    folder: Path = tmp_path_factory.mktemp("county")
    with County(folder, TABLES) as county:
        filled(county)
        listed(county)
        county.derive()
        yield derive(county, MEASURES, COUNTY, TODAY).found


@pytest.mark.parametrize("number", PLACES, ids=lambda number: f"{CASES[number].measure} {CASES[number].expected} {number}")
def test_who_has_a_measure_coming(found: tuple[Found, ...], number: int) -> None:
    told = [each for each in found if each.subject == PLACES[number] and each.object == CASES[number].measure]
    missing = [fact.value for each in told for fact in each.facts if fact.name == "missing"]
    assert [each.rule for each in told] + missing == CASES[number].expected.split()


def test_what_would_be_somebodys_if_a_fact_were_known_is_an_outcome_of_its_own(found: tuple[Found, ...]) -> None:
    unclear = [each for each in found if each.rule.endswith("_UNCLEAR")]
    assert {each.finding for each in unclear} == {Finding.QUALIFIES_IF_KNOWN}
    assert all(any(fact.name == "missing" for fact in each.facts) for each in unclear)
    about = [(each.subject, each.object) for each in found if each.object != "M05"]  # of two insurances
    assert len(set(about)) == len(about), "one finding of a person and a measure"


def test_without_a_list_a_measure_is_said_to_nobody_and_the_list_is_named(county: County) -> None:
    filled(county)
    county.derive()
    made = derive(county, [row for row in MEASURES if row.value.needs], COUNTY, TODAY)
    suspended = {(each.rule, each.kind) for each in made.suspended}
    assert suspended == {(row.id, kind) for row in MEASURES for kind in row.value.needs}
    assert made.found == ()


def test_every_measure_of_the_catalogue_has_a_rule() -> None:
    assert {row.value.measure for row in MEASURES} == {f"M{number:02d}" for number in range(1, 24)} | {"M06a"}
