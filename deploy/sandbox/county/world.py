"""What there is in the county: persons, cards, households, and what the prefecture's services are told of them. Values only.

Days are days in Shanghai, months are texts like "2026-03", money is whole yuan a month. None = did not happen.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from services.domain.months import add_months, first_day, last_day, month_of

COUNTY = "533401"
CATEGORIES = {1: "视力", 2: "听力", 3: "言语", 4: "肢体", 5: "智力", 6: "精神"}
GRADES = {1: "一级", 2: "二级", 3: "三级", 4: "四级"}
ASSESSED_SINCE = date(2025, 1, 1)  # the hospitals' lists begin here; nobody's card was issued in the weeks after it


@dataclass(slots=True)
class Card:
    """A certificate: what it says, from the day of issue to 有效期至 (included). `kind`: ISSUED, RENEWED or REGRADED."""

    category: int
    grade: int
    issued_on: date
    valid_to: date
    kind: str = "ISSUED"


@dataclass(slots=True, eq=False)
class Person:
    """Somebody of the county's household registration. `…_known_on`: the day from which the register knows it."""

    number: int
    citizen_id: str
    name: str
    male: bool
    born: date
    home: "Household"
    relation: str
    cards: list[Card] = field(default_factory=list)
    applied_on: date | None = None  # of somebody who has applied for a card and has none
    assessed: tuple[date, int, int] | None = (
        None  # day, category, grade: of somebody with no card, or with a card that does not agree
    )
    home_assessment: tuple[date, date | None] | None = None  # asked for, done
    died_on: date | None = None
    death_known_on: date | None = None
    moved_on: date | None = None
    moved_to: str = ""
    move_known_on: date | None = None
    destitute: str = ""  # how a 特困 person is supported: 集中, 分散
    orphan: bool = False
    unsupported: bool = False
    injury_care: int = 0
    allowance: tuple[str, int] | None = None  # another benefit of the same purpose as a subsidy, and its amount
    scheme: str = "居民"
    wants: frozenset[str] = frozenset()
    stage: str = ""  # of school, where age alone does not say it
    graduated: bool = False
    placement: str = "随班就读"

    @property
    def registered(self) -> bool:
        """Whether the register knows the person: by a card, or by an application."""
        return bool(self.cards) or self.applied_on is not None

    @property
    def severe(self) -> bool:
        """Whether the newest card is of grade 1 or 2."""
        return bool(self.cards) and self.cards[-1].grade <= 2

    @property
    def no_labour(self) -> bool:
        """Of the classes that count as without labour for 特困 (domain reference, M04): 智力, 精神 1–3, 肢体 1–2, 视力 1."""
        return bool(self.cards) and self.cards[-1].grade <= {5: 3, 6: 3, 4: 2, 1: 1}.get(self.cards[-1].category, 0)

    @property
    def single_allowance(self) -> bool:
        """Of the classes that a household on the margin may have on 低保 alone (domain reference, M06a): 1–2, and 智力, 精神 3."""
        return self.severe or (bool(self.cards) and self.cards[-1].grade == 3 and self.cards[-1].category in (5, 6))

    def gone_on(self) -> date | None:
        """The day of death, or on which the household registration left the county."""
        left = self.moved_on if self.moved_to not in ("", "县内") else None
        return min((day for day in (self.died_on, left) if day), default=None)

    def there_on(self, day: date) -> bool:
        """Whether lists as of that day have the person."""
        gone = self.gone_on()
        return gone is None or gone > day

    def there_in(self, month: str) -> bool:
        """Whether lists of that month have the person: on its first day he was there."""
        gone = self.gone_on()
        return gone is None or gone >= first_day(month)


@dataclass(slots=True)
class Monitored:
    """A household on the list against return to poverty; `eliminated`: the month in which its risk was found to be gone."""

    kind: str
    identified: str
    risks: tuple[str, ...]
    eliminated: str | None


@dataclass(slots=True, eq=False)
class Household:
    """Those of one household registration. `case_since`: monitoring has an open case since that day."""

    number: int
    village: str
    village_name: str
    township: str
    members: list[Person] = field(default_factory=list)
    dibao_since: str = ""
    dibao_until: str = "9999-12"
    dibao_class: str = "B"
    margin: bool = False
    monitored: Monitored | None = None
    formerly_poor: bool = False
    house: str = "A"
    renovation: str = "无"
    accessibility: bool = False
    case_since: date | None = None
    water_safe: bool = True
    measures: list[tuple[str, str, date, date | None]] = field(default_factory=list)  # measure, owner, due, delivered
    taken: bool = False  # an injected error is about this household, so no other may be

    @property
    def rural(self) -> bool:
        """Whether it lives in a village, not in a community of a town."""
        return "村" in self.village_name

    def on_dibao(self, month: str) -> bool:
        """Whether it receives 低保 in that month."""
        return bool(self.dibao_since) and self.dibao_since <= month <= self.dibao_until

    def present(self, month: str) -> list[Person]:
        """Its members in a list of that month, the head first."""
        return [person for person in self.members if person.there_in(month)]


@dataclass(slots=True)
class World:
    """The county, and the months of which lists are sent."""

    seed: int
    months: list[str]
    households: list[Household]

    @property
    def first(self) -> date:
        """The first day that is played."""
        return first_day(self.months[0])

    @property
    def last(self) -> date:
        """The last day that is played."""
        return last_day(self.months[-1])

    @property
    def persons(self) -> Iterator[Person]:
        """Everybody."""
        return (person for home in self.households for person in home.members)


def age(born: date, day: date) -> int:
    """Completed years: a year is completed on the birthday (公历周岁), for 29 February on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def school_year(day: date) -> date:
    """The first of September on which the school year of that day began."""
    return date(day.year - (day.month < 9), 9, 1)


def months(first: str, count: int) -> list[str]:
    """That many months in a row."""
    return [month_of(add_months(first_day(first), number)) for number in range(count)]


def valid_until(issued_on: date) -> date:
    """有效期至: ten years from the day of issue, as the county's own register counts them."""
    return add_months(issued_on, 120)


def card_in(cards: list[Card], month: str) -> Card | None:
    """The card that counts in a month: the newest that is valid on one of its days."""
    begin, end = first_day(month), last_day(month)
    return next((card for card in reversed(cards) if card.issued_on <= end and card.valid_to >= begin), None)


def card_on(cards: list[Card], day: date) -> Card | None:
    """The card that is valid on a day."""
    return next((card for card in reversed(cards) if card.issued_on <= day <= card.valid_to), None)
