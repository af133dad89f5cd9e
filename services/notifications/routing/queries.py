"""What routing must know of earlier notices before it decides: the past of a matter, what is open about a subject."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection, by_number
from services.notifications.notice.projection import NOTICES, NoticeRow
from services.notifications.routing.projection import Matter, Past, SettlingRow

_SETTLING: Projection[SettlingRow] = Projection("settling", SettlingRow, ("event_id",), {}, lambda *_: None)


async def past(conn: Any, caused: Sequence[Recorded]) -> list[Past]:
    """For each event: whether what it says was over already when it came (both in one batch, or late), and what may have settled it."""
    rows = await conn.fetch(
        """SELECT o.over_at IS NOT NULL AS over FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS u(subject_id, version, n)
           LEFT JOIN views.over o ON o.subject_id = u.subject_id AND o.over_at > u.version ORDER BY u.n""",
        [r.stream_id for r in caused],
        [r.version for r in caused],
    )
    later = await _later(conn, [(r.stream_id, r.version) for r in caused])
    return [Past(row["over"], found) for row, found in zip(rows, later, strict=True)]


async def _later(conn: Any, subjects: Sequence[tuple[UUID, int]]) -> list[tuple[SettlingRow, ...]]:
    """For each subject: the events after that version which may settle something, in order."""
    if not subjects:
        return []
    rows = await conn.fetch(
        """SELECT u.n, s.* FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS u(subject_id, version, n)
           JOIN views.settling s ON s.subject_id = u.subject_id AND s.at_version > u.version ORDER BY u.n, s.at_version""",
        [subject for subject, _ in subjects],
        [version for _, version in subjects],
    )
    return [tuple(found) for found in by_number(rows, _SETTLING, len(subjects))]


async def open_about(conn: Any, ended: Sequence[Recorded]) -> list[list[UUID]]:
    """For each event: the open notices of what its stream said before; one round trip for all."""
    return [[row.notice_id for row in rows] for rows in await about(conn, ended)]


async def about(conn: Any, events: Sequence[Recorded]) -> list[list[NoticeRow]]:
    """For each event: the notices of what its stream said before that nothing has closed yet; one round trip for all."""
    rows = await conn.fetch(
        """SELECT u.n, v.* FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS u(subject_id, seen, n)
           JOIN views.notice v USING (subject_id) WHERE v.cause_version < u.seen AND (v.waiting OR v.state = 'ACTED')
           ORDER BY u.n, v.notice_id""",
        [r.stream_id for r in events],
        [r.version for r in events],
    )
    return by_number(rows, NOTICES, len(events))


async def matters(conn: Any, events: Sequence[Recorded]) -> list[Matter | None]:
    """For each event of a notice: its row with what may have settled it and who else was told, or None when what it says is over or was
    withdrawn."""
    rows = await conn.fetch(
        """SELECT v.* FROM views.notice v LEFT JOIN views.over o ON o.subject_id = v.subject_id AND o.over_at > v.cause_version
           WHERE v.notice_id = ANY($1::uuid[]) AND v.state NOT IN ('SUPPRESSED', 'VERIFIED') AND o.subject_id IS NULL""",
        [r.stream_id for r in events],
    )
    found = [NOTICES.from_record(r) for r in rows]
    later = await _later(conn, [(row.subject_id, row.cause_version) for row in found])
    same = {r.stream_id: tuple(rows) for r, rows in zip(events, await same_matter(conn, events), strict=True)}
    known = {row.notice_id: Matter(row, settling, same[row.notice_id]) for row, settling in zip(found, later, strict=True)}
    return [known.get(r.stream_id) for r in events]


async def same_matter(conn: Any, acted: Sequence[Recorded]) -> list[list[NoticeRow]]:
    """For each event of a notice: every notice that came of the same cause by the same row; one round trip for all."""
    rows = await conn.fetch(
        """SELECT m.notice_id AS acted, v.* FROM views.notice m JOIN views.notice v USING (cause_id, route)
           WHERE m.notice_id = ANY($1::uuid[]) ORDER BY v.notice_id""",
        [r.stream_id for r in acted],
    )
    found: dict[UUID, list[NoticeRow]] = {}
    for row in rows:
        found.setdefault(row["acted"], []).append(NOTICES.from_record(row))
    return [found.get(r.stream_id, []) for r in acted]
