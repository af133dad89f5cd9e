"""A county in memory for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.matching.county_facts.opened import County
from tests.matching.county_facts.story import TABLES


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    """A county of which nothing is known yet."""
    with County(tmp_path, TABLES) as made:
        yield made
