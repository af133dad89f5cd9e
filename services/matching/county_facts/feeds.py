"""Which rosters speak for which month: the newest usable one of each kind, or why there is none. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from services.domain.months import add_months, first_day, last_day, month_of
from services.kernel.policy import Rules
from services.matching.county_facts.tables import Feed, Unusable
from services.matching.policy.rosters import Period, Roster
from services.matching.vocabulary import RosterKind, RosterState

_YEAR = 366  # days
_BEFORE: Mapping[str, int] = {RosterKind.MEDICAL_AID: 11}  # of how many months before, too: costs are added up over a year


@dataclass(frozen=True, slots=True)
class Sent:
    """A roster that came in. `rejected`: how many of its rows could not be used; `kept`: whether the others are still there."""

    roster_id: UUID
    kind: str
    period: str | None
    as_of: date
    state: RosterState
    sent_by: str
    rows: int
    kept: bool
    received_at: datetime
    received_on: date
    rejected: int = 0

    def lacks(self, oldest: date) -> Unusable | None:
        """Why it is no base for a comparison; `oldest`: the first day as of which it may be."""
        if self.state is not RosterState.RECEIVED:
            return Unusable.HELD if self.state is RosterState.HELD else Unusable.REJECTED
        if self.rows == 0:
            return Unusable.EMPTY
        if self.as_of < oldest:
            return Unusable.TOO_OLD
        return None if self.kept else Unusable.NOT_KEPT


def feeds(sent: Sequence[Sent], kinds: Rules[Roster], county: str, months: Sequence[str], today: date) -> Iterator[Feed]:
    """What speaks for these months, and for those before them that a kind is read over. A roster that was taken back counts for nothing."""
    by_kind: dict[str, list[Sent]] = {}
    for roster in sorted(sent, key=lambda each: (each.as_of, each.received_at), reverse=True):
        if roster.state is not RosterState.WITHDRAWN:
            by_kind.setdefault(roster.kind, []).append(roster)
    for kind, rosters in by_kind.items():
        roster_kind = kinds.one(kind, today, county)
        for month in _wanted(kind, months):
            yield from _speaking(rosters, kind, roster_kind, month, today)


def newest(speaking: Iterable[Feed]) -> set[UUID]:
    """Of each kind and sender the usable roster of the last month for which there is one."""
    usable = (feed for feed in speaking if feed.usable)
    return {
        feed.roster_id
        for feed in {(feed.kind, feed.sent_by): feed for feed in sorted(usable, key=lambda feed: feed.month)}.values()
    }


def _wanted(kind: str, months: Sequence[str]) -> list[str]:
    back = _BEFORE.get(kind, 0)
    return sorted({month_of(add_months(first_day(month), -number)) for month in months for number in range(back + 1)})


def _speaking(rosters: Sequence[Sent], kind: str, roster_kind: Roster, month: str, today: date) -> Iterator[Feed]:
    """One roster of each sender where each sends a part, else that of the first sender who has a usable one, or sent any."""
    end = min(last_day(month), today)
    oldest = date.min if roster_kind.period is Period.MONTH else end - timedelta(days=roster_kind.max_age_days)
    found = []
    for agency in roster_kind.senders:
        mine = [roster for roster in rosters if roster.sent_by == agency and _is_of(roster, roster_kind, month, end)]
        if mine:
            # Of several, the newest that can be used: what came after it and cannot be leaves it as good as it was.
            best = next((roster for roster in mine if roster.lacks(oldest) is None), mine[0])
            why = best.lacks(oldest)
            own_month = best.period if best.period and roster_kind.period is Period.MONTH else month_of(best.as_of)
            found.append(Feed(kind, month, best.roster_id, best.as_of, why is None, why, agency, own_month))
    if roster_kind.in_parts:
        yield from found
    else:
        yield from sorted(found, key=lambda feed: not feed.usable)[:1]


def _is_of(roster: Sent, kind: Roster, month: str, end: date) -> bool:
    """Whether a roster can speak for a month: it is of that month, or was there by its end. One of a year speaks for that year; for a later
    one, too, where it may be older than a year."""
    match kind.period:
        case Period.MONTH:
            return roster.period == month
        case Period.YEAR:
            return roster.as_of <= end and (roster.period == month[:4] or kind.max_age_days > _YEAR)
        case Period.DAY:
            return roster.as_of <= end
