"""Fixtures of all tests: the real servers once per run, a small world of its own for each test that asks.

With workers (`pytest -n 2`) the controller holds the servers, with every schema registered, and tells the workers where they are.
What only servers need is imported where they are asked for: workers start when the controller has read this.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from deploy.local.stack import Urls
    from tests.world import World

DATA = Path(".local/test/stack")
_HELD = pytest.StashKey["Urls"]()
# How long an example takes by the clock says nothing of what it shows: two workers and three servers share the processor.
settings.register_profile("shared_processor", deadline=None)
settings.load_profile("shared_processor")


@contextmanager
def _backend() -> Iterator[Urls]:
    """The servers, which need not outlive the machine; a run that cannot have them ends with a line."""
    from deploy.local.resolve import BackendError, backend

    with ExitStack() as running:
        try:
            urls = running.enter_context(backend(DATA, lasting=False))
        except BackendError as error:
            pytest.exit(f"no servers: {error}", returncode=1)
        yield urls


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """What the controller tells a worker before it starts it. No servers are started for a run that leaves out what needs them."""
    config: pytest.Config = node.config
    if config.option.markexpr == "not server":
        return
    if _HELD not in config.stash:
        holding = ExitStack()
        config.add_cleanup(holding.close)
        config.stash[_HELD] = urls = holding.enter_context(_backend())
        asyncio.run(_register(urls))
    node.workerinput["servers"] = asdict(config.stash[_HELD])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the servers; files that take long begin, so that no worker works alone at the end, and quick ones come last."""
    for item in items:
        if not {"servers", "house"}.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker("server")
    rank: dict[Path, int] = {}
    for item in items:
        marked = "long" if item.get_closest_marker("long") else "server" if item.get_closest_marker("server") else ""
        rank[item.path] = min(rank.get(item.path, 2), {"long": 0, "server": 1, "": 2}[marked])
    items.sort(key=lambda item: rank[item.path])


def pytest_collection(session: pytest.Session) -> None:
    """Modules are loaded and items made: all of it stays, and looking through it for what could go takes seconds."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """What the collection made is left out of every later look for what could go, as in a process of ours."""
    gc.freeze()
    gc.enable()


def _told(config: pytest.Config) -> Urls | None:
    """Where the controller's servers are, if this process is its worker."""
    from deploy.local.stack import Urls

    servers = getattr(config, "workerinput", {}).get("servers")
    return Urls(**servers) if servers else None


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> Iterator[Urls]:
    """Kafka, registry and PostgreSQL, started once and shared."""
    if urls := _told(pytestconfig):
        yield urls
        return
    with _backend() as urls:
        yield urls


@pytest.fixture(scope="session")
async def registered(servers: Urls, pytestconfig: pytest.Config) -> Urls:
    """The servers, with every schema registered."""
    if _told(pytestconfig) is None:
        await _register(servers)
    return servers


async def _register(servers: Urls) -> None:
    from deploy import schemas

    await schemas.register(servers.registry)


@pytest.fixture
async def place(registered: Urls, tmp_path: Path) -> AsyncIterator[World]:
    """A world of its own: databases, topic prefix, clock, tokens."""
    from tests.world import world

    async with world(registered, tmp_path) as made:
        yield made
