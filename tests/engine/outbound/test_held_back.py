"""One kind that cannot be sent is held back with what is behind it in its keys; everything else goes on, and order holds in every key."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from services.certificates.person.events import PersonDied, PersonIndexState, PersonRegistered
from services.engine import relay
from services.engine.outbound.held_back import HeldBack, Kind, sendable
from services.engine.relay import Relay
from services.engine.retry import Outage
from tests.contract.topics.samples import consumed
from tests.engine.samples import say
from tests.kernel import toy
from tests.world import World

TOPIC = "certificates.events.v1"
WAITS = f"{TOPIC}-shouwang.certificates.PersonDied"


class Registry:
    """The real registry, through a door that hides one subject, or that answers nothing of use."""

    def __init__(self, url: str) -> None:
        self.real, self.hidden, self.broken, self.asked = url, {WAITS}, "", 0

    async def answer(self, request: web.Request) -> web.Response:
        """What the real one says, unless it is hidden."""
        self.asked += 1
        if self.broken:
            return web.Response(text=self.broken)
        if request.match_info["path"].removeprefix("subjects/") in self.hidden:
            return web.json_response({"error_code": 40401, "message": "Subject not found."}, status=404)
        url = f"{self.real}/{request.match_info['path']}"
        async with (
            aiohttp.ClientSession() as session,
            session.request(request.method, url, data=await request.read(), headers={"Content-Type": request.content_type}) as told,
        ):
            return web.Response(body=await told.read(), status=told.status)


@asynccontextmanager
async def hiding(place: World) -> AsyncIterator[Registry]:
    """A world whose registry does not know one subject."""
    registry, app = Registry(place.urls.registry), web.Application()
    app.router.add_route("*", "/{path:.*}", registry.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    place.urls = replace(place.urls, registry=f"http://127.0.0.1:{port}")
    yield registry
    await runner.cleanup()


async def _more(registry: Registry, asked: int) -> bool:
    return registry.asked > asked + 1


def died() -> PersonDied:
    """The kind that waits."""
    return PersonDied(died_on=date(2026, 3, 1), evidence="HOSPITAL")


def versions(place: World, count: int) -> dict[str, list[int]]:
    """By key, the versions on the topic in their order."""
    found: dict[str, list[int]] = {}
    for message in consumed(place, TOPIC, count):
        found.setdefault(message.key().decode(), []).append(int(dict(message.headers())["ce_streamversion"]))
    return found


def in_order(rows: dict[str, list[int]], wanted: dict[UUID, list[int]]) -> bool:
    """Whether each of these keys has exactly these versions, in this order."""
    return rows == {str(key): numbers for key, numbers in wanted.items()}


async def test_a_kind_without_a_subject_waits_with_what_is_behind_it_and_goes_once_it_is_there(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "CHUNK", 5)  # what waits fills more than one look
    async with hiding(place) as registry:
        register = await place.open(toy.COUNTED, toy.MIGRATION)
        waiting, free = [uuid4() for _ in range(12)], [uuid4() for _ in range(3)]
        for stream in waiting:
            for event in (toy.registered(), died(), toy.registered()):
                await say(register, event, stream)
        for stream in free:
            await say(register, toy.registered(), stream)
        await place.start(register, "relay")
        left = "SELECT 1 FROM outbox WHERE topic = $1 HAVING count(*) = $2"
        await place.until(lambda: place.sql("certificates", left, TOPIC, 24))
        late = uuid4()
        await say(register, toy.registered(), late)  # and what comes later goes, too
        await place.until(lambda: place.sql("certificates", "SELECT 1 FROM feed HAVING count(*) = 16"))
        assert await place.sql("certificates", left, TOPIC, 24)
        assert in_order(versions(place, 16), {key: [1] for key in (*waiting, *free, late)})
        registry.broken = "<html>not a registry</html>"
        asked = registry.asked
        await place.until(lambda: _more(registry, asked))  # in vain: whatever it answers, the kind stays held
        assert await place.sql("certificates", left, TOPIC, 24)
        registry.broken, registry.hidden = "", set()
        await place.until(lambda: place.sql("certificates", "SELECT 1 FROM outbox HAVING count(*) = 0"))
        assert in_order(versions(place, 24), {key: [2, 3] for key in waiting})


async def test_a_topic_that_is_not_there_holds_up_its_own_messages_alone(place: World) -> None:
    register = await place.open(toy.COUNTED, toy.MIGRATION)
    await place.topics(PersonRegistered)  # and not that of its state
    stream = uuid4()
    await say(register, toy.registered(), stream)
    running = asyncio.create_task(Relay(register).run())
    place.tasks.append(running)
    await place.until(lambda: place.sql("certificates", "SELECT 1 FROM feed"))
    assert [row["topic"] for row in await place.sql("certificates", "SELECT topic FROM outbox")] == [
        "certificates.person_index.state.v1"
    ]
    await place.topics(PersonIndexState)
    await place.until(lambda: place.sql("certificates", "SELECT 1 FROM outbox HAVING count(*) = 0"))


async def never(_: Kind) -> None:
    """Cannot be sent now."""
    raise LookupError


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.sampled_from([b"1", b"2", None])), max_size=12))
def test_nothing_overtakes_what_is_held_back_in_its_key(rows: list[tuple[str, str, bytes | None]]) -> None:
    async def tried() -> None:
        held = HeldBack("toy", never, lambda: None)
        held.hold(("a", b"1"), "one", LookupError())
        held.hold(("b", None), "topic", LookupError())
        numbered = [(seq, *row) for seq, row in enumerate(rows)]
        may = sendable(numbered, held)
        for seq, topic, key, _ in numbered:
            before = [r for r in numbered if r[0] <= seq and (r[1], r[2]) == (topic, key)]
            assert (seq in may) == (topic != "b" and not any(r[3] == b"1" for r in before))
        await held.close()

    asyncio.run(tried())


async def test_waits_grow_until_something_went_well_and_a_trouble_is_told_twice() -> None:
    with capture_logs() as logs:
        outage = Outage("away", 0.1, 1.0)
        outage.over()
        assert [outage.failed(OSError()) for _ in range(6)] == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]
        assert outage.failed(TimeoutError()) == 1.0
        outage.over()
        outage.over()
        assert outage.failed(OSError()) == 0.1
    told = [(line["event"], line.get("error"), line.get("tries")) for line in logs]
    assert told == [("away", "OSError", None), ("away", "TimeoutError", None), ("away_over", None, 7), ("away", "OSError", None)]
