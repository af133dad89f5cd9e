"""What reminders mean for planned visits: the reaction alone, then batches over the real database, repeated and out of turn."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

import pytest

from services.engine.deliver import Delivery
from services.kernel.events import NAMESPACE, Recorded
from services.monitoring import vocabulary
from services.monitoring.household.decider import HOUSEHOLD, Register
from services.monitoring.household.home import Home
from services.monitoring.policy.load import load_policy
from services.monitoring.service import SERVICE
from services.monitoring.visit_plan import decider as visit_plan_decider
from services.monitoring.visit_plan.reactions import visit_for_reminder
from services.notifications.reminder import events as reminder_events
from tests.monitoring.visit_plan.samples import ASK, CARD, DAY, DUE, HOLDER, HOME, REMINDER, UNTIL, VILLAGE
from tests.spec import SEED, context
from tests.world import World

POLICY, ELSEWHERE = load_policy(), "533422101001"
TRIED = reminder_events.ReminderTried(
    certificate_id=CARD,
    person_id=HOLDER,
    valid_to=UNTIL,
    window="ONE_MONTH",
    rung="CUN@village",
    number=1,
    tried_on=DAY,
    answer_by=DUE,
)
REACHED = reminder_events.ReminderReached(rung="PERSON", proof=reminder_events.Proof.HANDSET, reached_on=DAY)
STOPPED = reminder_events.ReminderStopped(reason=reminder_events.StopReason.RENEWED, stopped_on=DAY)
MOVED = reminder_events.ReminderMoved(from_division=VILLAGE, to_division=ELSEWHERE, moved_on=DAY)
MISSED = reminder_events.ReminderMissed(certificate_id=CARD, person_id=HOLDER, valid_to=UNTIL, missed_on=DAY)


def not_reached(reason: str, rung: str = "CUN@village") -> reminder_events.ReminderNotReached:
    """A rung that ended for a reason."""
    return reminder_events.ReminderNotReached(rung=rung, reason=reason, ended_on=DAY)


def said(event: Any, version: int = 3, division: str = VILLAGE) -> Recorded:
    """Notifications says it of the reminder."""
    now = context(DAY).now
    return Recorded(
        event_id=uuid5(NAMESPACE, f"{version}"),
        stream_id=REMINDER,
        version=version,
        service="notifications",
        event=event,
        division=division,
        actor="machine:notifications.worker",
        occurred_at=now,
        recorded_at=now,
        correlation_id=SEED,
        causation_id=None,
        policy_version="",
    )


def asked(event: Any, division: str = VILLAGE, homes: tuple[Home, ...] = ()) -> list[Any]:
    """The commands that follow, all of them for the reminder's one visit."""
    found = visit_for_reminder(said(event, division=division), homes, POLICY)
    assert {(decider, stream) for decider, stream, _ in found} <= {
        (visit_plan_decider.PLANNED_VISIT, visit_plan_decider.visit_of(REMINDER))
    }
    return [command for _, _, command in found]


def test_the_villages_rung_asks_for_a_visit_in_the_household_that_is_followed_there() -> None:
    assert asked(TRIED, homes=(Home(UUID(int=9), ELSEWHERE), Home(HOME, VILLAGE))) == [ASK]
    assert asked(TRIED, homes=(Home(UUID(int=9), ELSEWHERE),)) == [replace(ASK, household_id=None)]
    assert asked(replace(TRIED, answer_by=None)) == [replace(ASK, household_id=None, due_on=UNTIL)]


def test_other_rungs_and_cards_without_a_village_ask_for_none() -> None:
    assert asked(replace(TRIED, rung="PERSON")) == asked(replace(TRIED, rung="CL@county")) == []
    assert asked(TRIED, division=VILLAGE[:9]) == []


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (REACHED, "REACHED"),
        (STOPPED, "RENEWED"),
        (replace(STOPPED, reason=reminder_events.StopReason.CANCELLED), "CANCELLED"),
        (replace(STOPPED, reason=reminder_events.StopReason.DEATH), "DEATH"),
        (MOVED, "MOVED"),
        (MISSED, "LAPSED"),
        (not_reached("NOT_OUR_AREA"), "RETURNED"),
    ],
)
def test_what_needs_no_visit_any_more_withdraws_it(event: Any, reason: str) -> None:
    assert asked(event) == [visit_plan_decider.Withdraw(vocabulary.VisitWithdrawal(reason), 3)]


@pytest.mark.parametrize(
    "event", [not_reached("no_proof_in_time"), not_reached("not_met"), not_reached("NOT_OUR_AREA", "CL@township")]
)
def test_a_rung_whose_time_has_run_out_and_another_offices_refusal_leave_it_open(event: Any) -> None:
    assert asked(event) == []


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
    return [tuple(r) for r in await place.sql("monitoring", events)]


async def test_a_card_that_moves_takes_its_visit_along_also_when_all_of_it_comes_at_once(place: World) -> None:
    moved = [said(TRIED), said(MOVED, 4, ELSEWHERE), said(TRIED, 5, ELSEWHERE)]
    assert await heard(place, moved, moved[:2]) == [
        ("VisitPlanned", VILLAGE),
        ("PlannedVisitWithdrawn", VILLAGE),
        ("VisitPlanned", ELSEWHERE),
    ]
    (row,) = await place.sql("monitoring", "SELECT * FROM views.planned_visit")
    assert (row["division"], row["state"], row["household_id"], row["due_on"]) == (ELSEWHERE, "PLANNED", None, DUE)
    (due,) = await place.sql("monitoring", "SELECT * FROM views.due")
    assert (due["subject"], due["kind"], due["due_on"], due["division"]) == (
        visit_plan_decider.visit_of(REMINDER),
        "VISIT",
        date(2026, 3, 8),
        ELSEWHERE,
    )


async def test_what_was_reached_stays_withdrawn_whatever_is_repeated(place: World) -> None:
    assert await heard(place, [said(TRIED)], [said(REACHED, 4)], [said(TRIED)]) == [
        ("VisitPlanned", VILLAGE),
        ("PlannedVisitWithdrawn", VILLAGE),
    ]
    (row,) = await place.sql("monitoring", "SELECT * FROM views.planned_visit")
    assert (row["household_id"], row["state"], row["withdrawn_for"]) == (HOME, "WITHDRAWN", "REACHED")
    assert await place.sql("monitoring", "SELECT 1 FROM views.due") == []
