"""Bookkeeping that was settled long ago is deleted, found by its age, and nobody is told again when it is gone."""

import pytest

from services.engine import retention
from services.notifications.retention import EFFECTS, TRIES
from services.notifications.service import SERVICE
from tests.notifications.person_message.reached import PHONE, Reached
from tests.notifications.running import emptied
from tests.world import World


async def test_a_try_that_ended_long_ago_goes_and_its_person_is_not_told_again(phones: Reached) -> None:
    runtime = phones.told.runtime
    reminder = await phones.tell(await phones.register.person())
    old = "UPDATE to_reach SET settled_at = now() - interval '401 days' RETURNING state, reason"
    assert [tuple(r) for r in await runtime.pool.fetch(old)] == [("ended", "arrived")]
    past = await phones.past(reminder)
    assert await emptied(runtime) == [1, 0]
    assert (await phones.begin(), await phones.send()) == (0, 0)
    await runtime.pool.execute(
        "INSERT INTO to_reach (cause_id, stream_id) SELECT event_id, stream_id FROM events WHERE type = 'ReminderTried'"
    )
    assert (await phones.begin(), await phones.send()) == (1, 0)
    assert ([to for to, _ in phones.texts()], await phones.past(reminder)) == ([PHONE], past)


async def test_a_try_whose_messages_are_still_under_way_stays(phones: Reached) -> None:
    await phones.owed(await phones.register.person())
    await phones.begin()
    runtime = phones.told.runtime
    await runtime.pool.execute("UPDATE to_reach SET settled_at = now() - interval '401 days'")
    assert await emptied(runtime) == [0]
    assert [r["state"] for r in await runtime.pool.fetch("SELECT state FROM to_reach")] == ["begun"]


@pytest.mark.parametrize(
    ("stale", "rows"),
    [
        (retention.ANSWERS, "(principal, key, request, at) SELECT 'x', n::text, '', now() - n * interval '1 minute'"),
        (EFFECTS, "(notice_id, state, settled_at) SELECT md5(n::text)::uuid, 'sent', now() - n * interval '1 hour'"),
        (
            TRIES,
            "(cause_id, stream_id, state, settled_at) SELECT md5(n::text)::uuid, md5(n::text)::uuid, 'ended', now() - n * interval '1 hour'",
        ),
    ],
    ids=lambda value: getattr(value, "table", ""),
)
async def test_what_is_old_is_found_by_its_age_and_not_by_reading_all(place: World, stale: retention.Stale, rows: str) -> None:
    runtime = await place.open(SERVICE)
    await place.sql("notifications", f"INSERT INTO {stale.table} {rows} FROM generate_series(1, 50000) AS n")
    await place.sql("notifications", f"ANALYZE {stale.table}")
    async with runtime.pool.acquire() as conn, conn.transaction():
        assert await conn.execute(stale.delete, stale.days(runtime), 1000) == "DELETE 1000"
        scans = "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = $1"
        assert await conn.fetchval(scans, stale.table) == 0
