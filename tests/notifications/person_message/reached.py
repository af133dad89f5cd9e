"""Persons that are told in person: the register over its real doors, notifications over its own, and gateways for texts and calls."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import aiohttp

from deploy.sandbox.providers.house import House
from services.kernel.events import Context
from services.kernel.execute import Order
from services.notifications.channels.open import opened
from services.notifications.outbound.sources import SOURCES
from services.notifications.person_message import loop
from services.notifications.person_message.register_client import Directory, RegisterSettings
from services.notifications.person_message.source import Persons
from services.notifications.reminder.commands import Command, Open
from services.notifications.reminder.decider import REMINDER, reminder_id
from services.notifications.vocabulary import Channel
from services.shell.http.call import uuid7
from tests.certificates import office as certificates_office
from tests.notifications.delivery.outside import Outside, engine_of, outside
from tests.world import World

UNTIL, CARD = date(2026, 8, 28), UUID(int=0xC)
PHONE, GUARDIANS, SOON = "13800000000", "13900000002", date(2026, 3, 30)
TRIED, OPENED = ("Tried", "PERSON", ""), ("Opened", "", "")
VILLAGE_TRIED = ("Tried", "CUN@village", "")
SENDS = frozenset({Channel.SMS, Channel.VOICE})


@dataclass
class Reached:
    """See the module. Nothing is begun or sent unless a test does it."""

    register: certificates_office.Office
    told: Outside
    house: House
    directory: Directory

    async def order(self, reminder: UUID, command: Command) -> None:
        """A machine's command for a reminder."""
        runtime = self.told.runtime
        async with runtime.pool.acquire() as conn, conn.transaction():
            context = Context("machine:test", runtime.clock(), s := uuid7(), s)
            await runtime.executor.execute_many(conn, [Order(REMINDER, reminder, command, context)])

    async def owed(self, person: str, window: str = "SIX_MONTHS", until: date = UNTIL) -> UUID:
        """A reminder that is owed to a person from now on."""
        id = reminder_id(CARD, until, window, 1)
        await self.order(id, Open(CARD, UUID(person), certificates_office.VILLAGE, until, window, 1))
        return id

    async def begin(self) -> int:
        """Begin all tries that wait; how many rows that were."""
        begun = 0
        while found := await loop.take(self.told.runtime, self.directory, SENDS):
            begun += found
        return begun

    async def tell(self, person: str, window: str = "SIX_MONTHS", channel: Channel = Channel.SMS, until: date = UNTIL) -> UUID:
        """Owed, begun and sent, with what the gateway says of it later."""
        id = await self.owed(person, window, until)
        await self.begin()
        await self.send(channel)
        return id

    async def send(self, channel: Channel = Channel.SMS) -> int:
        """Send what is due, until the gateway has brought its receipts; how many letters."""
        sent = await self.told.deliver(channel)
        await self.house.gateway.settled()
        await self.house.calls.settled()
        return sent

    async def past(self, reminder: UUID) -> list[tuple[str, str, str]]:
        """What happened to a reminder: kind, rung, reason or proof."""
        async with self.told.runtime.pool.acquire() as conn:
            past = await self.told.runtime.store.read(conn, reminder)
        events = [r.event for r in past]
        return [
            (type(e).__name__.removeprefix("Reminder"), getattr(e, "rung", ""), getattr(e, "reason", getattr(e, "proof", "")))
            for e in events
        ]

    def texts(self, provider: str = "sms") -> list[tuple[str, str]]:
        """Number and text of each message that a gateway met, in the order of numbers."""
        return sorted((m["to"], m["text"]) for m in self.house.control.records(provider))

    async def later(self) -> None:
        """Time has passed: what waits for the register or for its next try is due."""
        await self.told.runtime.pool.execute("UPDATE pace SET at = at - interval '1 minute'")
        await self.told.runtime.pool.execute("UPDATE to_reach SET due_at = now() - interval '1 s' WHERE state = 'due'")
        await self.told.due()


@asynccontextmanager
async def reached(place: World, house: House, folder: Path, doors: bool = True) -> AsyncIterator[Reached]:
    """See `Reached`: ten in the morning, Shanghai, of 2 March 2026. `doors`: the register can be reached."""
    office = await certificates_office.opened(place)
    (token := folder / "register_token").write_text(place.issuer.token("notifications", "CL", "5334", ["reminding"]) + "\n")
    url = office.base if doors else "http://127.0.0.1:9"
    settings = RegisterSettings(register_url=url, register_token_file=token)
    async with outside(place, folder) as told, aiohttp.ClientSession() as session, opened(told.runtime.settings) as senders:
        directory = Directory(settings, session)
        told.engine = engine_of(told.runtime, senders, {**SOURCES, "PERSON": Persons(directory)}, jitter=lambda: 0.0)
        house.gateway.receipts_url, house.calls.receipts_url = f"{told.base}/receipts/sms", f"{told.base}/receipts/voice"
        place.set_clock(datetime(2026, 3, 2, 2, tzinfo=UTC))
        yield Reached(office, told, house, directory)
        await asyncio.sleep(0)


async def with_guardian(phones: Reached, person: str) -> None:
    """The person has a guardian with a phone."""
    guardian = {"name": "测试乙", "relationship": "parent", "citizen_id": "533499197203180059", "phone": GUARDIANS}
    await phones.register.clerk.post(f"/persons/{person}/guardian", guardian)


async def ward(phones: Reached) -> str:
    """An adult with mental disability and a guardian, both with phones."""
    person = await phones.register.person()
    certificate = await phones.register.application(person)
    await with_guardian(phones, person)
    await phones.register.step(certificate, "accept", "order-assessment")
    body = {"meets_standard": True, "category": "MENTAL", "grade": 2}
    await phones.register.institution.post(f"/certificates/{certificate}/assessment", body)
    await phones.register.step(certificate, "public-notice", "public-notice/post")
    await phones.register.on("2026-03-10")
    await phones.register.step(certificate, "public-notice/close", "issue")
    await phones.register.on("2026-03-02")
    return person
