"""A county of one person, told month by month: what the register says, what the lists say, what the rules make of it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from uuid import UUID

from services.domain.months import first_day, last_day, month_of
from services.matching.comparison.derive import Derived, derive
from services.matching.comparison.rules import load_rules
from services.matching.county_facts.in_force import measure_limits
from services.matching.county_facts.known import KnownFinding
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import (
    CardChange,
    CardStep,
    Feed,
    HouseholdMember,
    Linkage,
    Month,
    Person,
    PersonRow,
    Rate,
    tables,
)
from services.matching.finding.decider import finding_id
from services.matching.finding.events import Found
from services.matching.policy.load import load_policy
from services.matching.policy.subsidy_rows import Effect

COUNTY, VILLAGE = "533421", "533421100200"
PERSON, CARD, MATE = UUID(int=1), UUID(int=2), UUID(int=3)
ALLOWANCE, DESTITUTE, PAYMENT, OTHER = "SUBSISTENCE_ALLOWANCE", "DESTITUTE_SUPPORT", "SUBSIDY_PAYMENT", "OTHER_ALLOWANCE"
BANK = "BANK_RESULT"
ALWAYS = date(2016, 1, 1)
POLICY = load_policy()
TABLES = tables(POLICY.rosters)
RULES = load_rules(POLICY.rosters)


def months(first: str, last: str) -> list[str]:
    """Every month from the first to the last."""
    found = [first]
    while found[-1] < last:
        found.append(month_of(date.fromordinal(last_day(found[-1]).toordinal() + 1)))
    return found


class Story:
    """What happens to one person who lives alone, and what the months say of it. Lists are all there unless they are `missing`."""

    def __init__(self, county: County, first: str, last: str, on_allowance: bool = True, missing: Sequence[str] = ()) -> None:
        self.county, self.versions, self.rows = county, count(1), count(1)
        self.months = months(first, last)
        self.lists: dict[tuple[str, str], UUID] = {}
        looked_at = [Month(month, first_day(month), last_day(month)) for month in self.months]
        county.put("month", looked_at)
        county.put("measure_limit", measure_limits(POLICY, COUNTY, looked_at))
        county.put("person", [Person(PERSON, VILLAGE, "1980-01"), Person(MATE, VILLAGE, "1982-01")])
        for month in self.months:
            for kind in (ALLOWANCE, DESTITUTE, PAYMENT, OTHER):
                if kind not in missing:
                    self.lists[kind, month] = roster = UUID(int=1000 + len(self.lists))
                    county.put("feed", [Feed(kind, month, roster, last_day(month), True)])
            if on_allowance and ALLOWANCE not in missing:
                self.allowance(month, PERSON)
        county.put("rate", [Rate("LIVING", None, date(2023, 1, 1), date(2026, 1, 1), Decimal(90))])
        county.put("rate", [Rate("LIVING", None, date(2026, 1, 1), None, Decimal(100))])
        county.put("rate", [Rate("CARE", 1, ALWAYS, None, Decimal(110)), Rate("CARE", 2, ALWAYS, None, Decimal(100))])
        county.put("linkage", [Linkage(DESTITUTE, subsidy, Effect.EXCLUDES, ALWAYS, None) for subsidy in ("LIVING", "CARE")])

    def card(self, kind: CardStep, day: date, valid_to: date | None = None, grade: int | None = None) -> "Story":
        """One more change of the card."""
        category, first = ("HEARING", day) if valid_to else (None, None)
        change = CardChange(CARD, next(self.versions), PERSON, kind, day, category, grade, first, valid_to)
        self.county.put("card_change", [change])
        return self

    def there(self, kind: str, month: str) -> None:
        """A list of a month that is there, and nobody on it yet."""
        self.lists[kind, month] = roster = UUID(int=2000 + len(self.lists))
        self.county.put("feed", [Feed(kind, month, roster, last_day(month), True)])

    def listed(self, kind: str, month: str, person: UUID | None) -> tuple[UUID, int]:
        """A row of a list that leads to a person, or to nobody whom the register knows."""
        roster, row = self.lists[kind, month], next(self.rows)
        self.county.put("person_row", [PersonRow(roster, row, UUID(int=10_000 + (person.int if person else row)), person)])
        return roster, row

    def allowance(self, month: str, head: UUID, persons: int = 1) -> "Story":
        """A household on the allowance, by a row of its head."""
        roster, row = self.listed(ALLOWANCE, month, head)
        household = {"household": UUID(int=8), "head": UUID(int=10_000 + head.int), "persons": persons}
        self.county.put_named("subsistence_allowance", [{"roster_id": roster, "row": row} | household])
        return self

    def pay(
        self,
        month: str,
        amount: int,
        subsidy: str = "LIVING",
        nature: str = "REGULAR",
        person: UUID | None = PERSON,
        for_months: tuple[str, ...] | None = None,
        counted: int | None = None,
        grade: int | None = None,
    ) -> "Story":
        """A row of the payment sheet of a month."""
        roster, row = self.listed(PAYMENT, month, person)
        paid = {
            "subsidy": subsidy,
            "nature": nature,
            "amount": Decimal(amount),
            "months": counted,
            "for_months": for_months,
            "grade": grade,
        }
        self.county.put_named("subsidy_payment", [{"roster_id": roster, "row": row} | paid])
        return self

    def bank(self, month: str, amount: int, succeeded: str = "NO", subsidy: str = "LIVING") -> "Story":
        """What the bank says of a payment of a month's sheet."""
        if (BANK, month) not in self.lists:
            self.there(BANK, month)
        roster, row = self.listed(BANK, month, PERSON)
        said = {
            "subsidy": subsidy,
            "amount": Decimal(amount),
            "succeeded": succeeded,
            "reason": None if succeeded == "YES" else "ACCOUNT_CLOSED",
        }
        self.county.put_named("bank_result", [{"roster_id": roster, "row": row} | said])
        return self

    def lives_with(self, person: UUID) -> "Story":
        """Monitoring knows both in one household."""
        self.county.put("household_member", [HouseholdMember(UUID(int=7), each) for each in (PERSON, person)])
        return self

    def known(self, found: Found, state: str = "OPEN", until: date | None = None) -> "Story":
        """A finding of before."""
        key = (found.rule, found.subject_kind, found.subject, found.object, found.period)
        self.county.put("finding", [KnownFinding(finding_id(*key), *key, state, until)])
        return self

    def parts(self) -> list[tuple[str, str, str, int]]:
        """What each sheet says of each month: sheet's month, month, nature, yuan."""
        self.county.derive()
        return self.county.ask("SELECT sheet_month, month, nature, amount::INT FROM payment_part ORDER BY ALL")

    def entitled(self, subsidy: str = "LIVING") -> list[str]:
        """The months for which the person may have the subsidy."""
        self.county.derive()
        return self.entitled_months(subsidy)

    def entitled_months(self, subsidy: str = "LIVING") -> list[str]:
        """The same, of facts that are derived already."""
        rows = self.county.ask("SELECT month FROM entitlement WHERE subsidy = ? AND entitled ORDER BY month", subsidy)
        return [month for (month,) in rows]

    def derived(self, today: date = date(2027, 1, 1)) -> Derived:
        """What the rules make of it all."""
        self.county.derive()
        return derive(self.county, RULES.rows, COUNTY, today)

    def found(self) -> list[tuple[str, str]]:
        """Rule and period of what is new."""
        return [(found.rule, found.period) for found in self.derived().found]
