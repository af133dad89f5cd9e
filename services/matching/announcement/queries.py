"""SELECTs over announcements. Row security confines them to the caller's division; nothing here filters for safety."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.matching.announcement.projection import ANNOUNCEMENTS, CONCERNED, AnnouncementRow, AnnouncementState, ConcernedRow


async def announcements(
    conn: Any, state: AnnouncementState | None, division: str, file_number: str | None, after: str | None, limit: int
) -> Sequence[AnnouncementRow]:
    """Announcements below a division prefix, in the order of their ids."""
    rows = await conn.fetch(
        """SELECT * FROM views.announcement WHERE ($1::text IS NULL OR state = $1) AND starts_with(division, $2)
           AND ($3::text IS NULL OR file_number = $3) AND announcement_id > $4::uuid ORDER BY announcement_id LIMIT $5""",
        state,
        division,
        file_number,
        after or str(UUID(int=0)),
        limit,
    )
    return [ANNOUNCEMENTS.from_record(row) for row in rows]


async def concerned(conn: Any, announcement_id: UUID, division: str, after: str | None, limit: int) -> Sequence[ConcernedRow]:
    """The persons of a village's announcement, or of all of a county's, in the order of their pseudonyms."""
    rows = await conn.fetch(
        """SELECT * FROM views.concerned WHERE (announcement_id = $1 OR part_of = $1) AND starts_with(division, $2)
           AND person_id > $3::uuid ORDER BY person_id LIMIT $4""",
        announcement_id,
        division,
        after or str(UUID(int=0)),
        limit,
    )
    return [CONCERNED.from_record(row) for row in rows]
