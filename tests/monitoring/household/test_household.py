"""A household and its visits."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from services.kernel.errors import Malformed, NotFound
from services.monitoring.household import decider
from services.monitoring.household.events import HouseholdMembersChanged, HouseholdRegistered
from services.monitoring.policy.load import load_policy
from services.monitoring.visit.events import VisitRecorded
from services.monitoring.visit.projection import VISITS
from services.monitoring.vocabulary import Incident
from tests.monitoring.samples import recorded
from tests.spec import Spec, spec

A, B, VILLAGE = UUID(int=1), UUID(int=2), "533401102001"
REGISTERED = HouseholdRegistered(division=VILLAGE, members=(A, B))
VISIT = decider.RecordVisit(UUID(int=3), date(2026, 3, 1), (Incident.HAIL, Incident.HAIL), Decimal("6100.00"), True)
RECORDED = VisitRecorded(
    visit_id=UUID(int=3),
    visited_on=date(2026, 3, 1),
    incidents=(Incident.HAIL,),
    income_per_head=Decimal("6100.00"),
    income_fell=True,
    housing_safe=None,
    water_safe=None,
    unknown_rules=("home-unsafe", "water-unsafe"),
)


def home(*past: object) -> Spec:
    """A household with this past."""
    return spec(decider.HOUSEHOLD, load_policy()).given(*past)


def test_a_household_is_registered_once_in_a_village_with_members() -> None:
    home().when(decider.Register(VILLAGE, (B, A, B))).then(REGISTERED)
    home(REGISTERED).when(decider.Register(VILLAGE, (A,))).rejected("household_known")
    for division, members in (("533401102", (A,)), ("110101001001", (A,)), (VILLAGE, ())):
        with pytest.raises(Malformed):
            home().when(decider.Register(division, members)).then_nothing()


def test_members_change_only_when_they_differ() -> None:
    home(REGISTERED).when(decider.ChangeMembers((A,))).then(HouseholdMembersChanged(members=(A,), changed_on=date(2026, 3, 2)))
    home(REGISTERED).when(decider.ChangeMembers((B, A))).then_nothing()
    with pytest.raises(NotFound):
        home().when(decider.ChangeMembers((A,))).then_nothing()


def test_a_visit_is_recorded_once_and_not_before_it_took_place() -> None:
    home(REGISTERED).when(VISIT).then(RECORDED)
    home(REGISTERED, RECORDED).when(VISIT).then_nothing()
    with pytest.raises(Malformed, match="visit_in_future"):
        home(REGISTERED).when(VISIT, on=date(2026, 2, 28)).then_nothing()
    with pytest.raises(Malformed, match="visit_too_long_ago"):
        home(REGISTERED).when(VISIT, on=date(2027, 3, 3)).then_nothing()
    with pytest.raises(NotFound, match="household_unknown"):
        home().when(VISIT).then_nothing()


def test_what_could_not_be_decided_is_said_by_the_policy_of_the_day_and_stays_as_it_was_said() -> None:
    asked = replace(VISIT, housing_safe=True, water_safe=True)
    home(REGISTERED).when(asked).then(replace(RECORDED, housing_safe=True, water_safe=True, unknown_rules=()))
    event = replace(RECORDED, unknown_rules=("a-rule-that-is-gone",))
    row = VISITS.evolve((event.visit_id,), None, recorded(event, UUID(int=9), 2, VILLAGE))
    assert row is not None
    assert row.unknown_rules == ("a-rule-that-is-gone",)
