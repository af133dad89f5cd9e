"""Hostile messages through the real consumers: all of them are set aside, the good ones between them are delivered, and nothing ends.

Each service follows other topics and does other things with what it hears; the reply loop follows by a pattern, without Faust.
"""

import pytest

from tests.engine.inbound.volley import FOLLOWED, Outcome, volley
from tests.world import World

SEED = 20211214


@pytest.mark.parametrize("service", FOLLOWED)
async def test_hostile_messages_are_set_aside_and_good_ones_are_delivered(place: World, service: str) -> None:
    assert await volley(place, service, SEED, rounds=1) == Outcome(service)
