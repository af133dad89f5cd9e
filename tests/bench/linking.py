"""Candidates for 5,000 rows without a usable citizen id among 80,000 persons, against splink on the same engine with the same blocking.

The county is the sandbox's, and whom each row means is known (`tests/matching/county_facts/lookalikes.py`). splink learns how often fields
agree from these very rows, and what is timed of it is its scoring and the choice of the first three alone; ours goes by the policy's rows.
Both use two threads, and are measured in turns.
"""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from deploy.sandbox.linkage import splink_model
from services.kernel.policy import Rules
from services.matching.county_facts.opened import FACTS, County
from services.matching.county_facts.tables import tables
from services.matching.policy.load import load_policy
from services.matching.policy.rosters import Roster
from tests.bench.figures import Figure
from tests.matching.county_facts.lookalikes import Lookalikes, filled, lookalikes, recall

SEED, HOUSEHOLDS, ROWS, RUNS = 11, 21_500, 5_000, 5  # households of 80,000 persons; a seed by which no weight was estimated
_MODEL = Path(splink_model.__file__)
_ENVIRONMENT = Path(".local/bench/splink")
_EXPORTS = {
    "rows": "SELECT row::VARCHAR AS id, name, sounds, birth_year, birth_month, born, sequence, male, stands_in FROM row_features",
    "persons": """SELECT person_id::VARCHAR AS id, name, sounds, left(person_features.birth_month, 4)::BIGINT AS birth_year,
        person_features.birth_month, born, sequence, male, division AS stands_in FROM person_features JOIN person USING (person_id)""",
    "truth": "SELECT row::VARCHAR AS row, person::VARCHAR AS person FROM read_csv('{folder}/truth.csv', names = ['row', 'person'])",
}


async def linking() -> list[Figure]:
    """Speed, and for how many rows the person meant is among the first three."""
    return await asyncio.to_thread(_measured)


def _measured() -> list[Figure]:
    found, rosters = lookalikes(SEED, HOUSEHOLDS, ROWS), load_policy().rosters
    ours, theirs, within, their_within = list[float](), list[float](), 0.0, 0.0
    python = _splink()
    with TemporaryDirectory() as folder:
        _exported(found, rosters, Path(folder))
        for _ in range(RUNS):
            said = _of_splink(python, Path(folder))
            theirs.append(said["seconds"])
            their_within = said["within_three"]
            seconds, within = _ours(found, rosters)
            ours.append(seconds)
    what = "candidates of 5,000 rows among 80,000 persons"
    mine, base = median(ours), median(theirs)
    return [
        Figure(f"{what}, against splink", round(1 / mine, 2), "1/s", round(1 / base, 2), round(base / mine, 2), 3),
        Figure(f"{what}, person meant among three", within, "", their_within, round(within / their_within, 4), 1),
        Figure(f"{what}, person meant not among three", round(1 - within, 4), "", None, None, 0.05, True),
    ]


def _ours(found: Lookalikes, rosters: Rules[Roster]) -> tuple[float, float]:
    """Seconds from rows and persons in memory to candidates, and of how many rows the person meant is among the first three."""
    with TemporaryDirectory() as folder, County(Path(folder), tables(rosters)) as county:
        filled(county, found, rosters, Path(folder))
        statements = (FACTS / "00_candidate.sql").read_text(encoding="utf-8")
        begun = time.perf_counter()
        county.run(statements)
        return time.perf_counter() - begun, recall(county, found.meant, 3)


def _exported(found: Lookalikes, rosters: Rules[Roster], folder: Path) -> None:
    """The same rows and persons as files, and whom each row means."""
    (folder / "truth.csv").write_text("".join(f"{row},{person}\n" for row, person in found.meant.items()), encoding="ascii")
    with TemporaryDirectory() as scratch, County(Path(scratch), tables(rosters)) as county:
        filled(county, found, rosters, Path(scratch))
        for name, select in _EXPORTS.items():
            county.run(f"COPY ({select.format(folder=folder)}) TO '{folder / name}.parquet' (FORMAT parquet)")


def _splink() -> Path:
    """The interpreter of splink's environment, made where there is none."""
    python = _ENVIRONMENT / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", _ENVIRONMENT], check=True)
    install: list[Any] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([*install, "-r", _MODEL.with_name("requirements.txt")], check=True)
    return python


def _of_splink(python: Path, folder: Path) -> Any:
    done = subprocess.run([python, _MODEL, folder], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)
