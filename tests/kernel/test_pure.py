"""The kernel's small pure parts: ids of streams, contexts, policy rows, the clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid5

import pytest

from services.kernel import policy
from services.kernel.errors import Malformed
from services.kernel.events import Context, stream_id
from services.kernel.policy import PolicyError, Predicate, Rules, Table
from tests.spec import context


def test_the_day_is_the_day_in_shanghai() -> None:
    late = Context("a", datetime(2026, 3, 1, 17, 0, tzinfo=UTC), UUID(int=1), UUID(int=1))
    assert late.today == date(2026, 3, 2)


def test_ids_follow_from_the_seed_so_a_repeat_makes_the_same() -> None:
    asked = context()
    assert asked.event_id(0) == asked.seed
    assert asked.event_id(3) == uuid5(asked.seed, "3")
    assert stream_id("finding", "C3a", 7) == stream_id("finding", "C3a", "7")


@dataclass(frozen=True)
class Limit:
    days: int
    when: Predicate | None = None
    rate: Decimal | None = None


def row(text: str, folder: Path) -> policy.Rules[Limit]:
    path = folder / "rows.toml"
    path.write_text(text)
    return policy.load(path, "limit", Limit)


ROWS = """
[[limit]]
id = "review"
from = 2018-01-01
until = 2026-01-01
source = "article 9"
days = 10
[[limit]]
id = "review"
from = 2026-01-01
source = "article 9, new"
days = 8
rate = "1.50"
[[limit]]
id = "review"
from = 2018-01-01
division = "533401"
source = "local"
days = 5
when = "income < 8000.0 && fell"
"""


def test_the_row_in_force_on_the_day_and_place_decides(tmp_path: Path) -> None:
    rows = row(ROWS, tmp_path)
    assert rows.one("review", date(2025, 12, 31), "533422").days == 10
    assert rows.one("review", date(2026, 1, 1), "533422").days == 8
    assert rows.one("review", date(2026, 1, 1), "533422").rate == Decimal("1.50")
    assert rows.one("review", date(2026, 1, 1), "533401102").days == 5
    assert [limit.days for limit in rows.on(date(2017, 1, 1))] == []
    with pytest.raises(Malformed, match="no_policy_row"):
        rows.one("review", date(2017, 1, 1))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (ROWS.replace("days = 8", "dayz = 8"), r"rows.toml \[\[limit\]\] review: unknown key \['dayz'\]"),
        (ROWS.replace('source = "local"\n', ""), r"review: 'source' is missing"),
        (ROWS.replace("days = 5\n", ""), r"review: missing key \['days'\]"),
        (ROWS.replace("&& fell", "&&"), "review: Failed to parse"),
        (ROWS.replace("days = 8", 'days = "8"'), "review: '8' is not a int"),
        ("[[other]]", "rows.toml: 'limit'"),
        ("[[limit", "rows.toml: "),
    ],
)
def test_a_bad_row_is_named(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=complaint):
        row(text, tmp_path)


@dataclass(frozen=True, slots=True)
class Limits:
    """A policy of two tables in two files."""

    version: str
    limit: Annotated[Rules[Limit], Table("limit", "rows.toml")]
    urgent: Annotated[Rules[Limit], Table("urgent", "urgent.toml")]


def test_every_table_of_a_policy_is_loaded_from_its_file_or_named(tmp_path: Path) -> None:
    (tmp_path / "rows.toml").write_text(ROWS)
    (tmp_path / "urgent.toml").write_text(ROWS.replace("[[limit]]", "[[urgent]]").replace("days = 5", "days = 1"))
    loaded = Limits(version="1", **policy.load_tables(Limits, tmp_path))
    assert loaded.limit.one("review", date(2026, 1, 1), "533401").days == 5
    assert loaded.urgent.one("review", date(2026, 1, 1), "533401").days == 1
    (tmp_path / "urgent.toml").write_text(ROWS)
    with pytest.raises(PolicyError, match=r"urgent.toml: 'urgent'"):
        policy.load_tables(Limits, tmp_path)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"income": Decimal("7999.99"), "fell": True}, True),
        ({"income": 9000, "fell": True}, False),
        ({"income": 7000}, None),
        ({"income": None, "fell": True}, None),
        ({"income": 9000}, False),
        ({}, None),
    ],
)
def test_a_missing_fact_is_unknown_and_never_false(facts: dict[str, object], verdict: bool | None) -> None:
    assert Predicate("income < 8000.0 && fell")(facts) is verdict
