"""Messages whose schema the real registry does not know, or that is none of ours: nobody can read them, now or later."""

import json
import time
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.certificates.person.events import PersonRegistered
from services.engine.registry import Registry, RegistryError
from services.kernel.errors import Unreadable
from tests.engine.inbound.hostile import array_bomb
from tests.kernel import toy
from tests.world import World

FOREIGN = {"type": "record", "name": "PersonRegistered", "namespace": "shouwang.certificates", "fields": []}


async def refused(place: World, schema_id: int) -> str:
    """Why a message that names this schema cannot be read."""
    follower = await place.open(toy.FOLLOWER, toy.MIGRATION)
    with pytest.raises(Unreadable) as refusal:
        await follower.registry.decode(b"\0" + schema_id.to_bytes(4, "big") + b"x")
    return refusal.value.code


@pytest.mark.parametrize("schema_id", [0, 0x7FFFFFFE, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
async def test_an_id_that_the_registry_cannot_have_is_unknown(place: World, schema_id: int) -> None:
    assert await refused(place, schema_id) == "unknown_schema_id"


async def registered(place: World, subject: str, **body: Any) -> int:
    """A schema of somebody else's making; its id."""
    where = f"{place.urls.registry}/subjects/{place.prefix}{subject}/versions"
    async with aiohttp.ClientSession() as session, session.post(where, json=body) as answer:
        assert answer.status == 200, await answer.text()
        return int((await answer.json(content_type=None))["id"])


async def test_a_schema_of_no_message_of_ours_is_foreign(place: World) -> None:
    other = FOREIGN | {"name": "Other"}
    assert await refused(place, await registered(place, "other", schema=json.dumps(other))) == "foreign_schema"


async def test_a_schema_under_our_name_that_needs_another_one_is_foreign(place: World) -> None:
    other = {"type": "record", "name": "Other", "namespace": "foreign", "fields": []}
    await registered(place, "other", schema=json.dumps(other))
    mine = FOREIGN | {"fields": [{"name": "other", "type": "foreign.Other"}]}
    references = [{"name": "foreign.Other", "subject": f"{place.prefix}other", "version": 1}]
    assert (
        await refused(place, await registered(place, "needing", schema=json.dumps(mine), references=references)) == "foreign_schema"
    )


async def test_a_schema_under_our_name_that_the_registry_takes_and_we_cannot_read_is_foreign(place: World) -> None:
    """Java passes over a logical type that makes no sense; fastavro refuses the schema."""
    amount = {"type": "bytes", "logicalType": "decimal", "precision": -1}
    mine = FOREIGN | {"fields": [{"name": "amount", "type": amount}]}
    assert await refused(place, await registered(place, "odd", schema=json.dumps(mine))) == "foreign_schema"


async def test_a_schema_under_our_name_that_says_more_than_ours_is_foreign_however_short_its_message_is(place: World) -> None:
    """A few bytes can say an array of three hundred million nulls: nobody begins to read them."""
    items = {"name": "items", "type": {"type": "array", "items": "null"}}
    schema_id = await registered(place, "large", schema=json.dumps(FOREIGN | {"fields": [items]}))
    follower = await place.open(toy.FOLLOWER, toy.MIGRATION)
    start = time.process_time()  # of this process: others on the machine say nothing of it
    with pytest.raises(Unreadable, match="foreign_schema"):
        await follower.registry.decode(array_bomb(schema_id, 300_000_000))
    assert time.process_time() - start < 2


async def test_a_schema_of_ours_is_known_under_whatever_id_it_has(place: World) -> None:
    follower = await place.open(toy.FOLLOWER, toy.MIGRATION)
    schema = follower.codec.latest[PersonRegistered]
    schema_id = await registered(place, "another-subject", schema=json.dumps(schema.raw))
    said = toy.registered()
    assert await follower.registry.decode(b"\0" + schema_id.to_bytes(4, "big") + follower.codec.encode(said)[1]) == said


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, "<html>maintenance</html>"), (404, "<html>nothing here</html>"), (200, '{"up": false}'), (404, "{}"), (200, "\xff")],
)
async def test_what_stands_before_a_registry_that_is_away_says_nothing_about_a_message(
    place: World, status: int, body: str
) -> None:
    """A page of a proxy is an outage, which passes, and no reason to set what an office waits for aside."""
    follower = await place.open(toy.FOLLOWER, toy.MIGRATION)
    real, away = place.urls.registry, [True]

    async def answer(request: web.Request) -> web.Response:
        if away[0]:
            return web.Response(status=status, body=body.encode("latin-1"), content_type="text/html")
        async with aiohttp.ClientSession() as session, session.get(real + request.path) as said:
            return web.Response(status=said.status, body=await said.read())

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as proxy:
        registry = Registry(str(proxy.make_url("")), follower.codec)
        try:
            fp, said = follower.codec.encode(toy.registered())
            framed = await follower.registry.prefix("certificates.events.v1", fp) + said
            with pytest.raises(RegistryError):
                await registry.decode(framed)
            away[0] = False
            assert await registry.decode(framed) == toy.registered()
        finally:
            await registry.close()
