"""What people and operators meet while a clock is in doubt, at the doors and on the command line."""

import asyncio
import os
import sys
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest

from services.certificates.service import SERVICE
from services.engine import schedule, timekeeping
from services.engine.runtime import Runtime
from services.kernel.clock import Clock, since_boot, system_clock
from services.kernel.events import SHANGHAI
from services.shell.http.readiness import Readiness
from tests.certificates.office import CITIZENS, VILLAGE, opened
from tests.world import World


def set_by(days: int) -> datetime:
    """What a machine shows whose time was set wrongly."""
    return system_clock() + timedelta(days=days)


NEWCOMER = {"citizen_id": CITIZENS[1], "name": "测试丙", "division": VILLAGE}


@pytest.mark.parametrize("days", [40, -40])
async def test_what_needs_a_day_waits_and_nothing_is_dated_wrongly(place: World, days: int) -> None:
    office = await opened(place)
    operator, key = await office.client("CL", "533401", "operator"), str(uuid4())
    _, certificate = await office.issued()
    before = await office.sql("SELECT max(position) AS last FROM events")
    office.runtime.clock.machine = partial(set_by, days)
    for _ in range(2):
        refused = await office.clerk.post("/persons", NEWCOMER, 503, Idempotency_Key=key)
        assert (refused["type"], refused["title"]) == ("urn:shouwang:problem:clock_in_doubt", "clock_in_doubt")
        assert "系统时钟有疑" in refused["detail"]
    await office.clerk.get(f"/certificates/{certificate}", 503)  # whether it may be renewed hangs on the day
    status = await operator.get("/status")
    assert (status["today"], status["due"], status["outbox"] > 0) == (None, None, True), "unknown is not zero"
    assert await office.sql("SELECT max(position) AS last FROM events") == before
    office.runtime.clock.machine = system_clock
    await office.clerk.post("/persons", NEWCOMER, 201, Idempotency_Key=key)
    (latest,) = await office.sql("SELECT occurred_at FROM events ORDER BY position DESC LIMIT 1")
    assert latest["occurred_at"].date() == office.runtime.clock().date()


async def test_a_token_that_has_expired_does_not_come_back_with_a_clock_that_was_set_back(place: World) -> None:
    office = await opened(place)
    expired = place.issuer.token("cl-533401", "CL", "533401", ["clerk"], ttl=-60)
    for days in (0, -1, -400):
        office.runtime.clock.machine = partial(set_by, days)
        async with office.clerk.session.get("/certificates", headers={"Authorization": f"Bearer {expired}"}) as answer:
            assert answer.status == 401, days
    office.runtime.clock.machine = partial(set_by, 400)
    await office.clerk.get("/certificates", 503)  # nor is a good one refused as too old


async def test_readyz_names_the_clock_and_to_wait_for_it_is_no_standstill(place: World) -> None:
    runtime = await place.open(SERVICE)
    place.tasks += [asyncio.create_task(timekeeping.run(runtime, "scheduler", 0.02)), asyncio.create_task(schedule.run(runtime))]
    readiness = Readiness(runtime, every=0.0)

    async def missing() -> dict[str, str]:
        await runtime.pulse.store(runtime.pool, "the scheduler's process")
        return (await readiness.fitness()).missing

    runtime.clock.machine = partial(set_by, 40)

    async def named() -> bool:
        return (await missing()).get("clock") == "database_disagrees"

    await place.until(named)
    runtime.pulse.beat("scheduler", -100)

    async def gets_on() -> bool:
        return "scheduler" not in runtime.pulse.late()

    await place.until(gets_on)
    runtime.clock.machine = system_clock

    async def over() -> bool:
        return "clock" not in await missing()

    await place.until(over)


async def command(runtime: Runtime, *arguments: str) -> tuple[int, str]:
    """An operator's command about clocks as he runs it: exit code, and what it printed."""
    config = runtime.settings
    secret = {"DATABASE_URL": config.database_url, "SITE_KEY": config.site_key}
    given = {f"SHOUWANG_{k}": v.get_secret_value() for k, v in secret.items()} | {"SHOUWANG_PROFILE": config.profile}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.certificates", "clock", *arguments),
        env=os.environ | given,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


@pytest.mark.long
async def test_an_operator_sees_who_waits_and_confirms_the_day_in_one_command(place: World) -> None:
    runtime = await place.open(SERVICE)
    stood_still = 0.0
    runtime.clock = Clock(boot="another machine", steady=lambda: since_boot() - stood_still)
    place.tasks.append(asyncio.create_task(timekeeping.run(runtime, "scheduler", every=0.02)))
    await place.until(lambda: place.sql("certificates", "SELECT FROM clock_mark WHERE at IS NOT NULL"))
    stood_still = 36_000
    await place.until(lambda: timekeeping.in_doubt(runtime))
    code, printed = await command(runtime, "doubts")
    assert (code, "another machine  scheduler  was_set" in printed) == (1, True)
    today = datetime.now(SHANGHAI).date()
    code, printed = await command(runtime, "confirm", str(today), "--by", "operator 7", "--reason", "suspended over night")
    assert (code, "confirmed: 20" in printed) == (0, True)

    async def trusted() -> bool:
        return not runtime.clock.doubt

    await place.until(trusted)
    (kept,) = await place.sql("certificates", "SELECT confirmed_by, reason FROM clock_confirmation")
    assert tuple(kept) == ("operator 7", "suspended over night")
