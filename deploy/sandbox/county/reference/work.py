"""C1: holders against the lists of 人社, and what the yearly survey heard. Ages are completed years on the day of the lists."""

from collections.abc import Iterator
from itertools import pairwise

from deploy.sandbox.county.reference.rules import Found, Period, rule
from deploy.sandbox.county.reference.view import View
from deploy.sandbox.county.world import Person, age
from services.domain.months import add_months, month_of

_PENSION, _PREMIUM = "PENSION", "M05P"


def _of_working_age(view: View) -> Iterator[Person]:
    """Holders of 16 to 59: from the sixteenth birthday until the day before the sixtieth."""
    return (person for person, _ in view.holders if 16 <= age(person.born, view.day) < 60)


def _asked(view: View, person: Person, *wants: str) -> bool:
    """Whether the survey heard yes to each; without a row nothing is known."""
    return any(all(row[want] for want in wants) for row in view.on("NEEDS_SURVEY", person.citizen_id))


@rule("PENSION_UNINSURED", "ENTITLED_NOT_RECEIVING", "RS", Period.YEAR, "PENSION_INSURANCE")
def pension_uninsured(view: View) -> Iterator[Found]:
    """16–59, not 在读 at any stage (and surely not: a row that may be his is enough), not on the list or 未参保."""
    for person in _of_working_age(view):
        rows = view.on("PENSION_INSURANCE", person.citizen_id)
        schooled = any(row["status"] == "在读" for row in view.on("SCHOOL_ROLL", person.citizen_id))
        student = schooled or view.maybe("SCHOOL_ROLL", person)
        uninsured = all(row["status"] == "未参保" for row in rows) and not view.maybe("PENSION_INSURANCE", person)
        if uninsured and not student:
            yield Found(person.citizen_id, _PREMIUM)


@rule("PENSION_PREMIUM_NOT_AIDED", "ENTITLED_NOT_RECEIVING", "RS", Period.YEAR, "PENSION_INSURANCE")
def pension_premium_not_aided(view: View) -> Iterator[Found]:
    """Grade 1 or 2, 16–59, pays into the residents' scheme and nobody pays for him."""
    severe = {person.citizen_id for person, card in view.holders if card.grade <= 2}
    for person in _of_working_age(view):
        rows = view.on("PENSION_INSURANCE", person.citizen_id) if person.citizen_id in severe else []
        if any(row["scheme"] == "居民" and row["status"] == "缴费" and not row["paid_by_government"] for row in rows):
            yield Found(person.citizen_id, _PREMIUM)


@rule("PENSION_TWO_SCHEMES", "DUPLICATE", "RS", Period.YEAR, "PENSION_INSURANCE")
def pension_two_schemes(view: View) -> Iterator[Found]:
    """Paying into or paid by both schemes in one year."""
    for person, _ in view.holders:
        rows = view.on("PENSION_INSURANCE", person.citizen_id)
        if len({row["scheme"] for row in rows if row["status"] in ("缴费", "领取")}) > 1:
            yield Found(person.citizen_id, _PENSION)


@rule("PENSION_NOT_STARTED", "ENTITLED_NOT_RECEIVING", "RS", Period.YEAR, "PENSION_INSURANCE")
def pension_not_started(view: View) -> Iterator[Found]:
    """Still paying into the residents' scheme in a month after the one with the sixtieth birthday (次月起领取)."""
    for person, _ in view.holders:
        if view.month > month_of(add_months(person.born, 60 * 12)):
            rows = view.on("PENSION_INSURANCE", person.citizen_id)
            if any(row["scheme"] == "居民" and row["status"] == "缴费" for row in rows):
                yield Found(person.citizen_id, _PENSION)


@rule("PENSION_AFTER_DEATH", "RECEIVING_NOT_ENTITLED", "RS", Period.YEAR, "PENSION_INSURANCE")
def pension_after_death(view: View) -> Iterator[Found]:
    """领取 on a list of a later month than that of the death, which the register or a list of deaths knows."""
    for person in view.register.persons:
        drawing = any(row["status"] == "领取" for row in view.on("PENSION_INSURANCE", person.citizen_id))
        if drawing and (day := view.register.death(person)) and month_of(day) < view.month:
            yield Found(person.citizen_id, _PENSION)


@rule("WORK_WANTED_NO_JOB", "ENTITLED_NOT_RECEIVING", "RS", Period.DAY, "EMPLOYMENT")
def work_wanted_no_job(view: View) -> Iterator[Found]:
    """16–59, can and wants to work; no job on the list, or all that are there ended before its day."""
    for person in _of_working_age(view):
        if _asked(view, person, "able_to_work", "wants_work"):
            rows = view.on("EMPLOYMENT", person.citizen_id)
            ended = all(row["until"] and row["until"] < view.day for row in rows)
            if ended and not view.maybe("EMPLOYMENT", person):
                yield Found(person.citizen_id, "M10")


@rule("TRAINING_WANTED_NONE", "ENTITLED_NOT_RECEIVING", "RS", Period.DAY, "TRAINING")
def training_wanted_none(view: View) -> Iterator[Found]:
    """16–59, wants training; none on any agency's list that began in the twelve months up to its day."""
    since = add_months(view.day, -12)
    for person in _of_working_age(view):
        if _asked(view, person, "wants_training"):
            rows = view.on("TRAINING", person.citizen_id)
            none_of_late = all(row["started_on"] <= since for row in rows)
            if none_of_late and not view.maybe("TRAINING", person):
                yield Found(person.citizen_id, "M09")


@rule("TRAINED_TWICE", "DUPLICATE", "RS", Period.DAY, "TRAINING")
def trained_twice(view: View) -> Iterator[Found]:
    """The same course twice, begun less than twelve months apart."""
    for person, _ in view.holders:
        taken = sorted((row["course"], row["started_on"]) for row in view.on("TRAINING", person.citizen_id))
        if any(one[0] == two[0] and two[1] < add_months(one[1], 12) for one, two in pairwise(taken)):
            yield Found(person.citizen_id, "M09")
