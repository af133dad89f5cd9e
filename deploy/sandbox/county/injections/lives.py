"""Errors about deaths, moves, cards and assessments: what one office knows and another does not."""

from collections.abc import Callable
from datetime import date, timedelta

from deploy.sandbox.county.injections.cast import Cast, Span
from deploy.sandbox.county.life import as_of
from deploy.sandbox.county.lists import row_of
from deploy.sandbox.county.names import another
from deploy.sandbox.county.rates import CARE
from deploy.sandbox.county.world import ASSESSED_SINCE, Card, Person
from services.domain.months import add_months

_OVERDUE = timedelta(days=62)  # before the day of the list on which it is overdue for the first time


def _on_lists(cast: Cast, kind: str, person: Person, month: int, **values: object) -> None:
    if month >= 0:
        for sheet in cast.county.of_kind(month, kind):
            sheet.add(row_of(person, **values))


def _dies(cast: Cast, person: Person, span: Span, kept: tuple[str, ...]) -> None:
    """Dies in the month before the error; every office but one takes note, and that one when it is mended."""
    died = cast.day(span.first - 1, 10)
    person.died_on, person.death_known_on = died, died + timedelta(days=4)
    _on_lists(cast, "DEATHS", person, span.first - 1, died_on=died)
    cast.forget(person, range(span.first, span.first), kept)
    cast.forget(person, span.months, kept)
    cast.forget(person, span.rest)


def _leaves(cast: Cast, person: Person, span: Span, kept: tuple[str, ...]) -> None:
    moved = cast.day(span.first - 1, 10)
    person.moved_on, person.moved_to, person.move_known_on = moved, "省外", moved + timedelta(days=4)
    _on_lists(cast, "MOVES", person, span.first - 1, moved_on=moved, to="省外")
    cast.forget(person, span.months, kept)
    cast.forget(person, span.rest)


def after_the_end(cast: Cast) -> None:
    """Paid, or drawing a pension, after a death; paid after leaving the province."""
    still_paid = ("SUBSIDY_PAYMENT", "SUBSIDY_APPROVAL", "BANK_RESULT")

    def cared_for(person: Person) -> bool:
        return (
            cast.unburdened(person) and not person.home.dibao_since and cast.paid(person) == [CARE] and cast.aged(person, 25, 120)
        )

    for person, span in cast.choose("PAID_AFTER_DEATH", cared_for):
        _dies(cast, person, span, still_paid)
    for person, span in cast.choose("PAID_AFTER_MOVE", cared_for):
        _leaves(cast, person, span, still_paid)

    def old(person: Person) -> bool:
        return cast.unburdened(person) and cast.aged(person, 62, 120) and not person.home.dibao_since

    for person, span in cast.choose("PENSION_AFTER_DEATH", old):
        _dies(cast, person, span, ("PENSION_INSURANCE",))


def unheard(cast: Cast) -> None:
    """On a list of deaths or moves, and the register has not heard of it; when it has, everybody takes note."""

    def fits(person: Person) -> bool:
        plain = not person.wants and not person.severe and not person.home.dibao_since and not person.injury_care
        return plain and cast.unburdened(person) and cast.aged(person, 24, 58) and not person.destitute

    for person, span in cast.choose("DEAD_ON_LIST", fits):
        person.died_on = cast.day(span.first, 8)
        person.death_known_on = None if span.mended is None else cast.day(span.mended, 12)
        _on_lists(cast, "DEATHS", person, span.first, died_on=person.died_on)
        cast.forget(person, span.rest)
    for person, span in cast.choose("MOVED_ON_LIST", fits):
        person.moved_on, person.moved_to = cast.day(span.first, 8), "省外"
        person.move_known_on = None if span.mended is None else cast.day(span.mended, 12)
        _on_lists(cast, "MOVES", person, span.first, moved_on=person.moved_on, to="省外")
        cast.forget(person, span.rest)


def _listed(cast: Cast, kind: str) -> Callable[[Person], bool]:
    return lambda person: cast.listed(person, kind)


def names(cast: Cast) -> None:
    """One office has another person's name under the id."""
    kinds = ("MEDICAL_INSURANCE", "PENSION_INSURANCE", "FAMILY_DOCTOR", "SCHOOL_ROLL", "SUBSIDY_PAYMENT")
    for kind in kinds:
        for person, span in cast.choose("NAME_DIFFERS", _listed(cast, kind)):
            cast.change(person, kind, span.months, written=another(cast.rng, person.name))


def cards_that_end(cast: Cast) -> None:
    """Paid, the card ends soon, and it is renewed when the error is mended, or not at all."""

    def fits(person: Person) -> bool:
        held = cast.aged(person, 12, 120)  # so long that a card of ten years was his
        return held and len(person.cards) == 1 and person.cards[0].issued_on < ASSESSED_SINCE and bool(cast.paid(person))

    for person, span in cast.choose("CARD_ENDS_WHILE_PAID", fits):
        card = person.cards[0]
        ends = min(add_months(as_of(cast.world.months[0]), 6), cast.world.last + timedelta(days=60)) - timedelta(
            days=cast.rng.randrange(20)
        )
        ends = max(ends, cast.world.last + timedelta(days=5))
        ends = ends.replace(day=min(ends.day, 28))
        person.cards[0] = Card(card.category, card.grade, ends.replace(year=ends.year - 10), ends)
        if span.mended is not None and ends <= add_months(as_of(cast.world.months[span.mended - 1]), 6):
            renewed = cast.day(span.mended, 12)
            cast.assess(person, renewed - timedelta(days=20), card.category, card.grade)
            cast.hand_out(person, renewed, card.category, card.grade, "RENEWED")


def _first_assessed(cast: Cast) -> date:
    """From which day on the hospitals' lists say who was assessed. Their first rows stay as they are: an older card is not
    looked for."""
    persons = {person.number: person for person in cast.world.persons}
    firsts = [
        min(filter(None, sheet.rows), key=lambda row: row["assessed_on"])
        for sheet in cast.county.everywhere("ASSESSMENT_RESULT", range(cast.last + 1))
    ]
    for row in firsts:
        persons[row["person"]].home.taken = True
    days: list[date] = [row["assessed_on"] for row in firsts]
    return max(ASSESSED_SINCE, *days)


def assessments(cast: Cast) -> None:
    """A conclusion without a card, a card without a conclusion, the two not the same, nobody came to the home."""

    def adult(person: Person) -> bool:
        home = person.home
        return cast.aged(person, 25, 57) and not home.dibao_since and not home.monitored and not home.margin

    for person, span in cast.choose("ASSESSED_NO_CARD", adult, holder=False):
        on = as_of(cast.world.months[span.first]) - _OVERDUE
        person.applied_on = on - timedelta(days=15)
        cast.assess(person, on, 4, 4)
        if span.mended is not None:
            cast.hand_out(person, cast.day(span.mended, 12), 4, 4, "ISSUED")

    since = _first_assessed(cast)

    def lately(person: Person) -> bool:
        return since <= person.cards[-1].issued_on < cast.world.first and cast.listed(person, "ASSESSMENT_RESULT")

    for person, span in cast.choose("CARD_WITHOUT_ASSESSMENT", lately):
        cast.drop(person, "ASSESSMENT_RESULT", span.months)
    for person, span in cast.choose("ASSESSMENT_DIFFERS", lately):
        other = {"grade": "四级"} if person.cards[-1].grade < 4 else {"category": "多重残疾"}
        cast.change(person, "ASSESSMENT_RESULT", span.months, **other)
    for person, span in cast.choose("HOME_ASSESSMENT_OVERDUE", lambda person: person.cards[-1].issued_on < cast.day(-3, 1)):
        asked = as_of(cast.world.months[span.first]) - _OVERDUE
        person.home_assessment = (asked, None if span.mended is None else cast.day(span.mended, 12))
