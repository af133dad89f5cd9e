"""The rules against counties whose errors are known: every type of finding is found, and nothing else."""

import random
from pathlib import Path

import pytest

from deploy.sandbox.county.writing import Order, written
from tests.matching.comparison.played import Played

BY_OBJECT = ("BASIC_NEED_GAP", "MEASURE_LATE")  # each finding is of the agency of its need or measure


@pytest.mark.parametrize("turn", range(3))
def test_what_was_put_in_is_found_and_nothing_else_whatever_the_seed(turn: int, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    written(Order(seed, households=150, months=2), tmp_path / "county")
    played = Played(tmp_path / "county")
    played.play()
    short = [row for row in played.scored()["types"] if min(row["recall"] or 0, row["precision"] or 0) < 0.99]
    assert short == [], f"seed {seed}, turn {turn}"
    owners = {
        (row["rule"], row["subject"], row["object"]): row["owner"] for row in played.key["findings"] if row["rule"] in BY_OBJECT
    }
    told = {about: row["owner"] for row in played.findings() if (about := (row["rule"], row["subject"], row["object"])) in owners}
    assert told == owners, f"seed {seed}, turn {turn}"
