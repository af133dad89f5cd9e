"""Monitoring's part: households with their members, cases with measures, visits; through its own doors, each on its day."""

import asyncio
import json
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from deploy.sandbox.county.world import COUNTY
from deploy.sandbox.doors import Doors
from deploy.sandbox.scoring.days import Days
from deploy.sandbox.scoring.register import Register

_OFFICE = f"XCZX:{COUNTY}"
_LAPSED = "certificate-expired"  # a lead that nobody planned: a card has ended
Home = dict[str, Any]


class Households:
    """See the module. `ids`: what monitoring calls each household, by its number in the files."""

    def __init__(self, doors: Doors, folder: Path, register: Register) -> None:
        self._doors, self._register = doors, register
        self._homes: list[Home] = json.loads((folder / "monitoring" / "households.json").read_text(encoding="utf-8"))
        self.ids: dict[int, str] = {}
        self._members: dict[int, list[str]] = {}
        self._cases: dict[int, str] = {}
        self._measures: dict[tuple[int, int], str] = {}

    def plan(self, days: Days, first: date) -> None:
        """Put everything on its day; `first`: of the months that are played. A household is followed from the day before, one with a case
        from that of the case on."""
        for home in self._homes:
            matter = f"household {home['household']}"
            if home["case"]:
                opened_on = date.fromisoformat(home["case"]["opened_on"])
                days.put(opened_on, matter, partial(self._open, home, opened_on))
            for place, measure in enumerate(home["measures"]):
                if measure["delivered_on"]:
                    done_on = date.fromisoformat(measure["delivered_on"])
                    days.put(done_on, matter, partial(self._deliver, home, place))
            days.put(first - timedelta(days=1), matter, partial(self._follow, home))
            for visit in home["visits"]:
                on = date.fromisoformat(visit["on"])
                days.put(on, matter, partial(self._visit, home, on, {"water_safe": visit["water_safe"]}))

    async def grow(self) -> None:
        """Who was registered since is a member of the household from now on."""
        for home in self._homes:
            if self._registered(home) != self._members.get(home["household"], []):
                await self._follow(home)

    async def refute_lapses(self) -> None:
        """Officials look at the households whose member's card has ended, and nobody there is at risk."""
        asked = {"state": "LEAD", "limit": 500}
        while leads := (await self._doors.get(_OFFICE, "official", "monitoring", "/cases", **asked))["items"]:
            for lead in leads:
                if lead["rule"] == _LAPSED:
                    path = f"/cases/{lead['case_id']}/refute"
                    await self._doors.post(_OFFICE, "official", "monitoring", path, {"outcome": "REFUTED"})
            if all(lead["rule"] != _LAPSED for lead in leads):
                return

    def _registered(self, home: Home) -> list[str]:
        known = self._register.persons
        return [known[each] for each in home["members"] if each in known]

    async def _follow(self, home: Home) -> None:
        """With those of its members whom the register knows by now; nobody of it, nobody to follow."""
        number, members = home["household"], self._registered(home)
        if not members or members == self._members.get(number):
            return
        office = f"CUN:{home['division']}"
        if number in self.ids:
            path = f"/households/{self.ids[number]}/members"
            await self._doors.post(office, "liaison", "monitoring", path, {"members": members})
        else:
            made = {"division": home["division"], "members": members}
            self.ids[number] = (await self._doors.post(office, "liaison", "monitoring", "/households", made))["id"]
        self._members[number] = members

    async def _visit(self, home: Home, on: date, seen: dict[str, Any]) -> None:
        path = f"/households/{self.ids[home['household']]}/visits"
        await self._doors.post(f"CUN:{home['division']}", "liaison", "monitoring", path, {"visited_on": str(on), **seen})

    async def _open(self, home: Home, on: date) -> None:
        """A visit hears of an illness, an official verifies it, and measures are planned."""
        for citizen_id in home["members"]:
            await self._register.person(citizen_id)
        await self._follow(home)
        await self._visit(home, on, {"incidents": ["ILLNESS"]})
        number = home["household"]
        self._cases[number] = (await self._lead(number))["case_id"]
        path = f"/cases/{self._cases[number]}"
        await self._doors.post(_OFFICE, "official", "monitoring", f"{path}/open")
        for place, measure in enumerate(home["measures"]):
            asked = {name: measure[name] for name in ("measure", "owner", "due_on")}
            made = await self._doors.post(_OFFICE, "official", "monitoring", f"{path}/measures", asked)
            self._measures[number, place] = made["measure_id"]

    async def _lead(self, number: int, seconds: float = 60) -> dict[str, Any]:
        """The lead that monitoring makes of a visit, which is on its way. Raises TimeoutError."""
        asked = {"household_id": self.ids[number], "state": "LEAD"}
        async with asyncio.timeout(seconds):
            while True:
                found: Sequence[dict[str, Any]]
                found = (await self._doors.get(_OFFICE, "official", "monitoring", "/cases", **asked))["items"]
                if found:
                    return found[0]
                await asyncio.sleep(0.05)

    async def _deliver(self, home: Home, place: int) -> None:
        number, owner = home["household"], home["measures"][place]["owner"]
        path = f"/cases/{self._cases[number]}/measures/{self._measures[number, place]}/deliver"
        await self._doors.post(f"{owner}:{COUNTY}", "official", "monitoring", path)
