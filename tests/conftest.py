"""Fixtures of all tests: the real servers once per run, a small world of its own for each test that asks."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from deploy import schemas
from deploy.local.resolve import backend
from deploy.local.stack import Urls
from tests.world import World, world


@pytest.fixture(scope="session")
def servers() -> Iterator[Urls]:
    """Kafka, registry and PostgreSQL, started once and shared."""
    with backend(Path(".local/test/stack")) as urls:
        yield urls


@pytest.fixture(scope="session")
async def registered(servers: Urls) -> Urls:
    """The servers, with every schema registered."""
    await schemas.register(servers.registry)
    return servers


@pytest.fixture
async def place(registered: Urls, tmp_path: Path) -> AsyncIterator[World]:
    """A world of its own: databases, topic prefix, clock, tokens."""
    async with world(registered, tmp_path) as made:
        yield made
