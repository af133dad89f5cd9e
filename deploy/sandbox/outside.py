"""The world outside the house: providers, the offices that are told by them, and the phones of the county's people.

Everything goes over the providers' real protocols on loopback (`providers/`); what they met stands in their record, message by message.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.processes import Processes
from deploy.sandbox.doors import Doors
from deploy.sandbox.prefecture import Person, Prefecture
from deploy.sandbox.providers.house import House, open_house

# Each office by another channel; the drop is opened with the office's own certificate.
SUBSCRIBED = {
    "MZ:533401": "WEBHOOK",
    "XCZX:533401": "MAIL",
    "RS:533401": "SMS",
    "CL:533401": "WECOM",
    "CL:533422": "DINGTALK",
    "YB:533401": "DROP",
}
HOOK = "mz-533401"


@dataclass(frozen=True, slots=True)
class Outside:
    """The providers that run, and who is told by them."""

    house: House

    def knows(self, processes: Processes) -> None:
        """Let the services find the providers, and offices our links. Before the services start."""
        site = f"http://127.0.0.1:{processes.port('notifications')}"
        processes.more |= {
            "CHANNELS_FILE": str(self.house.channels),
            "SECRETS_DIR": str(self.house.folder / "secrets"),
            "SITE": site,
            "WEBHOOK_LOOPBACK": "true",
            "WEBHOOK_CA_FILE": str(self.house.authority.file),
        }
        self.house.gateway.receipts_url, self.house.calls.receipts_url = f"{site}/receipts/sms", f"{site}/receipts/voice"

    async def subscribe(self, doors: Doors) -> None:
        """Every office by its channel, from now on."""
        for office, channel in SUBSCRIBED.items():
            made = await doors.post(office, "official", "notifications", "/subscribers")
            path = f"/subscribers/{made['id']}/subscriptions"
            given = await doors.post(office, "official", "notifications", path, self._wish(office, channel))
            if channel == "WEBHOOK":
                self.house.subscribers.give(HOOK, given["secret"])

    def _wish(self, office: str, channel: str) -> dict[str, Any]:
        addresses = {
            "WEBHOOK": f"{self.house.web}/hooks/{HOOK}",
            "MAIL": "xczx@example.cn",
            "SMS": "19900009999",
            "WECOM": "wecom",
            "DINGTALK": "dingtalk",
            "DROP": office,
        }
        wish: dict[str, Any] = {"channel": channel, "address": addresses[channel], "digest": channel == "MAIL"}
        if channel == "DROP":
            wish["keys"] = [self.house.authority.issue(office.replace(":", "-"))[0].read_text()]
        return wish

    async def phones(self, doors: Doors, prefecture: Prefecture) -> None:
        """Two of three confirm that their number is theirs; of some the number has ended, and of them nobody confirmed it."""
        told = []
        for home, person in prefecture.persons:
            if person.unreachable:
                self.house.control.ended.add(person.phone)
            elif person.number % 3:
                told.append(self._confirm(doors, home.village, person))
        await asyncio.gather(*told)

    @staticmethod
    async def _confirm(doors: Doors, village: str, person: Person) -> None:
        path = f"/persons/{person.person_id}/phone-confirmed"
        await doors.post(f"CUN:{village}", "liaison", "certificates", path, {"owner": "HOLDER"})


@asynccontextmanager
async def outside(folder: Path) -> AsyncIterator[Outside]:
    """The providers, over free ports of loopback, until the end."""
    async with open_house(folder) as house:
        yield Outside(house)
