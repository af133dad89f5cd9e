"""`/readyz` over real servers: ready when what comes in is kept and gets on; otherwise 503, and what is missing by name."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from services.engine.registry import Registry
from services.engine.runtime import Runtime
from services.monitoring.service import SERVICE
from services.shell.http import readiness
from tests.world import World, with_loops

QUIET = with_loops(SERVICE)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question is a look of its own."""
    monkeypatch.setattr(readiness.Readiness.__init__, "__defaults__", (0.0,))


async def asked(place: World, runtime: Runtime) -> Callable[[], Awaitable[Any]]:
    """Ask `/readyz`: its status and what it says."""
    client = await place.client(await place.serve(runtime))

    async def ask() -> Any:
        async with client.session.get("/readyz") as answer:
            return answer.status, await answer.json(content_type=None)

    return ask


async def missing(ask: Callable[[], Awaitable[Any]]) -> set[str]:
    """What `/readyz` says is missing."""
    status, told = await ask()
    assert (status == 200) == ("missing" not in told)
    return set(told.get("missing", ()))


def until(place: World, ask: Callable[[], Awaitable[Any]], *wanted: str) -> Awaitable[Any]:
    """Wait until exactly this is missing."""

    async def so() -> bool:
        return await missing(ask) == set(wanted)

    return place.until(so)


async def test_a_service_is_ready_once_each_of_its_roles_gets_on(place: World) -> None:
    runtime = await place.open(QUIET)
    ask = await asked(place, runtime)
    status, told = await ask()
    assert (status, told["type"], set(told["missing"])) == (503, "urn:shouwang:problem:not_ready", {"relay", "worker", "scheduler"})
    assert told["detail"].startswith("服务尚不能正常工作：")
    await place.start(runtime, "scheduler", "worker")
    await until(place, ask, "relay")
    relay = (await place.start(runtime, "relay"))[-1]
    await until(place, ask)
    status, told = await ask()
    assert told == {"status": "ok", "letters": 0, "letters_seconds": 0, "outbox": 0, "outbox_seconds": 0} | {
        name: told[name] for name in ("lag", "behind_seconds", "still_seconds")
    }
    place.tasks.remove(relay)
    relay.cancel()
    await until(place, ask, "relay")


async def test_what_is_away_is_named_and_what_is_late_is_told(place: World) -> None:
    runtime = await place.open(QUIET)
    no_registry = Registry("http://127.0.0.1:1", runtime.codec)
    away = replace(runtime, settings=runtime.settings.model_copy(update={"kafka": "127.0.0.1:1"}), registry=no_registry)
    place.stack.push_async_callback(no_registry.close)
    ask = await asked(place, away)
    await place.topics()
    await place.start(runtime, "scheduler", "worker", "relay")
    await until(place, ask, "broker", "registry")
    runtime.pulse.beat("fanout", -100)
    await until(place, ask, "broker", "registry", "fanout")
    said = {"Kafka没有响应", "模式注册中心没有响应", "后台任务停滞（fanout）"}
    assert set((await ask())[1]["detail"].partition("：")[2].split("、")) == said
    runtime.pulse.end("fanout")
    await until(place, ask, "broker", "registry")


async def test_a_database_that_takes_no_writes_is_not_ready_though_it_answers(place: World) -> None:
    runtime = await place.open(QUIET)
    ask = await asked(place, runtime)
    name = place.database["monitoring"]["superuser"].rpartition("/")[2]
    conn = await asyncpg.connect(place.urls.postgres)
    place.stack.push_async_callback(conn.close)
    closed = f'ALTER DATABASE "{name}" SET default_transaction_read_only = {{}}'
    for state in ("on", "off"):  # as after a failover to a standby
        await conn.execute(closed.format(state))
        await conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        await until(place, ask, "relay", "worker", "scheduler", *(["write"] if state == "on" else []))


async def test_what_has_waited_long_is_missing_with_its_age(place: World) -> None:
    runtime = await place.open(QUIET)
    ask = await asked(place, runtime)
    idle = {"relay", "worker", "scheduler"}
    old = "now() - interval '90 seconds'"
    await place.sql("monitoring", f"INSERT INTO outbox (topic, key, at) VALUES ('t', 'k', {old})")
    columns = "consumer, reference, topic, key, reason, parked, headers, at"
    await place.sql("monitoring", f"INSERT INTO quarantine ({columns}) VALUES ('c', 'r', 't', 'k', 'x', false, '', {old})")
    status, told = await ask()
    assert (status, set(told["missing"]) - idle, told["outbox"], told["letters"]) == (503, {"outbox"}, 1, 1)
    assert min(told["outbox_seconds"], told["letters_seconds"]) >= 90
    await place.sql("monitoring", "DELETE FROM outbox")
    runtime.pulse.beat("worker", 60, waiting=3, behind_seconds=90, still_seconds=70)
    runtime.pulse.beat("relay", 60, held_back=["shouwang.monitoring.VisitMissed"])
    await runtime.pulse.store(runtime.pool, "another")
    status, told = await ask()
    assert set(told["missing"]) == {"relay", "scheduler", "lag", "held_back"}
    assert (told["lag"], told["behind_seconds"], told["still_seconds"]) == (3, 90, 70)
    assert told["missing"]["held_back"] == "shouwang.monitoring.VisitMissed"


async def test_a_process_that_ended_while_the_databases_time_was_ahead_is_not_heard_of_for_ever(place: World) -> None:
    runtime = await place.open(QUIET)
    ask = await asked(place, runtime)
    columns, then = "process, job, late, figures, at", "0, '{}', now() + interval '1 day'"
    await place.sql("monitoring", f"INSERT INTO pulse ({columns}) VALUES ('x', 'relay', {then}), ('x', 'scheduler', {then})")
    assert await missing(ask) == {"relay", "worker", "scheduler"}
    await runtime.pulse.store(runtime.pool, "another")
    assert await place.sql("monitoring", "SELECT FROM pulse WHERE process = 'x'") == []


async def test_a_clock_in_doubt_is_told_in_words(place: World) -> None:
    runtime = await place.open(QUIET)
    ask = await asked(place, runtime)
    runtime.pulse.beat("clock", 60, in_doubt="was_set")
    await runtime.pulse.store(runtime.pool, "another")
    _, told = await ask()
    assert told["missing"]["clock"] == "was_set"
    assert "系统时钟有疑" in told["detail"]


async def test_a_migration_that_is_not_applied_is_named(place: World) -> None:
    runtime = await place.open(QUIET)
    await place.sql("monitoring", "DELETE FROM migration WHERE name = '0001_monitoring'")
    _, told = await (await asked(place, runtime))()
    assert told["missing"]["migrations"] == "0001_monitoring"


async def test_many_who_ask_at_once_are_one_look(place: World) -> None:
    runtime = await place.open(QUIET)
    looking = readiness.Readiness(runtime, every=60)
    seen = await asyncio.gather(*[looking.fitness() for _ in range(20)])
    assert len({id(fitness) for fitness in seen}) == 1
