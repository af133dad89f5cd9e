"""Waves of expiry by township and month against what can be assessed (domain reference, 1.5: 2028 to 2030 is the next). Pure.

Renewing needs an assessment only where the policy row says so; elsewhere the wave takes no capacity, and the answer says that.
Whoever does not decide on single cards gets no cell of fewer persons than the policy row shows (`shown`, the only place that hides).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from services.certificates.policy.load import CertificatePolicy
from services.certificates.renewal_queue.ranking import Expiring, renewal
from services.domain import divisions
from services.domain.months import add_months, month_of
from services.domain.suppression import Cell, Sum, kept_back
from services.domain.townships import CodeSystem


@dataclass(frozen=True, slots=True)
class Wave:
    """What ends in a month in a township (nine digits) or county (six): cards, those with payments, and what these pay a month (yuan).

    `seats`: of planned rounds of home assessment there. None: not shown.
    """

    division: str
    name: str
    month: str
    cards: int | None
    with_payment: int | None
    amount: Decimal | None
    seats: int


@dataclass(frozen=True, slots=True)
class Load:
    """A county's month: of what ends, how many are to be assessed again (`demand`; None: not shown), and how many can be: the seats of
    planned rounds, and what the institutions do besides. `reassess`: whether renewing needs an assessment there at all."""

    wave: Wave
    reassess: bool
    demand: int | None
    capacity: int
    short: bool


@dataclass(frozen=True, slots=True)
class Forecast:
    """The months ahead, this one first, and per month the counties' loads and the townships' waves."""

    months: tuple[str, ...]
    counties: tuple[Load, ...]
    townships: tuple[Wave, ...]
    exact: bool


Seats = Mapping[tuple[str, str], int]  # (township, month) to the quota of planned rounds
Losses = defaultdict[tuple[str, str], list[Decimal]]  # (township, month) to each ending card's loss per month


def months_ahead(today: date, count: int) -> tuple[str, ...]:
    """So many months, this one first."""
    return tuple(month_of(add_months(today.replace(day=1), n)) for n in range(count))


def forecast(
    cards: Iterable[Expiring], seats: Seats, policy: CertificatePolicy, today: date, months: Sequence[str], sight: str, exact: bool
) -> Forecast:
    """The waves of the townships within `sight` (a division prefix), and the loads of the counties that lie in it as a whole.

    `exact`: for somebody who decides on single cards.
    """
    losses: Losses = defaultdict(list)
    for card in cards:
        losses[divisions.township(card.division), month_of(card.valid_to)].append(renewal(card, policy, today).loss_per_month)
    rows = (row for row in policy.townships.rows if row.holds(today, "") and row.value.code_system is CodeSystem.STATISTICAL)
    places = sorted((row.id, row.value) for row in rows if divisions.inside(row.id, divisions.township(sight)))
    townships = [_wave(t, at.name, m, losses[t, m], seats.get((t, m), 0)) for m in months for t, at in places]
    counties = {divisions.county(t): at.county for t, at in places if divisions.inside(divisions.county(t), sight)}
    loads = [_load(county, name, m, townships, losses, policy, today) for m in months for county, name in counties.items()]
    made = Forecast(tuple(months), tuple(loads), tuple(townships), exact)
    return made if exact else shown(made, policy.reading.one("reading", today, sight).smallest_cell)


def _wave(division: str, name: str, m: str, losses: Sequence[Decimal], seats: int) -> Wave:
    return Wave(division, name, m, len(losses), sum(loss > 0 for loss in losses), sum(losses, Decimal("0.00")), seats)


def _load(
    county: str, name: str, m: str, townships: Sequence[Wave], losses: Losses, policy: CertificatePolicy, today: date
) -> Load:
    inside = [w for w in townships if w.month == m and divisions.inside(w.division, county)]
    wave = _wave(county, name, m, [loss for w in inside for loss in losses[w.division, m]], sum(w.seats for w in inside))
    reassess = policy.renewal.one("renewal", today, county).reassess
    capacity = wave.seats + policy.capacity.one("capacity", today, county).assessments_per_month
    demand = wave.cards if reassess else 0
    return Load(wave, reassess, demand, capacity, bool(demand and demand > capacity))


def shown(whole: Forecast, least: int) -> Forecast:
    """Without cells of 1 to `least` - 1 persons, without those by which such a cell could be computed, and without money and the
    payments of a township."""
    loads, table, sums = [load.wave for load in whole.counties], dict[Cell, int](), list[Sum]()
    for wave in (*whole.townships, *loads):
        table[_cell(wave)] = wave.cards or 0
    for wave in loads:
        paid = wave.with_payment or 0
        table |= {_cell(wave, "paid"): paid, _cell(wave, "unpaid"): table[_cell(wave)] - paid}
        inside = tuple(
            _cell(part) for part in whole.townships if part.month == wave.month and divisions.inside(part.division, wave.division)
        )
        sums += [Sum(_cell(wave), (_cell(wave, "paid"), _cell(wave, "unpaid"))), Sum(_cell(wave), inside)]
    back = kept_back(table, sums, least)

    def hidden(wave: Wave) -> Wave:
        paid = table.get(_cell(wave, "paid")) if _cell(wave, "paid") not in back else None
        return replace(wave, cards=None if _cell(wave) in back else wave.cards, with_payment=paid, amount=None)

    counties = (
        replace(load, wave=(wave := hidden(load.wave)), demand=wave.cards if load.reassess else 0) for load in whole.counties
    )
    return replace(whole, townships=tuple(map(hidden, whole.townships)), counties=tuple(counties))


def _cell(wave: Wave, what: str = "cards") -> Cell:
    return wave.division, f"{wave.month}/{what}"
