"""Monitoring as its offices use it: its doors over a real database, what due days bring, and what a reminder asks for."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from services.certificates.person.events import PersonMoved, PersonRegistered
from services.engine.runtime import Runtime
from services.engine.schedule import run_due
from services.kernel.apply import apply
from services.kernel.events import Recorded
from services.monitoring.register_copy.projection import PERSONS
from services.monitoring.visit_plan import decider
from tests.monitoring.samples import recorded
from tests.monitoring.visit_plan.samples import ASK, HOLDER, MACHINE, REMINDER, VILLAGE
from tests.spec import context
from tests.world import Client, World

FOLLOW_UP = {"person_id": str(HOLDER), "division": VILLAGE, "purpose": "FOLLOW_UP", "due_on": "2026-03-05"}
TOLD = {"outcome": "TOLD", "told": "GUARDIAN"}


@dataclass
class Desk:
    """Monitoring served on 2 March 2026, with a liaison of the village and an official of the county federation."""

    place: World
    runtime: Runtime
    base: str
    village: Client
    county: Client

    async def as_(self, agency: str, division: str, role: str) -> Client:
        """A client of another office."""
        return await self.place.client(self.base, agency, division, role)

    async def on(self, day: date) -> None:
        """Ten in the morning of a day; what is due is done."""
        self.place.set_clock(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))
        while await run_due(self.runtime):
            pass

    async def lives(self, person_id: UUID, village: str) -> None:
        """The register says that somebody lives in a village."""
        await self._hears(recorded(PersonRegistered(birth_month="1980-01", division=village), person_id, division=village))

    async def moves(self, person_id: UUID, village: str, to: str) -> None:
        """The register says that somebody moved."""
        moved = PersonMoved(from_division=village, to_division=to, moved_on=date(2026, 3, 2))
        await self._hears(recorded(moved, person_id, 2, to))

    async def _hears(self, event: Recorded) -> None:
        async with self.runtime.pool.acquire() as conn, conn.transaction():
            await apply(conn, self.runtime.store, [PERSONS], [event])

    async def of_reminder(self) -> str:
        """The path of the visit that the reminder asked for."""
        async with self.runtime.pool.acquire() as conn, conn.transaction():
            made = context(date(2026, 3, 2), MACHINE)
            await self.runtime.executor.execute(conn, decider.PLANNED_VISIT, decider.visit_of(REMINDER), ASK, made)
        return f"/planned-visits/{decider.visit_of(REMINDER)}"

    async def plan(self, **other: str) -> str:
        """The path of a visit that the county plans."""
        made = await self.county.post("/planned-visits", FOLLOW_UP | other, 201)
        return f"/planned-visits/{made['id']}"

    async def types(self) -> list[str]:
        """Everything that happened to planned visits, in order."""
        rows = await self.place.sql("monitoring", "SELECT type FROM events WHERE category = 'planned_visit' ORDER BY position")
        return [row["type"] for row in rows]
