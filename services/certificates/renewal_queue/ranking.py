"""What each expiring card costs its holder when it is not renewed, and in which order to renew. Pure; no payment is decided here.

A subsidy is paid only while a certificate is valid (domain reference, 2.2), and stops by month (2.5; the month is a policy row). What is
not known (no payment heard of) is no loss here, which is why every answer says when each source was last heard of.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.certificates.policy.load import CertificatePolicy
from services.certificates.policy.rows import Queue, StopMonth
from services.certificates.vocabulary import ReviewKind
from services.domain.months import add_months, first_day, month_of, months_from, next_month
from services.matching.vocabulary import Subsidy

Rank = tuple[int, int, str, str]


@dataclass(frozen=True, slots=True)
class Paid:
    """The latest month (like "2026-03") that somebody was paid of a subsidy, and how much (yuan)."""

    subsidy: Subsidy
    month: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Expiring:
    """An issued card that ends, and what is known of its holder. `known_month`: the latest month of which any payment in the holder's
    county is known; `at_home`: the last assessment was made at home."""

    certificate_id: UUID
    person_id: UUID
    division: str
    valid_to: date
    frozen: bool = False
    lost: bool = False
    review: ReviewKind | None = None
    at_home: bool = False
    monitored: bool = False
    known_month: str | None = None
    paid: tuple[Paid, ...] = ()


@dataclass(frozen=True, slots=True)
class Renewal:
    """A card in the queue. Negative `days_left`: it has ended. `payments`: what stops from `first_month_unpaid` on; `loss_ahead`: what
    that costs from this month on over the months of the policy row (yuan), should nobody renew."""

    certificate_id: UUID
    person_id: UUID
    division: str
    valid_to: date
    days_left: int
    first_month_unpaid: str
    payments: tuple[Paid, ...]
    loss_per_month: Decimal
    loss_ahead: Decimal
    monitored: bool
    at_home: bool
    review: ReviewKind | None
    frozen: bool
    lost: bool

    @property
    def rank(self) -> Rank:
        """The place in the queue: the greater loss, then monitored households, then the earlier end, then the id."""
        return -int(self.loss_per_month * 100), int(not self.monitored), str(self.valid_to), str(self.certificate_id)


def span(policy: CertificatePolicy, today: date) -> tuple[date, date]:
    """The last valid days between which a card of any county can be in the queue today."""
    closes = [row.value.closes_months_after for row in policy.renewal.rows if row.holds(today, row.division)]
    ahead = [row.value.horizon_months for row in policy.queue.rows if row.holds(today, row.division)]
    return add_months(today, -max(closes) - 1), add_months(today, max(ahead))


def queue(cards: Iterable[Expiring], policy: CertificatePolicy, today: date) -> list[Renewal]:
    """The cards that can still be renewed and end soon enough, each by its county's rows, in the order in which renewing saves most."""
    mine = (renewal(card, policy, today) for card in cards if _belongs(card, policy, today))
    return sorted(mine, key=lambda row: row.rank)


def _belongs(card: Expiring, policy: CertificatePolicy, today: date) -> bool:
    closes = policy.renewal.one("renewal", today, card.division).closes_months_after
    ahead = policy.queue.one("queue", today, card.division).horizon_months
    return today <= add_months(card.valid_to, closes) and card.valid_to <= add_months(today, ahead)


def renewal(card: Expiring, policy: CertificatePolicy, today: date) -> Renewal:
    """One card, with what stops when it ends."""
    rule = policy.queue.one("queue", today, card.division)
    stops = first_month_unpaid(card.valid_to, policy.stops.one("stops", today, card.division).first_month)
    running = tuple(payment for payment in card.paid if runs(payment.month, stops, card.known_month, rule))
    loss = sum((payment.amount for payment in running), Decimal("0.00"))
    return Renewal(
        certificate_id=card.certificate_id,
        person_id=card.person_id,
        division=card.division,
        valid_to=card.valid_to,
        days_left=(card.valid_to - today).days,
        first_month_unpaid=stops,
        payments=running,
        loss_per_month=loss,
        loss_ahead=loss * months_lost(stops, today, rule.loss_months),
        monitored=card.monitored,
        at_home=card.at_home,
        review=card.review,
        frozen=card.frozen,
        lost=card.lost,
    )


def first_month_unpaid(valid_to: date, rule: StopMonth) -> str:
    """The first month in which nothing is paid to the holder of a card with this last valid day."""
    return month_of(valid_to) if rule is StopMonth.EXPIRY_MONTH else next_month(valid_to)


def runs(paid: str, stops: str, known: str | None, rule: Queue) -> bool:
    """Whether a payment is one that goes on until the card stops it: of the latest month that is known or that the card still
    carries, or at most `stale_months` older. What ended long before has ended for another reason."""
    last = min(known or paid, month_of(add_months(first_day(stops), -1)))
    return months_from(paid, last) <= rule.stale_months


def months_lost(stops: str, today: date, horizon: int) -> int:
    """How many of the next `horizon` months (this one is the first) are without payment."""
    return max(0, horizon - max(0, months_from(month_of(today), stops)))
