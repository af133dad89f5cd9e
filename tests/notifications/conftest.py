"""What many tests of notifications start with: the providers of all channels, an office that is told outside, the reminder ledger."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.sandbox.providers.house import House, open_house
from services.notifications.channels.settings import Channels, read
from tests.notifications.delivery.outside import Outside, outside
from tests.notifications.delivery.told import SITE, Told, configured, told_everywhere
from tests.notifications.person_message.reached import Reached, reached
from tests.notifications.reminder.ledger import Registry
from tests.world import World


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """All providers, over real sockets and TLS of an authority made for them."""
    async with open_house(tmp_path / "house") as opened:
        yield opened


@pytest.fixture
def channels(house: House) -> Channels:
    """The settings that the providers wrote for us."""
    return read(house.channels, house.folder / "secrets")


@pytest.fixture
async def told(place: World, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Told]:
    """An office that is told by every channel, and knows where our site is."""
    configured(house, monkeypatch)
    monkeypatch.setenv("SHOUWANG_SITE", f"{SITE}/")
    async with told_everywhere(place, house, tmp_path) as made:
        yield made


@pytest.fixture
async def phones(place: World, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Reached]:
    """Persons with phones, the register that knows them, and gateways."""
    configured(house, monkeypatch)
    async with reached(place, house, tmp_path) as made:
        yield made


@pytest.fixture
async def office(place: World, tmp_path: Path) -> AsyncIterator[Outside]:
    """The county federation, with a topic."""
    async with outside(place, tmp_path) as made:
        yield made


@pytest.fixture
async def registry(place: World) -> AsyncIterator[Registry]:
    """The service, where in the end nothing may stand in quarantine."""
    opened = await Registry(place).open()
    yield opened
    await opened.quiet()
