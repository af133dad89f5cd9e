"""Errors in what is paid: not paid, paid for no reason, at the wrong rate, twice, returned by the bank; and how they are put right."""

from collections.abc import Callable
from datetime import timedelta

from deploy.sandbox.county import civil
from deploy.sandbox.county.injections.cast import Cast, Span
from deploy.sandbox.county.lists import row_of
from deploy.sandbox.county.rates import CARE, LIVING, WORDS, rate
from deploy.sandbox.county.world import ASSESSED_SINCE, GRADES, Card, Person

_SHEETS = ("SUBSIDY_PAYMENT", "SUBSIDY_APPROVAL", "BANK_RESULT")


def _unpay(cast: Cast, person: Person, months: range, subsidies: list[str], sheets: tuple[str, ...] = _SHEETS) -> None:
    for kind in sheets:
        for sheet in cast.county.everywhere(kind, months):
            for subsidy in subsidies:
                sheet.drop(person, subsidy=WORDS[subsidy])


def _later(cast: Cast, person: Person, span: Span, subsidy: str, nature: str, per_month: int, months: range | None = None) -> None:
    """A row in the sheet of the month that mends: so many yuan for each month of the error."""
    if span.mended is not None:
        about = [cast.world.months[number] for number in (months or span.months)]
        row = civil.payment(person, subsidy, person.cards[-1], per_month)
        row |= {"months": len(about), "amount": per_month * len(about), "for_months": "、".join(about), "nature": nature}
        cast.county.sheet(span.mended, "SUBSIDY_PAYMENT").add(row)


def _arrears(cast: Cast, person: Person, span: Span, subsidies: list[str]) -> None:
    for subsidy in subsidies:
        _later(cast, person, span, subsidy, "补发", rate(subsidy, person.cards[-1].grade, cast.world.months[span.first]))


def _receiving(cast: Cast, subsidy: str) -> Callable[[Person], bool]:
    return lambda person: subsidy in cast.paid(person)


def not_received(cast: Cast) -> None:
    """Neither approved nor paid; put right by arrears for the named months, which for some the bank returns a month later."""
    for rule, subsidy in (("LIVING_NOT_RECEIVED", LIVING), ("CARE_NOT_RECEIVED", CARE)):
        for person, span in cast.choose(rule, _receiving(cast, subsidy)):
            _unpay(cast, person, span.months, [subsidy])
            _arrears(cast, person, span, [subsidy])
            if span.mended is not None and span.mended < span.last and person.number % 2:
                yuan = rate(subsidy, person.cards[-1].grade, cast.world.months[span.first])
                _later(cast, person, Span(span.first, span.mended + 1, span.last), subsidy, "退回", -yuan, span.months)


def severe_risk(cast: Cast) -> None:
    """A severe member of a household at risk is paid nothing at all."""

    def fits(person: Person) -> bool:
        watched = person.home.monitored
        return watched is not None and not watched.eliminated and CARE in cast.paid(person)

    for person, span in cast.choose("SEVERE_RISK_NO_SUBSIDY", fits):
        subsidies = cast.paid(person)
        _unpay(cast, person, span.months, subsidies)
        _arrears(cast, person, span, subsidies)


def approvals(cast: Cast) -> None:
    """Approved and not paid, paid and not approved."""
    for person, span in cast.choose("APPROVED_UNPAID", lambda person: len(cast.paid(person)) == 1):
        subsidies = cast.paid(person)
        _unpay(cast, person, span.months, subsidies, ("SUBSIDY_PAYMENT", "BANK_RESULT"))
        _arrears(cast, person, span, subsidies)
    for person, span in cast.choose("PAID_UNAPPROVED", lambda person: len(cast.paid(person)) == 1):
        _unpay(cast, person, span.months, cast.paid(person), ("SUBSIDY_APPROVAL",))


def bounced(cast: Cast) -> None:
    """The bank cannot pay; the next sheet shows the return, and the one that mends pays again."""
    for person, span in cast.choose("ACCOUNT_BOUNCED", lambda person: len(cast.paid(person)) == 1):
        subsidy = cast.paid(person)[0]
        cast.county.sheet(span.first, "BANK_RESULT").change(person, result="失败", reason="账户状态异常")
        yuan, about = rate(subsidy, person.cards[-1].grade, cast.world.months[span.first]), range(span.first, span.first + 1)
        if span.first < cast.last:
            _later(cast, person, Span(span.first, span.first + 1, span.last), subsidy, "退回", -yuan)
        _later(cast, person, span, subsidy, "补发", yuan, about)


def without_card(cast: Cast) -> None:
    """The card has ended long ago, and payment goes on for some months."""

    def fits(person: Person) -> bool:
        old = cast.aged(person, 12, 120) and len(person.cards) == 1 and person.cards[0].issued_on < ASSESSED_SINCE
        return old and not person.home.monitored and len(cast.paid(person)) == 1 and not person.wants

    for person, span in cast.choose("PAID_WITHOUT_CARD", fits):
        card = person.cards[0]
        ended = cast.world.first - timedelta(days=70)
        person.cards[0] = Card(card.category, card.grade, ended.replace(year=ended.year - 10), ended)
        for months in (range(span.first), span.rest):
            _unpay(cast, person, months, [LIVING, CARE])


def excluded(cast: Cast) -> None:
    """Paid beside a benefit that excludes it, or that is higher."""
    for rule, fits, subsidy in (
        ("PAID_EXCLUDED", lambda person: bool(person.destitute) and person.severe, CARE),
        ("PAID_EXCLUDED", lambda person: person.injury_care > 0, CARE),
        ("PAID_EXCLUDED", lambda person: person.orphan, LIVING),
        ("PAID_BESIDE_HIGHER", lambda person: person.allowance is not None and person.severe, CARE),
        ("PAID_BESIDE_HIGHER", lambda person: person.allowance is not None and not person.severe, LIVING),
    ):
        for person, span in cast.choose(rule, fits):
            card = person.cards[-1]
            for month in span.months:
                cast.pay(person, subsidy, card, month, rate(subsidy, card.grade, cast.world.months[month]))


def not_eligible(cast: Cast) -> None:
    """Living subsidy outside 低保, care at grade 3; and somebody whom the register does not know."""
    for subsidy in (LIVING, CARE):
        for person, span in cast.choose("PAID_NOT_ELIGIBLE", lambda person: _unpaid_and_mild(cast, person)):
            for month in span.months:
                cast.pay(person, subsidy, person.cards[-1], month, rate(subsidy, 2, cast.world.months[month]))
    unknown = Card(4, 2, ASSESSED_SINCE, ASSESSED_SINCE)
    for person, span in cast.choose("NOT_ON_REGISTER", lambda person: cast.listed(person, "SUBSISTENCE_ALLOWANCE"), holder=False):
        for month in span.months:
            cast.pay(person, LIVING, unknown, month, rate(LIVING, 2, cast.world.months[month]))


def _unpaid_and_mild(cast: Cast, person: Person) -> bool:
    beside = person.destitute or person.injury_care or person.allowance or person.orphan
    return person.cards[-1].grade == 3 and not person.home.dibao_since and not beside and not person.home.monitored


def amounts(cast: Cast) -> None:
    """Another amount than the rate, another grade than the card's, the same payment twice; two of them put right by a correction."""
    for person, span in cast.choose("WRONG_RATE", lambda person: len(cast.paid(person)) == 1):
        off = cast.rng.choice((-20, -10, 10, 50))
        for kind in ("SUBSIDY_PAYMENT", "BANK_RESULT"):
            for sheet in cast.county.everywhere(kind, span.months):
                sheet.change(person, amount=sheet.of(person)[0]["amount"] + off)
        _later(cast, person, span, cast.paid(person)[0], "更正", -off)
    for person, span in cast.choose("WRONG_GRADE", lambda person: cast.paid(person) == [LIVING]):
        other = GRADES[person.cards[-1].grade % 4 + 1]
        cast.change(person, "SUBSIDY_PAYMENT", span.months, grade=other)
    for person, span in cast.choose("PAID_TWICE", lambda person: len(cast.paid(person)) == 1):
        subsidy = cast.paid(person)[0]
        for month in span.months:
            for kind in ("SUBSIDY_PAYMENT", "BANK_RESULT"):
                sheet = cast.county.sheet(month, kind)
                sheet.add(dict(sheet.of(person)[0]))
        _later(cast, person, span, subsidy, "更正", -rate(subsidy, person.cards[-1].grade, cast.world.months[span.first]))


def destitute_candidates(cast: Cast) -> None:
    """Alone, without labour, and on 低保 instead of 特困; the list says of how many persons, or nobody does."""
    for rule, persons in (("DESTITUTE_CANDIDATE", 1), ("DESTITUTE_UNCLEAR", None)):
        _instead_of_destitute(cast, rule, persons)


def _instead_of_destitute(cast: Cast, rule: str, persons: int | None) -> None:
    for person, span in cast.choose(rule, lambda person: bool(person.destitute) and len(person.home.members) == 1):
        cast.drop(person, "DESTITUTE_SUPPORT", span.months)
        card, home = person.cards[-1], person.home
        for month in span.months:
            number = f"DB{home.number:06d}"
            household = {"household_no": number, "head_id": person.citizen_id, "relation": "户主", "since": "2024-05", "class": "A"}
            residence = "农村" if home.rural else "城市"
            cast.county.sheet(month, "SUBSISTENCE_ALLOWANCE").add(
                row_of(person, **household, residence=residence, persons=persons, amount=520)
            )
            for subsidy in (LIVING, CARE) if card.grade <= 2 else (LIVING,):
                cast.pay(person, subsidy, card, month, rate(subsidy, card.grade, cast.world.months[month]))
