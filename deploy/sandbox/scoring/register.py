"""The register's part: every card that its files tell of, applied for, assessed and issued through the doors of certificates, each on its
day; then what happens month by month. The county keeps its own register, so no roster brings a card in.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from deploy.sandbox.county.world import COUNTY, age
from deploy.sandbox.doors import Doors
from deploy.sandbox.scoring.days import Days
from services.documents import sheet_reader
from services.documents.sheet_header import Column
from services.domain import citizen_id as citizen_ids
from services.domain.working_days import CALENDAR, Calendar

_CLERK, _HOSPITAL = f"CL:{COUNTY}", f"hospital-1:{COUNTY}"
_COLUMNS = {
    "citizen_id": Column(("身份证号",), required=True),
    "name": Column(("姓名",)),
    "category": Column(("残疾类别",)),
    "grade": Column(("残疾等级",)),
    "issued_on": Column(("发证日期",)),
    "division": Column(("行政区划代码",)),
}
_CATEGORIES = ("VISUAL", "HEARING", "SPEECH", "PHYSICAL", "INTELLECTUAL", "MENTAL")
_WORDS = ("视力残疾", "听力残疾", "言语残疾", "肢体残疾", "智力残疾", "精神残疾")
_GRADES = ("一级", "二级", "三级", "四级")
_BY_GUARDIAN = ("INTELLECTUAL", "MENTAL")
_NOTICE_DAYS = 5  # working days of the public notice
_AHEAD = timedelta(days=24)  # before the month of an earlier card, when all who got theirs in it applied


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody of the files."""

    citizen_id: str
    name: str
    village: str


@dataclass(frozen=True, slots=True)
class Card:
    """What is concluded and handed out."""

    category: str
    grade: int

    @property
    def conclusion(self) -> dict[str, Any]:
        """As the institution says it."""
        return {"meets_standard": True, "category": self.category, "grade": self.grade}


class Register:
    """See the module. `persons`: the pseudonyms by citizen id, of those who are registered by now."""

    def __init__(self, doors: Doors, folder: Path, months: Sequence[str]) -> None:
        self._doors, self._calendar = doors, Calendar(CALENDAR)
        self._roster = list(_roster(folder))
        self._events = [
            event for month in months for event in json.loads((folder / "register" / f"{month}.json").read_text(encoding="utf-8"))
        ]
        self._known = {holder.citizen_id: holder for holder, _, _ in self._roster} | {
            event["citizen_id"]: Holder(event["citizen_id"], event["name"], event["division"]) for event in self._events
        }
        self._cards = {holder.citizen_id: card for holder, card, _ in self._roster}
        self.persons: dict[str, str] = {}
        self._certificates: dict[str, str] = {}
        self._applied = {event["citizen_id"] for event in self._events if event["event"] == "APPLIED"}

    def plan(self, days: Days) -> None:
        """Put everything on its day."""
        for holder, card, issued_on in self._roster:
            day = issued_on.replace(day=1) - _AHEAD
            days.put(day, holder.citizen_id, partial(self._apply, holder, day))
            days.put(day, holder.citizen_id, partial(self._conclude, holder, card))
            days.put(issued_on, holder.citizen_id, partial(self._issue, holder))
        for event in self._events:
            self._plan(days, event, self._known[event["citizen_id"]], date.fromisoformat(event["on"]))

    async def person(self, citizen_id: str) -> str:
        """The pseudonym of somebody of the files, who is registered now if he was not before."""
        if citizen_id not in self.persons:
            holder = self._known[citizen_id]
            said = {"citizen_id": citizen_id, "name": holder.name, "division": holder.village}
            self.persons[citizen_id] = (await self._doors.post(_CLERK, "clerk", "certificates", "/persons", said))["id"]
        return self.persons[citizen_id]

    def _plan(self, days: Days, event: dict[str, Any], holder: Holder, on: date) -> None:
        put, who = partial(days.put, on, holder.citizen_id), holder
        match event["event"]:
            case "APPLIED":
                put(partial(self._apply, who, on))
            case "ISSUED":
                card = Card(_CATEGORIES[event["category"] - 1], event["grade"])
                day = self._latest(on)
                if holder.citizen_id not in self._applied:
                    days.put(day, holder.citizen_id, partial(self._apply, who, day))
                days.put(day, holder.citizen_id, partial(self._conclude, who, card))
                put(partial(self._issue, who))
            case "RENEWED":
                put(partial(self._clerk, who, "renew"))
            case "REGRADED":
                put(partial(self._regrade, who, Card(_CATEGORIES[event["category"] - 1], event["grade"])))
            case "DIED":
                put(partial(self._die, who, event["died_on"]))
            case "MOVED":
                put(partial(self._leave, who, event["to"]))
            case "HOME_ASSESSMENT_REQUESTED":
                put(partial(self._ask_home, who))
            case "HOME_ASSESSMENT_DONE":
                put(partial(self._assessed_at_home, who))
            case other:
                raise ValueError(f"the register's files tell of {other}, for which there is no door")

    def _latest(self, issued_on: date) -> date:
        """The last day on which an application can come of which the card is issued on a day."""
        day = issued_on
        while self._calendar.add(day, _NOTICE_DAYS) >= issued_on:
            day -= timedelta(days=1)
        return day

    async def _clerk(self, holder: Holder, step: str, body: Any = None) -> None:
        await self._step(holder, _CLERK, "clerk", step, body)

    async def _step(self, holder: Holder, office: str, role: str, step: str, body: Any = None) -> None:
        path = f"/certificates/{self._certificates[holder.citizen_id]}/{step}"
        await self._doors.post(office, role, "certificates", path, body)

    async def _apply(self, holder: Holder, day: date) -> None:
        """Registered at the county's window, with a guardian where one may be needed, and applied for in the village."""
        person_id = await self.person(holder.citizen_id)
        card = self._cards.get(holder.citizen_id)
        born = citizen_ids.birth_date(holder.citizen_id)
        if (born and age(born, day) <= 18) or (card and card.category in _BY_GUARDIAN):
            await self._guarded(holder, person_id)
        asked = {"person_id": person_id, "division": holder.village, "channel": "VILLAGE"}
        made = await self._doors.post(f"CUN:{holder.village}", "liaison", "certificates", "/applications", asked)
        self._certificates[holder.citizen_id] = made["id"]
        await self._clerk(holder, "accept")

    async def _guarded(self, holder: Holder, person_id: str) -> None:
        guardian = {"name": holder.name, "relationship": "parent", "citizen_id": holder.citizen_id}
        await self._doors.post(_CLERK, "clerk", "certificates", f"/persons/{person_id}/guardian", guardian)

    async def _conclude(self, holder: Holder, card: Card) -> None:
        """Assessed, and the notice hangs in the village."""
        self._cards[holder.citizen_id] = card
        if card.category in _BY_GUARDIAN:
            await self._guarded(holder, await self.person(holder.citizen_id))
        await self._clerk(holder, "order-assessment", {"institution": "hospital-1"})
        await self._step(holder, _HOSPITAL, "institution", "assessment", card.conclusion)
        await self._clerk(holder, "public-notice")
        await self._step(holder, f"CUN:{holder.village}", "liaison", "public-notice/post")

    async def _issue(self, holder: Holder) -> None:
        await self._step(holder, f"CUN:{holder.village}", "liaison", "public-notice/close")
        await self._clerk(holder, "issue")

    async def _regrade(self, holder: Holder, card: Card) -> None:
        await self._clerk(holder, "review", {"kind": "REGRADE"})
        await self._clerk(holder, "order-assessment", {"institution": "hospital-1"})
        await self._step(holder, _HOSPITAL, "institution", "assessment", card.conclusion)
        await self._clerk(holder, "regrade")
        self._cards[holder.citizen_id] = card

    async def _ask_home(self, holder: Holder) -> None:
        """Assessed again, at home."""
        await self._clerk(holder, "review", {"kind": "REGRADE"})
        await self._clerk(holder, "order-assessment", {"institution": "hospital-1", "setting": "HOME"})

    async def _assessed_at_home(self, holder: Holder) -> None:
        """It is as it was."""
        await self._step(holder, _HOSPITAL, "institution", "assessment", self._cards[holder.citizen_id].conclusion)
        await self._clerk(holder, "review/close")

    async def _die(self, holder: Holder, died_on: str) -> None:
        body = {"died_on": died_on, "evidence": "death_certificate"}
        path = f"/persons/{self.persons[holder.citizen_id]}/death"
        await self._doors.post(_CLERK, "clerk", "certificates", path, body)

    async def _leave(self, holder: Holder, to: str) -> None:
        """A card that leaves the prefecture is cancelled here."""
        if to != "县内":
            await self._clerk(holder, "cancel", {"reason": "TRANSFERRED", "evidence": "transfer_letter"})


def _roster(folder: Path) -> Iterator[tuple[Holder, Card, date]]:
    (file,) = (folder / "register").glob("*.xlsx")
    with sheet_reader.opened(file.read_bytes(), _COLUMNS, 1_000_000) as table:
        for _, cells in table.lines:
            said = {name: str(cells[place]) for name, place in table.places.items()}
            card = Card(_CATEGORIES[_WORDS.index(said["category"])], 1 + _GRADES.index(said["grade"]))
            yield Holder(said["citizen_id"], said["name"], said["division"]), card, date.fromisoformat(said["issued_on"])
