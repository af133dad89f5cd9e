"""The published sheet of Deqin, September 2025 (domain reference 2.7): its totals tie, and the payments that are off the rate are told."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from services.matching.county_facts.known import UnreadRow
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import CardChange, CardStep, Feed, Person, PersonRow
from tests.matching.comparison.publishers import as_text
from tests.matching.county_facts.story import ALWAYS, PAYMENT, TABLES, Story

MONTH, SHEET, SUMMARY = "2025-09", UUID(int=50), UUID(int=51)
TOWNSHIPS = (  # person-times, yuan
    ("燕门", 343, 31_130),
    ("云岭", 200, 18_200),
    ("佛山", 109, 9_980),
    ("升平镇", 199, 18_150),
    ("奔子栏镇", 316, 28_770),
    ("羊拉", 301, 27_250),
    ("拖顶", 392, 35_740),
    ("霞若", 447, 40_650),
    ("巴迪", 288, 26_140),
    ("叶枝镇", 404, 36_770),
)
FIRST, SECOND, LIVING = 286, 781, 1932  # person-times by part
HIGHER = 285 + 2  # paid 100 yuan: of grade 1 all but one, of grade 2 two; everybody else 90


@dataclass(frozen=True)
class Line:
    """One row of the persons' sheet."""

    township: str
    subsidy: str
    grade: int
    yuan: int


def lines() -> list[Line]:
    """A persons' sheet that adds up to the published one, township by township and part by part."""
    parts = [("CARE", 1, 100)] * 285 + [("CARE", 2, 100)] * 2
    rest = [("CARE", 1, 90)] + [("CARE", 2, 90)] * 779 + [("LIVING", 3, 90)] * LIVING
    higher, lower, found = iter(parts), iter(rest), []
    for number, (_, times, yuan) in enumerate(TOWNSHIPS):
        more = (yuan - 90 * times) // 10
        paid = [next(higher) for _ in range(more)] + [next(lower) for _ in range(times - more)]
        found += [Line(f"5334221{number:02d}", *each) for each in paid]
    return found


def counted(found: list[Line]) -> Iterator[dict[str, object]]:
    """The townships' sheet of these rows."""
    for number, (_, times, yuan) in enumerate(TOWNSHIPS):
        of_it = [line for line in found if line.township == f"5334221{number:02d}"]
        row: dict[str, object] = {"roster_id": SUMMARY, "row": number + 4, "township": of_it[0].township, "persons": times}
        for part, subsidy, grade, rate in (("care1", "CARE", 1, 100), ("care2", "CARE", 2, 90), ("living", "LIVING", 3, 90)):
            amounts = [line.yuan for line in of_it if (line.subsidy, line.grade) == (subsidy, grade)]
            row |= {f"{part}_persons": len(amounts), f"{part}_rate": Decimal(rate), f"{part}_amount": Decimal(sum(amounts))}
        yield row | {"amount": Decimal(yuan), "paid": Decimal(yuan)}


def told(county: County, folder: Path, found: list[Line]) -> Story:
    """The month of these rows; of those with care the first 1,067 of living are the same persons, so persons are fewer than person-times."""
    story = Story(county, MONTH, MONTH, on_allowance=False, missing=[PAYMENT])
    county.put("feed", [Feed(PAYMENT, MONTH, SHEET, ALWAYS, True), Feed("SUBSIDY_SUMMARY", MONTH, SUMMARY, ALWAYS, True)])
    county.run("DELETE FROM rate")
    county.run(
        "INSERT INTO rate VALUES ('LIVING', NULL, '2023-01-01', '2026-01-01', 90), ('CARE', 1, '2023-01-01', '2026-01-01', 100)"
    )
    county.run("INSERT INTO rate VALUES ('CARE', 2, '2023-01-01', '2026-01-01', 90)")
    rows: dict[str, list[object]] = {"person_row": [], "subsidy_payment": [], "person": [], "card_change": []}
    with_both: dict[str, int] = {}
    for row, line in enumerate(found, 10):
        who = UUID(int=100_000 + row)
        place = with_both.get(line.township, 0)
        if line.subsidy == "LIVING":
            carers = [n for n, each in enumerate(found, 10) if each.township == line.township and each.subsidy == "CARE"]
            if place < len(carers):
                who, with_both[line.township] = UUID(int=100_000 + carers[place]), place + 1
        rows["person_row"].append(PersonRow(SHEET, row, who, who))
        rows["subsidy_payment"].append(
            {
                "roster_id": SHEET,
                "row": row,
                "township": line.township,
                "subsidy": line.subsidy,
                "grade": line.grade,
                "amount": line.yuan,
            }
        )
        if who == UUID(int=100_000 + row):
            rows["person"].append(Person(who, f"{line.township}200", "1980-01"))
            rows["card_change"].append(
                CardChange(who, 1, who, CardStep.VALID, ALWAYS, "HEARING", line.grade, ALWAYS, ALWAYS.replace(year=2099))
            )
    for table, each in rows.items():
        _load(county, folder, table, each)
    county.put_named("subsidy_summary", counted(found))
    return story


def _load(county: County, folder: Path, table: str, rows: list[object]) -> None:
    file = folder / f"{table}.csv"
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        for row in rows:
            value = row.get if isinstance(row, dict) else lambda name, row=row: getattr(row, name)
            writer.writerow([as_text(value(name)) for name in TABLES[table]])
    county.load(table, file)


def test_every_township_ties_and_what_is_off_the_rate_is_told(county: County, tmp_path: Path) -> None:
    found = lines()
    story = told(county, tmp_path, found)
    derived = story.derived()
    assert county.ask("SELECT sum(person_times)::INT, sum(amount)::INT FROM summary WHERE part = 'ALL'") == [(2999, 272_780)]
    assert county.ask(
        "SELECT part, sum(person_times)::INT, sum(amount)::INT FROM summary WHERE part <> 'ALL' GROUP BY ALL ORDER BY ALL"
    ) == [
        ("CARE_1", FIRST, 28_590),
        ("CARE_2", SECOND, 70_310),
        ("LIVING", LIVING, 173_880),
    ]
    assert county.ask("SELECT count(*) FROM summary_tie WHERE part = 'ALL' AND person_times = person_times_on_list") == [(10,)]
    assert [each for each in derived.found if each.rule == "SUMMARY_DIFFERS"] == []
    assert len([each for each in derived.found if each.rule == "WRONG_RATE"]) == 3  # 286 × 100 and 781 × 90 are not what was paid
    people = county.ask("SELECT count(DISTINCT person_id) FROM payment")[0][0]
    assert people < sum(row[0] for row in county.ask("SELECT person_times FROM township_paid")) == 2999


def test_a_row_that_a_township_does_not_count_is_told(county: County, tmp_path: Path) -> None:
    found = lines()
    told(county, tmp_path, found)
    county.run(
        "UPDATE subsidy_summary SET persons = persons - 1, amount = amount - 90, living_persons = living_persons - 1, "
        "living_amount = living_amount - 90 WHERE row = 13"
    )
    county.derive()
    assert county.ask(
        "SELECT part, person_times_on_list - person_times FROM summary_tie WHERE person_times <> person_times_on_list ORDER BY part"
    ) == [("ALL", 1), ("LIVING", 1)]


def test_rows_that_could_not_be_read_are_no_difference(county: County, tmp_path: Path) -> None:
    found = lines()
    story = told(county, tmp_path, found)
    county.run("DELETE FROM subsidy_payment WHERE row IN (10, 11)")
    county.put("unread_row", [UnreadRow(SHEET, 2)])
    assert [each for each in story.derived().found if each.rule == "SUMMARY_DIFFERS"] == []


def test_without_the_persons_sheet_the_townships_sheet_says_that_it_is_off_the_rate(county: County, tmp_path: Path) -> None:
    found = lines()
    story = told(county, tmp_path, found)
    county.run("DELETE FROM feed WHERE kind = 'SUBSIDY_PAYMENT'")
    off = {each.object.partition("/")[2] for each in story.derived().found if each.rule == "SUMMARY_OFF_RATE"}
    assert off == {"CARE_1", "CARE_2"}
