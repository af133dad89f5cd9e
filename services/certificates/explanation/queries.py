"""What an explanation needs, looked up in the reader's sight: the stream up to the event, the policy of then, events of the same cause."""

from typing import Any
from uuid import UUID

from services.certificates.certificate.history import office
from services.certificates.certificate.projection import CERTIFICATE_VIEW, CertificateRow
from services.certificates.explanation.explain import Explanation, explained
from services.certificates.policy.load import CertificatePolicy
from services.kernel.projection import fold_into

# Of one cause only what is about the same certificate or holder, or was caused by the event itself: a step for many is one cause, too.
_RELATED = """SELECT * FROM events
    WHERE correlation_id = $1 AND event_id <> $2 AND (stream_id = ANY($3::uuid[]) OR causation_id = $2)
        AND starts_with(division, current_setting('shouwang.division'))
    ORDER BY position LIMIT 200"""


async def explanation(
    conn: Any, certificate_id: UUID, event_id: UUID, policy: CertificatePolicy, store: Any, with_person: bool
) -> Explanation | None:
    """None for what the caller may not see, or an event that is not this certificate's. `with_person`: name who decided by his code."""
    if not await conn.fetchval("SELECT true FROM views.certificate_view WHERE certificate_id = $1", certificate_id):
        return None
    past = await store.read(conn, certificate_id)
    rows: dict[Any, CertificateRow | None] = {}
    for decided in past:
        if decided.event_id == event_id:
            break
        fold_into(CERTIFICATE_VIEW, rows, decided)
    else:
        return None
    known = next(iter(rows.values()), None)
    files = await conn.fetch("SELECT file, content FROM policy_version WHERE version = $1 ORDER BY file", decided.policy_version)
    holder = known.person_id if known else decided.event.person_id
    found = await conn.fetch(_RELATED, decided.correlation_id, event_id, [certificate_id, holder])
    by = decided.actor if with_person else office(decided.actor)
    return explained(
        decided, known, {row["file"]: row["content"] for row in files}, [store.recorded(row) for row in found], by, policy
    )
