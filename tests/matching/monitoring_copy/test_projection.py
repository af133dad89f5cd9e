"""Households, risks and measures as monitoring tells of them."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.matching.monitoring_copy.projection import (
    HOUSEHOLDS,
    MEASURES,
    RISKS,
    WATER,
    HouseholdRow,
    MeasureRow,
    RiskRow,
    WaterRow,
)
from services.monitoring import vocabulary
from services.monitoring.household.events import HouseholdMembersChanged, HouseholdRegistered
from services.monitoring.risk_case import events as case
from tests.matching.samples import OTHER, PERSON, STREAM, VILLAGE, rows, visited

HOME, MEASURE = UUID(int=60), UUID(int=61)
TOLD = date(2026, 6, 1)  # the day of `told`
LEAD = case.RiskDetected(
    household_id=HOME,
    division=VILLAGE,
    rule="R1",
    kind=vocabulary.RiskKind.ILLNESS,
    severity=vocabulary.Severity.HIGH,
    source=vocabulary.RiskSource.VISIT,
    clue_on=date(2026, 3, 2),
    verify_by=date(2026, 3, 9),
)
UNTRUE = case.RiskResolved(household_id=HOME, outcome=vocabulary.RiskOutcome.REFUTED, resolved_on=date(2026, 3, 5))
GONE = case.RiskEliminated(household_id=HOME, eliminated_on=date(2026, 9, 1))
PLANNED = case.MeasurePlanned(household_id=HOME, measure_id=MEASURE, measure="M14", owner="YB", due_on=date(2026, 4, 30))
DELIVERED = case.MeasureDelivered(household_id=HOME, measure_id=MEASURE, owner="YB", delivered_on=date(2026, 4, 20))


def checked(arrived: bool) -> case.MeasureChecked:
    """Another office looked."""
    return case.MeasureChecked(household_id=HOME, measure_id=MEASURE, owner="YB", arrived=arrived, checked_on=date(2026, 5, 1))


def test_a_household_is_who_lives_in_it_from_each_change_on() -> None:
    registered = HouseholdRegistered(division=VILLAGE, members=(PERSON,))
    changed = HouseholdMembersChanged(members=(OTHER,), changed_on=date(2026, 4, 1))
    first = HouseholdRow(STREAM, 1, VILLAGE, (PERSON,), TOLD)
    assert rows(HOUSEHOLDS, registered) == [first]
    assert rows(HOUSEHOLDS, registered, changed) == [first, HouseholdRow(STREAM, 2, VILLAGE, (OTHER,), TOLD)]


@pytest.mark.parametrize(("past", "ended"), [((LEAD,), None), ((LEAD, UNTRUE), date(2026, 3, 5)), ((LEAD, GONE), date(2026, 9, 1))])
def test_a_risk_is_open_from_its_clue_to_its_end(past: tuple[Any, ...], ended: date | None) -> None:
    assert rows(RISKS, *past) == [RiskRow(STREAM, HOME, VILLAGE, date(2026, 3, 2), ended)]


@pytest.mark.parametrize(
    ("past", "delivered"),
    [
        ((PLANNED,), None),
        ((PLANNED, DELIVERED), date(2026, 4, 20)),
        ((PLANNED, DELIVERED, checked(True)), date(2026, 4, 20)),
        ((PLANNED, DELIVERED, checked(False)), None),  # reported, and not there
        ((PLANNED, DELIVERED, checked(False), DELIVERED), date(2026, 4, 20)),
    ],
)
def test_a_measure_is_delivered_when_nobody_found_otherwise(past: tuple[Any, ...], delivered: date | None) -> None:
    assert rows(MEASURES, *past) == [MeasureRow(MEASURE, STREAM, HOME, VILLAGE, "M14", "YB", date(2026, 4, 30), TOLD, delivered)]


def test_water_is_as_each_visit_saw_it_that_looked() -> None:
    seen = rows(WATER, *(visited(date(2026, 4, day), safe) for day, safe in ((2, False), (9, None), (16, True), (16, False))))
    assert seen == [WaterRow(STREAM, date(2026, 4, 2), VILLAGE, False), WaterRow(STREAM, date(2026, 4, 16), VILLAGE, False)]
