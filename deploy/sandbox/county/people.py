"""Households and persons of a seed: ages as in life, about two holders in nine persons, and of every rare fate enough to choose from."""

import csv
import random
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from deploy.sandbox.county import names
from deploy.sandbox.county.world import COUNTY, Household, Person, World, months
from services.domain import citizen_id
from services.domain.months import first_day
from services.domain.townships import FILE, VILLAGES

FATES = {  # who must be there: how many of a thousand households, and at least how many
    "small_child": (12, 8),
    "pupil": (40, 30),
    "student": (20, 12),
    "graduate": (14, 8),
    "worker": (30, 16),
    "learner": (20, 10),
    "builder": (40, 20),
    "destitute": (30, 18),
    "orphan": (10, 5),
    "injured": (8, 5),
    "allowed": (16, 10),
    "monitored": (60, 48),
    "masseur": (12, 8),
    "tenant": (16, 12),
}
_ROOM = (
    200  # households in which everybody who must be there has room; in fewer there are fewer of each, so that no fate is missing
)


@dataclass
class Births:
    """Gives out citizen ids: the next free number of a day and sex."""

    given: Counter[tuple[date, bool]] = field(default_factory=Counter)

    def id(self, born: date, male: bool) -> str:
        """Of the impossible division; the 17th digit is odd for men."""
        number = self.given[born, male] * 2 + (1 if male else 2)
        self.given[born, male] += 1
        first17 = f"533499{born:%Y%m%d}{number:03d}"
        return first17 + citizen_id.check_digit(first17)


@dataclass
class Maker:
    """Makes the county's households one after the other."""

    rng: random.Random
    today: date
    places: list[tuple[str, str, str]]
    births: Births = field(default_factory=Births)
    persons: int = 0

    def household(self, number: int) -> Household:
        """An empty one; villages take turns."""
        village, village_name, township = self.places[number * 7 % len(self.places)]
        home = Household(number, village, village_name, township)
        home.house = self.rng.choice("AAB")
        return home

    def add(self, home: Household, relation: str, years: int, male: bool | None = None) -> Person:
        """A member who is so many years old when the county begins."""
        rng = self.rng
        male = rng.random() < 0.5 if male is None else male
        self.persons += 1
        born = date(self.today.year - years - 1, self.today.month, 1) + timedelta(days=rng.randrange(1, 364))
        person = Person(self.persons, self.births.id(born, male), names.name(rng), male, born, home, relation)
        person.scheme = "职工" if 22 <= years < 60 and rng.random() < 0.08 else "居民"
        home.members.append(person)
        return person

    def family(self, home: Household) -> None:
        """Who lives together: one, two old ones, an adult and a parent, a couple with children, three generations."""
        rng = self.rng
        kind = rng.choices(("one", "old", "parent", "couple", "three"), (6, 10, 6, 34, 44))[0]
        years = rng.randrange(62, 86) if kind == "old" else rng.randrange(27, 58)
        male = rng.random() < 0.8
        self.add(home, "户主", years, male)
        if kind == "parent":
            self._older(home, years)
        if kind in ("old", "couple", "three"):
            self.add(home, "配偶", max(22, years + rng.randrange(-5, 5)), not male)
        if kind in ("couple", "three"):
            for _ in range(rng.choice((1, 1, 2, 2, 3))):
                self.add(home, "子女", max(0, years - rng.randrange(22, 33)))
        if kind == "three":
            self._older(home, years)
            if rng.random() < 0.7:
                self._older(home, years)

    def _older(self, home: Household, years: int) -> None:
        self.add(home, "父母", min(92, years + self.rng.randrange(21, 30)))


def made(seed: int, households: int, first: str, count: int) -> tuple[World, dict[str, list[Person]]]:
    """The county of a seed when it begins, nobody with a card yet; and whom each rare fate was given to."""
    rng = random.Random(seed)
    maker = Maker(rng, first_day(first), _places(first_day(first)))
    homes = [maker.household(number) for number in range(households)]
    world = World(seed, months(first, count), homes)
    fates: dict[str, list[Person]] = {fate: [] for fate in FATES}
    free = iter(homes)
    for fate, (share, least) in FATES.items():
        for _ in range(max(min(least, households * least // _ROOM), households * share // 1000)):
            if (home := next(free, None)) is not None:
                fates[fate].append(_fated(maker, home, fate))
    for home in free:
        maker.family(home)
    return world, fates


def _fated(maker: Maker, home: Household, fate: str) -> Person:
    """A household around somebody of that fate. Heads are of an age that no cut-off of a rule comes near."""
    rng = maker.rng
    if fate == "tenant":  # of a town
        towns = [place for place in maker.places if "村" not in place[1]]
        home.village, home.village_name, home.township = towns[home.number % len(towns)]
    if fate == "destitute":
        return maker.add(home, "户主", rng.choice((rng.randrange(30, 56), rng.randrange(63, 80))))
    if fate in ("small_child", "pupil", "student", "graduate", "orphan"):
        maker.add(home, "户主", rng.randrange(63, 75) if fate == "orphan" else rng.randrange(36, 52))
        maker.add(home, "配偶", rng.randrange(36, 52))
        years = {"small_child": (3, 4), "pupil": (8, 13), "student": (17, 19), "graduate": (20, 23), "orphan": (8, 12)}[fate]
        return maker.add(home, "孙子女" if fate == "orphan" else "子女", rng.randrange(years[0], years[1] + 1))
    head = maker.add(home, "户主", rng.randrange(63, 80) if fate == "allowed" else rng.randrange(30, 55))
    maker.add(home, "配偶", rng.randrange(30, 55))
    maker.add(home, "子女", rng.randrange(25, 30))
    return head


def _places(day: date) -> list[tuple[str, str, str]]:
    """The county's villages on a day: code, name, and the township's name."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["township"]
    townships = {
        row["id"]: row["name"] for row in rows if row["id"].startswith(COUNTY) and row["from"] <= day < row.get("until", date.max)
    }
    return [(row["code"], row["name"], townships[row["code"][:9]]) for row in _villages(day) if row["code"][:9] in townships]


def _villages(day: date) -> Iterator[dict[str, str]]:
    lines = (line for line in VILLAGES.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return (row for row in csv.DictReader(lines) if row["from"] <= str(day) and not (row["until"] and row["until"] <= str(day)))
