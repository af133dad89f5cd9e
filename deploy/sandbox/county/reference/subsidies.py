"""C3: who is entitled to the two subsidies, who was paid, and what the bank says (domain reference, 2.2–2.6)."""

from collections.abc import Iterator

from deploy.sandbox.county.rates import CARE, LIVING, SUBSIDIES, rate
from deploy.sandbox.county.reference.rules import Found, Period, rule
from deploy.sandbox.county.reference.view import View
from deploy.sandbox.county.world import GRADES, Card, Person, card_on
from services.domain.months import add_months, month_of

_GRADES = {word: grade for grade, word in GRADES.items()}
_SAME_PURPOSE = {LIVING: ("福利性生活津贴",), CARE: ("福利性护理津贴", "老年人护理补贴")}
_EXCLUDING = {LIVING: ("DESTITUTE_SUPPORT", "INJURY_CARE", "ORPHAN"), CARE: ("DESTITUTE_SUPPORT", "INJURY_CARE")}


def entitled(view: View, person: Person, card: Card, subsidy: str) -> bool:
    """§2.2, §2.3 for the month of the lists: by household for LIVING, by grade 1–2 for CARE (whom the survey shows all need long care).

    An exclusion counts when the person may be on its list: nobody is told that he could have what he may not. In the month of a death or of
    leaving the province the person is still entitled, from the month after no more (§2.5).
    """
    ended = min((day for day in (view.register.death(person), view.register.moved_out(person)) if day), default=None)
    if ended and month_of(ended) < view.month:
        return False
    base = bool(view.on("SUBSISTENCE_ALLOWANCE", person.citizen_id)) if subsidy == LIVING else card.grade <= 2
    if not base or not all(view.absent(kind, person) for kind in _EXCLUDING[subsidy]):
        return False
    return (
        not view.maybe("OTHER_ALLOWANCE", person) and higher(view, person, subsidy, rate(subsidy, card.grade, view.month)) is None
    )


def higher(view: View, person: Person, subsidy: str, yuan: int) -> str | None:
    """Another allowance of the same purpose that is at least as much."""
    rows = view.on("OTHER_ALLOWANCE", person.citizen_id)
    return next((row["allowance"] for row in rows if row["allowance"] in _SAME_PURPOSE[subsidy] and row["amount"] >= yuan), None)


def _not_received(view: View, subsidy: str) -> Iterator[Found]:
    for person, card in view.counting:
        if entitled(view, person, card, subsidy) and view.unpaid(person, subsidy):
            yield Found(person.citizen_id, subsidy)


@rule("LIVING_NOT_RECEIVED", "ENTITLED_NOT_RECEIVING", "MZ", Period.MONTH, "SUBSIDY_PAYMENT")
def living_not_received(view: View) -> Iterator[Found]:
    """C3a: nothing was paid for this very month, by whichever later sheet."""
    return _not_received(view, LIVING)


@rule("CARE_NOT_RECEIVED", "ENTITLED_NOT_RECEIVING", "MZ", Period.MONTH, "SUBSIDY_PAYMENT")
def care_not_received(view: View) -> Iterator[Found]:
    """C3b: likewise."""
    return _not_received(view, CARE)


@rule("PAID_WITHOUT_CARD", "RECEIVING_NOT_ENTITLED", "MZ", Period.MONTH, "SUBSIDY_PAYMENT")
def paid_without_card(view: View) -> Iterator[Found]:
    """No card is valid on any day of the month. Of whoever died or left the province before it that says more."""
    for person, subsidy, _ in view.paid:
        ended = [day for day in (view.register.death(person), view.register.moved_out(person)) if day]
        if view.card_of_month(person) is None and not any(month_of(day) < view.month for day in ended):
            yield Found(person.citizen_id, subsidy)


@rule("PAID_AFTER_DEATH", "RECEIVING_NOT_ENTITLED", "MZ", Period.MONTH, "SUBSIDY_PAYMENT")
def paid_after_death(view: View) -> Iterator[Found]:
    """Paid for a month after the month of death."""
    for person, subsidy, _ in view.paid:
        if (day := view.register.death(person)) and month_of(day) < view.month:
            yield Found(person.citizen_id, subsidy)


@rule("PAID_AFTER_MOVE", "RECEIVING_NOT_ENTITLED", "MZ", Period.MONTH, "SUBSIDY_PAYMENT")
def paid_after_move(view: View) -> Iterator[Found]:
    """Paid for a month after the one in which the household registration left the province."""
    for person, subsidy, _ in view.paid:
        if (day := view.register.moved_out(person)) and month_of(day) < view.month:
            yield Found(person.citizen_id, subsidy)


@rule("PAID_EXCLUDED", "RECEIVING_NOT_ENTITLED", "MZ", Period.MONTH, "SUBSIDY_PAYMENT")
def paid_excluded(view: View) -> Iterator[Found]:
    """§2.3: 特困 and 工伤护理 exclude both, 孤儿 the living subsidy."""
    for person, subsidy, _ in view.paid:
        if any(view.on(kind, person.citizen_id) for kind in _EXCLUDING[subsidy]):
            yield Found(person.citizen_id, subsidy)


@rule("PAID_BESIDE_HIGHER", "RECEIVING_NOT_ENTITLED", "MZ", Period.MONTH, "SUBSIDY_PAYMENT")
def paid_beside_higher(view: View) -> Iterator[Found]:
    """§2.3, take the higher: the other allowance is at least what the sheet pays for the month."""
    for person, subsidy, yuan in view.paid:
        if higher(view, person, subsidy, int(yuan)):
            yield Found(person.citizen_id, subsidy)


@rule("PAID_NOT_ELIGIBLE", "RECEIVING_NOT_ENTITLED", "MZ", Period.MONTH, "SUBSIDY_PAYMENT")
def paid_not_eligible(view: View) -> Iterator[Found]:
    """LIVING outside a 低保 household; CARE with a card of grade 3 or 4. No widened group is switched on."""
    for person, subsidy, _ in view.paid:
        card = view.card_of_month(person)
        if subsidy == LIVING and view.absent("SUBSISTENCE_ALLOWANCE", person):
            yield Found(person.citizen_id, subsidy)
        if subsidy == CARE and card and card.grade > 2:
            yield Found(person.citizen_id, subsidy)


def _regular(view: View) -> Iterator[tuple[Person, str, list[float], float, int]]:
    """Of persons with a card that counts and regular payments for the month: subsidy, amounts, net yuan, and the rate of the card's grade;
    care at grade 3 or 4 has none."""
    for person, subsidy, net in view.paid:
        card = view.card_of_month(person)
        amounts = [each.amount for each in view.entries(person.citizen_id, subsidy) if each.regular]
        if card and amounts and (subsidy == LIVING or card.grade <= 2):
            yield person, subsidy, amounts, net, rate(subsidy, card.grade, view.month)


@rule("WRONG_RATE", "INFO_MISMATCH", "MZ", Period.MONTH, "SUBSIDY_PAYMENT")
def wrong_rate(view: View) -> Iterator[Found]:
    """A regular payment is not the rate of the card's grade, and no correction has made the month right."""
    for person, subsidy, amounts, net, right in _regular(view):
        if net != right and any(amount != right for amount in amounts):
            yield Found(person.citizen_id, subsidy)


@rule("WRONG_GRADE", "INFO_MISMATCH", "MZ", Period.MONTH, "SUBSIDY_PAYMENT")
def wrong_grade(view: View) -> Iterator[Found]:
    """The sheet of the month has another grade than the card that counts in it."""
    for row in view.rows("SUBSIDY_PAYMENT"):
        person = view.register.by_id.get(row["citizen_id"])
        card = view.card_of_month(person) if person else None
        if card and row["nature"] == "正常" and _GRADES[row["grade"]] != card.grade:
            yield Found(row["citizen_id"], SUBSIDIES[row["subsidy"]])


@rule("PAID_TWICE", "DUPLICATE", "MZ", Period.MONTH, "SUBSIDY_PAYMENT")
def paid_twice(view: View) -> Iterator[Found]:
    """Two regular rows for the month, and net of corrections more than one rate."""
    for person, subsidy, amounts, net, right in _regular(view):
        if len(amounts) > 1 and net > right:
            yield Found(person.citizen_id, subsidy)


@rule("DESTITUTE_CANDIDATE", "ENTITLED_NOT_RECEIVING", "MZ", Period.MONTH, "DESTITUTE_SUPPORT")
def destitute_candidate(view: View) -> Iterator[Found]:
    """C3d: a holder without labour (智力、精神 1–3, 肢体 1–2, 视力 1) is alone in the 低保 household and not on 特困."""
    for person, card in view.holders:
        no_labour = card.grade <= {5: 3, 6: 3, 4: 2, 1: 1}.get(card.category, 0)
        alone = any(row["persons"] == 1 for row in view.on("SUBSISTENCE_ALLOWANCE", person.citizen_id))
        if no_labour and alone and view.absent("DESTITUTE_SUPPORT", person):
            yield Found(person.citizen_id, "M04")


@rule("CARD_ENDS_WHILE_PAID", "AT_RISK_BY_DATE", "CL", Period.MONTH, "register")
def card_ends_while_paid(view: View) -> Iterator[Found]:
    """C3e: paid for the month; the card valid on its last day ends at most six months later (included), and no newer one is known."""
    for person, subsidy, _ in view.paid:
        card = card_on(view.register.cards(person), view.day)
        if (
            card
            and card.valid_to <= add_months(view.day, 6)
            and card is view.register.cards(person)[-1]
            and view.register.death(person) is None
        ):
            yield Found(person.citizen_id, subsidy)
