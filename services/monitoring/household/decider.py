"""A household and the visits to it: stream = household id."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.domain.divisions import OWN_PREFECTURE, Level, inside, level
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


def is_village(division: str) -> bool:
    """Whether the code is that of a village of the prefecture: twelve digits."""
    return level(division) is Level.VILLAGE and inside(division, OWN_PREFECTURE)


def decide(state: State, command: Command, policy: MonitoringPolicy, context: Context) -> list[Event]:
    """What the command causes. Raises `Rejected`, `Malformed`, `NotFound`."""
    match state, command:
        case Absent(), Register(division, members):
            if not is_village(division):
                raise Malformed("division_unknown", "a household belongs to a village: twelve digits")
            return [HouseholdRegistered(division=division, members=_members(members))]
        case Followed(), Register():
            raise Rejected("household_known")
        case Absent(), _:
            raise NotFound("household_unknown")
        case Followed(members=before), ChangeMembers(members):
            after = _members(members)
            return [] if after == before else [HouseholdMembersChanged(members=after, changed_on=context.today)]
        case Followed() as household, RecordVisit() as visit:
            return _visited(household, visit, policy, context)
    raise AssertionError(command)


def _members(members: tuple[UUID, ...]) -> tuple[UUID, ...]:
    if not members:
        raise Malformed("members_missing", "a household has at least one person")
    return tuple(sorted(set(members)))


def _visited(household: Followed, visit: RecordVisit, policy: MonitoringPolicy, context: Context) -> list[Event]:
    if visit.visit_id in household.visits:
        return []
    if visit.visited_on > context.today:
        raise Malformed("visit_in_future", "a visit is recorded after it took place")
    if visit.income_per_head is not None and visit.income_per_head < 0:
        raise Malformed("income_negative", "net income per head is zero or more")
    seen = VisitRecorded(
        visit_id=visit.visit_id,
        visited_on=visit.visited_on,
        incidents=tuple(sorted(set(visit.incidents))),
        income_per_head=visit.income_per_head,
        income_fell=visit.income_fell,
        housing_safe=visit.housing_safe,
        water_safe=visit.water_safe,
        unknown_rules=(),
    )
    return [replace(seen, unknown_rules=assessed(seen, policy, household.division).unknown)]


def evolve(state: State, happened: Event) -> State:
    """The household after the event."""
    match happened, state:
        case HouseholdRegistered(division=division, members=members), _:
            return Followed(division, members, frozenset())
        case HouseholdMembersChanged(members=members), Followed():
            return replace(state, members=members)
        case VisitRecorded(visit_id=visit_id), Followed(visits=visits):
            return replace(state, visits=visits | {visit_id})
    return state


def division(state: State) -> str:
    """The village."""
    return state.division if isinstance(state, Followed) else ""


HOUSEHOLD: Decider[State, Command, MonitoringPolicy] = Decider("household", Absent(), decide, evolve, division)
