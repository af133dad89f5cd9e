"""双月调度: the matters on which a county's or the prefecture's two-monthly meeting must decide, as of the end of the second month. Pure.

What no office could end by itself: what stands with the working committee's office, what was sent to and fro, what a lead has not ended,
lists that did not come, reminders that reached nobody. Matters by the number of their case, never a person; each with the unit and the
day that are proposed. What a topic has beyond its rows is counted. Like the monthly report it says of a past month what it said then.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.domain import divisions
from services.domain.file_number import file_number
from services.kernel.errors import Malformed
from services.kernel.period import Period, period
from services.notifications.notice.escalation_chain import named
from services.notifications.notice.projection import NoticeRow
from services.notifications.policy.ladder_rows import FEDERATION
from services.notifications.policy.load import COORDINATOR, NoticePolicy
from services.notifications.policy.report_rows import Dispatching, Topic
from services.notifications.report.monthly import NOTHING_CAME, office_of, owed_lists
from services.notifications.report.projection import ArrivalRow
from services.notifications.report.reminder_figures import Reminded, unreached_by_unit
from services.notifications.report.tally import OWN, place_of, queued_on


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the list. `unit`: proposed as responsible; `about`: short name of the event, of a list its name; `days`: since `since`.

    `offices` have it now; `returned`: how often it was sent back; `reported`: a lead reported, and the committee's office has not answered;
    `why`: a list's refusal, or `nothing_came`; `unreached`: cards of the first and of the second month, None where kept back.
    """

    topic: Topic
    file_number: str | None
    about: str
    unit: str
    since: date
    days: int
    offices: tuple[str, ...] = ()
    returned: int = 0
    reported: bool = False
    why: str | None = None
    unreached: tuple[int | None, int | None] | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many lines of a topic stand behind those that are shown."""

    topic: Topic
    count: int


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The list. `running`: the second month is not over, and `last` is the day it is told of; `due_on`: the deadline proposed."""

    month: str
    division: str
    name: str
    issuer: str
    first: date
    last: date
    running: bool
    smallest_cell: int
    due_on: date
    topics: tuple[Topic, ...]
    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]


def meeting(month: str, now: datetime, division: str, policy: NoticePolicy) -> Period:
    """The second of the two months before a meeting. Raises `Malformed` for a month that has not begun or ends no pair."""
    within = period(month, now)
    months = policy.meetings.one("bimonthly", within.last, division).months
    if within.first.month not in months:
        raise Malformed("no_meeting_after_this_month", f"双月调度清单按{'、'.join(map(str, months))}月编制")
    return within


def both(within: Period) -> Period:
    """The two months of which this is the second."""
    return replace(within, first=within.before.first)


def dispatch(
    stood: Sequence[NoticeRow],
    reminded: Reminded,
    arrived: Sequence[ArrivalRow],
    within: Period,
    division: str,
    policy: NoticePolicy,
) -> Dispatch:
    """The list for the meeting that follows the month `within`."""
    rules, reporting = (
        policy.meetings.one("bimonthly", within.last, division),
        policy.reporting.one("monthly", within.last, division),
    )
    found = [
        *_matters(stood, within.last, division, rules, policy),
        *_lists(arrived, both(within), division, policy),
        *_reminders(reminded, within, division, reporting.smallest_cell, policy),
    ]
    longest = sorted(found, key=lambda item: (-item.days, item.unit, item.file_number or "", item.about))
    topics = [[item for item in longest if item.topic is topic] for topic in rules.topics]
    beyond = [LeftOut(topic, len(each) - rules.most) for topic, each in zip(rules.topics, topics, strict=True)]
    name = policy.unit_name(division, within.last)
    return Dispatch(
        f"{within.first:%Y-%m}",
        division,
        name,
        name + policy.name(f"{reporting.issuer}:", within.last),
        both(within).first,
        within.last,
        within.running,
        reporting.smallest_cell,
        policy.calendar.add(within.last, rules.days),
        rules.topics,
        tuple(item for each in topics for item in each[: rules.most]),
        tuple(each for each in beyond if each.count > 0),
    )


def _matters(rows: Iterable[NoticeRow], day: date, division: str, rules: Dispatching, policy: NoticePolicy) -> Iterable[Item]:
    """Every open matter of the meeting's own level that fits a topic."""
    matters: defaultdict[UUID, list[NoticeRow]] = defaultdict(list)
    for row in rows:
        matters[row.cause_id].append(row)
    asked: dict[Topic, Callable[[Sequence[NoticeRow]], str | None]] = {
        Topic.LED: lambda matter: _led(matter, division),
        Topic.UNANSWERED: lambda matter: _unanswered(matter, division),
        Topic.SENT_BACK: lambda matter: _sent_back(matter, division, rules.returns),
    }
    for matter in matters.values():
        fits = ((topic, unit) for topic in rules.topics if topic in asked and (unit := asked[topic](matter)))
        if found := next(fits, None):
            yield _item(matter, *found, day, policy)


def _item(matter: Sequence[NoticeRow], topic: Topic, unit: str, day: date, policy: NoticePolicy) -> Item:
    since = min(map(queued_on, matter))
    waiting = sorted((row for row in matter if row.waiting), key=lambda row: (row.stage, row.agency))
    leads = {row.lead for row in waiting if row.lead}
    reported = topic is Topic.LED and any(f"{r.agency}:{r.division}" in leads and r.acted_on is not None for r in matter)
    return Item(
        topic,
        file_number(matter[0].subject_id),
        matter[0].cause_type,
        policy.name(unit, day),
        since,
        (day - since).days,
        tuple(dict.fromkeys(policy.name(office_of(row.agency, row.division), day) for row in waiting)),
        _returns(matter),
        reported,
    )


def _led(matter: Sequence[NoticeRow], division: str) -> str | None:
    """The lead, where the meeting's own office gave one and has not answered yet."""
    return next((_office(row.lead) for row in _with_committee(matter, division) if row.lead), None)


def _unanswered(matter: Sequence[NoticeRow], division: str) -> str | None:
    """The office that was told first, where the matter waits for the meeting's own office, which has given it to nobody."""
    waiting = (row for row in _with_committee(matter, division) if not row.lead)
    return next((_office(row.trail[0] if row.trail else f"{row.agency}:{row.division}") for row in waiting), None)


def _office(text: str) -> str:
    office = named(text)
    return office_of(office.agency, office.division)


def _with_committee(matter: Sequence[NoticeRow], division: str) -> list[NoticeRow]:
    return [row for row in matter if row.waiting and row.agency == COORDINATOR and row.division == division and row.stage]


def _sent_back(matter: Sequence[NoticeRow], division: str, returns: int) -> str | None:
    """The office that has it now, where it was sent back so often; a matter between a county's offices is that county's."""
    ours = divisions.reaches(division, divisions.Level.COUNTY) or any(place_of(row.division) == OWN for row in matter)
    waiting = [row for row in matter if row.waiting]
    if not ours or not waiting or _returns(matter) < returns:
        return None
    last = max(waiting, key=lambda row: (row.stage, row.queued_at, row.agency))
    return office_of(last.agency, last.division)


def _returns(matter: Iterable[NoticeRow]) -> int:
    return sum(row.rejected_for is not None for row in matter)


def _lists(arrived: Sequence[ArrivalRow], months: Period, division: str, policy: NoticePolicy) -> Iterable[Item]:
    """Every list of which no usable sheet came in both months."""
    for (_, office, _, name), sheets in owed_lists(arrived, division, months, policy):
        if all(sheet.refused for sheet in sheets):
            why = sheets[-1].refused if sheets else NOTHING_CAME
            yield Item(Topic.ROSTER, None, name, office, months.first, (months.last - months.first).days, why=why)


def _reminders(reminded: Reminded, within: Period, division: str, least: int, policy: NoticePolicy) -> Iterable[Item]:
    """Every unit with cards that were due and reached nobody, since the month in which the first of them was."""
    agency = policy.name(f"{FEDERATION}:", within.last)
    for each in unreached_by_unit(reminded, within, division, least):
        since = within.first if each.before == 0 else within.before.first
        unit = f"{policy.unit_name(each.unit, within.last)}{agency}"
        yield Item(
            Topic.REMINDERS, None, "ReminderMissed", unit, since, (within.last - since).days, unreached=(each.before, each.now)
        )
