"""A household and the visits to it: stream = household id."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import assert_never
from uuid import UUID

from services.kernel.decider import Decider
from services.kernel.errors import Malformed, NotFound, Rejected
from services.kernel.events import Context
from services.monitoring.household.events import HouseholdMembersChanged, HouseholdRegistered
from services.monitoring.policy.load import MonitoringPolicy
from services.monitoring.visit.events import VisitRecorded
from services.monitoring.visit.risk_rules import assessed
from services.monitoring.vocabulary import Incident


@dataclass(frozen=True, slots=True)
class Absent:
    """No such household."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A household that is visited. `visits` are the ids recorded so far: a form sent twice is one visit."""

    division: str
    members: tuple[UUID, ...]
    visits: frozenset[UUID]


State = Absent | Followed


@dataclass(frozen=True, slots=True)
class Register:
    """Follow a household of one village."""

    division: str
    members: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class ChangeMembers:
    """Who belongs to it from now on."""

    members: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class RecordVisit:
    """What a liaison officer saw. Income in yuan of net income per head and year; None = not asked."""

    visit_id: UUID
    visited_on: date
    incidents: tuple[Incident, ...] = ()
    income_per_head: Decimal | None = None
    income_fell: bool | None = None
    housing_safe: bool | None = None
    water_safe: bool | None = None


Command = Register | ChangeMembers | RecordVisit
Event = HouseholdRegistered | HouseholdMembersChanged | VisitRecorded


def decide(state: State, command: Command, policy: MonitoringPolicy, context: Context) -> list[Event]:
    """What the command causes. Raises `Rejected`, `Malformed`, `NotFound`."""
    if isinstance(command, Register):
        return _registered(state, command, policy, context)
    if isinstance(state, Absent):
        raise NotFound("household_unknown", "没有这户家庭的登记")
    match command:
        case ChangeMembers(members):
            return _members_changed(state, members, context)
        case RecordVisit():
            return _visited(state, command, policy, context)
        case _:
            assert_never(command)


def _registered(state: State, command: Register, policy: MonitoringPolicy, context: Context) -> list[Event]:
    if isinstance(state, Followed):
        raise Rejected("household_known", "该户已登记")
    if not policy.village(command.division, context.today):
        raise Malformed("division_unknown", "家庭须登记在现有的村（社区）：十二位区划代码")
    return [HouseholdRegistered(division=command.division, members=_members(command.members))]


def _members_changed(household: Followed, members: tuple[UUID, ...], context: Context) -> list[Event]:
    after = _members(members)
    if after == household.members:
        return []
    return [HouseholdMembersChanged(members=after, changed_on=context.today)]


def _members(members: tuple[UUID, ...]) -> tuple[UUID, ...]:
    if not members:
        raise Malformed("members_missing", "一户至少有一人")
    return tuple(sorted(set(members)))


def _visited(household: Followed, command: RecordVisit, policy: MonitoringPolicy, context: Context) -> list[Event]:
    """The visit, and which rules it leaves undecided: by the policy of the decision, so that no reader asks a later one."""
    if command.visit_id in household.visits:
        return []
    if command.visited_on > context.today:
        raise Malformed("visit_in_future", "走访须在发生之后登记")
    earliest = context.today - timedelta(days=policy.days.one("visit-ago", context.today, household.division).days)
    if command.visited_on < earliest:
        raise Malformed("visit_too_long_ago", f"只登记{earliest}以来的走访")
    if command.income_per_head is not None and command.income_per_head < 0:
        raise Malformed("income_negative", "人均纯收入不小于零")
    seen = VisitRecorded(
        visit_id=command.visit_id,
        visited_on=command.visited_on,
        incidents=tuple(sorted(set(command.incidents))),
        income_per_head=command.income_per_head,
        income_fell=command.income_fell,
        housing_safe=command.housing_safe,
        water_safe=command.water_safe,
        unknown_rules=(),
    )
    return [replace(seen, unknown_rules=assessed(seen, policy, household.division).unknown)]


def evolve(state: State, event: Event) -> State:
    """The household after the event."""
    if isinstance(event, HouseholdRegistered):
        return Followed(event.division, event.members, frozenset())
    if isinstance(state, Absent):
        return state
    match event:
        case HouseholdMembersChanged(members=members):
            return replace(state, members=members)
        case VisitRecorded(visit_id=visit_id):
            return replace(state, visits=state.visits | {visit_id})
        case _:
            assert_never(event)


def division(state: State) -> str:
    """The village."""
    return state.division if isinstance(state, Followed) else ""


HOUSEHOLD: Decider[State, Command, MonitoringPolicy] = Decider("household", Absent(), decide, evolve, division)
