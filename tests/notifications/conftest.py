"""The providers of all channels, running for one test, and the settings that fit them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.sandbox.providers.house import House, open_house
from services.notifications.channels.settings import Channels, read


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """All providers, over real sockets and TLS of an authority made for them."""
    async with open_house(tmp_path / "house") as opened:
        yield opened


@pytest.fixture
def channels(house: House) -> Channels:
    """The settings that the providers wrote for us."""
    return read(house.channels, house.folder / "secrets")
