"""What offices do with their notices: take note, accept, send back, report; the working committee's offices lead and answer.

Most do most of it on a Monday; what is left runs into its clock and climbs. Each act is one of the doors' own, as the office's official.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from deploy.sandbox.doors import Doors, RefusedError
from deploy.sandbox.prefecture import COUNTIES, MIRRORED, VILLAGES

AGENCIES = ("CL", "XCZX", "MZ", "CZ", "ZJ", "RS", "YB", "WJ", "CGW")
LINKS = "XCZX:533401"  # this office takes note by the links in its mail
OPEN = ("SENT", "FAILED", "ACKNOWLEDGED", "ACCEPTED")
_LINK = re.compile(r"签收：(\S+)")
# What another office, or the end of the matter, may have done between the look and the act.
_OVERTAKEN = {"notice_withdrawn", "notice_closed", "already_accepted", "already_acted_on", "nobody_to_return_to"}
Chance = Callable[..., float]


class Desks:
    """All offices of the prefecture. `did` counts by the name of the event that must come out."""

    def __init__(self, doors: Doors, chance: Chance, did: Counter[str]) -> None:
        self._doors, self._chance, self._did = doors, chance, did
        self._opened = 0  # of the mails that were looked into for links

    async def monday(self, day: date) -> None:
        """Every office works through its inbox."""
        offices = [(f"{a}:{c}", "official") for c in COUNTIES for a in (*AGENCIES, "ZF")]
        offices += [(f"CUN:{v}", "liaison") for villages in VILLAGES.values() for v in villages]
        townships = sorted({v[:9] for villages in VILLAGES.values() for v in villages})
        offices += [(f"CL:{t}", "official") for t in townships]
        offices += [(f"CL:{MIRRORED}", "official"), ("CL:5334", "official"), ("XCZX:5334", "official"), ("CGW:5334", "official")]
        await asyncio.gather(*[self._desk(office, role, day) for office, role in offices])

    async def links(self, mails: Sequence[dict[str, Any]]) -> None:
        """Take note by the links in mails that came since the last look, without a login: look at the page, press its button."""
        fresh, self._opened = mails[self._opened :], len(mails)
        for url in dict.fromkeys(_LINK.findall("\n".join(mail["text"] for mail in fresh))):
            async with self._doors.session.get(url) as page:
                if "<button>" not in await page.text():
                    continue  # noted before
            async with self._doors.session.post(url) as answer:
                self._did["links used"] += "已签收" in await answer.text()

    async def _desk(self, office: str, role: str, day: date) -> None:
        """What was only noted in one round through the states may be accepted in the same one, as long as something is done."""
        counts = await self._doors.get(office, role, "notifications", "/inbox/counts")
        there, acted = {c["state"] for c in counts["items"]}, False
        for state in OPEN:
            if state in there or acted:
                for notice in await self._inbox(office, role, state):
                    acted |= await self._act(office, role, notice, state, day)

    async def _inbox(self, office: str, role: str, state: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after: str | None = None
        while True:
            params = {"state": state, "limit": 500} | ({"after": after} if after else {})
            page = await self._doors.get(office, role, "notifications", "/inbox", **params)
            found += [n for n in page["items"] if n["division"] == office.partition(":")[2]]
            after = page["cursor"]
            if not page["more"]:
                return found

    async def _act(self, office: str, role: str, notice: dict[str, Any], state: str, day: date) -> bool:
        """Whether the office did something."""
        step = self._step(office, notice, state, day)
        if step is None:
            return False
        path, body, counts = step
        try:
            await self._doors.post(office, role, "notifications", f"/notices/{notice['notice_id']}/{path}", body)
        except RefusedError as refused:
            if refused.title not in _OVERTAKEN:
                raise
            return False
        self._did[counts] += 1
        return True

    def _step(self, office: str, notice: dict[str, Any], state: str, day: date) -> tuple[str, Any, str] | None:
        """What the office does now, if anything: door, body, the event that must come out."""
        about = (office, notice["route"], notice["queued_at"][:10], notice["stage"])
        if state in ("SENT", "FAILED"):
            if office == LINKS or self._chance("reads", *about) >= 0.8:
                return None
            if notice["act_days"] and self._chance("ours", *about) < 0.08 and not office.startswith("CGW"):
                return "reject", {"reason": "NOT_OUR_DUTY"}, "NoticeRejected"
            return "acknowledge", None, "NoticeAcknowledged"
        if notice["lead"] or self._chance("acts", *about) >= 0.85:
            return None
        if office.startswith("CGW"):
            if self._chance("leads", *about) < 0.5:
                lead = {"agency": "CL", "division": notice["subject_division"][:6]}
                return "lead", lead, "LeadAssigned"
            return "answer", {"answer": "SETTLED"}, "NoticeAnswered"
        if notice["accept_days"] and state == "ACKNOWLEDGED":
            return "accept", None, "NoticeAccepted"
        return ("report", {"outcome": "DONE", "acted_on": str(day)}, "NoticeActedOn") if notice["act_days"] else None
