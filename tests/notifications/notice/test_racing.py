"""An official and the scheduler at one notice or reminder at the same moment: nobody is shown an error, and nothing is done twice."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.engine import schedule
from services.engine.runtime import Runtime
from services.kernel.errors import Conflict
from services.kernel.events import Recorded
from services.kernel.execute import Executor
from services.kernel.store import EventStore
from services.notifications.notice.ack_link import Linked, Links
from services.notifications.service import SERVICE
from tests.notifications.delivery.outside import NOTICE_OF, Outside, about
from tests.notifications.reminder.ledger import Registry, near, reminder_of
from tests.notifications.samples import DAY, VILLAGE
from tests.world import SITE_KEY, World, contents, with_loops

LATER = datetime(2026, 5, 6, 2, tzinfo=UTC)
WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


class Holding(EventStore):
    """A log to which the scheduler appends only when it is let: it has claimed, read and decided, and others go on meanwhile."""

    def __init__(self, of: EventStore) -> None:
        super().__init__(of.service, of.codec)
        self.decided, self.go = asyncio.Event(), asyncio.Event()

    async def append_many(self, conn: asyncpg.Connection, category: Sequence[str], new: Sequence[Recorded]) -> list[Recorded]:
        """Wait, then store."""
        self.decided.set()
        await self.go.wait()
        return await super().append_many(conn, category, new)


class Circling(Executor):
    """The database breaks up a circle of waits at each try."""

    async def execute_many(self, conn: Any, orders: Any) -> list[Recorded]:
        """Always the victim."""
        raise asyncpg.DeadlockDetectedError("deadlock detected")


class Office(Registry):
    """Notifications with its doors; the scheduler moves when a test says so."""

    async def open(self) -> "Office":
        """Doors alone."""
        self.runtime = await self.place.open(with_loops(SERVICE), pool_size=6)
        self.base = await self.place.serve(self.runtime)
        await self.on(DAY)
        return self

    async def notice(self) -> UUID:
        """A notice that waits for the federation, and whose time has run out."""
        (made,) = await (await self._outside()).queue(about("请办理", replace(NOTICE_OF, acknowledge_by=DAY)))
        self.place.set_clock(LATER)
        return made

    async def reminder(self) -> UUID:
        """A reminder that the village was asked for, and whose time has run out, too."""
        await self.says(near())
        while await schedule.run_due(self.runtime):
            pass
        self.place.set_clock(LATER)
        return reminder_of()

    async def _outside(self) -> Outside:
        await self.place.start(self.runtime, "relay")
        return Outside(self.place, self.runtime, None, None, None, self.base)  # type: ignore[arg-type]

    async def answers(self, door: str, base: str = "") -> tuple[UUID, Any]:
        """What somebody asks for at a door: (what it is about, a function to a (status, body))."""
        about = await (self.reminder() if door == "confirm" else self.notice())
        return about, lambda base=base or self.base, key=str(uuid4()): self.asked(door, about, base, key)

    async def asked(self, door: str, about: UUID, base: str, key: str) -> tuple[int, str]:
        """Somebody asks."""
        token = Links(SITE_KEY).give(Linked(about, "CL:533401"), int(time.time()) + 3600)
        agency, division, path, body = {
            "acknowledge": ("CL", "533401", f"/notices/{about}/acknowledge", {}),
            "link": ("CL", "533401", f"/a/{token}", {}),
            "confirm": ("CUN", VILLAGE, f"/reminders/{about}/confirm", {"proof": "HOLDER"}),
        }[door]
        client = await self.place.client(base, agency, division, "clerk" if agency == "CL" else "liaison")
        async with client.session.post(path, json=body, headers={"Idempotency-Key": key}) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def office(place: World) -> Office:
    """Doors over real servers."""
    return await Office(place).open()


def holding(runtime: Runtime) -> tuple[Runtime, Holding]:
    """A scheduler that can be held."""
    store = Holding(runtime.store)
    executor = Executor(store, runtime.service.projections, runtime.service.policy)
    return replace(runtime, store=store, executor=executor), store


async def waiting(office: Office, done: "asyncio.Task[Any]") -> None:
    """The answer is there, or waits for somebody else's lock."""

    async def either() -> bool:
        return done.done() or bool(await office.sql(WAITING))

    await office.place.until(either)


@pytest.mark.parametrize(
    ("door", "kind", "after"),
    [
        ("acknowledge", "NoticeAcknowledged", ["NoticeQueued", "NoticeAcknowledged"]),
        ("link", "NoticeAcknowledged", ["NoticeQueued", "NoticeAcknowledged"]),
        ("confirm", "ReminderReached", []),
    ],
)
async def test_who_acts_while_the_scheduler_holds_its_claim_is_answered_at_once(
    office: Office, door: str, kind: str, after: list[str]
) -> None:
    about, act = await office.answers(door)
    before = await office.sql("SELECT type FROM events WHERE stream_id = $1 ORDER BY version", about)
    scheduler, store = holding(office.runtime)
    claiming = asyncio.create_task(schedule.run_due(scheduler))
    await store.decided.wait()
    acting = asyncio.create_task(act())
    await waiting(office, acting)
    store.go.set()
    status, text = await acting
    assert status == 200, text
    (lost,) = await asyncio.gather(claiming, return_exceptions=True)
    assert isinstance(lost, Conflict)
    assert await schedule.run_due(office.runtime) == 0
    events = [r["type"] for r in await office.sql("SELECT type FROM events WHERE stream_id = $1 ORDER BY version", about)]
    assert events == [r["type"] for r in before] + [kind]
    assert events == (after or events)
    await office.quiet()


@pytest.mark.parametrize("door", ["acknowledge", "link"])
async def test_a_door_that_the_database_ends_in_a_circle_of_waits_tries_again(office: Office, door: str) -> None:
    about, act = await office.answers(door)
    other = await asyncpg.connect(office.place.database["notifications"]["superuser"])
    await other.execute("SET deadlock_timeout = '10min'")  # so that it is the door which finds the circle
    whole = other.transaction()
    await whole.start()
    await other.execute("SELECT FROM views.due WHERE subject = $1 FOR UPDATE", about)
    acting = asyncio.create_task(act())
    await waiting(office, acting)
    columns = "category, schema_fp, data, occurred_at, actor, division, correlation_id, policy_version"
    await other.execute(
        f"""INSERT INTO events (stream_id, version, event_id, type, {columns})
            SELECT stream_id, version + 1, gen_random_uuid(), 'NoticeSent', {columns} FROM events WHERE stream_id = $1
            ORDER BY version DESC LIMIT 1""",
        about,
    )  # returns when the door was ended
    await whole.rollback()
    await other.close()
    assert (await acting)[0] == 200
    assert len(await office.sql("SELECT 1 FROM events WHERE type = 'NoticeAcknowledged'")) == 1
    due = SERVICE.projection("due")
    async with office.runtime.pool.acquire() as conn:
        assert all(row[1] != "ACKNOWLEDGE" for row in await contents(conn, due))


@pytest.mark.parametrize("door", ["acknowledge", "link"])
async def test_a_door_that_never_gets_through_says_that_it_is_busy_and_stores_nothing(office: Office, door: str) -> None:
    circling = Circling(office.runtime.store, office.runtime.service.projections, office.runtime.service.policy)
    base = await office.place.serve(replace(office.runtime, executor=circling))
    _, act = await office.answers(door)
    status, text = await act(base)
    assert (status, '"urn:shouwang:problem:busy"' in text) == (503, True)
    assert (await act())[0] == 200, "with the same key"
