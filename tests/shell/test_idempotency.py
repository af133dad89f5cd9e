"""One key, many requests at one moment, through two processes: the command is done once, and everybody hears the same of it."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from services.monitoring.service import SERVICE as MONITORING
from tests.world import Client, World

VILLAGE, KEY = "533401102001", "a-key-of-mine"


@dataclass(frozen=True)
class Heard:
    """An answer: its status, whether it says that it repeats one, and what it says."""

    status: int
    repeated: bool
    body: Any


@pytest.fixture
async def liaisons(place: World) -> list[Client]:
    """The same liaison at two processes of one service."""
    first, second = [await place.open(MONITORING, pool_size=4) for _ in range(2)]
    return [await place.client(await place.serve(each), "CUN", VILLAGE, "liaison") for each in (first, second)]


async def asked(client: Client, body: Any, key: str = KEY) -> Heard:
    """Register a household under a key."""
    async with client.session.post("/households", json=body, headers={"Idempotency-Key": key}) as answer:
        return Heard(answer.status, "Idempotency-Replayed" in answer.headers, await answer.json(content_type=None))


def household() -> dict[str, Any]:
    """A household of one."""
    return {"division": VILLAGE, "members": [str(uuid4())]}


async def test_a_request_that_comes_many_times_at_once_is_done_once(place: World, liaisons: list[Client]) -> None:
    body = household()
    heard = await asyncio.gather(*(asked(liaisons[n % 2], body) for n in range(12)))
    assert {each.status for each in heard} == {201}
    assert [each.repeated for each in heard].count(False) == 1
    assert all(each.body == heard[0].body for each in heard)
    assert (
        len(await place.sql("monitoring", "SELECT 1 FROM events"))
        == len(await place.sql("monitoring", "SELECT 1 FROM outbox"))
        == 1
    )


async def test_of_different_requests_under_one_key_one_is_done_and_all_others_are_told_so(
    place: World, liaisons: list[Client]
) -> None:
    heard = await asyncio.gather(*(asked(liaisons[n % 2], household()) for n in range(12)))
    assert sorted(each.status for each in heard) == [201] + [422] * 11
    assert {each.body["title"] for each in heard if each.status == 422} == {"idempotency_key_reused"}
    assert len(await place.sql("monitoring", "SELECT 1 FROM events")) == 1


async def test_a_refusal_leaves_the_key_free_for_the_request_that_is_right(place: World, liaisons: list[Client]) -> None:
    wrong = household() | {"division": "533422101001"}
    assert {each.status for each in await asyncio.gather(*(asked(liaisons[n % 2], wrong) for n in range(4)))} == {403}
    assert (await asked(liaisons[0], household())).status == 201


async def test_one_offices_key_is_not_anothers(place: World, liaisons: list[Client]) -> None:
    base = str(liaisons[0].session._base_url)
    other = await place.client(base, "CUN", "533401204001", "liaison")
    mine, theirs = await asked(liaisons[0], household()), await asked(other, household() | {"division": "533401204001"})
    assert (mine.status, theirs.status) == (201, 201)
    assert mine.body["id"] != theirs.body["id"]
