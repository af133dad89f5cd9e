"""What the register and monitoring would publish of a written county, made of its files."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from services.documents import sheet_reader
from services.documents.sheet_header import Column
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import (
    CardChange,
    CardStep,
    Elsewhere,
    HomeRequest,
    HouseholdMember,
    LifeEvent,
    OpenRisk,
    Person,
    PlannedMeasure,
    WaterSeen,
)
from services.matching.policy.subsidy_rows import Situation

NAMES = UUID(int=533401)
_CARDS = {  # the register's roster, by the first label of each column
    "citizen_id": Column(("身份证号",), required=True),
    "name": Column(("姓名",)),
    "category": Column(("残疾类别",)),
    "grade": Column(("残疾等级",)),
    "issued_on": Column(("发证日期",)),
    "valid_to": Column(("有效期至",)),
    "division": Column(("行政区划代码",)),
}
_CATEGORIES = ("VISUAL", "HEARING", "SPEECH", "PHYSICAL", "INTELLECTUAL", "MENTAL", "MULTIPLE")
_CATEGORY_WORDS = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")


def person_id(citizen_id: str) -> UUID:
    """The pseudonym that the register gives."""
    return uuid5(NAMES, citizen_id)


def household_id(number: int) -> UUID:
    """The id that monitoring gives."""
    return uuid5(NAMES, f"household {number}")


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the register: as what candidates for a row are looked for."""

    citizen_id: str
    name: str
    division: str


class Publishers:
    """The files of a folder, as far as they are known on a day."""

    def __init__(self, folder: Path, months: Iterable[str]) -> None:
        self._folder = folder
        self._cards = list(self._first_cards())
        self._events = [event for month in months for event in self._json(f"register/{month}.json")]
        self.households = self._json("monitoring/households.json")

    def publish(self, county: County, today: date) -> dict[str, Known]:
        """Put what both know into a county; whom the register knows, by citizen id."""
        persons = self._register(county, [event for event in self._events if event["on"] <= today.isoformat()])
        self._monitoring(county, today, persons)
        return persons

    def _json(self, name: str) -> Any:
        return json.loads((self._folder / name).read_text(encoding="utf-8"))

    def _first_cards(self) -> Iterator[tuple[Known, CardChange]]:
        """The cards that the register took over before the first month."""
        (file,) = (self._folder / "register").glob("*.xlsx")
        grades = {"一级": 1, "二级": 2, "三级": 3, "四级": 4}
        with sheet_reader.opened(file.read_bytes(), _CARDS, 1_000_000) as table:
            for _, cells in table.lines:
                said = {name: str(cells[place]) for name, place in table.places.items()}
                person, issued = person_id(said["citizen_id"]), date.fromisoformat(said["issued_on"])
                yield (
                    Known(said["citizen_id"], said["name"], said["division"]),
                    CardChange(
                        uuid5(person, "card"),
                        1,
                        person,
                        CardStep.VALID,
                        issued,
                        _CATEGORIES[_CATEGORY_WORDS.index(said["category"].removesuffix("残疾"))],
                        grades[said["grade"]],
                        issued,
                        date.fromisoformat(said["valid_to"]),
                    ),
                )

    def _register(self, county: County, events: list[dict[str, Any]]) -> dict[str, Known]:
        """Persons, cards and what ended them, as the register publishes."""
        persons = {known.citizen_id: known for known, _ in self._cards}
        changes = [change for _, change in self._cards]
        versions, died = count(2), dict[str, date]()
        for event in events:
            persons.setdefault(event["citizen_id"], Known(event["citizen_id"], event["name"], event["division"]))
            person, day = person_id(event["citizen_id"]), date.fromisoformat(event["on"])
            match event["event"]:
                case "DIED":
                    died[event["citizen_id"]] = happened = date.fromisoformat(event["died_on"])
                    county.put("life_event", [LifeEvent(person, Situation.DIED, happened, day)])
                    changes.append(CardChange(uuid5(person, "card"), next(versions), person, CardStep.CANCELLED, day))
                case "MOVED" if event["to"] == "省外":
                    gone = LifeEvent(person, Situation.LEFT_PROVINCE, date.fromisoformat(event["moved_on"]), day)
                    county.put("life_event", [gone])
                    changes.append(CardChange(uuid5(person, "card"), next(versions), person, CardStep.CANCELLED, day))
                case "MOVED" if event["to"] != "县内":
                    county.put("elsewhere", [Elsewhere(person, date.fromisoformat(event["moved_on"]), None)])
                case "ISSUED" | "RENEWED" | "REGRADED":
                    changes.append(_handed_out(event, next(versions)))
        county.put("home_request", _home_requests(events, died))
        load(
            county,
            "person",
            [
                Person(person_id(each.citizen_id), each.division, _birth_month(each.citizen_id), died.get(each.citizen_id))
                for each in persons.values()
            ],
        )
        load(county, "card_change", changes)
        return persons

    def _monitoring(self, county: County, today: date, persons: Mapping[str, Known]) -> None:
        members, risks, measures, water = [], [], [], []
        for home in self.households:
            number = household_id(home["household"])
            members += [HouseholdMember(number, person_id(each)) for each in home["members"] if each in persons]
            if home["case"] and (day := date.fromisoformat(home["case"]["opened_on"])) <= today:
                risks.append(OpenRisk(number, day))
            water += [
                WaterSeen(number, date.fromisoformat(visit["on"]), visit["water_safe"])
                for visit in home["visits"]
                if visit["on"] <= today.isoformat()
            ]
            measures += [
                PlannedMeasure(
                    number,
                    each["measure"],
                    each["owner"],
                    date.fromisoformat(each["due_on"]),
                    _delivered(each["delivered_on"], today),
                )
                for each in home["measures"]
            ]
        load(county, "household_member", members)
        county.put("water_seen", water)
        county.put("open_risk", risks)
        county.put("planned_measure", measures)


def load(county: County, table: str, rows: Iterable[Any]) -> None:
    """Many rows of a table's class."""
    path = county.folder / f"{table}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([as_text(getattr(row, name)) for name in row.__dataclass_fields__] for row in rows)
    county.load(table, path)


def as_text(value: Any) -> str:
    """A value as PostgreSQL writes it into csv."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _delivered(on: str | None, today: date) -> date | None:
    return date.fromisoformat(on) if on and on <= today.isoformat() else None


def _handed_out(event: Mapping[str, Any], version: int) -> CardChange:
    """A card that the county handed out."""
    person, day = person_id(event["citizen_id"]), date.fromisoformat(event["on"])
    category, until = _CATEGORIES[event["category"] - 1], date.fromisoformat(event["valid_to"])
    return CardChange(
        uuid5(person, "card"), version, person, CardStep.VALID, day, category, event["grade"], day, until, issued=True
    )


def _home_requests(events: list[dict[str, Any]], died: Mapping[str, date]) -> list[HomeRequest]:
    done = {event["citizen_id"]: date.fromisoformat(event["on"]) for event in events if event["event"] == "HOME_ASSESSMENT_DONE"}
    return [
        HomeRequest(person_id(event["citizen_id"]), date.fromisoformat(event["on"]), done.get(event["citizen_id"]))
        for event in events
        if event["event"] == "HOME_ASSESSMENT_REQUESTED" and event["citizen_id"] not in died
    ]


def _birth_month(citizen_id: str) -> str:
    return f"{citizen_id[6:10]}-{citizen_id[10:12]}"
