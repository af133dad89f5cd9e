"""What may be known at the end of one month about the lists of another: the register, and every list by citizen id.

A row that nobody can use says nothing of anybody; but whoever has the same birth date, name (in any spelling) and township may be meant
by it, so he is not absent from that list. Unknown is never false.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from deploy.sandbox.county.lists import County, Row
from deploy.sandbox.county.names import canonical
from deploy.sandbox.county.rates import SUBSIDIES
from deploy.sandbox.county.world import Card, Household, Person, card_in, card_on
from services.domain.months import last_day, month_of

Key = tuple[date, str, str]


@dataclass
class Kind:
    """All agencies' lists of one kind of a month."""

    rows: list[Row]
    by_id: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    maybe: set[Key] = field(default_factory=set)

    def __post_init__(self) -> None:
        for row in self.rows:
            if "unusable" in row:
                self.maybe.add((row["birth"], canonical(row["name"]), row["township"]))
            else:
                self.by_id[row["citizen_id"]].append(row)
        self.rows = [row for row in self.rows if "unusable" not in row]


@dataclass
class Month:
    """The lists of a month, each kind put in order once."""

    county: County
    number: int
    kinds: dict[str, Kind] = field(default_factory=dict)

    def kind(self, kind: str) -> Kind:
        """The lists of a kind."""
        if kind not in self.kinds:
            self.kinds[kind] = Kind([row for sheet in self.county.of_kind(self.number, kind) for row in sheet.rows if row])
        return self.kinds[kind]


@dataclass(frozen=True, slots=True)
class Paid:
    """One entry of a payment sheet about one month. `regular`: the monthly payment itself, not arrears, a correction or a return."""

    sheet: str
    regular: bool
    amount: float


Ledger = dict[str, dict[tuple[str, str], list[Paid]]]  # by month, then by citizen id and subsidy


class Register:
    """What register and lists say of persons as known at the end of the month number `known`."""

    def __init__(self, county: County, months: list[Month], known: int) -> None:
        self.known_on = last_day(county.world.months[known])
        self.homes = county.world.households
        rows = (row for month in months[: known + 1] for row in month.kind("DEATHS").rows)
        self._deaths = {row["citizen_id"]: row["died_on"] for row in rows}
        rows = (row for month in months[: known + 1] for row in month.kind("MOVES").rows)
        self._left = {row["citizen_id"] for row in rows if row["to"] == "省外"}
        self.persons = [person for person in county.world.persons if person.registered and self._knows(person)]
        self.by_id = {person.citizen_id: person for person in self.persons}
        self._cards = {person.citizen_id: self._known_cards(person) for person in self.persons}

    def _knows(self, person: Person) -> bool:
        if person.applied_on and person.applied_on <= self.known_on:
            return True
        return any(card.issued_on <= self.known_on for card in person.cards)

    def _known_cards(self, person: Person) -> list[Card]:
        known = [card for card in person.cards if card.issued_on <= self.known_on]
        died = self.registered_death(person)
        return [Card(c.category, c.grade, c.issued_on, min(c.valid_to, died), c.kind) for c in known] if died else known

    def cards(self, person: Person) -> list[Card]:
        """The cards that are known, oldest first, none of them beyond a death that the register knows."""
        return self._cards.get(person.citizen_id, [])

    def registered_death(self, person: Person) -> date | None:
        """The day of death as far as the register knows."""
        return person.died_on if person.death_known_on and person.death_known_on <= self.known_on else None

    def death(self, person: Person) -> date | None:
        """The day of death, by the register or by a list of deaths."""
        return self.registered_death(person) or self._deaths.get(person.citizen_id)

    def registered_move(self, person: Person) -> date | None:
        """The day on which, by the register, the household registration left the county."""
        known = person.move_known_on and person.move_known_on <= self.known_on
        return person.moved_on if known and person.moved_to != "县内" else None

    def moved_out(self, person: Person) -> date | None:
        """The day on which it left the province, by the register or by a list of moves."""
        known = self.registered_move(person) or person.citizen_id in self._left
        return person.moved_on if known and person.moved_to == "省外" else None


class View:
    """The lists of the month number `period`, seen with what is known at the end of a month, the same one or a later."""

    def __init__(self, county: County, months: list[Month], period: int, register: Register, ledger: Ledger) -> None:
        self.county, self.months, self.period, self.register, self.ledger = county, months, period, register, ledger
        self.month = county.world.months[period]
        self.day = last_day(self.month)
        self.year = str(self.day.year)
        self._lists = months[period]
        self._newest_sheet = month_of(register.known_on)

    def rows(self, kind: str) -> list[Row]:
        """The usable rows of the period's lists of a kind."""
        return self._lists.kind(kind).rows

    def on(self, kind: str, citizen_id: str) -> list[Row]:
        """A person's rows."""
        return self._lists.kind(kind).by_id.get(citizen_id, [])

    def absent(self, kind: str, person: Person) -> bool:
        """Whether the person is not on the lists, and no row without a usable id may be his."""
        return person.citizen_id not in self._lists.kind(kind).by_id and not self.maybe(kind, person)

    def maybe(self, kind: str, person: Person) -> bool:
        """Whether a row without a usable id may be his, beside those that are."""
        maybe = self._lists.kind(kind).maybe
        return bool(maybe) and (person.born, canonical(person.name), person.home.township) in maybe

    @cached_property
    def holders(self) -> list[tuple[Person, Card]]:
        """Whoever of the county has, by the register, a valid card on the period's day; and the card."""
        found = []
        for person in self.register.persons:
            left = self.register.registered_move(person)
            card = card_on(self.register.cards(person), self.day)
            if card and not (left and left <= self.day):
                found.append((person, card))
        return found

    @cached_property
    def holder_ids(self) -> set[str]:
        """Their citizen ids."""
        return {person.citizen_id for person, _ in self.holders}

    @cached_property
    def counting(self) -> list[tuple[Person, Card]]:
        """Whoever has a card that counts in the period's month, wherever he is by now; and the card."""
        cards = ((person, self.card_of_month(person)) for person in self.register.persons)
        return [(person, card) for person, card in cards if card]

    def card_of_month(self, person: Person) -> Card | None:
        """The card that counts in the period's month."""
        return card_in(self.register.cards(person), self.month)

    def entries(self, citizen_id: str, subsidy: str) -> list[Paid]:
        """All entries about the period's month, of the sheets that are known."""
        found = self.ledger.get(self.month, {}).get((citizen_id, subsidy), [])
        return [each for each in found if each.sheet <= self._newest_sheet]

    @cached_property
    def paid(self) -> list[tuple[Person, str, float]]:
        """Whoever of the register was paid for the month, net of corrections and returns: with the subsidy and the yuan."""
        found = []
        for citizen_id, subsidy in self.ledger.get(self.month, {}):
            person, net = self.register.by_id.get(citizen_id), self.net(citizen_id, subsidy)
            if person and net > 0:
                found.append((person, subsidy, net))
        return found

    def net(self, citizen_id: str, subsidy: str) -> float:
        """Yuan paid for the month, less corrections and returns."""
        return sum(each.amount for each in self.entries(citizen_id, subsidy))

    def unpaid(self, person: Person, subsidy: str) -> bool:
        """Whether no sheet pays anything for the month, and no row without a usable id may be about it."""
        return self.net(person.citizen_id, subsidy) <= 0 and not self.maybe("SUBSIDY_PAYMENT", person)

    def households(self) -> Iterator[tuple[Household, list[Person]]]:
        """Monitoring's households with those of their members whom the register knows."""
        for home in self.register.homes:
            members = [person for person in home.members if person.citizen_id in self.register.by_id]
            if members:
                yield home, members


def ledger(months: list[Month]) -> Ledger:
    """All entries of all payment sheets, by the month that they are about, person and subsidy."""
    found: Ledger = defaultdict(lambda: defaultdict(list))
    for month in months:
        sheet = month.county.world.months[month.number]
        for row in month.kind("SUBSIDY_PAYMENT").rows:
            about = row["for_months"].split("、") if row["for_months"] else [sheet]
            for each in about:
                paid = Paid(sheet, row["nature"] == "正常", row["amount"] / len(about))
                found[each][row["citizen_id"], SUBSIDIES[row["subsidy"]]].append(paid)
    return found
