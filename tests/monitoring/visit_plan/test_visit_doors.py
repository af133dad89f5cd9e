"""The doors of planned visits over the real database: the week's list, counts, planning by hand, the report, and who may do what."""

from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from python_calamine import CalamineWorkbook

from services.domain.file_number import file_number
from services.engine.rebuild import Rebuild
from tests.monitoring.visit_plan.desk import FOLLOW_UP, TOLD, Desk
from tests.monitoring.visit_plan.samples import CARD, HOLDER, REMINDER, UNTIL, VILLAGE
from tests.world import Client

NEXT, ELSEWHERE = "533401102202", "533422101001"


async def test_a_reminders_visit_is_listed_reported_once_and_its_day_settled(desk: Desk) -> None:
    at = await desk.of_reminder()
    (listed,) = (await desk.village.get("/planned-visits", state="PLANNED", due_before="2026-03-09"))["items"]
    assert {
        name: listed[name] for name in ("person_id", "certificate_id", "valid_to", "reminder_id", "due_on", "report_by", "purpose")
    } == {
        "person_id": str(HOLDER),
        "certificate_id": str(CARD),
        "valid_to": str(UNTIL),
        "reminder_id": str(REMINDER),
        "due_on": "2026-03-05",
        "report_by": "2026-03-07",
        "purpose": "REMIND_RENEWAL",
    }
    done = await desk.village.post(f"{at}/close", TOLD, Idempotency_Key="report-of-monday")
    assert [event["type"] for event in done["events"]] == ["shouwang.monitoring.PlannedVisitClosed"]
    assert await desk.village.post(f"{at}/close", TOLD, Idempotency_Key="report-of-monday") == done
    assert (await desk.village.post(f"{at}/close", TOLD))["events"] == []
    other = {"outcome": "NOT_FOUND", "told": "NOBODY"}
    assert (await desk.village.post(f"{at}/close", other, 409))["title"] == "visit_closed"
    assert (await desk.village.post(f"{at}/close", other, 422, Idempotency_Key="report-of-monday"))[
        "title"
    ] == "idempotency_key_reused"
    found = await desk.village.get(at)
    assert (found["state"], found["outcome"], found["told"], found["visited_on"], found["reported_by"]) == (
        "CLOSED",
        "TOLD",
        "GUARDIAN",
        "2026-03-02",
        f"CUN:{VILLAGE}:cun-{VILLAGE}",
    )
    await desk.on(date(2026, 3, 9))
    assert await desk.types() == ["VisitPlanned", "PlannedVisitClosed"]
    assert (await desk.village.get("/planned-visits", state="PLANNED"))["items"] == []


async def test_a_visit_that_nobody_reports_is_missed_once_and_may_still_be_reported(desk: Desk) -> None:
    at = await desk.of_reminder()
    await desk.on(date(2026, 3, 7))
    assert await desk.types() == ["VisitPlanned"]
    for day in (8, 9):
        await desk.on(date(2026, 3, day))
        assert await desk.types() == ["VisitPlanned", "VisitMissed"]
    (late,) = (await desk.village.get("/planned-visits", state="PLANNED"))["items"]
    assert late["missed_on"] == "2026-03-08"
    assert (await desk.county.get("/planned-visits/counts"))["items"] == [
        {"division": VILLAGE, "state": "PLANNED", "count": 1, "missed": 1}
    ]
    await desk.village.post(f"{at}/close", TOLD)
    found = await desk.village.get(at)
    assert (found["state"], found["missed_on"], found["visited_on"]) == ("CLOSED", "2026-03-08", "2026-03-09")


async def test_an_official_plans_a_visit_in_the_household_that_is_followed_there(desk: Desk) -> None:
    home = await desk.village.post("/households", {"division": VILLAGE, "members": [str(HOLDER)]}, 201)
    at = await desk.plan()
    found = await desk.village.get(at)
    assert (found["household_id"], found["planned_by"], found["reminder_id"], found["valid_to"]) == (home["id"], "CL", None, None)
    seen = await desk.village.post(f"/households/{home['id']}/visits", {"incidents": []}, 201)
    await desk.village.post(f"{at}/close", TOLD | {"visit_id": str(uuid4())}, 404)
    await desk.village.post(f"{at}/close", TOLD | {"visit_id": seen["visit_id"]})
    assert (await desk.county.get(at))["visit_id"] == seen["visit_id"]


async def test_a_visit_that_cannot_be_is_not_planned(desk: Desk) -> None:
    for wrong, title in (
        ({"division": VILLAGE[:9]}, "not_valid"),
        ({"purpose": "TEA"}, "not_valid"),
        ({"due_on": "2026-03-01"}, "due_in_the_past"),
        ({"due_on": "2026-02-30"}, "not_valid"),
        ({"due_on": "1772600000"}, "not_valid"),
        ({"person_id": "1"}, "not_valid"),
        ({"note": "x"}, "not_valid"),
    ):
        assert (await desk.county.post("/planned-visits", FOLLOW_UP | wrong, 422))["title"] == title
    outside = await desk.as_("CL", "110101", "official")
    assert (await outside.post("/planned-visits", FOLLOW_UP | {"division": "110101001001"}, 422))["title"] == "division_unknown"
    assert await desk.types() == []


async def test_a_report_that_cannot_be_is_refused(desk: Desk) -> None:
    at = await desk.of_reminder()
    for report, status, title in (
        (TOLD | {"visited_on": "2026-03-03"}, 422, "visit_in_future"),
        (TOLD | {"visited_on": "2026-03-01"}, 409, "visited_before_planned"),
        (TOLD | {"outcome": "NOT_FOUND"}, 422, "outcome_contradicts_told"),
        (TOLD | {"told": "A_NEIGHBOUR"}, 422, "not_valid"),
        ({"outcome": "TOLD"}, 422, "not_valid"),
    ):
        assert (await desk.village.post(f"{at}/close", report, status))["title"] == title
    assert (await desk.village.get(at))["state"] == "PLANNED"


async def test_another_village_sees_nothing_plans_nothing_and_reports_nothing(desk: Desk) -> None:
    at = await desk.of_reminder()
    for division in (NEXT, ELSEWHERE):
        other = await desk.as_("CUN", division, "liaison")
        for path in ("/planned-visits", f"/planned-visits?division={VILLAGE}", "/planned-visits/counts"):
            assert (await other.get(path))["items"] == []
        assert len((await workbook(other))[3:]) == 1  # the header alone
        await other.get(at, 404)
        await other.post(f"{at}/close", TOLD, 404)
        assert (await other.post("/planned-visits", FOLLOW_UP, 403))["title"] == "foreign_division"
    unknown = await desk.village.post(f"/planned-visits/{uuid4()}/close", TOLD, 404)
    assert unknown["title"] == "planned_visit_unknown"


async def test_other_agencies_learn_of_no_visit_and_a_clerk_or_official_reports_none(desk: Desk) -> None:
    at = await desk.of_reminder()
    for agency in ("MZ", "XCZX"):
        civil = await desk.as_(agency, "533401", "official")
        for path in ("/planned-visits", "/planned-visits/counts", "/planned-visits.xlsx?due_before=2026-03-09", at):
            assert (await civil.get(path, 403))["title"] == "not_your_duty"
        assert (await civil.post("/planned-visits", FOLLOW_UP, 403))["title"] == "not_your_duty"
    assert (await desk.county.post(f"{at}/close", TOLD, 403))["title"] == "scope_missing"
    clerk = await desk.as_("CL", "533401", "clerk")
    assert (await clerk.post("/planned-visits", FOLLOW_UP, 403))["title"] == "scope_missing"
    assert (await clerk.get(at))["state"] == "PLANNED"


async def test_the_list_is_read_page_by_page_soonest_due_first(desk: Desk) -> None:
    days = [f"2026-03-{day:02}" for day in (9, 4, 7, 4, 5)]
    for day, village in zip(days, (VILLAGE, NEXT, VILLAGE, VILLAGE, NEXT), strict=True):
        await desk.plan(due_on=day, division=village)
    read, asked = list[str](), dict[str, Any]()
    for _ in range(3):
        page = await desk.county.get("/planned-visits", limit=2, **asked)
        read += [row["due_on"] for row in page["items"]]
        asked = {"after": page["cursor"]}
    assert read == sorted(days)
    assert [row["due_on"] for row in (await desk.village.get("/planned-visits", due_before="2026-03-09"))["items"]] == [
        days[1],
        days[2],
    ]
    assert [(row["division"], row["count"]) for row in (await desk.county.get("/planned-visits/counts"))["items"]] == [
        (VILLAGE, 3),
        (NEXT, 2),
    ]
    assert (await desk.county.get("/planned-visits/counts", division=NEXT))["items"] == [
        {"division": NEXT, "state": "PLANNED", "count": 2, "missed": 0}
    ]
    for wrong in ({"after": "x"}, {"due_before": "0"}, {"due_before": "2026-02-30"}, {"state": "MISSED"}, {"division": "x"}):
        await desk.county.get("/planned-visits", 422, **wrong)


async def workbook(office: Client) -> list[list[Any]]:
    """The week's list as a sheet."""
    async with office.session.get("/planned-visits.xlsx", params={"due_before": "2026-03-09"}) as answer:
        assert answer.status == 200
        book = CalamineWorkbook.from_filelike(BytesIO(await answer.read()))
    return book.get_sheet_by_index(0).to_python()


async def test_a_liaison_takes_the_weeks_open_visits_along_without_names(desk: Desk) -> None:
    at = await desk.of_reminder()
    await desk.plan(due_on="2026-03-09")
    closed = await desk.plan()
    await desk.village.post(f"{closed}/close", TOLD)
    number = file_number(UUID(at.rpartition("/")[2]))
    _, _, _, header, *lines = await workbook(desk.village)
    (found,) = (await desk.village.get("/planned-visits", file_number=number))["items"]
    assert (found["file_number"], found["planned_visit_id"]) == (number, at.rpartition("/")[2])
    assert header[:4] == ["走访编号", "村（社区）", "村（社区）代码", "人员编号"]
    assert lines == [
        [
            number,
            "小中甸镇联合村民委员会",
            VILLAGE,
            file_number(HOLDER),
            "提醒换证",
            UNTIL,
            date(2026, 3, 5),
            date(2026, 3, 7),
            "否",
            "",
            "",
            "",
        ],
    ]


async def test_a_rebuild_gives_the_same_visits_and_the_same_days(desk: Desk) -> None:
    await desk.of_reminder()
    await desk.plan()
    await desk.village.post(f"{await desk.plan()}/close", TOLD)
    for table, rows in (("planned_visit", 3), ("due", 2)):
        before = await desk.place.sql("monitoring", f"SELECT * FROM views.{table} ORDER BY 1")
        assert await Rebuild(desk.runtime, table, desk.place.database["monitoring"]["rebuild"]).run() == rows
        assert await desk.place.sql("monitoring", f"SELECT * FROM views.{table} ORDER BY 1") == before


async def test_a_visit_to_a_person_of_another_county_is_as_impossible_as_to_nobody(desk: Desk) -> None:
    foreign, moved = UUID(int=20), UUID(int=21)
    await desk.lives(foreign, ELSEWHERE)
    await desk.lives(moved, VILLAGE)
    answers = [await desk.county.post("/planned-visits", FOLLOW_UP | {"person_id": str(who)}, 404) for who in (foreign, uuid4())]
    assert answers[0] == answers[1]
    assert answers[0]["title"] == "person_unknown"
    prefecture = await desk.as_("CL", "5334", "official")
    assert (await prefecture.post("/planned-visits", FOLLOW_UP | {"person_id": str(foreign)}, 404)) == answers[0]
    assert await desk.types() == []
    await desk.plan(person_id=str(moved), division=NEXT)
    await desk.moves(moved, VILLAGE, ELSEWHERE)
    await desk.county.post("/planned-visits", FOLLOW_UP | {"person_id": str(moved)}, 404)


@pytest.mark.parametrize("village", ["533499101001", "533401299001", "533401000001"])
async def test_a_village_of_a_county_or_township_that_is_not_there_is_refused(desk: Desk, village: str) -> None:
    prefecture = await desk.as_("CL", "5334", "official")
    assert (await prefecture.post("/planned-visits", FOLLOW_UP | {"division": village}, 422))["title"] == "division_unknown"
    clerk = await desk.as_("XCZX", "5334", "clerk")
    household = {"division": village, "members": [str(HOLDER)]}
    assert (await clerk.post("/households", household, 422))["title"] == "division_unknown"
