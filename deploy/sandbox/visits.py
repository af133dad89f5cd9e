"""What the villages' liaisons do with the visits that wait for them: go there, most tell somebody in person, some find nobody."""

import asyncio
from collections import Counter
from datetime import date
from typing import Any

from deploy.sandbox.doors import Doors, RefusedError
from deploy.sandbox.offices import Chance
from deploy.sandbox.prefecture import VILLAGES


class Liaisons:
    """All villages' liaisons. `did` counts visits closed, and by what came of them."""

    def __init__(self, doors: Doors, chance: Chance, did: Counter[str]) -> None:
        self._doors, self._chance, self._did = doors, chance, did

    async def day(self, day: date) -> None:
        """Each goes to whom is due within three days; only those in whose village something waits look at their list."""
        counts = await self._doors.get("CL:5334", "official", "monitoring", "/planned-visits/counts")
        waiting = {count["division"] for count in counts["items"] if count["state"] == "PLANNED"}
        await asyncio.gather(*[self._village(v, day) for villages in VILLAGES.values() for v in villages if v in waiting])

    async def _village(self, village: str, day: date) -> None:
        office = f"CUN:{village}"
        found = await self._doors.get(office, "liaison", "monitoring", "/planned-visits", state="PLANNED", limit=500)
        for visit in found["items"]:
            if (date.fromisoformat(visit["due_on"]) - day).days <= 3:
                await self._visit(office, visit, day)

    async def _visit(self, office: str, visit: dict[str, Any], day: date) -> None:
        said = self._chance("visit", office, visit["due_on"], visit["planned_on"])
        if said >= 0.9:
            return  # forgotten: it is missed
        told = said < 0.75
        report = {"outcome": "NOT_FOUND", "told": "NOBODY", "visited_on": str(day)}
        if told:
            report |= {"outcome": "TOLD", "told": "HOLDER" if said < 0.6 else "GUARDIAN"}
        try:
            await self._doors.post(office, "liaison", "monitoring", f"/planned-visits/{visit['planned_visit_id']}/close", report)
        except RefusedError as refused:
            if refused.title != "visit_withdrawn":
                raise
        else:
            self._did["visits closed"] += 1
            self._did["visits that told somebody"] += told
