"""C5 and C6: holders against medical insurance and bills, cards against assessments."""

from collections.abc import Iterator
from datetime import date, timedelta

from deploy.sandbox.county.reference.rules import Found, Period, rule
from deploy.sandbox.county.reference.view import View
from deploy.sandbox.county.world import CATEGORIES, GRADES, Person

_INSURED = ("已参保", "代缴")
_RANKS = ("", "重残", "低保边缘", "低保", "特困")
_LARGE_COST, _ISSUED_WITHIN, _HOME_WITHIN = 20_000, timedelta(days=60), timedelta(days=60)


@rule("MEDICAL_UNINSURED", "ENTITLED_NOT_RECEIVING", "YB", Period.YEAR, "MEDICAL_INSURANCE")
def medical_uninsured(view: View) -> Iterator[Found]:
    """Not on the year's list, or 未参保."""
    for person, _ in view.holders:
        rows = view.on("MEDICAL_INSURANCE", person.citizen_id)
        if all(row["status"] not in _INSURED for row in rows) and not view.maybe("MEDICAL_INSURANCE", person):
            yield Found(person.citizen_id, "M05M")


def _rank(view: View, person: Person, grade: int) -> int:
    """As whom the lists of the month show a holder; what is uncertain counts for nothing."""
    kinds = ((4, "DESTITUTE_SUPPORT"), (3, "SUBSISTENCE_ALLOWANCE"), (2, "LOW_INCOME_MARGIN"))
    listed = next((rank for rank, kind in kinds if view.on(kind, person.citizen_id)), 0)
    return listed or int(grade <= 2)


@rule("PREMIUM_NOT_AIDED", "ENTITLED_NOT_RECEIVING", "YB", Period.YEAR, "MEDICAL_INSURANCE")
def premium_not_aided(view: View) -> Iterator[Found]:
    """Insured, on 低保 or 特困 or of grade 1–2, and neither an amount nor a payer of aid."""
    for person, card in view.holders:
        rows = [row for row in view.on("MEDICAL_INSURANCE", person.citizen_id) if row["status"] in _INSURED]
        due = card.grade <= 2 or _rank(view, person, card.grade) >= 3
        if due and rows and not any(row["aid_amount"] or row["aid_by"] for row in rows):
            yield Found(person.citizen_id, "M05M")


@rule("AID_CATEGORY_STALE", "INFO_MISMATCH", "YB", Period.YEAR, "MEDICAL_INSURANCE")
def aid_category_stale(view: View) -> Iterator[Found]:
    """The category says less than the lists: 特困 > 低保 > 低保边缘 > 重残 > nothing."""
    for person, card in view.holders:
        rows = [row for row in view.on("MEDICAL_INSURANCE", person.citizen_id) if row["status"] in _INSURED]
        if rows and max(_RANKS.index(row["aid_category"]) for row in rows) < _rank(view, person, card.grade):
            yield Found(person.citizen_id, "CATEGORY")


@rule("INSURED_TWICE", "DUPLICATE", "YB", Period.YEAR, "MEDICAL_INSURANCE")
def insured_twice(view: View) -> Iterator[Found]:
    """Insured in two places."""
    for person, _ in view.holders:
        rows = view.on("MEDICAL_INSURANCE", person.citizen_id)
        if len({row["insured_at"] for row in rows if row["status"] in _INSURED}) > 1:
            yield Found(person.citizen_id, "MEDICAL")


@rule("LARGE_OWN_COST", "RISK_SIGNAL", "YB", Period.MONTH, "MEDICAL_AID")
def large_own_cost(view: View) -> Iterator[Found]:
    """20,000 yuan or more of own cost in the twelve months up to the list's, as far as lists are there; with a bill in the month itself,
    for a month without one says nothing new."""
    months = view.months[max(0, view.period - 11) : view.period + 1]
    for person, _ in view.holders:
        if view.on("MEDICAL_AID", person.citizen_id):
            rows = (row for month in months for row in month.kind("MEDICAL_AID").by_id.get(person.citizen_id, []))
            if sum(row["own_cost"] for row in rows) >= _LARGE_COST:
                yield Found(person.citizen_id, "M14")


def _issues(view: View, person: Person) -> Iterator[tuple[date, int, int]]:
    """The days on which cards were handed out up to the list's day, with category and grade."""
    return ((card.issued_on, card.category, card.grade) for card in view.register.cards(person) if card.issued_on <= view.day)


@rule("ASSESSED_NO_CARD", "DELIVERY_OVERDUE", "CL", Period.DAY, "register")
def assessed_no_card(view: View) -> Iterator[Found]:
    """符合 more than sixty days before the list's day, and no card handed out since."""
    for row in view.rows("ASSESSMENT_RESULT"):
        person = view.register.by_id.get(row["citizen_id"])
        if person and row["concluded"] and row["assessed_on"] + _ISSUED_WITHIN < view.day and view.register.death(person) is None:
            issued = any(day >= row["assessed_on"] for day, *_ in _issues(view, person))
            if not issued:
                yield Found(row["citizen_id"], "M02")


@rule("CARD_WITHOUT_ASSESSMENT", "INFO_MISMATCH", "WJ", Period.DAY, "ASSESSMENT_RESULT")
def card_without_assessment(view: View) -> Iterator[Found]:
    """A card handed out (first, renewed or with another grade) between the list's first assessment and its day, and no row of the holder."""
    since = min((row["assessed_on"] for row in view.rows("ASSESSMENT_RESULT")), default=None)
    for person, _ in view.holders:
        in_range = since and any(issued >= since for issued, *_ in _issues(view, person))
        if in_range and view.absent("ASSESSMENT_RESULT", person):
            yield Found(person.citizen_id, "ASSESSMENT")


@rule("ASSESSMENT_DIFFERS", "INFO_MISMATCH", "CL", Period.DAY, "register")
def assessment_differs(view: View) -> Iterator[Found]:
    """The newest assessment before the newest card was handed out says another category or grade than the card."""
    for person, card in view.holders:
        rows = [row for row in view.on("ASSESSMENT_RESULT", person.citizen_id) if row["assessed_on"] <= card.issued_on]
        newest = max(rows, key=lambda row: row["assessed_on"], default=None)
        right = (f"{CATEGORIES[card.category]}残疾", GRADES[card.grade])
        if newest and newest["concluded"] and (newest["category"], newest["grade"]) != right:
            yield Found(person.citizen_id, "CARD")


@rule("HOME_ASSESSMENT_OVERDUE", "DELIVERY_OVERDUE", "WJ", Period.DAY, "register")
def home_assessment_overdue(view: View) -> Iterator[Found]:
    """Asked for at home more than sixty days before the day, and not done."""
    for person in view.register.persons:
        asked, done = person.home_assessment or (None, None)
        if asked and asked + _HOME_WITHIN < view.day and (done is None or done > view.register.known_on):
            yield Found(person.citizen_id, "M03")
