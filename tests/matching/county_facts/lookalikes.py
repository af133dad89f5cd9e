"""Rows without a usable citizen id, as lists of the written county have them, and whom each truly means: what linking is measured by."""

import csv
import random
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from deploy.sandbox.county import names, people
from deploy.sandbox.county.world import COUNTY, Person
from services.domain import citizen_id
from services.domain.likeness import features as likeness
from services.kernel.policy import Rules
from services.matching.county_facts.in_force import policy_tables
from services.matching.county_facts.likeness import PersonFeatures, RowFeatures
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import Feed, tables
from services.matching.policy.load import load_policy
from services.matching.policy.rosters import Roster

KEY, TODAY, ROSTER = "a site's key", date(2026, 3, 31), UUID(int=7)


@dataclass(frozen=True)
class Lookalikes:
    """The persons of a register, and of each row (by its number) what it says and whom it means."""

    persons: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    meant: dict[int, UUID]


def lookalikes(seed: int, households: int, rows: int) -> Lookalikes:
    """So many rows of as many persons of the county of a seed."""
    world, _ = people.made(seed, households, "2026-03", 1)
    rng = random.Random(f"{seed}/lookalikes")
    meant = rng.sample(list(world.persons), rows)
    return Lookalikes(
        [_known(person) for person in world.persons],
        [_row(number, person, rng) for number, person in enumerate(meant)],
        {number: UUID(int=person.number) for number, person in enumerate(meant)},
    )


def _known(person: Person) -> dict[str, Any]:
    found = likeness.of_person(KEY, person.name, person.citizen_id)
    return {"person_id": UUID(int=person.number), "division": person.home.village, **asdict(found)}


def _row(number: int, person: Person, rng: random.Random) -> dict[str, Any]:
    """The row as an office wrote it: a spelling of the name, what is left of the id, the village or the township alone."""
    name, raw = _written(person.name, rng), _broken(person.citizen_id, rng)
    place = person.home.village if rng.random() < 0.8 else f"{person.home.village[:9]}000"
    legible = likeness.legible(raw, TODAY)
    if raw is None:
        legible = likeness.Legible(
            person.born, person.born.year, None, person.male
        )  # the day and the sex stand in columns of their own
    identity = likeness.row_identity(KEY, name, raw, legible, place)
    return {"row": number, "identity": identity, "stands_in": place, **asdict(likeness.features(KEY, name, legible))}


def _written(name: str, rng: random.Random) -> str:
    match rng.randrange(5):
        case 0 if others := names.variants(name):
            return rng.choice(others)
        case 1 if len(name) > 2:
            return names.damaged(name)
    return name


def _broken(number: str, rng: random.Random) -> Any:
    match rng.randrange(6):
        case 0:
            return float(number[:17] + "0")
        case 1:
            return number[:-1]
        case 2:
            return number[:6] + number[8:17]
        case 3:
            impossible = f"{number[:10]}13{number[12:17]}"
            return impossible + citizen_id.check_digit(impossible)
        case 4:
            return number[:17] + next(digit for digit in "0123456789" if digit != number[17])
    return None


def filled(county: County, found: Lookalikes, rosters: Rules[Roster], folder: Path) -> None:
    """The county with this register, and one list with these rows."""
    columns = tables(rosters)
    county.put("feed", [Feed("SUBSIDY_PAYMENT", "2026-03", ROSTER, TODAY, True)])
    for table in ("match_weight", "candidate_limit"):
        county.put(table, policy_tables(load_policy(), COUNTY)[table])
    rows = [{**row, "roster_id": ROSTER} for row in found.rows]
    for table, written in (
        ("person", found.persons),
        ("person_features", found.persons),
        ("row_features", rows),
        ("person_row", rows),
    ):
        file = folder / f"{table}.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([_plain(row.get(name)) for name in columns[table]] for row in written)
        county.load(table, file)


def may_be(county: County, roster: UUID, row: int, person: UUID) -> None:
    """Have a row say nobody's citizen id, but the name and the day of birth of somebody whom the county has, and nobody else."""
    name, born = UUID(int=71), UUID(int=72)
    county.put("row_features", [RowFeatures(roster, row, UUID(int=70), name, born=born)])
    county.put("person_features", [PersonFeatures(person, name, born=born)])
    for table in ("match_weight", "candidate_limit"):
        county.put(table, policy_tables(load_policy(), COUNTY)[table])


def _plain(value: Any) -> Any:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else value


def recall(county: County, meant: dict[int, UUID], within: int) -> float:
    """Of how many rows the person meant is among the first candidates."""
    offered = county.ask("SELECT row, person_id FROM candidate WHERE nth <= ?", within)
    return len([row for row, person in offered if meant[row] == person]) / len(meant)
