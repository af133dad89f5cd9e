"""Trials over the database: a county as it is, or as of a past day, taken into memory and asked. Reads only."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from services.engine.runtime import Runtime
from services.kernel.policy import Row, load
from services.matching.comparison.rules import Rule, check, load_rulebook
from services.matching.county_facts import snapshot
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import tables
from services.matching.policy.load import MatchingPolicy
from services.matching.trial.replay import Tried, replay


def rows_to_try(file: Path, policy: MatchingPolicy) -> list[Row[Rule]]:
    """The rows `[[comparison]]` of a file, each as if it were on. Raises `PolicyError`, naming file and row."""
    rows = [replace(row, value=replace(row.value, on=True)) for row in load(file, "comparison", Rule).rows]
    check(rows, policy.rosters)
    return rows


async def tried(runtime: Runtime, rows: Sequence[Row[Rule]] | None, division: str, months: Sequence[str], day: date) -> list[Tried]:
    """Rows (None: those in force) tried over months of a county by what was known on `day`: lists that came later count for nothing."""
    policy: MatchingPolicy = runtime.service.policy
    rules = load_rulebook(policy.rosters).rows
    with TemporaryDirectory(prefix="trial-") as folder, County(Path(folder), tables(policy.rosters)) as county:
        async with runtime.pool.acquire() as conn:
            await snapshot.take(conn, county, division, months, day, policy)
        await county.beside(county.derive)
        return await county.beside(lambda: list(replay(county, rules, rules if rows is None else rows, division)))
