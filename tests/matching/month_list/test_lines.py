"""Who stands on an adjustment list, part by part: a county of persons of whom the register, the lists and officials say different things."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from services.matching.county_facts.known import BackPay, KnownFinding, KnownStanding, PaidElsewhere, Renewal
from services.matching.county_facts.limits import MonthRule
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import CardChange, CardStep, Elsewhere, LifeEvent, Person
from services.matching.month_list.decider import Freeze
from services.matching.month_list.events import ListLine
from services.matching.month_list.lines import Asked, freeze
from services.matching.policy.load import load_policy
from services.matching.policy.subsidy_rows import Situation, Stop
from services.matching.vocabulary import ListPart, RosterKind, Subsidy
from tests.matching.county_facts.lookalikes import may_be
from tests.matching.county_facts.story import ALLOWANCE, ALWAYS, BANK, COUNTY, DESTITUTE, OTHER, PAYMENT, TABLES, VILLAGE, Story

ROW = load_policy().month_lists.one("adjustment", date(2026, 7, 8), COUNTY)
TODAY, LONG, LEAD = date(2026, 7, 8), date(2033, 12, 31), UUID(int=77)
PAID = ("2026-04", "2026-05", "2026-06")
NOT_RECEIVED, NOT_ENTITLED = "ENTITLED_NOT_RECEIVING", "RECEIVING_NOT_ENTITLED"


class Town(Story):
    """April to July; of July no list has come yet. Whoever is put in has a card and stands on the allowance list, unless it is said."""

    def __init__(self, county: County, missing: Sequence[str] = ()) -> None:
        super().__init__(county, "2026-04", "2026-07", on_allowance=False, missing=missing)
        county.run("DELETE FROM feed WHERE month = '2026-07'")
        county.put("back_pay", [BackPay(ALWAYS, None, 1)])
        county.put("month_rule", [MonthRule(Situation.DIED, Stop.MONTH_AFTER_EVENT, ALWAYS, None)])
        self.persons: dict[str, UUID] = {}
        self.cards = count(1000)

    def person(
        self,
        name: str,
        paid: Sequence[str] = (),
        subsidy: str = "LIVING",
        until: date = LONG,
        grade: int = 3,
        poor: bool = True,
    ) -> UUID:
        """Somebody, with the months of which the sheets pay them."""
        who = self.persons[name] = UUID(int=600 + len(self.persons))
        self.county.put("person", [Person(who, VILLAGE, "1980-01")])
        self.has_card(who, date(2024, 1, 1), until, grade)
        if poor and (ALLOWANCE, "2026-06") in self.lists:
            for month in PAID:
                self.allowance(month, who)
        for month in paid:
            self.pay(month, 100, subsidy, person=who)
        return who

    def has_card(self, who: UUID, since: date, until: date, grade: int) -> None:
        """A card, or the same with other dates and another grade."""
        change = CardChange(who, next(self.cards), who, CardStep.VALID, since, "HEARING", grade, since, until)
        self.county.put("card_change", [change])

    def finding(self, who: UUID, of_type: str, state: str, period: str, until: date | None = None) -> None:
        """A finding about somebody's living subsidy."""
        self.county.put("finding", [KnownFinding(LEAD, "RULE", "PERSON", who, "LIVING", period, state, until, of_type=of_type)])

    def decided(self, who: UUID, since: str, until: str | None = None) -> None:
        """What civil affairs decided of somebody's living subsidy."""
        self.county.put("known_standing", [KnownStanding(who, "LIVING", VILLAGE, *((None,) * 7), since, until)])

    def renewing(self, who: UUID) -> None:
        """Somebody's card is under way."""
        self.county.put("renewal", [Renewal(who, date(2026, 6, 20))])

    def frozen(self, subsidy: Subsidy = Subsidy.LIVING, edition: int = 1) -> Freeze:
        """The list of July, made on the eighth; the facts are derived."""
        return freeze(self.county, Asked(COUNTY, subsidy, "2026-07", edition, TODAY), ROW)


def to_be_added(town: Town) -> None:
    """Who is not paid: with leads, refutations, decisions, a row that may be theirs, another county's payment."""
    town.finding(town.person("entitled"), NOT_RECEIVED, "OPEN", "2026-06")
    town.finding(town.person("refuted for good"), NOT_RECEIVED, "REFUTED", "2026-06")
    town.finding(town.person("refuted until today"), NOT_RECEIVED, "REFUTED", "2026-05", TODAY)
    town.finding(town.person("refuted until yesterday"), NOT_RECEIVED, "REFUTED", "2026-06", date(2026, 7, 7))
    town.finding(town.person("refuted of an earlier month"), NOT_RECEIVED, "REFUTED", "2026-05")
    town.decided(town.person("granted"), "2026-07")
    roster, row = town.listed(PAYMENT, "2026-06", None)
    may_be(town.county, roster, row, town.person("may be on the sheet"))
    for name, moved_on in (("paid elsewhere", None), ("moved here", date(2026, 6, 20))):
        who = town.person(name)
        town.county.put("paid_elsewhere", [PaidElsewhere(who, "LIVING", "2026-06", Decimal(100))])
        if moved_on:
            town.county.put("elsewhere", [Elsewhere(who, None, date(2026, 6, 19))])
            town.decided(who, "2026-07")
    town.person("severe", grade=1, poor=False)


def to_be_doubted(town: Town) -> None:
    """Who is paid: rightly, or with a card that ended, after a death, a move, a decision, without the allowance."""
    town.person("paid rightly", PAID)
    town.person("card ended", PAID, until=date(2026, 6, 30))
    town.person("card ends in the month", PAID, until=date(2026, 7, 1))
    town.renewing(town.person("card under way", PAID, until=date(2026, 6, 30)))
    dead = town.person("dead", PAID)
    town.county.put("life_event", [LifeEvent(dead, Situation.DIED, date(2026, 6, 2), date(2026, 7, 1))])
    town.renewing(dead)
    town.person("off the allowance", PAID, poor=False)
    town.finding(town.person("doubt refuted", PAID, poor=False), NOT_ENTITLED, "REFUTED", "2026-06")
    ended = town.person("ended by decision", PAID)
    town.decided(ended, "2025-01", "2026-07")
    town.renewing(ended)
    town.county.put("elsewhere", [Elsewhere(town.person("moved away", PAID), date(2026, 6, 10), None)])
    for name, grade in (("first grade", 1), ("third grade", 3)):
        who = town.person(name, PAID, "CARE", grade=2, poor=False)
        town.has_card(who, date(2026, 6, 20), date(2036, 6, 19), grade)


def to_be_made_up_for(town: Town) -> None:
    """Who was paid nothing for a month, or whose money came back."""
    town.person("a month between", ("2026-04", "2026-06"))
    town.person("never before", ("2026-06",))
    town.decided(town.person("granted before", ("2026-06",)), "2026-05")
    late = town.person("renewed late", ("2026-04",), until=date(2026, 4, 20))
    town.has_card(late, date(2026, 7, 2), LONG, 3)
    for name in ("came back", "made up for"):
        who = town.person(name, PAID)
        if (BANK, "2026-05") not in town.lists:
            town.there(BANK, "2026-05")
        roster, row = town.listed(BANK, "2026-05", who)
        said = {"subsidy": "LIVING", "amount": Decimal(100), "succeeded": "NO", "reason": "ACCOUNT_CLOSED"}
        town.county.put_named("bank_result", [{"roster_id": roster, "row": row} | said])
    town.pay("2026-06", 100, nature="ARREARS", person=town.persons["made up for"], for_months=("2026-05",))


Lines = dict[tuple[str, Subsidy], list[ListLine]]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Everybody of this module in one county."""
    with County(tmp_path_factory.mktemp("county"), TABLES) as county:
        made = Town(county)
        for put in (to_be_added, to_be_doubted, to_be_made_up_for):
            put(made)
        county.derive()
        yield made


@pytest.fixture(scope="module")
def lines(town: Town) -> Lines:
    """The lines of each by name and subsidy."""
    names = {who: name for name, who in town.persons.items()}
    found: Lines = {}
    for subsidy in (Subsidy.LIVING, Subsidy.CARE):
        for line in town.frozen(subsidy).lines:
            found.setdefault((names[line.person_id], subsidy), []).append(line)
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("entitled", [(ListPart.ADD, None)]),
        ("refuted for good", []),
        ("refuted until today", []),
        ("refuted until yesterday", [(ListPart.ADD, None)]),
        ("refuted of an earlier month", [(ListPart.ADD, None)]),
        ("granted", [(ListPart.ADD, None)]),
        ("may be on the sheet", []),  # neither paid nor not
        ("paid elsewhere", []),
        ("moved here", [(ListPart.ADD, None)]),  # the other county paid for the last time
        ("paid rightly", []),
        ("card ended", [(ListPart.STOP, "NO_CARD")]),
        ("card ends in the month", []),
        ("card under way", [(ListPart.RENEWING, "NO_CARD")]),
        ("dead", [(ListPart.STOP, "DIED")]),
        ("off the allowance", [(ListPart.STOP, "NOT_ON_ALLOWANCE")]),
        ("doubt refuted", []),
        ("ended by decision", [(ListPart.STOP, "DECISION_ENDED")]),
        ("moved away", [(ListPart.STOP, "MOVED_AWAY")]),
        ("a month between", [(ListPart.ARREARS, None)]),
        ("never before", []),  # owed from the application on, which nobody knows of
        ("granted before", [(ListPart.ARREARS, None)]),
        ("came back", [(ListPart.RETURNED, "ACCOUNT_CLOSED")]),
        ("made up for", []),
    ],
)
def test_whoever_is_listed_is_listed_for_a_reason(lines: Lines, name: str, expected: list[object]) -> None:
    assert [(line.part, line.reason) for line in lines.get((name, Subsidy.LIVING), [])] == expected


@pytest.mark.parametrize(
    ("name", "subsidy", "expected"),
    [
        ("entitled", Subsidy.LIVING, {"finding_id": LEAD, "yuan": Decimal(100), "grade": 3, "valid_to": LONG, "decided": False}),
        ("granted", Subsidy.LIVING, {"decided": True, "finding_id": None}),
        ("card under way", Subsidy.LIVING, {"valid_to": date(2026, 6, 30)}),
        ("ended by decision", Subsidy.LIVING, {"decided": True}),
        ("a month between", Subsidy.LIVING, {"months": ("2026-05",), "decided": False}),
        ("granted before", Subsidy.LIVING, {"months": ("2026-05",), "decided": True}),
        ("came back", Subsidy.LIVING, {"months": ("2026-05",), "yuan": Decimal(100)}),
        ("first grade", Subsidy.CARE, {"part": ListPart.GRADE, "grade_before": 2, "grade": 1, "yuan": Decimal(110)}),
        ("third grade", Subsidy.CARE, {"part": ListPart.STOP, "reason": "GRADE"}),
        ("severe", Subsidy.CARE, {"part": ListPart.ADD, "unchecked": (RosterKind.NEEDS_SURVEY,)}),
    ],
)
def test_a_line_says_what_is_known(lines: Lines, name: str, subsidy: Subsidy, expected: dict[str, Any]) -> None:
    (line,) = lines[name, subsidy]
    assert {field: getattr(line, field) for field in expected} == expected


def test_of_the_months_before_a_late_renewal_as_many_as_may_be_made_up_for(lines: Lines) -> None:
    (line,) = [each for each in lines["renewed late", Subsidy.LIVING] if each.part is ListPart.ARREARS]
    assert (line.reason, line.months) == ("RENEWED_LATE", ("2026-06",))


def test_lines_of_another_edition_are_others(town: Town) -> None:
    first, second = ({line.line_id for line in town.frozen(edition=edition).lines} for edition in (1, 2))
    assert first.isdisjoint(second)


def test_the_newest_sheet_and_the_lists_that_were_gone_by_are_named(town: Town) -> None:
    frozen = town.frozen().frozen
    assert (frozen.paid_month, frozen.title, frozen.pay_day) == (
        "2026-06",
        "2026年7月困难残疾人生活补贴发放调整名单",
        date(2026, 7, 15),
    )
    inputs = {given.kind: (given.period, given.as_of, given.why) for given in frozen.inputs}
    assert inputs[RosterKind.SUBSIDY_PAYMENT] == ("2026-06", date(2026, 6, 30), None)
    assert inputs[RosterKind.BANK_RESULT] == (None, None, "MISSING")  # of May there is one, and none since


@pytest.mark.parametrize(
    ("missing", "lacking"),
    [
        ((PAYMENT,), {part: RosterKind.SUBSIDY_PAYMENT for part in ListPart if part is not ListPart.UNKNOWN}),
        ((ALLOWANCE, DESTITUTE, OTHER), dict.fromkeys((ListPart.ADD, ListPart.STOP), RosterKind.DESTITUTE_SUPPORT)),
    ],
)
def test_without_the_list_that_would_say_it_nobody_is_listed_and_the_part_says_so(
    county: County, missing: Sequence[str], lacking: dict[ListPart, RosterKind]
) -> None:
    town = Town(county, missing)
    town.person("not paid")
    if PAYMENT not in missing:
        town.person("off the allowance", PAID, poor=False)
    county.derive()
    made = town.frozen()
    assert made.lines == ()
    sizes = {size.part: size.lacking for size in made.frozen.parts}
    assert all(kind in sizes[part] for part, kind in lacking.items())
    assert {given.why for given in made.frozen.inputs if given.kind in lacking.values()} == {"MISSING"}
