"""A list that has another name than the register under the same citizen id, from what both publish and keep to what is found."""

from datetime import date
from typing import Any
from uuid import uuid4

from services.matching.comparison.derive import derive
from services.matching.comparison.rules import load_rules
from services.matching.roster.problem import Problem
from services.matching.roster.queries import keep_problems
from services.matching.vocabulary import RosterKind
from tests.matching.county_facts.database import COUNTY, Database, indexed
from tests.matching.samples import OTHER, PERSON
from tests.world import World

TODAY = date(2026, 5, 6)


async def test_the_newest_list_of_a_sender_is_held_against_the_register_and_its_bad_rows_are_counted(place: World) -> None:
    database = await Database(place).open()
    await database.deliver(*database.registered(PERSON), *database.registered(OTHER))
    rows: list[dict[str, Any]] = [
        {"person": PERSON, "who_name": uuid4()},
        {"person": OTHER, "who_name": indexed(OTHER).name_feature},
    ]
    old = await database.sent(RosterKind.FAMILY_DOCTOR, "2026-03", [{**row, "who_name": uuid4()} for row in rows])
    new = await database.sent(RosterKind.FAMILY_DOCTOR, "2026-04", [*rows, {"person": OTHER}])
    async with database.runtime.pool.acquire() as conn:
        bad = [
            Problem(4, "id_length"),
            Problem(5, "id_length"),
            Problem(5, "signed_on_missing"),
            Problem(0, "hidden_sheet_ignored", False),
        ]
        await keep_problems(conn, new, COUNTY, [*bad, Problem(6, "birth_month_only", rejected=False)])
        await keep_problems(conn, old, COUNTY, [Problem(2, "id_length")])
    rules = [row for row in load_rules(database.policy.rosters).rows if row.id in ("NAME_DIFFERS", "ROW_UNUSABLE")]
    with database.county() as made:
        await database.take(made, ["2026-03", "2026-04", "2026-05"], TODAY)
        made.derive()
        found = derive(made, rules, COUNTY, TODAY).found
    named, *unusable = found
    assert (named.rule, named.subject, named.owner, named.period) == ("NAME_DIFFERS", PERSON, "WJ", "2026-05")
    told = sorted(
        (each.subject, each.object, each.period, each.owner, {fact.name: fact.value for fact in each.facts}["rows"])
        for each in unusable
    )
    assert told == sorted(
        [
            (old, "ID_LENGTH", "2026-03", "WJ", "1"),
            (new, "ID_LENGTH", "2026-04", "WJ", "2"),
            (new, "SIGNED_ON_MISSING", "2026-04", "WJ", "1"),
        ]
    )
