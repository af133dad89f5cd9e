"""今日待办: each office sees what waits for it, with the days left, and takes a step for many at once."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from services.certificates.front_desk.work_list import tasks
from tests.certificates import office as certificates_office
from tests.certificates.certificate import story
from tests.certificates.certificate.lives import STATES
from tests.certificates.certificate.samples import row
from tests.world import World

DAY = date(2026, 3, 20)  # a Friday
OFFICES = (("CL", "533401"), ("XZ", "533401204"), ("CUN", story.VILLAGE), ("WJ", "533401"), ("CL", "5334"), ("MZ", "533401"))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("已申请", {("CL", "533401"): "ACCEPT", ("XZ", "533401204"): "FORWARD"}),
        ("已受理", {("CL", "533401"): "ORDER_ASSESSMENT"}),
        ("评定中", {}),
        ("待上门评定", {("WJ", "533401"): "VISIT_HOME"}),
        ("符合标准", {("CL", "533401"): "ORDER_NOTICE"}),
        ("不符合标准", {("CL", "533401"): "REFUSE"}),
        ("公示单已下发", {("CUN", story.VILLAGE): "POST_NOTICE"}),
        ("公示中", {("CUN", story.VILLAGE): "TAKE_DOWN_NOTICE"}),
        ("公示结束", {("CL", "533401"): "ISSUE"}),
        ("公示有异议", {("CL", "533401"): "ANSWER_OBJECTIONS"}),
        ("异议处理中", {("CL", "5334"): "DECIDE_DISPUTE"}),
        ("持证", {}),
        ("持证，拟注销", {("CL", "533401"): "DECIDE_PROPOSAL"}),
        ("迁移待接收", {("CL", "533401"): "TAKE_OVER"}),
        ("复评中", {("CL", "533401"): "REVIEW"}),
        ("已注销", {}),
    ],
)
def test_each_office_sees_what_waits_for_it(state: str, expected: dict[tuple[str, str], str]) -> None:
    one = [row(STATES[state])]
    found = {who: [t.task for t in tasks(one, *who, story.POLICY, DAY)] for who in OFFICES}
    assert {who: names[0] for who, names in found.items() if names} == expected


def test_what_has_a_day_comes_first_with_the_days_left() -> None:
    closed, home = row(STATES["公示结束"]), row(STATES["待上门评定"])
    late = replace(home, certificate_id=UUID(int=9), home_due_on=date(2026, 3, 18))
    found = tasks([row(STATES["已申请"]), closed, late], "CL", "533401", story.POLICY, DAY)
    assert [(t.task, t.due_on, t.days_left) for t in found] == [
        ("CHASE_HOME_ASSESSMENT", date(2026, 3, 18), -2),
        ("ISSUE", date(2026, 3, 31), 11),
        ("ACCEPT", None, None),
    ]


async def test_a_clerk_takes_a_step_for_many_and_one_refusal_stops_no_other(place: World) -> None:
    office = await certificates_office.opened(place)
    first, second = [await office.application(await office.person(n)) for n in range(2)]
    await office.step(second, "accept")
    unknown = str(uuid4())
    assert [t["task"] for t in (await office.clerk.get("/desk"))["items"]] == ["ACCEPT", "ORDER_ASSESSMENT"]
    many = {"step": "accept", "certificate_ids": [first, second, unknown]}
    told = await office.clerk.post("/desk/steps", many)
    assert told["outcomes"] == {first: "done", second: "assessment_not_ordered", unknown: "certificate_unknown"}
    assert (await office.village.post("/desk/steps", many, 403))["title"] == "scope_missing"
    assert (await office.clerk.post("/desk/steps", many | {"step": "issue"}, 422))["title"] == "not_valid"
    assert (await office.village.get("/desk"))["items"] == []
