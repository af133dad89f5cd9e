"""Notifications running, with events of the register put in as the worker does: projections, then the reactions, in one transaction."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID, uuid5

from python_calamine import CalamineWorkbook

from services.certificates import vocabulary
from services.certificates.certificate.card import events as card_events
from services.certificates.person import events as person_events
from services.engine.deliver import Delivery
from services.kernel.events import NAMESPACE
from services.notifications.reminder.decider import reminder_id
from tests.notifications.running import Running
from tests.notifications.samples import VILLAGE, recorded
from tests.world import World

UNTIL, DAY, ENDS = date(2026, 8, 28), date(2026, 3, 2), date(2026, 3, 9)
WINDOW, COUNTY = vocabulary.ExpiryWindow, VILLAGE[:6]
ONE = WINDOW.ONE_MONTH


def card(name: str = "card") -> UUID:
    """A certificate's stream."""
    return uuid5(NAMESPACE, name)


def holder(name: str = "card") -> UUID:
    """Its holder's stream."""
    return uuid5(NAMESPACE, f"holder of {name}")


def near(
    name: str = "card", window: vocabulary.ExpiryWindow = WINDOW.SIX_MONTHS, until: date = UNTIL
) -> card_events.CertificateExpiryApproaching:
    """The register says that a card came inside a window."""
    return card_events.CertificateExpiryApproaching(person_id=holder(name), valid_to=until, window=window)


def reminder_of(name: str = "card", window: vocabulary.ExpiryWindow = WINDOW.SIX_MONTHS, until: date = UNTIL) -> UUID:
    """The reminder that follows."""
    return reminder_id(card(name), until, window.value, 1)


class Registry(Running):
    """See the module."""

    role = "clerk"

    def __init__(self, place: World) -> None:
        super().__init__(place)
        self._versions: dict[UUID, int] = {}
        self._last: list[Any] = []

    async def says(self, *events: Any, name: str = "card", division: str = VILLAGE) -> None:
        """The register's events reach the worker in one batch."""
        self._last = [self._recorded(event, name, division) for event in events]
        await self.repeats()

    async def repeats(self) -> None:
        """The last batch arrives, or arrives once more after the inbox was pruned."""
        async with self.runtime.pool.acquire() as conn, conn.transaction():
            await Delivery(self.runtime).apply(conn, self._last)

    def _recorded(self, event: Any, name: str, division: str) -> Any:
        stream = holder(name) if isinstance(event, person_events.PersonDied | person_events.PersonDeathCorrected) else card(name)
        version, now = self._versions.get(stream, 0) + 1, self.runtime.clock()
        self._versions[stream] = version
        return replace(
            recorded(event, division),
            stream_id=stream,
            version=version,
            event_id=uuid5(stream, str(version)),
            occurred_at=now,
            recorded_at=now,
            service="certificates",
        )

    async def notices(self, about: UUID, count: int, **wanted: Any) -> list[Any]:
        """The notices about a reminder with these values, once there are so many, by stage and office."""
        sql = (
            "SELECT * FROM views.notice WHERE subject_id = $1 AND (sent <> '[]' OR state = 'SUPPRESSED') ORDER BY queued_at, agency"
        )
        return await self.told(sql, about, count, wanted)

    async def sql(self, query: str, *args: Any) -> list[Any]:
        """Rows as the superuser sees them."""
        return await self.place.sql("notifications", query, *args)

    async def quiet(self) -> None:
        """Nothing was set aside."""
        assert await self.sql("SELECT reason FROM quarantine") == []


async def lapsed(registry: Registry) -> Any:
    """Three cards in one village: of one both reminders reached, of one the first, and one was renewed. A clerk of the county."""
    for name in ("twice", "once"):
        await registry.says(near(name, until=ENDS), near(name, ONE, ENDS), name=name)
    await registry.says(near("renewed", until=ENDS), name="renewed")
    clerk = await registry.as_("CL", COUNTY)
    for name, window in (("twice", WINDOW.SIX_MONTHS), ("twice", ONE), ("once", WINDOW.SIX_MONTHS)):
        await clerk.post(f"/reminders/{reminder_of(name, window, ENDS)}/confirm", {"proof": "VISITOR"})
    renewed = card_events.CertificateRenewed(person_id=holder("renewed"), valid_from=DAY, valid_to=date(2036, 3, 1))
    await registry.says(renewed, name="renewed")
    await registry.on(date(2026, 3, 6))
    await registry.notices(reminder_of("once", ONE, ENDS), 1)
    await registry.on(date(2026, 3, 10))

    async def all_tried() -> bool:
        return not await registry.sql("SELECT 1 FROM views.due WHERE kind = 'CLIMB'")

    await registry.place.until(all_tried)
    for name in ("twice", "once"):
        await registry.says(card_events.CertificateExpired(person_id=holder(name), valid_to=ENDS), name=name)
    return clerk


async def workbook(office: Any, **asked: str) -> list[list[list[Any]]]:
    """The pages of the exported ledger."""
    async with office.session.get("/reminders.xlsx", params=asked) as answer:
        assert answer.status == 200
        book = CalamineWorkbook.from_filelike(BytesIO(await answer.read()))
    return [book.get_sheet_by_index(n).to_python() for n in range(len(book.sheet_names))]
