"""C7: houses of holders, by the list of 住建; a house is listed under its head, and monitoring knows who lives with whom."""

from collections.abc import Iterator

from deploy.sandbox.county.lists import Row
from deploy.sandbox.county.reference.rules import Found, Period, rule
from deploy.sandbox.county.reference.view import View
from deploy.sandbox.county.world import Person


def house(view: View, person: Person) -> list[Row]:
    """The rows of the house in which somebody of the register lives."""
    mates = (mate.citizen_id for mate in person.home.members if mate.citizen_id in view.register.by_id)
    return [row for mate in mates for row in view.on("HOUSE_SAFETY", mate)]


def asked(view: View, citizen_id: str) -> bool:
    """Whether the survey heard that accessibility is wanted."""
    return any(row["wants_accessibility"] for row in view.on("NEEDS_SURVEY", citizen_id))


@rule("UNSAFE_HOME", "RISK_SIGNAL", "ZJ", Period.DAY, "HOUSE_SAFETY")
def unsafe_home(view: View) -> Iterator[Found]:
    """Grade C or D, and no renovation."""
    for person, _ in view.holders:
        if any(row["grade"] in ("C", "D") and row["renovation"] == "无" for row in house(view, person)):
            yield Found(person.citizen_id, "M17")


@rule("ACCESSIBILITY_UNPLANNED", "ENTITLED_NOT_RECEIVING", "ZJ", Period.DAY, "HOUSE_SAFETY")
def accessibility_unplanned(view: View) -> Iterator[Found]:
    """The house is being renovated, or it is planned, without the accessibility that the holder wants."""
    for person, _ in view.holders:
        rows = house(view, person)
        if asked(view, person.citizen_id) and any(
            row["renovation"] in ("计划", "在建") and not row["accessibility"] for row in rows
        ):
            yield Found(person.citizen_id, "M16")


@rule("SEVERE_WITHOUT_ACCESSIBILITY", "ENTITLED_NOT_RECEIVING", "CL", Period.DAY, "HOUSE_SAFETY")
def severe_without_accessibility(view: View) -> Iterator[Found]:
    """Grade 1–2, on rural 低保 or monitored, wants accessibility, and the house's row says that no renovation is planned."""
    for person, card in view.holders:
        rows, watched = view.on("SUBSISTENCE_ALLOWANCE", person.citizen_id), view.on("MONITORED_HOUSEHOLDS", person.citizen_id)
        poor = any(row["residence"] == "农村" for row in rows) or any(not row["eliminated"] for row in watched)
        homes = house(view, person)
        unplanned = bool(homes) and all(row["renovation"] == "无" for row in homes)
        if card.grade <= 2 and poor and unplanned and asked(view, person.citizen_id):
            yield Found(person.citizen_id, "M16")
