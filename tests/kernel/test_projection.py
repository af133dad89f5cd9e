"""The rows of a batch are found by their keys alone, whatever the planner thinks of the table."""

from typing import Any
from uuid import UUID, uuid4

from services.kernel.projection import Projection, turned
from tests.kernel import toy
from tests.world import World

(DUE,) = (each for each in toy.COUNTED.projections if each.table == "due")
FILLED = {
    "tally": "INSERT INTO views.tally SELECT gen_random_uuid(), '533401102001', '1980-01', 1 FROM generate_series(1, 20000)",
    "due": """INSERT INTO views.due
        SELECT gen_random_uuid(), kind, '2026-03-02', '533401102001', gen_random_uuid(), gen_random_uuid()
        FROM generate_series(1, 10000), (VALUES ('RENEWAL'), ('EXPIRY')) AS k(kind)""",
}


async def test_of_several_columns_a_key_is_the_whole(place: World) -> None:
    """What has one key's first column and another one's second is the row of neither."""
    runtime, (one, other) = await place.open(toy.COUNTED, toy.MIGRATION), (UUID(int=1), UUID(int=2))
    for subject in (one, other):
        for kind in ("EXPIRY", "RENEWAL"):
            await runtime.pool.execute(
                "INSERT INTO views.due VALUES ($1, $2, '2026-03-02', $3, $1, $1)", subject, kind, toy.VILLAGE
            )
    wanted = turned([(other, "EXPIRY"), (one, "RENEWAL"), (uuid4(), "EXPIRY")])
    found = [tuple(row)[:2] for row in await runtime.pool.fetch(DUE.select, *wanted)]
    assert found == [(one, "RENEWAL"), (other, "EXPIRY")]
    await runtime.pool.execute(DUE.delete, *wanted)
    left = await runtime.pool.fetch("SELECT subject, kind FROM views.due ORDER BY 1, 2")
    assert [tuple(row) for row in left] == [(one, "EXPIRY"), (other, "RENEWAL")]


async def test_a_table_that_has_grown_unseen_by_the_planner_is_read_once_at_most(place: World) -> None:
    """No join is left to choose: of one that is planned for a few rows the cost is that of the table for each key."""
    runtime = await place.open(toy.COUNTED, toy.MIGRATION)
    projections: list[Projection[Any]] = [toy.OWN, DUE]
    for projection in projections:
        await runtime.pool.execute(FILLED[projection.table])
        keys = turned([(uuid4(), "EXPIRY")[: len(projection.key)] for _ in range(500)])
        for statement in (projection.select, projection.delete):
            plan = "\n".join(row[0] for row in await runtime.pool.fetch(f"EXPLAIN {statement}", *keys))
            assert "Join" not in plan, plan
            assert "Nested Loop" not in plan, plan
            assert len(projection.key) > 1 or "tally_pkey" in plan, plan
