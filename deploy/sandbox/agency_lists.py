"""The lists that a county's agencies send each month of the year, and the errors that stand in them. Pure.

民政 pays whom the register shows to hold a card; what it forgets, pays twice, at a wrong rate or to somebody who is provided for, each in
its month, is `Planned`, for the comparison with what the services find. 财政 tells what the bank sent back, 住建 which homes are unsafe.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from deploy.sandbox.prefecture import Household, Person
from deploy.sandbox.sheets import workbook
from services.domain import citizen_id
from services.domain.months import add_months, month_of

LIVING, CARE = "困难残疾人生活补贴", "重度残疾人护理补贴"
WORDS = {LIVING: "LIVING", CARE: "CARE"}
RATES = {(LIVING, 1): 100, (LIVING, 2): 100, (LIVING, 3): 100, (LIVING, 4): 100, (CARE, 1): 110, (CARE, 2): 100}
LESS = 10  # yuan than the rate, where it is wrong
PROVIDED_PAID, WRONG_RATE, TWICE, STRANGER, BOUNCED, HOMES = "04", "05", "06", "07", "08", "03"  # the months of these errors
_PAYMENT = ("姓名", "身份证号", "补贴类型", "残疾等级", "月标准", "月数", "金额", "补发月份", "发放性质")
_ALLOWANCE = ("姓名", "身份证号码", "低保证号", "户主身份证号", "与户主关系", "保障人数", "低保类别")
_PROVIDED, _HOUSE = ("姓名", "身份证号", "供养方式"), ("户主姓名", "户主身份证号", "住房等级", "改造情况")
_BANK = ("姓名", "身份证号", "补贴类型", "金额", "发放结果", "失败原因")
_UNKNOWN = "53349919490101999"  # of whom the register knows nothing, without the check digit
_GRADES = ("", "一级", "二级", "三级", "四级")
Rows = list[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Held:
    """A card that the register shows as valid on the day of the lists."""

    person: Person
    grade: int


@dataclass(frozen=True, slots=True)
class SentList:
    """A list: its kind, who sends it, the month that it is of (None: of its day), and the file."""

    kind: str
    agency: str
    period: str | None
    file: bytes


@dataclass(frozen=True, slots=True)
class Planned:
    """An error that stands in a list of a county: which rule must find it, of whom (None: of somebody whom the register does not know), and
    what."""

    rule: str
    person: Person | None
    about: str
    period: str
    county: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """A row of the payment sheet; without `months` its cell is empty."""

    held: Held
    subsidy: str
    yuan: int
    months: int | None = 1
    for_month: str = ""

    @property
    def cells(self) -> Sequence[Any]:
        """As it is written."""
        person, rate = self.held.person, RATES[self.subsidy, self.held.grade]
        nature = "补发" if self.for_month else "正常"
        grade = _GRADES[self.held.grade]
        return person.name, person.citizen_id, self.subsidy, grade, rate, self.months or "", self.yuan, self.for_month, nature


def provided_for(person: Person) -> bool:
    """Whether the person is in 特困 support, which excludes both subsidies."""
    return person.number % 11 == 3


def on_allowance(person: Person) -> bool:
    """Whether the person's household is on the subsistence allowance."""
    return person.poor and not provided_for(person)


class Month:
    """One county's lists of a month. `holders`: those whose card is valid on the day; `homes`: the followed households of the county."""

    def __init__(self, day: date, holders: Sequence[Held], homes: Sequence[Household]) -> None:
        self.day, self.month = day, month_of(day)
        self.holders, self.homes = sorted(holders, key=lambda held: held.person.number), homes
        self._here = {person.number: person for home in homes for person in home.persons}
        self._known = [person for _, person in sorted((self._here | {held.person.number: held.person for held in holders}).items())]
        self.planned: list[Planned] = []
        self.paid = list(self._payments())

    def lists(self) -> Iterator[SentList]:
        """All lists that are sent in the month; one that would be empty is not."""
        for kind, agency, period, header, rows in (
            ("SUBSISTENCE_ALLOWANCE", "MZ", self.month, _ALLOWANCE, self._allowed()),
            ("DESTITUTE_SUPPORT", "MZ", self.month, _PROVIDED, self._provided()),
            ("SUBSIDY_PAYMENT", "MZ", self.month, _PAYMENT, self._paid()),
            ("BANK_RESULT", "CZ", self.month, _BANK, self._bank()),
            ("HOUSE_SAFETY", "ZJ", None, _HOUSE, self._houses()),
        ):
            if rows:
                yield SentList(kind, agency, period, workbook(header, rows))

    def _plan(self, rule: str, person: Person | None, about: str) -> None:
        self.planned.append(Planned(rule, person, WORDS.get(about, about), self.month))

    def _allowed(self) -> Rows:
        """Each is the head of a household of two, of whom the register knows one."""
        poor = [person for person in self._known if on_allowance(person)]
        return [(p.name, p.citizen_id, f"D{p.number:06d}", p.citizen_id, "户主", 2, "B类") for p in poor]

    def _provided(self) -> Rows:
        return [(p.name, p.citizen_id, "分散") for p in self._known if provided_for(p)]

    def _paid(self) -> Rows:
        rows = [payment.cells for payment in self.paid]
        if rows and self.month[5:] == STRANGER:
            rows.append(("不在册", _UNKNOWN + citizen_id.check_digit(_UNKNOWN), LIVING, "三级", 100, 1, 100, "", "正常"))
            self._plan("NOT_ON_REGISTER", None, LIVING)
        return rows

    def _payments(self) -> Iterator[Payment]:
        for held in self.holders:
            for subsidy in (LIVING, CARE):
                if (subsidy, held.grade) in RATES and (subsidy == CARE or held.person.poor):
                    yield from self._of(held, subsidy)

    def _of(self, held: Held, subsidy: str) -> list[Payment]:
        """What the sheet pays somebody: right for all, but for errors with persons of the followed households."""
        person, right, month = held.person, Payment(held, subsidy, RATES[subsidy, held.grade]), self.month[5:]
        followed = person.number in self._here
        if provided_for(person):
            if month != PROVIDED_PAID or not followed:
                return []
            self._plan("PAID_EXCLUDED", person, subsidy)
            return [right]
        if subsidy == CARE or not followed:
            return [right]
        if person.skipped_month == self.month:
            self._plan("LIVING_NOT_RECEIVED", person, subsidy)
            return []
        if month == WRONG_RATE and person.number % 9 == 4:
            self._plan("WRONG_RATE", person, subsidy)
            return [replace(right, yuan=right.yuan - LESS)]
        if month == TWICE and person.number % 9 == 5:
            self._plan("PAID_TWICE", person, subsidy)
            return [right, replace(right, months=None)]
        if paid_late(person) and person.skipped_month == month_of(add_months(self.day, -1)):
            return [right, replace(right, for_month=person.skipped_month)]
        return [right]

    def _bank(self) -> Rows:
        """What became of each payment at the bank: of one month it is told, and some came back."""
        rows: list[Sequence[Any]] = []
        for payment in self.paid if self.month[5:] == BOUNCED else ():
            person, came_back = payment.held.person, _came_back(payment)
            if came_back and person.number in self._here:
                self._plan("ACCOUNT_BOUNCED", person, payment.subsidy)
            said = ("失败", "账户已销户") if came_back else ("成功", "")
            rows.append((person.name, person.citizen_id, payment.subsidy, payment.yuan, *said))
        return rows

    def _houses(self) -> Rows:
        """The homes by their heads; some are unsafe, and nobody plans to mend them."""
        if self.month[5:] != HOMES:
            return []
        valid = {held.person.number for held in self.holders}
        for person in (person for home in self.homes if unsafe(home) for person in home.persons if person.number in valid):
            self._plan("UNSAFE_HOME", person, "M17")
        heads = ((home.persons[0], "C级" if unsafe(home) else "A级") for home in self.homes)
        return [(head.name, head.citizen_id, grade, "无") for head, grade in heads]


def unsafe(home: Household) -> bool:
    """Whether the household lives in a house of grade C."""
    return home.number % 7 == 2


def paid_late(person: Person) -> bool:
    """Whether the month that was forgotten is paid in the next one."""
    return person.number % 2 == 0


def _came_back(payment: Payment) -> bool:
    return payment.subsidy == LIVING and payment.held.person.number % 20 == 9
