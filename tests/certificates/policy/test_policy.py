"""The policy rows and the working-day calendar."""

import tomllib
from datetime import date
from pathlib import Path
from shutil import copy

import pytest

from services.certificates.person.vault import Purpose
from services.certificates.policy.load import load_policy
from services.certificates.policy.rows import Assessment, Notice, Renewal, Validity
from services.certificates.validity import LastDay
from services.certificates.vocabulary import CancellationReason
from services.documents.places import load_places
from services.domain.townships import CodeSystem, Township
from services.kernel.policy import PolicyError

POLICY = load_policy()
DAY = date(2026, 3, 2)
SERVICES = Path(__file__).parents[3] / "services"
FOLDER = SERVICES / "certificates" / "policy"


def test_the_rows_say_what_the_rules_say() -> None:
    assert POLICY.notice.one("public_notice", DAY) == Notice(working_days=5)
    assert POLICY.validity.one("validity", DAY) == Validity(months=120, last_day=LastDay.SAME_DAY)
    assert POLICY.renewal.one("renewal", DAY) == Renewal(12, 12, reassess=False)
    bars = {reason.value: POLICY.bar_months(reason, "533401", DAY) for reason in CancellationReason}
    assert {reason: months for reason, months in bars.items() if months} == {"RECOVERED": 12, "FALSE_PAPERS": 12}
    assert POLICY.assessment.one("assessment", DAY) == Assessment(20, 10, 10, 366)
    assert [POLICY.registers(county, DAY) for county in ("533401", "533422", "533423")] == [True, True, False]


def test_all_thirty_townships_are_known_once() -> None:
    rows = [row.id for row in POLICY.townships.rows if row.value.code_system is CodeSystem.STATISTICAL]
    assert len(rows) == len(set(rows)) == 30
    assert sorted(sum(i.startswith(county) for i in rows) for county in ("533401", "533422", "533423")) == [8, 10, 12]


def test_a_village_belongs_to_its_township() -> None:
    assert POLICY.township("533401204001", DAY) == Township("尼西乡", "香格里拉市", CodeSystem.STATISTICAL)


@pytest.mark.parametrize(
    "code", ["533401204", "5334012040010", "533499101001", "53340120400a", "533401299001", "", "５３３４０１２０４００１"]
)
def test_a_code_that_is_no_village_of_a_known_township_is_unknown(code: str) -> None:
    assert POLICY.township(code, DAY) is None


def test_a_civil_affairs_code_is_never_taken_for_a_statistical_one() -> None:
    named = POLICY.township("533422102001", DAY)
    assert named == Township("奔子栏镇", "德钦县", CodeSystem.STATISTICAL)
    assert POLICY.township("533422207001", DAY) is None


def test_a_township_is_unknown_before_its_row_begins() -> None:
    assert POLICY.township("533401204001", date(2014, 12, 31)) is None


def test_every_purpose_has_a_row_and_every_row_a_purpose() -> None:
    assert {row.id for row in POLICY.purposes.rows} == set(Purpose)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 3, 2), 5, date(2026, 3, 9)),
        (date(2026, 2, 12), 5, date(2026, 2, 26)),  # Spring Festival, with the make-up Saturday 14 February
        (date(2025, 9, 26), 3, date(2025, 9, 30)),  # make-up Sunday 28 September
        (date(2025, 9, 28), 5, date(2025, 10, 11)),  # National Day and make-up Saturday 11 October
        (date(2024, 4, 30), 6, date(2024, 5, 11)),  # Labour Day, make-up Saturday 11 May
        (date(2020, 1, 23), 5, date(2020, 2, 7)),  # the Spring Festival that was made longer
        (date(2018, 12, 28), 2, date(2019, 1, 2)),  # the new year's days off lie in two years
        (date(2026, 2, 18), 1, date(2026, 2, 24)),  # from inside Spring Festival
        (date(2026, 2, 24), 4, date(2026, 2, 28)),  # make-up Saturday after it
        (date(2026, 10, 3), 5, date(2026, 10, 13)),  # from inside National Day, make-up Saturday 10 October
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # the whole National Day week between
        (date(2025, 12, 31), 1, date(2026, 1, 4)),  # New Year, make-up Sunday
        (date(2024, 12, 31), 2, date(2025, 1, 3)),  # New Year on a Wednesday
        (date(2026, 12, 30), 3, date(2027, 1, 4)),  # from a known year into one whose list is not out: weekends only
        (date(2026, 10, 1), 0, date(2026, 10, 1)),  # no working day to wait
    ],
)
def test_working_days_follow_the_holiday_list(start: date, days: int, end: date) -> None:
    assert POLICY.calendar.add(start, days) == end


def test_make_up_days_lie_on_weekends_and_outside_the_holidays() -> None:
    years = tomllib.loads((SERVICES / "domain" / "calendar.toml").read_text(encoding="utf-8"))["year"]
    assert years
    for year in years.values():
        assert all(day.weekday() >= 5 for day in year["workdays"])
        assert not set(year["holidays"]) & set(year["workdays"])


def test_an_unknown_year_falls_back_to_weekends() -> None:
    assert POLICY.calendar.add(date(2031, 9, 30), 2) == date(2031, 10, 2)


@pytest.mark.parametrize(
    ("division", "day", "words"),
    [
        ("533401204201", date(2026, 3, 2), "香格里拉市尼西乡幸福村民委员会"),
        ("533423207206", date(2026, 3, 2), "维西傈僳族自治县维登乡富川村民委员会"),
        ("533401204000", date(2026, 3, 2), "香格里拉市尼西乡"),
        ("533401204999", date(2026, 3, 2), "香格里拉市尼西乡（村码533401204999）"),
        ("533401204201", date(2014, 12, 31), "村码533401204201"),
        ("510104001001", date(2026, 3, 2), "村码510104001001"),
    ],
)
def test_a_village_is_named_as_the_list_names_it(division: str, day: date, words: str) -> None:
    assert POLICY.place(division, day) == words


def test_beside_its_code_a_village_stands_without_its_county() -> None:
    day = date(2026, 3, 2)
    codes = ("533401204201", "533401204000", "533401204999", "510104001001")
    assert [POLICY.places.beside_its_code(code, day) for code in codes] == [
        "尼西乡幸福村民委员会",
        "尼西乡",
        "尼西乡",
        "",
    ]


def test_every_village_lies_in_a_township_and_every_township_has_villages() -> None:
    day = date(2026, 3, 2)
    assert all(POLICY.township(code, day) for code in POLICY.villages)
    statistical = {row.id for row in POLICY.townships.rows if row.value.code_system == "STATISTICAL"}
    assert {code[:9] for code in POLICY.villages} == statistical
    assert len(POLICY.villages) == 197


def test_a_broken_line_in_the_list_of_villages_is_named(tmp_path: Path) -> None:
    for line in ("533401204001,幸福村民委员会,soon,", "53340120400,幸福村民委员会,2015-01-01,", "533401204001,,2015-01-01,"):
        (tmp_path / "villages.csv").write_text(f"code,name,from,until\n{line}\n", encoding="utf-8")
        with pytest.raises(PolicyError, match=rf"villages.csv {line.split(',')[0]}"):
            load_places(tmp_path / "villages.csv")


def edited(folder: Path, old: str, new: str) -> Path:
    """The register's files of rows with another text in `policy.toml`."""
    for file in FOLDER.glob("*.toml"):
        copy(file, folder)
    rules = folder / "policy.toml"
    rules.write_text(rules.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return folder


def test_a_row_with_an_unknown_key_stops_the_start_and_is_named(tmp_path: Path) -> None:
    edited(tmp_path, "working_days = 5", "working_day = 5")
    with pytest.raises(PolicyError, match=r"policy.toml \[\[notice\]\] public_notice: unknown key"):
        load_policy(tmp_path)


def test_an_edited_row_is_another_version(tmp_path: Path) -> None:
    assert load_policy(edited(tmp_path, "working_days = 5", "working_days = 7")).version != POLICY.version
