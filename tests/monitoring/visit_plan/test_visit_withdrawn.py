"""A visit that a person planned and nobody has to make: withdrawn by the office or one above, or because the person has died."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.certificates.person.events import PersonDeathCorrected, PersonDied
from services.engine.deliver import Delivery
from services.kernel.errors import Forbidden, Malformed, NotFound
from services.kernel.events import Recorded
from services.monitoring.policy.load import load_policy
from services.monitoring.visit_plan import decider
from services.monitoring.visit_plan.reactions import no_visit_to_the_dead
from services.monitoring.vocabulary import VisitWithdrawal
from tests.monitoring.samples import recorded
from tests.monitoring.visit_plan.desk import TOLD as REPORT
from tests.monitoring.visit_plan.desk import Desk
from tests.monitoring.visit_plan.samples import (
    ASKED,
    DAY,
    DUE,
    HOLDER,
    LIAISON,
    MACHINE,
    MISSED,
    OFFICIAL,
    PLANNED,
    TOLD,
    VILLAGE,
    WITHDRAWN,
)
from tests.spec import Spec, spec

POLICY, WHY = load_policy(), VisitWithdrawal
NOT_NEEDED, IN_ERROR = decider.CallOff(WHY.NOT_NEEDED), decider.CallOff(WHY.PLANNED_IN_ERROR)
OFF = replace(WITHDRAWN, reminder_id=None, reason=WHY.NOT_NEEDED)
DEAD = replace(OFF, reason=WHY.DEATH)
LATE = replace(MISSED, household_id=None, purpose=PLANNED.purpose, reminder_id=None, planned_by="CL")


def visit(*past: Any) -> Spec:
    """A planned visit with this past."""
    return spec(decider.PLANNED_VISIT, POLICY).given(*past)


def test_who_planned_a_visit_withdraws_it_once_also_when_it_was_missed() -> None:
    visit(PLANNED).when(NOT_NEEDED, DAY, OFFICIAL).then(OFF)
    visit(PLANNED).when(IN_ERROR, DAY, OFFICIAL).then(replace(OFF, reason=WHY.PLANNED_IN_ERROR))
    visit(PLANNED, LATE).when(NOT_NEEDED, DUE, OFFICIAL).then(replace(OFF, withdrawn_on=DUE))
    for past in ((PLANNED, OFF), (PLANNED, DEAD)):
        visit(*past).when(NOT_NEEDED, DAY, OFFICIAL).then_nothing()
        visit(*past).when(decider.NoteMissed(), date(2026, 3, 8), MACHINE).then_nothing()


def test_an_office_above_withdraws_what_one_below_planned_and_none_below_what_one_above_did() -> None:
    township = f"XZ:{VILLAGE[:9]}:official-1"
    for by, actors in (("CUN", (LIAISON, township, OFFICIAL)), ("XZ", (township, OFFICIAL)), ("CL", (OFFICIAL,))):
        for actor in (LIAISON, township, OFFICIAL):
            asked = visit(replace(PLANNED, planned_by=by)).when(NOT_NEEDED, DAY, actor)
            if actor in actors:
                asked.then(OFF)
            else:
                with pytest.raises(Forbidden, match="planned_by_office_above"):
                    asked.then_nothing()


def test_a_reminders_visit_one_that_was_reported_and_one_that_nobody_planned_are_not_withdrawn_by_hand() -> None:
    visit(ASKED).when(NOT_NEEDED, DAY, OFFICIAL).rejected("visit_of_reminder")
    for past in ((PLANNED, TOLD), (ASKED, TOLD)):
        visit(*past).when(NOT_NEEDED, DAY, OFFICIAL).rejected("visit_closed")
    with pytest.raises(NotFound, match="planned_visit_unknown"):
        visit().when(NOT_NEEDED, DAY, OFFICIAL).then_nothing()


@pytest.mark.parametrize("reason", sorted(set(WHY) - {WHY.NOT_NEEDED, WHY.PLANNED_IN_ERROR}))
def test_a_person_gives_a_reason_of_a_person(reason: VisitWithdrawal) -> None:
    with pytest.raises(Malformed, match="reason_unknown"):
        visit(PLANNED).when(decider.CallOff(reason), DAY, OFFICIAL).then_nothing()


@pytest.mark.parametrize("actor", [MACHINE, "MZ:533401:official-1"])
def test_only_those_who_go_there_withdraw(actor: str) -> None:
    with pytest.raises(Forbidden, match="not_your_duty"):
        visit(PLANNED).when(NOT_NEEDED, DAY, actor).then_nothing()


def test_nobody_goes_to_the_dead_and_a_reminders_visit_ends_with_its_reminder() -> None:
    visit(PLANNED).when(decider.NoteDeath(), DAY, MACHINE).then(DEAD)
    visit(PLANNED, LATE).when(decider.NoteDeath(), DAY, MACHINE).then(DEAD)
    for past in ((), (PLANNED, DEAD), (PLANNED, OFF), (PLANNED, TOLD), (ASKED,)):
        visit(*past).when(decider.NoteDeath(), DAY, MACHINE).then_nothing()
    with pytest.raises(Forbidden, match="not_your_duty"):
        visit(PLANNED).when(decider.NoteDeath(), DAY, OFFICIAL).then_nothing()


def of_register(event: Any, person: UUID = HOLDER, version: int = 1) -> Recorded:
    """The register publishes it of a person."""
    return recorded(event, person, version, VILLAGE, DAY)


DIED = PersonDied(died_on=DAY, evidence="certificate")
LIVES = PersonDeathCorrected(corrected_on=DAY, evidence="alive")


def test_a_death_ends_every_open_visit_to_the_person() -> None:
    one, other = UUID(int=7), UUID(int=8)
    noted = [
        (decider.PLANNED_VISIT, one, decider.NoteDeath()),
        (decider.PLANNED_VISIT, other, decider.NoteDeath()),
    ]
    assert no_visit_to_the_dead(of_register(DIED), [one, other], POLICY) == noted
    assert no_visit_to_the_dead(of_register(DIED), [], POLICY) == []


async def hear(desk: Desk, *events: Recorded) -> None:
    """The register's events reach the worker in one batch, twice: the inbox was pruned in between."""
    for _ in range(2):
        async with desk.runtime.pool.acquire() as conn, conn.transaction():
            await Delivery(desk.runtime).apply(conn, events)


async def test_the_register_hears_of_a_death_and_the_persons_planned_visits_are_withdrawn(desk: Desk) -> None:
    other = UUID(int=99)
    await desk.lives(other, VILLAGE)
    of_reminder, closed, late = await desk.of_reminder(), await desk.plan(), await desk.plan()
    await desk.village.post(f"{closed}/close", REPORT)
    await desk.on(date(2026, 3, 9))
    fresh, living = await desk.plan(due_on="2026-03-12"), await desk.plan(person_id=str(other), due_on="2026-03-12")
    assert (await desk.village.get(late))["missed_on"] == "2026-03-09"
    await hear(desk, of_register(DIED), of_register(DIED, UUID(int=98)))
    await hear(desk, of_register(LIVES, version=2))
    found = {at: await desk.village.get(at) for at in (of_reminder, closed, late, fresh, living)}
    assert [(row["state"], row["withdrawn_for"]) for row in found.values()] == [
        ("PLANNED", None),
        ("CLOSED", None),
        ("WITHDRAWN", "DEATH"),
        ("WITHDRAWN", "DEATH"),
        ("PLANNED", None),
    ]
    assert await desk.place.sql("monitoring", "SELECT 1 FROM views.due WHERE subject = $1", UUID(fresh.rpartition("/")[2])) == []
    assert (await desk.village.post(f"{fresh}/close", REPORT, 409))["title"] == "visit_withdrawn"
    again = await desk.plan(due_on="2026-03-12")
    assert (await desk.village.get(again))["state"] == "PLANNED", "who lives after all is planned again by people"


async def test_the_office_that_planned_a_visit_withdraws_it_and_it_is_not_missed(desk: Desk) -> None:
    at, off = await desk.plan(), {"reason": "PLANNED_IN_ERROR"}
    assert (await desk.village.post(f"{at}/withdraw", off, 403))["title"] == "planned_by_office_above"
    for wrong, title in (({"reason": "DEATH"}, "reason_unknown"), ({"reason": "TEA"}, "not_valid"), ({}, "not_valid")):
        assert (await desk.county.post(f"{at}/withdraw", wrong, 422))["title"] == title
    done = await desk.county.post(f"{at}/withdraw", off, Idempotency_Key="of-monday")
    assert [event["type"] for event in done["events"]] == ["shouwang.monitoring.PlannedVisitWithdrawn"]
    assert await desk.county.post(f"{at}/withdraw", off, Idempotency_Key="of-monday") == done
    assert (await desk.county.post(f"{at}/withdraw", off))["events"] == []
    found = await desk.village.get(at)
    assert (found["state"], found["withdrawn_for"]) == ("WITHDRAWN", "PLANNED_IN_ERROR")
    await desk.on(date(2026, 3, 9))
    assert await desk.types() == ["VisitPlanned", "PlannedVisitWithdrawn"]


async def test_nobody_else_withdraws_and_nothing_else_is_withdrawn(desk: Desk) -> None:
    at, off = await desk.plan(), {"reason": "NOT_NEEDED"}
    foreign, civil = await desk.as_("CL", "533422", "official"), await desk.as_("MZ", "533401", "official")
    clerk = await desk.as_("CL", "533401", "clerk")
    for office, title in ((civil, "not_your_duty"), (clerk, "scope_missing")):
        assert (await office.post(f"{at}/withdraw", off, 403))["title"] == title
    assert (await foreign.post(f"{at}/withdraw", off, 404))["title"] == "planned_visit_unknown"
    assert (await desk.county.post(f"{await desk.of_reminder()}/withdraw", off, 409))["title"] == "visit_of_reminder"
    assert (await desk.county.post(f"/planned-visits/{uuid4()}/withdraw", off, 404))["title"] == "planned_visit_unknown"
    await desk.village.post(f"{at}/close", REPORT)
    assert (await desk.county.post(f"{at}/withdraw", off, 409))["title"] == "visit_closed"
