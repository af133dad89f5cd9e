"""A year of the prefecture, day by day, through the doors: what people, officers, hospitals, agencies and files bring in."""

import asyncio
import hashlib
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from deploy.sandbox import mirror
from deploy.sandbox.agencies import Agencies
from deploy.sandbox.doors import Doors, Quiet
from deploy.sandbox.lives import Lives, applied
from deploy.sandbox.offices import Desks
from deploy.sandbox.outside import Outside
from deploy.sandbox.prefecture import Household, Person, Prefecture
from deploy.sandbox.visits import Liaisons
from services.kernel.clock import set_clock

ROSTERS = (date(2026, 1, 12), date(2026, 7, 13))
OWNERS = {"DISASTER": ("M14", "MZ"), "ILLNESS": ("M14", "YB"), "ACCIDENT": ("M14", "MZ"), "INCOME": ("M10", "RS")}


class Year:
    """Plays a prefecture. `did` counts what was put in, by name, for the comparison with what comes out."""

    def __init__(self, prefecture: Prefecture, doors: Doors, quiet: Quiet, outside: Outside) -> None:
        self.prefecture, self.doors, self.quiet, self.outside = prefecture, doors, quiet, outside
        self.did: Counter[str] = Counter()
        self.plan: dict[date, list[Any]] = defaultdict(list)
        self.followed: dict[tuple[int, str], date] = {}
        self.lives, self.desks = Lives(doors, self.did), Desks(doors, self.chance, self.did)
        self.liaisons = Liaisons(doors, self.chance, self.did)
        self.agencies = Agencies(prefecture, doors, quiet, self.chance, self.did)

    def set_day(self, day: date) -> None:
        """Ten in the morning, Shanghai."""
        set_clock(self.doors.processes.clock_file, datetime(day.year, day.month, day.day, 2, tzinfo=UTC))

    def chance(self, *about: Any) -> float:
        """A number in [0, 1) that depends on the seed and what it is about, and on nothing else."""
        said = "/".join(map(str, (self.prefecture.seed, *about)))
        return int.from_bytes(hashlib.sha256(said.encode()).digest()[:4], "big") / 2**32

    async def past(self) -> None:
        """The certificates of earlier years: applied for, assessed, publicised, issued, each on its day."""
        by_day: dict[date, list[tuple[str, Person]]] = defaultdict(list)
        everyone = [(home.village, person) for home, person in self.prefecture.persons]
        for village, person in [*everyone, *((life.village, life.person) for life in self.prefecture.lives if life.holds)]:
            by_day[person.issued_on].append((village, person))
        for day in sorted(by_day):
            self.set_day(day - timedelta(days=24))
            await asyncio.gather(*[self._apply(village, person) for village, person in by_day[day]])
            self.set_day(day)
            await asyncio.gather(*[self._issue(village, person) for village, person in by_day[day]])
        self.lives.begin(self.prefecture.lives)
        self.set_day(self.prefecture.first - timedelta(days=1))
        for home in self.prefecture.households:
            members = {"division": home.village, "members": [p.person_id for p in home.persons]}
            made = await self.doors.post(f"CUN:{home.village}", "liaison", "monitoring", "/households", members)
            home.household_id = made["id"]
        self.did["households"] = len(self.prefecture.households)
        await self.outside.phones(self.doors, self.prefecture)
        await self.outside.subscribe(self.doors)
        await self.quiet.wait()

    async def rest(self) -> None:
        """The evening of the last day: the counties are compared, and what providers take slowly arrives, too."""
        await self.quiet.wait(600, later=(), compared=True)

    async def _apply(self, village: str, person: Person) -> None:
        clerk = f"CL:{village[:6]}"
        await applied(self.doors, village, person)
        card = f"/certificates/{person.certificate_id}"
        await self.doors.post(clerk, "clerk", "certificates", f"{card}/accept")
        await self.doors.post(clerk, "clerk", "certificates", f"{card}/order-assessment", {"institution": "hospital-1"})
        concluded = {"meets_standard": True, "category": person.category, "grade": person.grade}
        await self.doors.post(f"hospital-1:{village[:6]}", "institution", "certificates", f"{card}/assessment", concluded)
        await self.doors.post(clerk, "clerk", "certificates", f"{card}/public-notice")
        await self.doors.post(f"CUN:{village}", "liaison", "certificates", f"{card}/public-notice/post")

    async def _issue(self, village: str, person: Person) -> None:
        card = f"/certificates/{person.certificate_id}"
        await self.doors.post(f"CUN:{village}", "liaison", "certificates", f"{card}/public-notice/close")
        await self.doors.post(f"CL:{village[:6]}", "clerk", "certificates", f"{card}/issue")
        self.did["CertificateIssued"] += 1

    async def day(self, day: date) -> None:
        """One day: the clock moves, what the calendar brings happens, the system becomes quiet, Mondays the offices read."""
        self.set_day(day)
        await self.quiet.wait()
        posts = self.doors.posts
        for work in self.plan.pop(day, []):
            await work(day)
        await asyncio.gather(*[self._visit(h, v, day) for h in self.prefecture.households for v in h.visits if v[0] == day])
        await self._renewals(day)
        await self.lives.day(day)
        if day in ROSTERS:
            await mirror.take_in(self.doors.processes, self.prefecture.mirrored, day, self.did)
        if day.day == 15:
            await self.agencies.send(day)
        if self.doors.posts > posts or day in ROSTERS:
            await self.quiet.wait()
        await self.liaisons.day(day)
        if day.weekday() == 0 or day == self.prefecture.last:
            await self.desks.links(self.outside.house.control.records("mail"))
            await self.desks.monday(day)
            await self.agencies.monday(day)
            await self.quiet.wait()

    async def _visit(self, home: Household, visit: tuple[date, tuple[str, ...], bool | None, int], day: date) -> None:
        _, incidents, fell, income = visit
        seen = {"incidents": list(incidents), "income_fell": fell, "income_per_head": f"{income}.00", "note": "入户走访记录"}
        path = f"/households/{home.household_id}/visits"
        await self.doors.post(f"CUN:{home.village}", "liaison", "monitoring", path, seen)
        self.did["visits"] += 1
        for rule in self.rules(incidents, fell, income):
            if (home.number, rule) not in self.followed:
                self.followed[home.number, rule] = day
                self.did["leads"] += 1
        self.plan[day + timedelta(days=2)].append(lambda on, h=home: self._verify(h, on))

    @staticmethod
    def rules(incidents: tuple[str, ...], fell: bool | None, income: int) -> list[str]:
        """What the rules of the joint opinion say of a visit, in the sandbox's own words."""
        found = []
        if {"HAIL", "FLOOD", "FIRE"} & set(incidents) and fell is not None:
            found.append("disaster-with-loss" if fell else "disaster")
        found += [rule for word, rule in (("ILLNESS", "illness"), ("ACCIDENT", "accident")) if word in incidents]
        return found + (["income-in-range"] if income < 8700 else [])

    async def _verify(self, home: Household, day: date) -> None:
        """Officials look at the open leads of a household: most are true and become cases with a measure."""
        office = f"XCZX:{home.village[:6]}"
        leads = await self.doors.get(office, "official", "monitoring", "/cases", household_id=home.household_id, state="LEAD")
        for case in leads["items"]:
            path = f"/cases/{case['case_id']}"
            if self.chance("true", home.number, case["rule"], case["clue_on"]) < 0.2:
                await self.doors.post(office, "official", "monitoring", f"{path}/refute", {"outcome": "REFUTED"})
                self.did["leads refuted"] += 1
                self.followed.pop((home.number, case["rule"]), None)
                continue
            await self.doors.post(office, "official", "monitoring", f"{path}/open")
            self.did["cases opened"] += 1
            measure, owner = OWNERS.get(case["kind"], ("M14", "MZ"))
            plan = {"measure": measure, "owner": owner, "due_on": str(day + timedelta(days=15))}
            made = await self.doors.post(office, "official", "monitoring", f"{path}/measures", plan)
            self.did["measures planned"] += 1
            late = self.chance("late", home.number, case["rule"]) < 0.25
            when = day + timedelta(days=25 if late else 10)
            self.plan[when].append(lambda on, at=f"{path}/measures/{made['measure_id']}", o=owner: self._deliver(home, at, o, on))
            if late and day + timedelta(days=16) <= self.prefecture.last:
                self.did["measures overdue"] += 1

    async def _deliver(self, home: Household, at: str, owner: str, day: date, again: bool = False) -> None:
        await self.doors.post(f"{owner}:{home.village[:6]}", "official", "monitoring", f"{at}/deliver")
        self.did["measures delivered"] += 1
        arrived = again or self.chance("arrived", home.number, day) >= 0.2
        self.plan[day + timedelta(days=5)].append(lambda on: self._check(home, at, owner, on, arrived))

    async def _check(self, home: Household, at: str, owner: str, day: date, arrived: bool) -> None:
        """The village looks. Of one in five nothing has come, and the owner, who is told, delivers it again."""
        await self.doors.post(f"CUN:{home.village}", "liaison", "monitoring", f"{at}/check", {"arrived": arrived})
        self.did["measures checked"] += 1
        if not arrived:
            self.did["checks that found nothing"] += 1
            self.plan[day + timedelta(days=5)].append(lambda on: self._deliver(home, at, owner, on, again=True))

    async def _renewals(self, day: date) -> None:
        """Those who renew come eight days before their card expires; a household whose member does not is a lead the day after."""
        for home, person in self.prefecture.persons:
            expires = person.issued_on.replace(year=person.issued_on.year + 10)
            if person.renews and day == expires - timedelta(days=8):
                path = f"/certificates/{person.certificate_id}/renew"
                await self.doors.post(f"CL:{home.village[:6]}", "clerk", "certificates", path)
                self.did["CertificateRenewed"] += 1
            self.did["leads"] += not person.renews and day == expires + timedelta(days=1)
