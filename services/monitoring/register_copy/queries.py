"""Whether a person belongs to a county. Whose sight applies is for the caller to say: a command's connection sees every row."""

from typing import Any
from uuid import UUID

from services.domain.divisions import county
from services.kernel.errors import NotFound


async def require_person(conn: Any, person_id: UUID, village: str) -> None:
    """Raises `NotFound` unless the person is registered in the county of this village; a foreign person is as unknown as nobody."""
    known = "SELECT true FROM views.person WHERE person_id = $1 AND starts_with(division, $2)"
    if not await conn.fetchval(known, person_id, county(village)):
        raise NotFound("person_unknown", "没有此人，或不在该县（市）")
