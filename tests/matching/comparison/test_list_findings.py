"""What is odd about a list is a finding of whoever sent it: names that the register has otherwise, rows that nobody can use."""

from datetime import date
from uuid import UUID

from services.matching.comparison.derive import derive
from services.matching.county_facts.known import RowProblem
from services.matching.county_facts.likeness import OtherName
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import Feed
from services.matching.finding.events import Fact, Found
from services.matching.vocabulary import Finding, SubjectKind
from tests.matching.county_facts.story import COUNTY, PERSON, RULES, Story

TODAY = date(2026, 4, 30)
DOCTORS, SCHOOLS, JOBS = UUID(int=91), UUID(int=92), UUID(int=93)
ABOUT_LISTS = [row for row in RULES.rows if row.id in ("NAME_DIFFERS", "ROW_UNUSABLE")]


def found(county: County, month: str = "2026-04") -> list[Found]:
    """What the two rules find of three lists as of March, of which two have one sender."""
    story = Story(county, "2026-03", month)
    for kind, roster, sender in (
        ("FAMILY_DOCTOR", DOCTORS, "WJ"),
        ("ASSESSMENT_RESULT", SCHOOLS, "WJ"),
        ("EMPLOYMENT", JOBS, "RS"),
    ):
        spoken = [Feed(kind, each, roster, date(2026, 3, 31), True, None, sender, "2026-03") for each in story.months]
        county.put("feed", spoken)
        story.lists[kind, "2026-03"] = roster
    for kind in ("FAMILY_DOCTOR", "ASSESSMENT_RESULT", "EMPLOYMENT"):
        county.put("other_name", [OtherName(*story.listed(kind, "2026-03", PERSON))])
    county.put(
        "row_problem", [RowProblem(JOBS, "id_length", 3), RowProblem(UUID(int=99), "id_length", 5)]
    )  # one that speaks for nothing
    county.derive()
    return list(derive(county, ABOUT_LISTS, COUNTY, TODAY).found)


def test_each_sender_answers_once_for_a_name_that_its_lists_have_otherwise(county: County) -> None:
    told = [each for each in found(county) if each.rule == "NAME_DIFFERS"]
    assert [(each.owner, each.object, each.subject, each.period) for each in told] == [
        ("RS", "RS", PERSON, "2026-04"),
        ("WJ", "WJ", PERSON, "2026-04"),
    ]
    assert told[1].facts == (Fact(name="lists", value="ASSESSMENT_RESULT,FAMILY_DOCTOR"),)


def test_a_name_is_held_against_the_newest_list_there_is_when_a_month_has_begun_without_one(county: County) -> None:
    assert {each.period for each in found(county, "2026-05") if each.rule == "NAME_DIFFERS"} == {"2026-05"}


def test_rows_that_cannot_be_used_are_one_finding_of_the_list_and_the_reason_in_its_own_month(county: County) -> None:
    (told,) = [each for each in found(county) if each.rule == "ROW_UNUSABLE"]
    assert (told.finding, told.subject_kind, told.subject, told.object) == (
        Finding.DATA_QUALITY,
        SubjectKind.ROSTER,
        JOBS,
        "ID_LENGTH",
    )
    assert (told.owner, told.period, told.division) == ("RS", "2026-03", COUNTY)
    assert told.facts == (Fact(name="rows", value="3"), Fact(name="lists", value="EMPLOYMENT"))
