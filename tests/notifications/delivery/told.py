"""A county federation that is told by every channel of the house of providers, on a Monday after the hour of digests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.sandbox.providers.folder import Opened, opened
from deploy.sandbox.providers.house import House
from services.notifications.channels import open as channels_open
from services.notifications.subscription import fanout
from tests.notifications.delivery.outside import COUNTY, NOTICE_OF, OFFICE, Outside, engine_of, outside
from tests.world import World

MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)  # ten in the morning in Shanghai; digests went out at nine
NINE = datetime(2026, 3, 3, 1, 0, 1, tzinfo=UTC)
SITE, OWN = "https://notices.example.cn", f"{OFFICE}:{COUNTY}"
RISK = replace(NOTICE_OF, route="risk-detected")


@dataclass
class Told:
    """An office that is told by every channel that the house of providers offers."""

    office: Outside
    house: House

    @property
    def certificates(self) -> Path:
        """Where the office keeps its certificates."""
        return self.house.folder / "certificates"

    async def wants_drops(self) -> str:
        """A drop subscription of the office, with a certificate of its own; its path."""
        certificate = self.house.authority.issue("office")[0].read_text()
        path, _ = await self.office.subscribe(channel="DROP", address=OWN, keys=[certificate])
        return path

    async def at(self, hour: datetime) -> None:
        """What was published by now is taken, it is that hour, and every channel may send again."""
        while await fanout.take(self.office.runtime):
            pass
        await self.office.runtime.pool.execute("UPDATE pace SET at = at - interval '1 minute'")
        self.office.place.set_clock(hour)

    def drops(self) -> list[Opened]:
        """What the office finds in its folder, in the order of names, opened with its key."""
        files = sorted((self.house.folder / "drops" / OFFICE / COUNTY).glob("*"))
        pair = self.certificates / "office.pem", self.certificates / "office.key"
        return [opened(file, *pair, self.house.authority.file) for file in files]

    def texts(self, provider: str) -> list[str]:
        """The texts that a provider met."""
        return [m["text"] for m in self.house.control.records(provider)]

    async def seqs(self) -> list[int]:
        """The places of all notices in the order of publishing."""
        rows = await self.office.runtime.pool.fetch(
            "SELECT seq FROM feed JOIN events USING (position) WHERE type = 'NoticeQueued' ORDER BY seq"
        )
        return [r["seq"] for r in rows]


def configured(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a process whose channels are the house's."""
    monkeypatch.setenv("SHOUWANG_CHANNELS_FILE", str(house.channels))
    monkeypatch.setenv("SHOUWANG_SECRETS_DIR", str(house.folder / "secrets"))


@asynccontextmanager
async def told_everywhere(place: World, house: House, folder: Path) -> AsyncIterator[Told]:
    """See `Told`: its senders are those that a worker opens from the channels file."""
    place.set_clock(MONDAY)
    async with outside(place, folder) as office, channels_open.opened(office.runtime.settings) as senders:
        office.engine = engine_of(office.runtime, {**senders, **office.engine.senders}, jitter=lambda: 0.0)
        yield Told(office, house)
