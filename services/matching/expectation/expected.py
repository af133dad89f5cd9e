"""What is expected when, and which list answers it. Pure.

An office owes a list for every month after the first of its kind that it sent for a county: nobody knows beforehand which offices have
which lists, and one that has sent it once has it. What offices have agreed on is a row of the policy, and owed though none was ever sent. A
list of a month is owed for that month; one of a year or of its day alone is to be young enough (`max_age_days`) on the day by which the
month's lists are expected.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.domain.months import add_months, first_day, last_day, month_of
from services.matching.expectation.decider import Command, Miss, Note
from services.matching.expectation.events import RosterArrived, RosterOverdue
from services.matching.policy.load import MatchingPolicy
from services.matching.policy.rosters import Period, Roster
from services.matching.roster.projection import RosterRow
from services.matching.vocabulary import RosterKind

LOOKED_BACK = 3  # months whose lists may still come, or be taken back


@dataclass(frozen=True, slots=True)
class Sent:
    """What an office sent of a kind of list for a county: the first month of it (None: none ever came), who sent it last or owes it, and the
    latest lists that count."""

    kind: RosterKind
    division: str
    first_month: str | None
    owner: str
    rosters: Sequence[RosterRow]


def due_on(roster: Roster, period: str) -> date:
    """The last day on which the list of a month is in time: `due_day` of the month after it, or that month's last day."""
    after = add_months(first_day(period), 1)
    return min(after + timedelta(days=roster.due_day - 1), last_day(month_of(after)))


def answering(roster: Roster, sent: Sequence[RosterRow], period: str) -> RosterRow | None:
    """The list that came first of those that answer what is expected for a month."""
    if roster.period is Period.MONTH:
        found = [row for row in sent if row.period == period]
    else:
        oldest = due_on(roster, period) - timedelta(days=roster.max_age_days)
        found = [row for row in sent if row.as_of >= oldest]
    return min(found, key=lambda row: (row.received_at, str(row.roster_id)), default=None)


def with_expected(sent: Iterable[Sent], policy: MatchingPolicy) -> list[Sent]:
    """What offices sent, and what rows of the policy expect of them that they never did."""
    found = {(each.kind, each.division): each for each in sent}
    for row in policy.expected_lists.rows:
        if row.value.on:
            found.setdefault((row.value.kind, row.division), Sent(row.value.kind, row.division, None, row.value.owner, ()))
    return list(found.values())


def _owed(each: Sent, period: str, policy: MatchingPolicy) -> bool:
    """Whether the list of a month is owed: one was sent for a month before it, or a row expects it."""
    if each.first_month is not None and period > each.first_month:
        return True
    first = first_day(period)
    rows = (row for row in policy.expected_lists.rows if row.value.on and row.value.kind is each.kind)
    return any(row.division == each.division and row.holds(first, row.division) for row in rows)


def commands(sent: Iterable[Sent], policy: MatchingPolicy, today: date) -> Iterable[tuple[str, Sent, Command]]:
    """What there is to say of each list that is owed, for the months that are looked back at: the month, and the command."""
    for each in sent:
        roster = policy.rosters.one(each.kind, today, each.division)
        for back in range(LOOKED_BACK, 0, -1):
            period = month_of(add_months(today.replace(day=1), -back))
            if not _owed(each, period, policy):
                continue
            due, found = due_on(roster, period), answering(roster, each.rosters, period)
            if found:
                late = max(0, (found.received_on - due).days)
                yield period, each, Note(_arrived(each, period, due, found, late))
            elif today > due:
                yield (
                    period,
                    each,
                    Miss(RosterOverdue(kind=each.kind, division=each.division, period=period, owner=each.owner, due_on=due)),
                )


def _arrived(each: Sent, period: str, due: date, found: RosterRow, late: int) -> RosterArrived:
    return RosterArrived(
        kind=each.kind,
        division=each.division,
        period=period,
        owner=found.sent_by,
        due_on=due,
        roster_id=found.roster_id,
        arrived_on=found.received_on,
        days_late=late,
    )
