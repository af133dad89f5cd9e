"""The desk that tests of planned visits sit at."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from services.monitoring.service import SERVICE
from tests.monitoring.visit_plan.desk import Desk
from tests.monitoring.visit_plan.samples import HOLDER, VILLAGE
from tests.world import World


@pytest.fixture
async def desk(place: World) -> AsyncIterator[Desk]:
    """See `Desk`; in the end nothing stands in quarantine."""
    runtime = await place.open(SERVICE)
    base = await place.serve(runtime)
    offices = [await place.client(base, "CUN", VILLAGE, "liaison"), await place.client(base, "CL", "533401", "official")]
    opened = Desk(place, runtime, base, *offices)
    await opened.on(date(2026, 3, 2))
    await opened.lives(HOLDER, VILLAGE)
    yield opened
    assert await place.sql("monitoring", "SELECT reason FROM quarantine") == []
