"""Rounds of home assessment (上门评残): planned, filled, moved, cancelled, closed; and two clerks who want the last seat."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.certificates import vocabulary
from services.certificates.certificate import commands
from services.certificates.certificate.application import events as application_events
from services.certificates.front_desk.work_list import tasks
from services.certificates.home_assessment import events as home_assessment_events
from services.certificates.home_assessment.decider import ROUND, CancelRound, CloseRound, MoveRound, PlanRound, RoundState, Tally
from services.certificates.home_assessment.queries import Round
from services.domain.file_number import file_number
from services.engine.rebuild import Rebuild
from services.kernel.errors import Forbidden, Malformed
from tests.certificates import office as certificates_office
from tests.certificates.certificate import story
from tests.certificates.certificate.lives import AHEAD, HOME, STATES
from tests.certificates.certificate.samples import row
from tests.certificates.office import Office
from tests.spec import Spec, context, spec
from tests.world import Client, World, contents

TOWNSHIP, HEALTH = story.VILLAGE[:9], "WJ:533401:health-1"
TODAY, DAY = date(2026, 3, 2), date(2026, 3, 20)
PLAN = PlanRound(TOWNSHIP, DAY, "H01", "D07", 2)
PLANNED = home_assessment_events.HomeRoundPlanned(division=TOWNSHIP, on=DAY, institution="H01", doctor="D07", quota=2)
MOVED = home_assessment_events.HomeRoundMoved(from_on=DAY, on=date(2026, 3, 24), reason="road_closed")
CANCELLED = home_assessment_events.HomeRoundCancelled(reason="doctor_ill", cancelled_on=TODAY)
CLOSED = home_assessment_events.HomeRoundClosed(closed_on=DAY, done=1, missed=1)


def home_round(*past: Any) -> Spec:
    """An example about a round with this past."""
    return spec(ROUND, story.POLICY).given(*past)


def test_a_round_is_planned_once_by_the_health_bureau_or_the_county_federation() -> None:
    home_round().when(PLAN, TODAY, HEALTH).then(PLANNED)
    home_round().when(replace(PLAN, division=story.VILLAGE), TODAY).then(replace(PLANNED, division=story.VILLAGE))
    home_round(PLANNED).when(PLAN, TODAY, HEALTH).rejected("round_planned")
    home_round().when(PLAN, date(2026, 3, 21), HEALTH).rejected("round_in_past")
    with pytest.raises(Malformed, match="round_too_far_ahead"):
        home_round().when(replace(PLAN, on=date(2036, 3, 20)), TODAY, HEALTH).then_nothing()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (replace(PLAN, quota=0), "quota_too_small"),
        (replace(PLAN, division="533401299"), "division_unknown"),
        (replace(PLAN, division="533401"), "division_unknown"),
        (replace(PLAN, division="5334012040010"), "division_unknown"),
    ],
)
def test_a_round_has_seats_and_comes_to_a_place_that_exists(wrong: PlanRound, code: str) -> None:
    with pytest.raises(Malformed, match=code):
        ROUND.decide(ROUND.initial, wrong, story.POLICY, context(TODAY, HEALTH))


@pytest.mark.parametrize("command", [PLAN, MoveRound(DAY, "x"), CancelRound("x", Tally()), CloseRound(Tally())])
@pytest.mark.parametrize(
    "actor", ["H01:533401:d", "CUN:533401204001:a", "XZ:533401204:a", "CL:5334:a", "MZ:533401:a", story.MACHINE]
)
def test_no_other_office_and_no_machine_plans_or_ends_a_round(command: Any, actor: str) -> None:
    with pytest.raises(Forbidden, match="not_your_duty"):
        ROUND.decide(ROUND.fold([PLANNED]), command, story.POLICY, context(TODAY, actor))


def test_a_round_is_moved_but_not_into_the_past_and_not_to_its_own_day() -> None:
    move = MoveRound(date(2026, 3, 24), "road_closed")
    home_round(PLANNED).when(move, TODAY).then(MOVED)
    home_round(PLANNED, MOVED).when(move, TODAY).then_nothing()
    home_round(PLANNED).when(move, date(2026, 3, 25)).rejected("round_in_past")


def test_a_round_in_which_somebody_was_assessed_is_closed_and_not_cancelled() -> None:
    home_round(PLANNED).when(CancelRound("doctor_ill", Tally(waiting=2)), TODAY).then(CANCELLED)
    home_round(PLANNED).when(CancelRound("doctor_ill", Tally(waiting=1, done=1)), DAY).rejected("round_has_results")


def test_a_round_is_closed_when_its_day_has_come_and_nobody_in_it_waits() -> None:
    home_round(PLANNED).when(CloseRound(Tally(done=1, missed=1)), date(2026, 3, 19)).rejected("round_not_held")
    home_round(PLANNED).when(CloseRound(Tally(waiting=1, done=1)), DAY).rejected("visits_open")
    home_round(PLANNED).when(CloseRound(Tally(done=1, missed=1)), DAY).then(CLOSED)


@pytest.mark.parametrize(("end", "code"), [(CANCELLED, "round_cancelled"), (CLOSED, "round_closed")])
def test_what_is_over_stays_over(end: Any, code: str) -> None:
    for command in (MoveRound(date(2026, 3, 24), "x"), CancelRound("x", Tally()), CloseRound(Tally())):
        home_round(PLANNED, end).when(command, DAY).rejected(code)


@pytest.mark.parametrize(
    ("into", "code"),
    [
        (replace(AHEAD, free=0), "round_full"),
        (replace(AHEAD, open=False), "round_over"),
        (replace(AHEAD, on=date(2026, 3, 19)), "round_over"),
        (replace(AHEAD, division="533401204002"), "round_elsewhere"),
        (replace(AHEAD, institution="H02"), "round_of_another_institution"),
    ],
)
def test_a_request_comes_only_into_a_round_that_fits(into: Any, code: str) -> None:
    story.certificate(*STATES["待上门评定"]).when(commands.ScheduleVisit(into), DAY).rejected(code)


def test_a_request_comes_into_a_round_once_and_follows_it_to_another_day_though_it_is_full() -> None:
    waiting, there = STATES["待上门评定"], application_events.HomeAssessmentScheduled(round_id=AHEAD.round_id, on=AHEAD.on)
    full = replace(AHEAD, free=0)
    story.certificate(*waiting).when(commands.ScheduleVisit(AHEAD), DAY).then(there)
    story.certificate(*waiting, there).when(commands.ScheduleVisit(full), DAY).then_nothing()
    later = replace(full, on=date(2031, 5, 6))
    story.certificate(*waiting, there).when(commands.ScheduleVisit(later), DAY).then(replace(there, on=later.on))
    story.certificate(*story.ORDERED_PAST).when(commands.ScheduleVisit(AHEAD), DAY).rejected("not_at_home")


def test_a_holder_who_is_assessed_again_comes_into_a_round_once_and_leaves_it_when_he_moves() -> None:
    past = (*STATES["复评待转介"], replace(HOME, ordered_on=date(2026, 3, 23)))
    there, out = application_events.HomeAssessmentScheduled(round_id=AHEAD.round_id, on=AHEAD.on), STATES["迁移待接收"][-1]
    story.certificate(*past).when(commands.ScheduleVisit(AHEAD), date(2026, 4, 1)).then(there)
    story.certificate(*past, there).when(commands.ScheduleVisit(AHEAD), date(2026, 4, 1)).then_nothing()
    story.certificate(*past, there, out).when(commands.NoteMissed("absent"), date(2026, 4, 1)).rejected("not_in_a_round")
    assert (row((*past, there)).round_id, row((*past, there, out)).round_id) == (AHEAD.round_id, None)


def test_a_seat_is_free_again_when_somebody_leaves_and_taken_when_he_was_assessed() -> None:
    there = STATES["已编入上门批次"]
    withdrawn = application_events.CertificateApplicationWithdrawn(withdrawn_on=date(2026, 3, 10))
    missed = application_events.HomeAssessmentMissed(round_id=AHEAD.round_id, missed_on=DAY, reason="absent")
    pasts = (there, (*there, withdrawn), (*there, missed), (*there, story.MET))
    seats = [(row(past).round_id, row(past).visit_on) for past in pasts]
    assert seats == [(AHEAD.round_id, DAY), (None, None), (None, None), (AHEAD.round_id, None)]


def held(waiting: int) -> Round:
    """A round of 18 March in which so many wait for a result."""
    state, on, number = RoundState.PLANNED, date(2026, 3, 18), file_number(AHEAD.round_id)
    return Round(AHEAD.round_id, number, TOWNSHIP, on, "H01", "D07", 5, 3, waiting, state, None, None, None, 1)


def test_the_health_bureau_has_one_task_for_a_round_that_is_over_and_one_for_each_who_waits_for_a_round() -> None:
    there = replace(row(STATES["已编入上门批次"]), visit_on=date(2026, 3, 18))
    rows = [there, replace(there, certificate_id=UUID(int=9)), row(STATES["待上门评定"])]
    found = tasks(rows, "WJ", "533401", story.POLICY, DAY, [held(2)])
    assert [(x.task, x.words, x.round_id, x.days_left) for x in found] == [
        ("RECORD_VISITS", "登记上门评残结果（2人未登记）", AHEAD.round_id, -2),
        ("VISIT_HOME", "安排上门评残", None, 12),
    ]
    assert [x.task for x in tasks([], "WJ", "533401", story.POLICY, DAY, [held(0)])] == ["CLOSE_ROUND"]
    late = replace(there, home_due_on=date(2026, 3, 19))
    assert [x.task for x in tasks([late], "CL", "533401", story.POLICY, DAY, [held(1)])] == ["CHASE_HOME_ASSESSMENT"]


class Rounds:
    """The register with a health bureau, and applicants who cannot come."""

    def __init__(self, office: Office, health: Client) -> None:
        self.office, self.health = office, health

    async def planned(self, **other: Any) -> str:
        """A round's id."""
        body = {"division": TOWNSHIP, "on": "2026-03-20", "institution": "H01", "doctor": "D07", "quota": 2} | other
        return str((await self.health.post("/rounds", body, 201))["id"])

    async def asked(self, citizen: int) -> str:
        """Somebody who is to be assessed at home."""
        certificate = await self.office.application(await self.office.person(citizen))
        await self.office.step(certificate, "accept")
        body = {"institution": "H01", "setting": "HOME"}
        await self.office.clerk.post(f"/certificates/{certificate}/order-assessment", body)
        return certificate

    async def put(self, certificate: str, into: str, status: int = 200) -> Any:
        """Put somebody into a round."""
        return await self.health.post(f"/certificates/{certificate}/schedule-visit", {"round_id": into}, status)

    async def day(self, certificate: str) -> Any:
        """The day on which somebody is visited."""
        return (await self.health.get(f"/certificates/{certificate}"))["visit_on"]


@pytest.fixture
async def rounds(place: World) -> Rounds:
    """The register, opened."""
    office = await certificates_office.opened(place)
    return Rounds(office, await office.client("WJ", "533401", "health"))


async def test_a_round_from_plan_to_close(rounds: Rounds) -> None:
    office, health = rounds.office, rounds.health
    first, second, third = [await rounds.asked(n) for n in range(3)]
    assert (await health.get("/rounds/requests"))["items"] == [
        {"division": story.VILLAGE, "waiting": 3, "first_due_on": "2026-03-30"},
    ]
    into = await rounds.planned()
    await rounds.put(first, into)
    await rounds.put(second, into)
    assert (await rounds.put(third, into, 409))["title"] == "round_full"
    seen = (await health.get("/rounds", month="2026-03"))["items"]
    assert [(r["round_id"], r["taken"], r["waiting"], r["quota"], r["state"]) for r in seen] == [(into, 2, 2, 2, "PLANNED")]
    assert (await health.get("/rounds", month="2026-04"))["items"] == []
    assert (await health.get("/rounds", file_number=seen[0]["file_number"]))["items"] == seen[:1]
    assert (await health.get("/rounds", file_number=file_number(UUID(int=1))))["items"] == []
    wrong = (await health.get("/rounds", month="2026-13", status=422))["errors"]
    assert [error["pointer"] for error in wrong] == ["/query/month"]
    assert [r["waiting"] for r in (await health.get("/rounds/requests"))["items"]] == [1]
    await office.on("2026-03-20")
    await office.assessed(first)
    assert (await health.post(f"/rounds/{into}/close", None, 409))["title"] == "visits_open"
    await office.on("2026-03-23")
    desk = [(x["task"], x["round_id"], x["certificate_id"]) for x in (await health.get("/desk"))["items"]]
    assert desk == [("RECORD_VISITS", into, None), ("VISIT_HOME", None, third)]
    await health.post(f"/certificates/{second}/missed-visit", {"reason": "absent"})
    assert (await health.post(f"/rounds/{into}/cancel", {"reason": "x_ray_broken"}, 409))["title"] == "round_has_results"
    await health.post(f"/rounds/{into}/close")
    whole = await health.get(f"/rounds/{into}")
    assert [(v["certificate_id"], v["visited"], v["reason"]) for v in sorted(whole["visits"], key=lambda v: v["visited"])] == [
        (first, "DONE", None),
        (second, "MISSED", "absent"),
    ]
    assert (whole["round"]["state"], whole["round"]["done"], whole["round"]["missed"]) == ("CLOSED", 1, 1)
    assert (await rounds.put(third, into, 409))["title"] == "round_over"


async def test_two_clerks_want_the_last_seat_and_one_gets_it(rounds: Rounds) -> None:
    into = await rounds.planned(quota=1)
    waiting = [await rounds.asked(n) for n in range(4)]

    async def put(certificate: str) -> str:
        path, headers = f"/certificates/{certificate}/schedule-visit", {"Idempotency-Key": f"seat-{certificate}"}
        async with rounds.health.session.post(path, json={"round_id": into}, headers=headers) as answer:
            return str((await answer.json(content_type=None)).get("title", "done"))

    outcomes = await asyncio.gather(*map(put, waiting))
    assert sorted(outcomes) == ["done", "round_full", "round_full", "round_full"]


async def test_a_moved_round_takes_everybody_along_and_a_cancelled_one_puts_them_back(rounds: Rounds) -> None:
    into = await rounds.planned()
    first, second = [await rounds.asked(n) for n in range(2)]
    await rounds.put(first, into)
    await rounds.put(second, into)
    moved = await rounds.health.post(f"/rounds/{into}/move", {"on": "2026-03-24", "reason": "road_closed"})
    assert sorted(moved["certificates"]) == sorted([first, second])
    assert [await rounds.day(x) for x in (first, second)] == ["2026-03-24"] * 2
    again = await rounds.health.post(f"/rounds/{into}/move", {"on": "2026-03-24", "reason": "road_closed"})
    assert (again["events"], again["certificates"], again["version"]) == ([], [], 2)
    await rounds.health.post(f"/rounds/{into}/cancel", {"reason": "doctor_ill"})
    assert [await rounds.day(x) for x in (first, second)] == [None] * 2
    assert [r["waiting"] for r in (await rounds.health.get("/rounds/requests"))["items"]] == [2]
    told = (await rounds.health.get(f"/certificates/{first}/history"))["items"]
    assert [x["words"] for x in told[-3:]] == [
        "编入上门评残批次，2026-03-20上门",
        "编入上门评残批次，2026-03-24上门",
        "上门未能评定：上门批次取消，待另行安排",
    ]
    other = await rounds.planned()
    await rounds.put(first, other)
    assert await rounds.day(first) == "2026-03-20"
    for projection in (p for p in rounds.office.runtime.service.projections if p.table in ("home_round", "home_visit")):
        async with rounds.office.runtime.pool.acquire() as conn:
            before = await contents(conn, projection)
        url = rounds.office.place.database["certificates"]["rebuild"]
        assert await Rebuild(rounds.office.runtime, projection.table, url).run() == len(before) > 1
        async with rounds.office.runtime.pool.acquire() as conn:
            assert await contents(conn, projection) == before


async def test_bad_rounds_and_foreign_ones_are_refused(rounds: Rounds) -> None:
    office, health = rounds.office, rounds.health
    body = {"division": TOWNSHIP, "on": "2026-03-20", "institution": "H01", "doctor": "D07", "quota": 2}
    for wrong in ({"quota": 0}, {"doctor": "和医生"}, {"division": "533401"}, {"on": "20260320"}, {"name": "x"}):
        assert (await health.post("/rounds", body | wrong, 422))["title"] == "not_valid"
    assert (await health.post("/rounds", body | {"division": "533422101"}, 403))["title"] == "foreign_division"
    assert (await office.institution.post("/rounds", body, 403))["title"] == "scope_missing"
    into, there = await rounds.planned(), await office.client("WJ", "533422", "health")
    assert (await there.get("/rounds"))["items"] == []
    await there.get(f"/rounds/{into}", 404)
    for step, asked in (("move", {"on": "2026-03-24", "reason": "x1"}), ("cancel", {"reason": "x1"}), ("close", {})):
        assert (await there.post(f"/rounds/{into}/{step}", asked, 404))["title"] == "round_unknown"
    nobody = "00000000-0000-4000-8000-000000000009"
    assert (await rounds.put(await rounds.asked(0), nobody, 404))["title"] == "round_unknown"
    assert (await health.post(f"/rounds/{nobody}/close", None, 404))["title"] == "round_unknown"


def test_the_health_bureau_can_never_enter_a_conclusion() -> None:
    for past in (STATES["已编入上门批次"], STATES["复评中"]):
        with pytest.raises(Forbidden, match="not_your_duty"):
            story.certificate(*past).when(commands.CompleteAssessment(True, vocabulary.Category.PHYSICAL, 2), DAY, HEALTH).then()
