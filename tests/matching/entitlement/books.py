"""The books of one county in memory: lists come in one by one, each time everything is derived, and what was said stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from services.domain.months import first_day, last_day
from services.kernel.events import Recorded, stream_id
from services.kernel.projection import fold_into
from services.kernel.service import Issued
from services.matching.county_facts.known import KnownPayment, KnownStanding
from services.matching.county_facts.limits import MonthRule
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import (
    CardChange,
    CardStep,
    Feed,
    LifeEvent,
    Linkage,
    Month,
    Person,
    PersonRow,
    Rate,
)
from services.matching.entitlement.derive import commands
from services.matching.entitlement.projection import STANDINGS, StandingRow
from services.matching.payment.projection import PAYMENTS, PaymentRow
from services.matching.policy.load import load_policy
from services.matching.policy.subsidy_rows import Effect, Situation, Stop
from tests.matching.county_facts.story import ALWAYS, TABLES, months
from tests.spec import SEED, context

POLICY = load_policy()
COUNTY, VILLAGE = "533421", "533421100200"
TODAY = date(2026, 5, 10)
WINDOW = months("2026-01", "2026-04")
Fill = Callable[[County], None]


@dataclass
class Books:
    """See the module. `folder`: private to a county in memory."""

    folder: Path
    states: dict[UUID, tuple[Any, int]] = field(default_factory=dict)
    payments: dict[Any, PaymentRow | None] = field(default_factory=dict)
    standings: dict[Any, StandingRow | None] = field(default_factory=dict)

    def run(self, lists: Sequence[Fill], today: date = TODAY, window: Sequence[str] = WINDOW) -> list[Any]:
        """Derive by these lists, and take down what is new: its events."""
        with County(self.folder, TABLES) as county:
            _rows_of_the_policy(county, window)
            for fill in lists:
                fill(county)
            self._known(county)
            county.derive()
            issued = commands(county, COUNTY, today, POLICY)
        return [event for each in issued for event in self._decided(each, today)]

    def _decided(self, issued: Issued, today: date) -> list[Any]:
        decider, stream, command = issued
        state, version = self.states.get(stream, (decider.initial, 0))
        events = list(decider.decide(state, command, POLICY, context(today)))
        for event in events:
            version += 1
            state = decider.evolve(state, event)
            now = context(today).now
            recorded = Recorded(SEED, stream, version, "matching", event, event.division, "m", now, now, SEED, None, "v")
            fold_into(PAYMENTS, self.payments, recorded)
            fold_into(STANDINGS, self.standings, recorded)
        self.states[stream] = state, version
        return events

    def _known(self, county: County) -> None:
        county.put("known_payment", [_payment(row) for row in self.payments.values() if row])
        county.put("known_standing", [_standing(row) for row in self.standings.values() if row])

    def paid(self) -> dict[tuple[UUID, str, str], Decimal]:
        """What stands of payments: person, month, nature → yuan."""
        return {(row.person_id, row.month, row.nature.value): row.amount for row in self.payments.values() if row}

    def stands(self) -> set[StandingRow]:
        """What stands of subsidies."""
        return {row for row in self.standings.values() if row}


def _payment(row: PaymentRow) -> KnownPayment:
    return KnownPayment(row.person_id, row.subsidy.value, row.month, row.sheet_month, row.nature.value, row.amount, row.roster_id)


def _standing(row: StandingRow) -> KnownStanding:
    return KnownStanding(
        person_id=row.person_id,
        subsidy=row.subsidy.value,
        division=row.division,
        entitled=row.entitled,
        from_month=row.from_month,
        reason=row.reason,
        grade=row.grade if row.entitled else None,
        yuan=row.yuan,
        at_risk_card=row.at_risk_card,
        at_risk_by=row.at_risk_by,
        decided_from=row.decided_from,
        decided_until=row.decided_until,
        decided_here_on=row.decided_here_on,
    )


def _rows_of_the_policy(county: County, window: Sequence[str]) -> None:
    county.put("month", [Month(month, first_day(month), last_day(month)) for month in window])
    county.put("rate", [Rate("LIVING", None, ALWAYS, None, Decimal(100)), Rate("CARE", 1, ALWAYS, None, Decimal(110))])
    county.put("rate", [Rate("CARE", 2, ALWAYS, None, Decimal(100))])
    county.put("linkage", [Linkage("DESTITUTE_SUPPORT", each, Effect.EXCLUDES, ALWAYS, None) for each in ("LIVING", "CARE")])
    county.put("month_rule", [MonthRule(Situation.DIED, Stop.MONTH_AFTER_EVENT, ALWAYS, None)])


def register(*cards: tuple[int, int, date]) -> Fill:
    """Persons with a card each: number, grade, last valid day."""

    def fill(county: County) -> None:
        county.put("person", [Person(UUID(int=number), VILLAGE, "1980-01") for number, _, _ in cards])
        changes = [
            CardChange(UUID(int=100 + n), 1, UUID(int=n), CardStep.VALID, ALWAYS, "HEARING", grade, ALWAYS, until)
            for n, grade, until in cards
        ]
        county.put("card_change", changes)

    return fill


def renewed(number: int, day: date, until: date) -> Fill:
    """The card of a person is renewed."""
    change = CardChange(UUID(int=100 + number), 2, UUID(int=number), CardStep.VALID, day, None, None, day, until)
    return lambda county: county.put("card_change", [change])


def died(number: int, day: date) -> Fill:
    """A person died."""
    return lambda county: county.put("life_event", [LifeEvent(UUID(int=number), Situation.DIED, day, day)])


def listed(kind: str, month: str, *rows: dict[str, Any], roster: int = 0) -> Fill:
    """A list of a month; each row names its person by `who` and what is kept of it."""

    def fill(county: County) -> None:
        roster_id, number = UUID(int=roster) if roster else stream_id(kind, month), count(4)
        county.put("feed", [Feed(kind, month, roster_id, last_day(month), True)])
        for row in rows:
            place, who = next(number), UUID(int=row["who"])
            county.put("person_row", [PersonRow(roster_id, place, UUID(int=10_000 + row["who"]), who)])
            county.put_named(kind.lower(), [{"roster_id": roster_id, "row": place} | {k: v for k, v in row.items() if k != "who"}])

    return fill


def on(kind: str, month: str, *numbers: int) -> Fill:
    """Persons on a list of a month, each a household of one."""
    return listed(kind, month, *(_household(n) if kind == "SUBSISTENCE_ALLOWANCE" else {"who": n} for n in numbers))


def _household(number: int) -> dict[str, Any]:
    return {"who": number, "household": UUID(int=500 + number), "head": UUID(int=10_000 + number), "persons": 1}


def pays(who: int, amount: int, subsidy: str = "LIVING", **more: Any) -> dict[str, Any]:
    """A row of a payment sheet, or of the bank's results."""
    return {"who": who, "subsidy": subsidy, "amount": Decimal(amount)} | more
