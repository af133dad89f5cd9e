"""Who an error is about, and in which months: every household at most once, so that errors do not hide one another."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from deploy.sandbox.county import civil, health
from deploy.sandbox.county.life import as_of, steady
from deploy.sandbox.county.lists import County
from deploy.sandbox.county.rates import WORDS
from deploy.sandbox.county.world import Card, Person, age, school_year, valid_until
from services.domain.months import add_months, first_day

LEAST = 3


@dataclass(frozen=True, slots=True)
class Span:
    """The months in which an error stands, by number; `mended`: the one in which it no longer does, None when it stays."""

    first: int
    mended: int | None
    last: int

    @property
    def months(self) -> range:
        """The numbers of its months."""
        return range(self.first, self.last + 1 if self.mended is None else self.mended)

    @property
    def rest(self) -> range:
        """The numbers of the months from which it is mended."""
        return range(self.last + 1 if self.mended is None else self.mended, self.last + 1)


@dataclass(frozen=True, slots=True)
class Injected:
    """An error that the reference must find: the rule and whom it is about."""

    rule: str
    subject: str


@dataclass
class Cast:
    """Chooses persons and months, and keeps what was put in. `share`: of those to whom an error could happen."""

    county: County
    share: float
    rng: random.Random
    injected: list[Injected] = field(default_factory=list)

    def __post_init__(self) -> None:
        world = self.county.world
        self.world, self.last = world, len(world.months) - 1
        persons = [person for person in world.persons if steady(world, person)]
        others = [person for person in world.persons if not person.registered and person.gone_on() is None and not person.moved_on]
        self.rng.shuffle(persons)
        self.rng.shuffle(others)
        self._steady, self._others = persons, others
        self._paid: dict[int, list[str]] = {}

    def choose(self, rule: str, fits: Callable[[Person], bool], holder: bool = True) -> Iterator[tuple[Person, Span]]:
        """Persons of households that no other error is about; what is done to them is kept as an error of the rule."""
        fitting = [person for person in (self._steady if holder else self._others) if not person.home.taken and fits(person)]
        wanted = max(LEAST, round(len(fitting) * self.share))
        free = (person for person in fitting if not person.home.taken)
        for person in islice(free, wanted):
            person.home.taken = True
            self.injected.append(Injected(rule, person.citizen_id))
            yield person, self._span()

    def _span(self) -> Span:
        first = self.rng.randrange(0, self.last + 1)
        mended = self.rng.choice((None, *range(first + 1, self.last + 1)))
        return Span(first, mended, self.last)

    def aged(self, person: Person, least: int, most: int) -> bool:
        """Whether the person is of these ages in all months, and at the beginning of their school years."""
        days = (as_of(self.world.months[0]), self.world.last, school_year(self.world.first), school_year(self.world.last))
        return all(least <= age(person.born, day) <= most for day in days)

    def day(self, number: int, day: int) -> date:
        """A day of the month with that number; months before the first have negative ones."""
        return add_months(first_day(self.world.months[0]), number).replace(day=day)

    def drop(self, person: Person, kind: str, months: range) -> None:
        """Take the person from a kind of lists."""
        for sheet in self.county.everywhere(kind, months):
            sheet.drop(person)

    def change(self, person: Person, kind: str, months: range, **values: Any) -> None:
        """Give other values to the person's rows in a kind of lists."""
        for sheet in self.county.everywhere(kind, months):
            sheet.change(person, **values)

    def listed(self, person: Person, kind: str, **having: object) -> bool:
        """Whether the person has a row with these values in every month."""
        return all(
            any(
                all(row[name] == value for name, value in having.items())
                for sheet in self.county.of_kind(month, kind)
                for row in sheet.of(person)
            )
            for month in range(self.last + 1)
        )

    def paid(self, person: Person) -> list[str]:
        """The subsidies that the person was regularly paid in every month before any error about him."""
        if person.number not in self._paid:
            self._paid[person.number] = [
                code for code, word in WORDS.items() if self.listed(person, "SUBSIDY_PAYMENT", subsidy=word)
            ]
        return self._paid[person.number]

    def assess(self, person: Person, on: date, kind: int, grade: int) -> None:
        """Put a conclusion into the hospitals' lists from its day on."""
        for sheet in self.county.everywhere("ASSESSMENT_RESULT", range(self.last + 1)):
            if sheet.as_of >= on:
                sheet.add(health.assessed(person, on, kind, grade))

    def hand_out(self, person: Person, on: date, kind: int, grade: int, reason: str) -> None:
        """Give a new card."""
        person.cards.append(Card(kind, grade, on, valid_until(on), reason))

    def forget(self, person: Person, months: range, kept: tuple[str, ...] = ()) -> None:
        """Take the person from all lists of these months, as after a death, but for some kinds."""
        for month in months:
            for (kind, _), sheet in self.county.sheets[month].items():
                if kind not in (*kept, "DEATHS", "MOVES", "ASSESSMENT_RESULT"):
                    sheet.drop(person)

    def unburdened(self, person: Person) -> bool:
        """Whether the household goes on without the person: three members or more, he is not its head, and nobody watches over it."""
        home = person.home
        return len(home.present(self.world.months[0])) > 2 and home.members[0] is not person and not home.monitored

    def pay(self, person: Person, subsidy: str, card: Card, month: int, yuan: int) -> None:
        """A regular payment with its approval and the bank's word."""
        row = civil.payment(person, subsidy, card, yuan)
        self.county.sheet(month, "SUBSIDY_PAYMENT").add(row)
        self.county.sheet(month, "SUBSIDY_APPROVAL").add(civil.approval(row, self.world.months[month]))
        self.county.sheet(month, "BANK_RESULT").add(civil.bank(row))
