"""The agencies' part in the year: they send their lists, and officials of owners verify or refute what the comparisons found."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from deploy.sandbox.agency_lists import WORDS, Held, Month, Planned, SentList
from deploy.sandbox.doors import Doors, Quiet, RefusedError
from deploy.sandbox.prefecture import COUNTIES, Household, Prefecture

OWNERS = ("MZ", "CZ", "ZJ")  # whose officials look at findings on a Monday
# What the list of the day, or the comparison by it, may have ended between the look and the word.
_OVERTAKEN = {"finding_closed", "finding_verified", "not_your_finding"}
Chance = Callable[..., float]
PaidKey = tuple[str, str, str, str]  # who, which subsidy, for which month, by which month's sheet


class ListError(Exception):
    """A list that was not received."""


class Agencies:
    """All agencies of the counties. `planned`: the errors in their lists; `paid`: yuan by what they were paid for; `sent`: kinds by county;
    `did` counts by what must come out."""

    def __init__(self, prefecture: Prefecture, doors: Doors, quiet: Quiet, chance: Chance, did: Counter[str]) -> None:
        self._prefecture, self._doors, self._quiet, self._chance, self._did = prefecture, doors, quiet, chance, did
        self._asked: list[tuple[str, str]] = []  # jobs that read files, by the office that sent them
        self.planned: list[Planned] = []
        self.paid: Counter[PaidKey] = Counter()
        self.sent: defaultdict[str, set[str]] = defaultdict(set)

    async def send(self, day: date) -> None:
        """The lists of both counties, until they are read and compared. Raises `ListError` when one is not received."""
        await asyncio.gather(*[self._county(county, day) for county in COUNTIES])
        await self._quiet.wait(compared=True)
        await self._received()

    async def monday(self, day: date) -> None:
        """Officials look at what is to be verified: most is so, some is not, and some is left to its clock."""
        leading = set[tuple[str, str]]()
        for county in COUNTIES:
            for owner in OWNERS:
                for finding in await self._to_verify(f"{owner}:{county}"):
                    await self._look(f"{owner}:{county}", finding, day, leading)

    async def _county(self, county: str, day: date) -> None:
        homes = [home for home in self._prefecture.households if home.village.startswith(county)]
        month = Month(day, await self._holders(county), homes)
        for sent in month.lists():
            await self._send(sent, county, day)
            self.sent[county].add(sent.kind)
        self.planned += [replace(each, county=county) for each in month.planned]
        for payment in month.paid:
            month_paid = payment.for_month or month.month
            self.paid[payment.held.person.person_id, WORDS[payment.subsidy], month_paid, month.month] += payment.yuan

    async def _holders(self, county: str) -> list[Held]:
        """Whom the register shows to hold a valid card in the county: 残联 tells 民政 before each pay day."""
        known = {person.person_id: person for person in self._prefecture.everybody if person.person_id}
        found, after = list[Held](), ""
        while True:
            asked = {"division": county, "status": "VALID", "limit": 500} | ({"after": after} if after else {})
            page = await self._doors.get(f"CL:{county}", "clerk", "certificates", "/certificates", **asked)
            found += [Held(known[card["person_id"]], card["grade"]) for card in page["items"] if card["person_id"] in known]
            after = page["cursor"]
            if not page["more"]:
                return found

    async def _send(self, sent: SentList, county: str, day: date) -> None:
        about = {"kind": sent.kind, "division": county, "as_of": str(day)} | ({"period": sent.period} if sent.period else {})
        office = f"{sent.agency}:{county}"
        job = await self._doors.post(office, "steward", "matching", "/rosters", sent.file, **about)
        self._asked.append((office, job["job_id"]))

    async def _received(self) -> None:
        for office, job_id in self._asked:
            said = await self._doors.get(office, "steward", "matching", f"/roster-jobs/{job_id}")
            if said["state"] != "RECEIVED":
                raise ListError(f"{said['kind']} of {office} as of {said['as_of']}: {said['state']}, {said['code']}")
            self._did["lists received"] += 1
        self._asked = []

    async def _to_verify(self, office: str) -> list[dict[str, Any]]:
        owner, _, county = office.partition(":")
        asked = {"owner": owner, "division": county, "state": "OPEN", "limit": 500}
        page = await self._doors.get(office, "official", "matching", "/findings", **asked)
        return [finding for finding in page["items"] if finding["stage"] == "VERIFY"]

    async def _look(self, office: str, finding: dict[str, Any], day: date, leading: set[tuple[str, str]]) -> None:
        home = self._home_of(finding["subject"])
        roll = self._chance("finding", office, finding["rule"], finding["period"], home.number if home else "", day)
        if roll >= 0.6:
            return
        leads = roll < 0.5 and home is not None and finding["clue"] and await self._is_news(home, finding["rule"], leading)
        step, body, counts = (
            ("verify", {"evidence": "HOME_VISIT"}, "findings verified")
            if roll < 0.5
            else ("refute", {"reason": "NOT_TRUE"}, "findings refuted")
        )
        try:
            await self._doors.post(office, "official", "matching", f"/findings/{finding['finding_id']}/{step}", body)
        except RefusedError as refused:
            if refused.title not in _OVERTAKEN:
                raise
            return
        self._did[counts] += 1
        self._did["leads"] += leads

    def _home_of(self, subject: str) -> Household | None:
        return next((home for home, person in self._prefecture.persons if person.person_id == subject), None)

    async def _is_news(self, home: Household, rule: str, leading: set[tuple[str, str]]) -> bool:
        """Whether nobody follows it in the household yet."""
        office = f"XCZX:{home.village[:6]}"
        cases = await self._doors.get(office, "official", "monitoring", "/cases", household_id=home.household_id)
        followed = any(case["rule"] == rule and case["closed_on"] is None for case in cases["items"])
        news = not followed and (home.household_id, rule) not in leading
        leading.add((home.household_id, rule))
        return news


def found_of(planned: Iterable[Planned]) -> list[tuple[str, str, str, str]]:
    """What the comparisons must find, as findings name it: rule, whom, what, which month. Of whom the register does not know, `whom` is the
    county on whose list they stand."""
    return sorted((each.rule, each.person.person_id if each.person else each.county, each.about, each.period) for each in planned)
