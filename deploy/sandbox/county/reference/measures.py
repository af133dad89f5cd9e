"""Persons × measures (domain reference, 5.4): who has a measure coming and is on no list of it, and who would if one fact were known."""

from collections.abc import Iterator

from deploy.sandbox.county.lists import Row
from deploy.sandbox.county.reference.houses import asked, house
from deploy.sandbox.county.reference.rules import Found, Period, rule
from deploy.sandbox.county.reference.view import View
from deploy.sandbox.county.world import Card, Person, age
from services.domain.months import add_months

_QUALIFIES, _UNCLEAR = "ENTITLED_NOT_RECEIVING", "QUALIFIES_IF_KNOWN"
_LITTLE = ("SUBSISTENCE_ALLOWANCE", "DESTITUTE_SUPPORT", "LOW_INCOME_MARGIN")


def _at_risk(view: View, person: Person) -> bool:
    return any(not row["eliminated"] for row in view.on("MONITORED_HOUSEHOLDS", person.citizen_id))


def _poor(view: View, person: Person) -> bool:
    """Known to have little."""
    return _at_risk(view, person) or any(view.on(kind, person.citizen_id) for kind in _LITTLE)


def _no_labour(card: Card) -> bool:
    return card.grade <= {5: 3, 6: 3, 4: 2, 1: 1}.get(card.category, 0)


def _without_allowance(view: View) -> Iterator[Person]:
    """Of the classes for whom 低保 alone is, and surely on neither 低保 nor 特困."""
    for person, card in view.holders:
        single = card.grade <= 2 or (card.grade == 3 and card.category in (5, 6))
        if single and view.absent("SUBSISTENCE_ALLOWANCE", person) and view.absent("DESTITUTE_SUPPORT", person):
            yield person


@rule("SINGLE_ALLOWANCE_NOT_RECEIVED", _QUALIFIES, "MZ", Period.DAY, "SUBSISTENCE_ALLOWANCE")
def single_allowance_not_received(view: View) -> Iterator[Found]:
    """M06a: grade 1–2, or 智力、精神 3, on the list of the margin and not on 低保."""
    return (Found(each.citizen_id, "M06a") for each in _without_allowance(view) if view.on("LOW_INCOME_MARGIN", each.citizen_id))


@rule("SINGLE_ALLOWANCE_UNCLEAR", _UNCLEAR, "MZ", Period.DAY, "SUBSISTENCE_ALLOWANCE")
def single_allowance_unclear(view: View) -> Iterator[Found]:
    """The same, monitored, and not on the list of the margin: nobody knows the income."""
    for person in _without_allowance(view):
        if _at_risk(view, person) and view.absent("LOW_INCOME_MARGIN", person):
            yield Found(person.citizen_id, "M06a")


@rule("DESTITUTE_UNCLEAR", _UNCLEAR, "MZ", Period.DAY, "SUBSISTENCE_ALLOWANCE")
def destitute_unclear(view: View) -> Iterator[Found]:
    """M04: without labour, not on 特困; alone in a 低保 household of an unknown size, or in a monitored one without 低保."""
    allowance, watched = _rows_of(view, "SUBSISTENCE_ALLOWANCE"), _rows_of(view, "MONITORED_HOUSEHOLDS")
    for person, card in view.holders:
        rows = view.on("SUBSISTENCE_ALLOWANCE", person.citizen_id)
        size = any(row["persons"] is None and allowance[row["household_no"]] == 1 for row in rows)
        on_list = view.on("MONITORED_HOUSEHOLDS", person.citizen_id)
        alone = any(watched[row["household_no"]] == 1 and not row["eliminated"] for row in on_list)
        income = alone and view.absent("SUBSISTENCE_ALLOWANCE", person)
        if _no_labour(card) and (size or income) and view.absent("DESTITUTE_SUPPORT", person):
            yield Found(person.citizen_id, "M04")


def _rows_of(view: View, kind: str) -> dict[str, int]:
    """How many rows each household has, those that nobody can use among them."""
    counts: dict[str, int] = {}
    for sheet in view.county.of_kind(view.period, kind):
        for row in sheet.rows:
            counts[row["household_no"]] = counts.get(row["household_no"], 0) + 1
    return counts


def _masseurs(view: View) -> Iterator[tuple[Person, list[Row]]]:
    """M13: 视力 1–2 of 16 to 59 who want to learn massage, and their trainings of the last twelve months."""
    since = add_months(view.day, -12)
    for person, card in view.holders:
        wanted = any(row["wants_massage"] for row in view.on("NEEDS_SURVEY", person.citizen_id))
        if wanted and card.category == 1 and card.grade <= 2 and 16 <= age(person.born, view.day) < 60:
            yield person, [row for row in view.on("TRAINING", person.citizen_id) if row["started_on"] > since]


@rule("MASSAGE_TRAINING_NONE", _QUALIFIES, "CL", Period.DAY, "TRAINING")
def massage_training_none(view: View) -> Iterator[Found]:
    """None of the trainings is one in massage, or may be."""
    for person, rows in _masseurs(view):
        if all(row["field"] not in ("", "盲人按摩") for row in rows) and not view.maybe("TRAINING", person):
            yield Found(person.citizen_id, "M13")


@rule("MASSAGE_TRAINING_UNCLEAR", _UNCLEAR, "CL", Period.DAY, "TRAINING")
def massage_training_unclear(view: View) -> Iterator[Found]:
    """None is surely one in massage, and of one nobody says what it was."""
    for person, rows in _masseurs(view):
        if any(row["field"] == "" for row in rows) and all(row["field"] != "盲人按摩" for row in rows):
            yield Found(person.citizen_id, "M13")


@rule("WORK_ABILITY_UNCLEAR", _UNCLEAR, "RS", Period.DAY, "EMPLOYMENT")
def work_ability_unclear(view: View) -> Iterator[Found]:
    """M10: 16–59, wants work and has none; the survey does not say whether he can."""
    for person, _ in view.holders:
        answers = view.on("NEEDS_SURVEY", person.citizen_id)
        unclear = any(row["wants_work"] and row["able_to_work"] is None for row in answers)
        ended = all(row["until"] and row["until"] < view.day for row in view.on("EMPLOYMENT", person.citizen_id))
        if unclear and ended and 16 <= age(person.born, view.day) < 60 and not view.maybe("EMPLOYMENT", person):
            yield Found(person.citizen_id, "M10")


@rule("ACCESSIBILITY_UNCLEAR", _UNCLEAR, "CL", Period.DAY, "HOUSE_SAFETY")
def accessibility_unclear(view: View) -> Iterator[Found]:
    """M16: grade 1–2, wants accessibility, nothing is planned; in a village, and nobody knows the income."""
    for person, card in view.holders:
        rows = house(view, person)
        unplanned = bool(rows) and all(row["renovation"] == "无" for row in rows)
        unknown = not _poor(view, person) and not view.maybe("SUBSISTENCE_ALLOWANCE", person)
        if card.grade <= 2 and unplanned and unknown and person.home.rural and asked(view, person.citizen_id):
            yield Found(person.citizen_id, "M16")


def _unhoused(view: View) -> Iterator[Person]:
    """M18: an unsafe home with nothing planned, and nobody whom monitoring knows in it waits for a public rental or has one."""
    for person, _ in view.holders:
        mates = [mate.citizen_id for mate in person.home.members if mate.citizen_id in view.register.by_id]
        helped = any(row["state"] != "退出" for mate in mates for row in view.on("PUBLIC_RENTAL", mate))
        unsafe = any(row["grade"] in ("C", "D") and row["renovation"] == "无" for row in house(view, person))
        if unsafe and not helped and not view.maybe("PUBLIC_RENTAL", person):
            yield person


@rule("PUBLIC_RENTAL_NOT_GIVEN", _QUALIFIES, "ZJ", Period.DAY, "PUBLIC_RENTAL")
def public_rental_not_given(view: View) -> Iterator[Found]:
    """On 低保 of a town."""
    for person in _unhoused(view):
        if any(row["residence"] == "城市" for row in view.on("SUBSISTENCE_ALLOWANCE", person.citizen_id)):
            yield Found(person.citizen_id, "M18")


@rule("PUBLIC_RENTAL_UNCLEAR", _UNCLEAR, "ZJ", Period.DAY, "PUBLIC_RENTAL")
def public_rental_unclear(view: View) -> Iterator[Found]:
    """In a town, and nobody knows the income."""
    for person in _unhoused(view):
        if not person.home.rural and not _poor(view, person) and not view.maybe("SUBSISTENCE_ALLOWANCE", person):
            yield Found(person.citizen_id, "M18")


@rule("DOCTOR_NOT_SIGNED", _QUALIFIES, "WJ", Period.DAY, "FAMILY_DOCTOR")
def doctor_not_signed(view: View) -> Iterator[Found]:
    """M19: no contract that goes on until the day of the list."""
    for person, _ in view.holders:
        rows = view.on("FAMILY_DOCTOR", person.citizen_id)
        if not any(row["until"] >= view.day for row in rows) and not view.maybe("FAMILY_DOCTOR", person):
            yield Found(person.citizen_id, "M19")
