"""Several schedulers over one table of due rows: each row is handled once, and whoever finds a row taken goes on to the next."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.certificates.certificate.card.events import CertificateIssued
from services.engine import schedule
from services.engine.runtime import Runtime
from services.kernel.due import DueRow
from services.kernel.errors import Conflict
from services.kernel.events import Context
from services.kernel.execute import Order
from services.kernel.service import Room
from tests.contract.golden import sample
from tests.kernel import toy
from tests.world import World

ROWS = 300


def issue(row: DueRow, today: date) -> Any:
    """What settles a row."""
    return toy.Say(sample(CertificateIssued))


@pytest.fixture
async def register(place: World) -> Runtime:
    """Persons of whom each has something due, and a scheduler's runtime."""
    runtime = await place.open(
        replace(toy.COUNTED, rooms=(toy.COUNTING, Room(duties=(toy.duty(issue),)))), toy.MIGRATION, pool_size=8
    )
    place.set_clock(datetime(2026, 3, 2, 2, tzinfo=UTC))
    async with runtime.pool.acquire() as conn, conn.transaction():
        contexts = [Context("CL:5334:x", runtime.clock(), seed := uuid4(), seed) for _ in range(ROWS)]
        orders = [Order(toy.PERSON, uuid4(), toy.Say(toy.registered("2026-01")), c) for c in contexts]
        await runtime.executor.execute_many(conn, orders)
    return runtime


async def settled(place: World) -> Counter[UUID]:
    """How often each person's row was settled."""
    rows = await place.sql("certificates", "SELECT stream_id FROM events WHERE type = 'CertificateIssued'")
    return Counter(r["stream_id"] for r in rows)


async def test_many_schedulers_handle_each_row_once_and_set_none_aside(place: World, register: Runtime) -> None:
    async def one() -> int:
        """A scheduler that ends when it finds nothing to do. None is in another's way, so none loses a race."""
        handled = 0
        while got := await schedule.run_due(register, 7):
            handled += got
        return handled

    assert sum(await asyncio.gather(*[one() for _ in range(4)])) == ROWS
    assert set((await settled(place)).values()) == {1}
    assert len(await settled(place)) == ROWS
    assert await place.sql("certificates", "SELECT 1 FROM views.due UNION ALL SELECT 1 FROM quarantine") == []


async def test_a_scheduler_passes_over_what_another_one_has_claimed(place: World, register: Runtime) -> None:
    oldest = [r["subject"] for r in await place.sql("certificates", "SELECT subject FROM views.due ORDER BY due_on, subject")]
    async with register.pool.acquire() as conn, conn.transaction():
        claimed = await conn.fetch(schedule.CLAIM, date(2026, 3, 2), ["TOY"], 5)
        assert [r["subject"] for r in claimed] == oldest[:5]
        locks = await place.sql(
            "certificates",
            "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())",
        )
        assert locks[0]["n"] == 5, "of the rows behind the limit none is taken"
        assert await schedule.run_due(register, 10) == 10
        assert set(await settled(place)) == set(oldest[5:15])
    assert await schedule.run_due(register, 5) == 5
    assert set(await settled(place)) == set(oldest[:15])


async def test_a_row_that_was_settled_meanwhile_is_nobodys_fault(place: World, register: Runtime) -> None:
    """A command is refused, or does nothing, because another writer has settled the row since the claim: no letter is made of it."""
    (row,) = [DueRow(*r) for r in await place.sql("certificates", "SELECT * FROM views.due LIMIT 1")]
    async with register.pool.acquire() as conn, conn.transaction():
        await schedule.set_aside_unmoved(conn, [replace(row, cause_id=uuid4())], "not_settled")
        assert await conn.fetch("SELECT reference FROM quarantine") == []
        await schedule.set_aside_unmoved(conn, [row], "not_settled")
        (letter,) = await conn.fetch("SELECT reference, topic, key, reason FROM quarantine")
    assert tuple(letter) == (f"TOY/{row.subject}/2026-01-01/{row.cause_id}", "TOY", str(row.subject), "not_settled")


async def test_another_command_on_a_claimed_subject_is_a_lost_race_and_the_row_is_claimed_again(
    place: World, register: Runtime
) -> None:
    (first,) = await place.sql("certificates", "SELECT subject FROM views.due ORDER BY due_on, subject LIMIT 1")
    context = Context("CL:5334:x", register.clock(), uuid4(), uuid4())
    async with register.pool.acquire() as conn, conn.transaction():
        again = toy.Say(toy.registered("2026-02"))
        await register.executor.execute(conn, toy.PERSON, first["subject"], again, context)
        losing = asyncio.create_task(schedule.run_due(register, 1))
        await place.until(
            lambda: place.sql(
                "certificates", "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
        )
    with pytest.raises(Conflict):
        await losing
    assert await schedule.run_due(register, ROWS) == ROWS
    assert set((await settled(place)).values()) == {1}
    assert await place.sql("certificates", "SELECT 1 FROM views.due UNION ALL SELECT 1 FROM quarantine") == []


async def test_a_fault_of_ours_in_one_rows_command_sets_that_row_aside_and_the_others_are_handled(place: World) -> None:
    failing = uuid4()

    def command(row: DueRow, today: date) -> Any:
        return issue(row, today) if row.subject != failing else 1 // 0

    runtime = await place.open(replace(toy.COUNTED, rooms=(toy.COUNTING, Room(duties=(toy.duty(command),)))), toy.MIGRATION)
    place.set_clock(datetime(2026, 3, 2, 2, tzinfo=UTC))
    async with runtime.pool.acquire() as conn, conn.transaction():
        for person in (failing, uuid4(), uuid4()):
            context = Context("CL:5334:x", runtime.clock(), seed := uuid4(), seed)
            await runtime.executor.execute(conn, toy.PERSON, person, toy.Say(toy.registered("2026-01")), context)
    scheduling = asyncio.create_task(schedule.run(runtime))
    (letter,) = await place.until(lambda: place.sql("certificates", "SELECT key, reason FROM quarantine"))
    await place.until(lambda: place.sql("certificates", "SELECT 1 FROM events WHERE type = 'CertificateIssued' OFFSET 1"))
    scheduling.cancel()
    assert tuple(letter) == (str(failing), "ZeroDivisionError")
    assert failing not in await settled(place)
