"""What reminders mean for planned visits: the reaction alone, then batches over the real database, repeated and out of turn."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.engine.deliver import Delivery
from services.kernel.events import Recorded
from services.monitoring.household.decider import HOUSEHOLD, Register
from services.monitoring.household.home import Home
from services.monitoring.policy.load import load_policy
from services.monitoring.service import SERVICE
from services.monitoring.visit_plan.decider import PLANNED_VISIT, Withdraw, visit_of
from services.monitoring.visit_plan.reactions import visit_for_reminder
from services.monitoring.vocabulary import VisitWithdrawal
from services.notifications.reminder.events import (
    Proof,
    ReminderMissed,
    ReminderMoved,
    ReminderNotReached,
    ReminderReached,
    ReminderStopped,
    ReminderTried,
    StopReason,
)
from tests.monitoring.samples import recorded
from tests.monitoring.visit_plan.samples import ASK, CARD, DAY, DUE, HOLDER, HOME, REMINDER, UNTIL, VILLAGE
from tests.spec import context
from tests.world import World

POLICY, ELSEWHERE = load_policy(), "533422101001"
TRIED = ReminderTried(
    certificate_id=CARD,
    person_id=HOLDER,
    valid_to=UNTIL,
    window="ONE_MONTH",
    rung="CUN@village",
    number=1,
    tried_on=DAY,
    answer_by=DUE,
)
REACHED = ReminderReached(rung="PERSON", proof=Proof.HANDSET, reached_on=DAY)
STOPPED = ReminderStopped(reason=StopReason.RENEWED, stopped_on=DAY)
MOVED = ReminderMoved(from_division=VILLAGE, to_division=ELSEWHERE, moved_on=DAY)
MISSED = ReminderMissed(certificate_id=CARD, person_id=HOLDER, valid_to=UNTIL, missed_on=DAY)


def not_reached(reason: str, rung: str = "CUN@village") -> ReminderNotReached:
    """A rung that ended for a reason."""
    return ReminderNotReached(rung=rung, reason=reason, ended_on=DAY)


def reminder(event: Any, version: int = 3, division: str = VILLAGE) -> Recorded:
    """Notifications publishes it of the reminder."""
    return recorded(event, REMINDER, version, division, DAY)


def commands(event: Any, division: str = VILLAGE, homes: tuple[Home, ...] = ()) -> list[Any]:
    """The commands that follow, all of them for the reminder's one visit."""
    found = visit_for_reminder(reminder(event, division=division), homes, POLICY)
    assert {(decider, stream) for decider, stream, _ in found} <= {(PLANNED_VISIT, visit_of(REMINDER))}
    return [command for _, _, command in found]


def test_the_villages_rung_asks_for_a_visit_in_the_household_that_is_followed_there() -> None:
    assert commands(TRIED, homes=(Home(UUID(int=9), ELSEWHERE), Home(HOME, VILLAGE))) == [ASK]
    assert commands(TRIED, homes=(Home(UUID(int=9), ELSEWHERE),)) == [replace(ASK, household_id=None)]
    assert commands(replace(TRIED, answer_by=None)) == [replace(ASK, household_id=None, due_on=UNTIL)]


def test_other_rungs_and_cards_without_a_village_ask_for_none() -> None:
    assert commands(replace(TRIED, rung="PERSON")) == commands(replace(TRIED, rung="CL@county")) == []
    assert commands(TRIED, division=VILLAGE[:9]) == []


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (REACHED, "REACHED"),
        (STOPPED, "RENEWED"),
        (replace(STOPPED, reason=StopReason.CANCELLED), "CANCELLED"),
        (replace(STOPPED, reason=StopReason.DEATH), "DEATH"),
        (MOVED, "MOVED"),
        (MISSED, "LAPSED"),
        (not_reached("NOT_OUR_AREA"), "RETURNED"),
    ],
)
def test_what_needs_no_visit_any_more_withdraws_it(event: Any, reason: str) -> None:
    assert commands(event) == [Withdraw(VisitWithdrawal(reason), 3)]


@pytest.mark.parametrize(
    "event", [not_reached("no_proof_in_time"), not_reached("not_met"), not_reached("NOT_OUR_AREA", "CL@township")]
)
def test_a_rung_whose_time_has_run_out_and_another_offices_refusal_leave_it_open(event: Any) -> None:
    assert commands(event) == []


async def heard(place: World, *batches: list[Recorded]) -> list[tuple[Any, ...]]:
    """What monitoring's own events are after these batches, each of which arrives twice: the inbox was pruned in between."""
    runtime = await place.open(SERVICE)
    place.set_clock(datetime(2026, 3, 2, 2, tzinfo=UTC))
    async with runtime.pool.acquire() as conn, conn.transaction():
        liaison = context(DAY, f"CUN:{VILLAGE}:liaison-1", VILLAGE)
        await runtime.executor.execute(conn, HOUSEHOLD, HOME, Register(VILLAGE, (HOLDER,)), liaison)
    for batch in batches:
        for _ in range(2):
            async with runtime.pool.acquire() as conn, conn.transaction():
                await Delivery(runtime).apply(conn, batch)
    events = "SELECT type, division FROM events WHERE category = 'planned_visit' ORDER BY position"
    return [tuple(row) for row in await place.sql("monitoring", events)]


async def test_a_card_that_moves_takes_its_visit_along_also_when_all_of_it_comes_at_once(place: World) -> None:
    moved = [reminder(TRIED), reminder(MOVED, 4, ELSEWHERE), reminder(TRIED, 5, ELSEWHERE)]
    assert await heard(place, moved, moved[:2]) == [
        ("VisitPlanned", VILLAGE),
        ("PlannedVisitWithdrawn", VILLAGE),
        ("VisitPlanned", ELSEWHERE),
    ]
    (row,) = await place.sql("monitoring", "SELECT * FROM views.planned_visit")
    assert (row["division"], row["state"], row["household_id"], row["due_on"]) == (ELSEWHERE, "PLANNED", None, DUE)
    (due,) = await place.sql("monitoring", "SELECT * FROM views.due")
    assert (due["subject"], due["kind"], due["due_on"], due["division"]) == (
        visit_of(REMINDER),
        "VISIT",
        date(2026, 3, 8),
        ELSEWHERE,
    )


async def test_what_was_reached_stays_withdrawn_whatever_is_repeated(place: World) -> None:
    assert await heard(place, [reminder(TRIED)], [reminder(REACHED, 4)], [reminder(TRIED)]) == [
        ("VisitPlanned", VILLAGE),
        ("PlannedVisitWithdrawn", VILLAGE),
    ]
    (row,) = await place.sql("monitoring", "SELECT * FROM views.planned_visit")
    assert (row["household_id"], row["state"], row["withdrawn_for"]) == (HOME, "WITHDRAWN", "REACHED")
    assert await place.sql("monitoring", "SELECT 1 FROM views.due") == []
