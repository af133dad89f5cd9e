"""What the register and monitoring know, to be played through their own doors: the cards that are there, and what happens day by day."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from deploy.sandbox.county.lists import Row, Sheet, row_of
from deploy.sandbox.county.world import CATEGORIES, GRADES, Household, Person, World
from services.domain.months import month_of

_PLANNED = timedelta(days=30)  # before the day of a measure


def cards(world: World) -> Sheet:
    """Every card handed out before the first month, the newest of each person, dead or alive: what ended it follows as an event."""
    rows = []
    for person in world.persons:
        known = [card for card in person.cards if card.issued_on < world.first]
        if known:
            rows.append(
                _card(person, known[-1].category, known[-1].grade, issued_on=known[-1].issued_on, valid_to=known[-1].valid_to)
            )
    return Sheet("CERTIFICATE_REGISTER", "CL", month_of(world.first - timedelta(days=1)), rows)


def _card(person: Person, category: int, grade: int, **days: Any) -> Row:
    cadre = (
        person.number - person.number % 40 if person.number % 25 == 0 else person.number
    )  # the number of whoever filled in the form
    return row_of(
        person,
        sex="男" if person.male else "女",
        certificate=f"{person.citizen_id}{category}{grade}",
        category=f"{CATEGORIES[category]}残疾",
        grade=GRADES[grade],
        division=person.home.village,
        phone=f"1990{cadre:07d}",
        state="有效",
        **days,
    )


def events(world: World) -> dict[str, list[dict[str, Any]]]:
    """What the register hears in each month, by day; what it heard before the first month stands in that one, with its own day."""
    found: dict[str, list[dict[str, Any]]] = {month: [] for month in world.months}
    for person in world.persons:
        for event in _of(world, person):
            month = max(event["on"][:7], world.months[0])
            if month in found:
                found[month].append(event)
    return {month: sorted(rows, key=lambda row: (row["on"], row["citizen_id"])) for month, rows in found.items()}


def _of(world: World, person: Person) -> Iterator[dict[str, Any]]:
    who = {"citizen_id": person.citizen_id, "name": person.name, "division": person.home.village}
    if person.applied_on:
        yield who | {"on": str(person.applied_on), "event": "APPLIED"}
    for card in person.cards:
        if card.issued_on >= world.first:
            said = {"category": card.category, "grade": card.grade, "valid_to": str(card.valid_to)}
            yield who | said | {"on": str(card.issued_on), "event": card.kind}
    if person.cards and person.died_on and person.death_known_on:
        yield who | {"on": str(person.death_known_on), "event": "DIED", "died_on": str(person.died_on)}
    if person.cards and person.moved_on and person.move_known_on:
        yield who | {"on": str(person.move_known_on), "event": "MOVED", "moved_on": str(person.moved_on), "to": person.moved_to}
    if person.home_assessment:
        asked, done = person.home_assessment
        yield who | {"on": str(asked), "event": "HOME_ASSESSMENT_REQUESTED"}
        if done:
            yield who | {"on": str(done), "event": "HOME_ASSESSMENT_DONE"}


def households(world: World) -> list[dict[str, Any]]:
    """Monitoring's households: those with somebody whom the register knows."""
    found = []
    for home in world.households:
        members = [person for person in home.members if person.registered]
        if members:
            found.append(
                {"household": home.number, "division": home.village, "members": [each.citizen_id for each in members]}
                | _watched(world, home)
            )
    return found


def _watched(world: World, home: Household) -> dict[str, Any]:
    """Its open case, in which measures are planned, the visit that saw its needs, and its measures."""
    visited = home.case_since or home.monitored or not home.water_safe
    visit = {"on": str(world.first + timedelta(days=4)), "water_safe": home.water_safe}
    measures = [
        {"measure": measure, "owner": owner, "due_on": str(due), "delivered_on": str(done) if done else None}
        for measure, owner, due, done in home.measures
    ]
    begins = [home.case_since] if home.case_since else []
    begins += [due - _PLANNED for _, _, due, _ in home.measures]
    case = {"opened_on": str(min(begins))} if begins else None
    return {"case": case, "visits": [visit] if visited else [], "measures": measures}
