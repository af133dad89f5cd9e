"""Courses of procedures and the institutions that assess, as the quality pages count them."""

from datetime import date
from typing import Any

from services.certificates.quality.projection import COURSE, CourseRow


async def courses(conn: Any, since: date, until: date, division: str) -> list[CourseRow]:
    """The courses in sight that a period touches: a step in it or later, or something still to be done, and begun before its end."""
    rows = await conn.fetch(
        """SELECT * FROM views.course WHERE first_on <= $2 AND (last_on >= $1 OR waits) AND starts_with(division, $3)
           ORDER BY certificate_id, township""",
        since,
        until,
        division,
    )
    return [COURSE.from_record(row) for row in rows]


async def institutions(conn: Any, division: str) -> list[str]:
    """Every institution that was ever asked for an assessment there, in the caller's sight."""
    rows = await conn.fetch(
        """SELECT DISTINCT institution FROM views.certificate_view WHERE institution IS NOT NULL AND starts_with(division, $1)
           ORDER BY 1""",
        division,
    )
    return [row["institution"] for row in rows]
