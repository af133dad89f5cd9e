"""A synthetic prefecture: households of two counties in real townships of Diqing, persons with impossible citizen ids. Deterministic.

Everything follows from the seed. Names are syllables put together; no person has them together with these ids, for the ids carry the
division 533499, which was never assigned.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from services.domain import citizen_id

COUNTIES = ("533401", "533422")
VILLAGES = {
    "533401": ("533401101001", "533401102201", "533401204203", "533401205201"),
    "533422": ("533422101001", "533422102201", "533422201201", "533422203201"),
}
MIRRORED, MIRRORED_TOWNSHIPS = "533423", ("永春乡", "塔城镇", "维登乡")
NEWCOMERS = ("refused", "refused", "refused", "home", "objected", "contested")
HOLDERS = ("lost", "regraded", "transferred", "died", "alive", "frozen", "renounced")
_GIVEN = ("扎西", "卓玛", "央宗", "农布", "尼玛", "此里", "七林", "拉姆", "格茸", "定主", "和", "木", "余", "熊", "蜂")
_SECOND = ("次仁", "顿珠", "永宗", "江初", "吾堆", "志明", "文花", "丽春", "金福", "玉珍")
_CATEGORIES = ("VISUAL", "HEARING", "PHYSICAL", "PHYSICAL", "INTELLECTUAL", "MENTAL")
INCIDENTS = (((), None), (("HAIL",), True), (("FLOOD",), False), (("ILLNESS",), None), (("ACCIDENT",), True), ((), None))


@dataclass
class Person:
    """A person, and what the year has in store. Dates are days in Shanghai; None = does not happen."""

    number: int
    citizen_id: str
    name: str
    phone: str
    category: str
    grade: int
    issued_on: date
    renews: bool
    poor: bool
    skipped_month: str | None
    person_id: str = ""
    certificate_id: str = ""

    @property
    def unreachable(self) -> bool:
        """Whether the number that the register has is nobody's any more."""
        return self.number % 10 == 7


@dataclass
class Household:
    """A household, its persons, and what the officer will see on each visit: (day, incidents, income fell, income per head)."""

    number: int
    village: str
    persons: list[Person]
    visits: list[tuple[date, tuple[str, ...], bool | None, int]] = field(default_factory=list)
    household_id: str = ""


@dataclass
class Life:
    """Somebody outside the followed households, and what the year brings (`lives.py`); holders have their card from earlier."""

    kind: str
    person: Person
    village: str
    begins_on: date
    moves_to: str

    @property
    def holds(self) -> bool:
        """Whether the card is of an earlier year."""
        return self.kind in HOLDERS


@dataclass
class Prefecture:
    """All households of both counties, the other lives, who is on the mirrored county's roster, and the days that are played."""

    seed: int
    first: date
    days: int
    households: list[Household]
    lives: list[Life]
    mirrored: list[Person]

    @property
    def last(self) -> date:
        """The last day that is played."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def persons(self) -> list[tuple[Household, Person]]:
        """Every person of a followed household with the household."""
        return [(h, p) for h in self.households for p in h.persons]

    @property
    def everybody(self) -> list[Person]:
        """Every person there is."""
        return [*(p for _, p in self.persons), *(life.person for life in self.lives), *self.mirrored]


def made(seed: int, households: int, days: int) -> Prefecture:
    """The prefecture of a seed. The year played is 2026; most certificates were issued in 2016 and expire in it."""
    rng = random.Random(seed)
    first, numbers = date(2026, 1, 1), iter(range(1, 1_000_000))
    found = []
    for number in range(households):
        county = COUNTIES[number % 2]
        village = VILLAGES[county][(number // 2) % 4]
        persons = [_person(rng, next(numbers)) for _ in range(rng.choice((1, 1, 1, 2)))]
        home = Household(number, village, persons)
        home.visits = [
            (day, *rng.choice(INCIDENTS), rng.choice((4200, 8100, 9600, 12400, 15800)))
            for quarter in range(4)
            if (day := first + timedelta(days=quarter * 91 + 10 + 7 * (number % 4))) < first + timedelta(days=days)
        ]
        found.append(home)
    lives = [
        _life(rng, next(numbers), kind, first, days) for kind in (*NEWCOMERS, *HOLDERS) for _ in range(max(1, households // 30))
    ]
    return Prefecture(seed, first, days, found, lives, [_holder(rng, next(numbers)) for _ in range(max(24, households // 4))])


def _holder(rng: random.Random, number: int) -> Person:
    """Somebody whose card ends long after the year that is played."""
    return replace(_person(rng, number), issued_on=date(rng.randrange(2018, 2025), 6, 28))


def _life(rng: random.Random, number: int, kind: str, first: date, days: int) -> Life:
    """A life that begins early enough to come to its end, if the year is long enough."""
    county = rng.choice(COUNTIES)
    other = COUNTIES[county == COUNTIES[0]]
    begins = first + timedelta(days=rng.randrange(3, max(4, days - 110)))
    return Life(kind, _holder(rng, number), rng.choice(VILLAGES[county]), begins, rng.choice(VILLAGES[other]))


def _person(rng: random.Random, number: int) -> Person:
    born = date(1940, 1, 1) + timedelta(days=rng.randrange(0, 24_000))
    head = f"533499{born:%Y%m%d}{number % 1000:03d}"
    expires_this_year = rng.random() < 0.6
    issued = date(2016, rng.randrange(1, 13), 28) if expires_this_year else date(rng.randrange(2018, 2025), 6, 28)
    return Person(
        number=number,
        citizen_id=head + citizen_id.check_digit(head),
        name=rng.choice(_GIVEN) + rng.choice(_SECOND),
        phone=f"1990000{number:04d}",
        category=rng.choice(_CATEGORIES),
        grade=rng.randrange(1, 5),
        issued_on=issued,
        renews=rng.random() < 0.7,
        poor=rng.random() < 0.5,
        skipped_month=f"2026-{rng.randrange(2, 12):02d}" if rng.random() < 0.2 else None,
    )
