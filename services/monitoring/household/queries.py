"""Households: one, a page of them, and whose home a person's is."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.monitoring.household.home import Home
from services.monitoring.household.projection import HOUSEHOLDS, HouseholdRow


async def household(conn: Any, household_id: UUID) -> HouseholdRow | None:
    """One household, or None."""
    return await HOUSEHOLDS.one(conn, household_id)


async def households(conn: Any, division: str, after: str | None, limit: int) -> list[HouseholdRow]:
    """Households below a division prefix in the order of their ids."""
    rows = await conn.fetch(
        """SELECT * FROM views.household_view WHERE starts_with(division, $1) AND household_id > $2::uuid
           ORDER BY household_id LIMIT $3""",
        division,
        after or str(UUID(int=0)),
        limit,
    )
    return [HOUSEHOLDS.from_record(row) for row in rows]


async def homes_of(conn: Any, about: Sequence[Recorded]) -> list[list[Home]]:
    """For each event: the followed households to which the person belongs whom it names; none for an event that names nobody."""
    return await homes(conn, [getattr(recorded.event, "person_id", None) for recorded in about])


async def homes(conn: Any, persons: Sequence[UUID | None]) -> list[list[Home]]:
    """For each person: the followed households to which the person belongs; one round trip for all."""
    rows = await conn.fetch("SELECT * FROM views.homes_of($1)", [str(person) for person in persons])
    found: dict[int, list[Home]] = {}
    for row in rows:
        found.setdefault(row["n"], []).append(Home(row["household_id"], row["division"]))
    return [found.get(n, []) for n in range(1, len(persons) + 1)]
