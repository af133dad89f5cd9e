"""A row of a rule tried over months that are over: how many findings more and fewer, and where neither says anything."""

import json
import os
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from dataclasses import replace
from datetime import date
from pathlib import Path

from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import CardStep
from services.matching.trial.replay import Tried, replay
from tests.matching.comparison.test_run import Households, environment
from tests.matching.county import COUNTY as HERE
from tests.matching.county_facts.story import COUNTY, DESTITUTE, RULES, Story
from tests.world import World

NOW = next(row for row in RULES.rows if row.id == "LIVING_NOT_RECEIVED")
STRICTER = replace(NOW, value=replace(NOW.value, sql=f"SELECT * FROM ({NOW.value.sql}) WHERE period >= '2026-02'"))
WIDER = replace(NOW, value=replace(NOW.value, sql=NOW.value.sql.replace("ANTI JOIN paid USING (month, person_id, subsidy)", "")))


def owed(county: County) -> Story:
    """Somebody who is not paid in January, and is in February."""
    story = Story(county, "2026-01", "2026-02").card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 3)
    return story.pay("2026-02", 100)


def test_a_stricter_row_finds_fewer_and_a_wider_one_more(county: County) -> None:
    owed(county).county.derive()
    assert list(replay(county, RULES.rows, [STRICTER], COUNTY)) == [
        Tried(NOW.id, "2026-01", now=1, tried=0, more=0, fewer=1),
        Tried(NOW.id, "2026-02", now=0, tried=0, more=0, fewer=0),
    ]
    assert [(each.more, each.fewer) for each in replay(county, RULES.rows, [WIDER], COUNTY)] == [(0, 0), (1, 0)]


def test_a_row_that_is_new_finds_only_more(county: County) -> None:
    owed(county).county.derive()
    new = replace(NOW, id="A_NEW_RULE")
    assert [(each.now, each.tried, each.more) for each in replay(county, RULES.rows, [new], COUNTY)] == [(0, 1, 1), (0, 0, 0)]


def test_where_a_list_is_missing_neither_says_anything(county: County) -> None:
    Story(county, "2026-01", "2026-01", missing=(DESTITUTE,)).county.derive()
    (only,) = replay(county, RULES.rows, [NOW], COUNTY)
    assert (only.tried, only.suspended) == (0, (DESTITUTE,))


async def test_an_operator_tries_rules_over_the_database(place: World, tmp_path: Path) -> None:
    households = await Households(place).open()
    await households.plan(1, 2)
    said = await trial(place, "as-of", HERE, "2026-02-10", "--json")
    late = {"rule": "MEASURE_LATE", "period": "2026-02", "now": 2, "tried": 2, "more": 0, "fewer": 0, "suspended": []}
    assert [json.loads(line) for line in said if "MEASURE_LATE" in line] == [late]
    assert any("SUBSIDY_PAYMENT" in line for line in said if "PAID_TWICE" in line)
    row = Path("services/matching/comparison/rules/C9.toml").read_text(encoding="utf-8")
    changed = tmp_path / "changed.toml"
    changed.write_text(
        row.replace("due_on <= last_due", "due_on <= last_due AND household_id <> '00000000-0000-0000-0000-000000000001'")
    )
    (line,) = await trial(place, "replay", HERE, str(changed), "--first", "2026-02", "--last", "2026-02")
    assert line == "2026-02  MEASURE_LATE  now 2, tried 1: 0 more, 1 fewer"
    changed.write_text(row.replace("planned_measure", "planned_measures"))
    (refused,) = await trial(place, "replay", HERE, str(changed), "--first", "2026-02", "--last", "2026-02", ends=2)
    assert refused.startswith("refused: [[comparison]] MEASURE_LATE")
    assert await households.told("FindingOpened") == 0


async def trial(place: World, *words: str, ends: int = 0) -> list[str]:
    """What the command says, on both of its outputs."""
    command = [sys.executable, "-m", "services.matching.trial", *words]
    process = await create_subprocess_exec(*command, env=os.environ | environment(place), stdout=PIPE, stderr=PIPE)
    out, err = await process.communicate()
    assert process.returncode == ends, err.decode()
    return [line for line in (out if ends == 0 else err).decode().splitlines() if line]
