"""A reminder that reached nobody by phone becomes a visit, and the visit its proof: through all four services."""

from datetime import date
from typing import Any
from uuid import UUID

from services.notifications.reminder.decider import VISITORS
from tests.journey.samples import VILLAGE
from tests.journey.test_story import HOLDER, POOR, Town, in_inbox, issued, reminder
from tests.world import Client, World

NEIGHBOUR = "533401102202"


async def planned(office: Client, place: World, **wanted: str) -> dict[str, Any]:
    """The office's planned visit with these values, once it is there."""

    async def one() -> dict[str, Any] | None:
        page = await office.get("/planned-visits")
        return next((row for row in page["items"] if all(row[k] == x for k, x in wanted.items())), None)

    found: dict[str, Any] = await place.until(one)
    return found


async def test_a_liaison_tells_the_holder_in_the_last_month_and_nothing_stays_open(place: World) -> None:
    town = await Town(place).open()
    person, certificate = await issued(town, HOLDER, "测试甲", VILLAGE, date(2016, 5, 2))
    monitoring = await town.as_("monitoring", "CUN", VILLAGE, "liaison")
    household = (await monitoring.post("/households", {"division": VILLAGE, "members": [person]}, 201))["id"]
    await town.on(date(2026, 4, 23))  # valid to 2026-05-23: both windows are open
    one = await reminder(town, certificate, "ONE_MONTH", VISITORS)
    village = await town.as_("notifications", "CUN", VILLAGE, "liaison")
    (asked,) = await in_inbox(town, village, str(one["reminder_id"]))
    await village.post(f"/notices/{asked['notice_id']}/acknowledge")
    visit = await planned(monitoring, place, reminder_id=str(one["reminder_id"]))
    assert {
        name: visit[name] for name in ("certificate_id", "person_id", "household_id", "purpose", "state", "valid_to", "due_on")
    } == {
        "certificate_id": certificate,
        "person_id": person,
        "household_id": household,
        "purpose": "REMIND_RENEWAL",
        "state": "PLANNED",
        "valid_to": "2026-05-23",
        "due_on": "2026-04-28",
    }
    at, told = f"/planned-visits/{visit['planned_visit_id']}", {"outcome": "TOLD", "told": "HOLDER"}
    neighbour = await town.as_("monitoring", "CUN", NEIGHBOUR, "liaison")
    await neighbour.post(f"{at}/close", told, 404)
    await town.on(date(2026, 4, 24))
    closed = await monitoring.post(f"{at}/close", told)
    (verified,) = await town.seen(
        "notifications", "SELECT * FROM views.notice WHERE notice_id = $1 AND state = 'VERIFIED'", UUID(asked["notice_id"])
    )
    assert verified["verified_by"] == "ReminderReached"
    row = (await village.get(f"/reminders/{one['reminder_id']}"))["reminder"]
    assert (row["state"], row["proof"], row["rung"], row["reached_on"]) == ("REACHED", "VISITOR", "CUN@village", "2026-04-24")
    reached = await place.sql(
        "notifications", "SELECT * FROM events WHERE type = 'ReminderReached' AND stream_id = $1", one["reminder_id"]
    )
    assert [r["causation_id"] for r in reached] == [UUID(closed["events"][0]["id"])]


async def test_a_visit_in_vain_hands_on_and_a_renewal_withdraws_the_one_that_is_open(place: World) -> None:
    town = await Town(place).open()
    monitoring = await town.as_("monitoring", "CUN", VILLAGE, "liaison")
    cards = [(await issued(town, who, "测试", VILLAGE, date(2016, 5, 2)))[1] for who in (HOLDER, POOR)]
    await town.on(date(2026, 4, 23))
    owed = [await reminder(town, card, "ONE_MONTH", VISITORS) for card in cards]
    met, renewed = [await planned(monitoring, place, reminder_id=str(r["reminder_id"])) for r in owed]
    nobody = {"outcome": "NOT_FOUND", "told": "NOBODY"}
    await monitoring.post(f"/planned-visits/{met['planned_visit_id']}/close", nobody)
    county = await town.as_("notifications", "CL", "533401", "clerk")
    (handed_on,) = await in_inbox(town, county, str(owed[0]["reminder_id"]))
    assert handed_on["route"] == "reminder-one-month-county"
    clerk = await town.as_("certificates", "CL", "533401", "clerk")
    await clerk.post(f"/certificates/{cards[1]}/renew")
    gone = await planned(monitoring, place, planned_visit_id=renewed["planned_visit_id"], state="WITHDRAWN")
    assert (gone["withdrawn_for"], gone["outcome"]) == ("RENEWED", None)
    late = await monitoring.post(f"/planned-visits/{renewed['planned_visit_id']}/close", nobody, 409)
    assert late["title"] == "visit_withdrawn"


async def test_a_village_that_sends_it_back_has_no_visit_to_make_and_a_silent_one_missed_it(place: World) -> None:
    town = await Town(place).open()
    monitoring = await town.as_("monitoring", "CUN", VILLAGE, "liaison")
    village = await town.as_("notifications", "CUN", VILLAGE, "liaison")
    cards = [(await issued(town, who, "测试", VILLAGE, date(2016, 5, 2)))[1] for who in (HOLDER, POOR)]
    await town.on(date(2026, 4, 23))
    owed = [await reminder(town, card, "ONE_MONTH", VISITORS) for card in cards]
    (told,) = await in_inbox(town, village, str(owed[0]["reminder_id"]))
    await village.post(f"/notices/{told['notice_id']}/reject", {"reason": "NOT_OUR_AREA"})
    back = await planned(monitoring, place, reminder_id=str(owed[0]["reminder_id"]), state="WITHDRAWN")
    assert back["withdrawn_for"] == "RETURNED"
    await planned(monitoring, place, reminder_id=str(owed[1]["reminder_id"]), due_on="2026-04-28")
    await town.on(date(2026, 5, 1))  # two days to report it in
    missed = await planned(monitoring, place, reminder_id=str(owed[1]["reminder_id"]), missed_on="2026-05-01")
    assert missed["state"] == "PLANNED"
    await town.on(date(2026, 5, 24))
    lapsed = await planned(monitoring, place, reminder_id=str(owed[1]["reminder_id"]), state="WITHDRAWN")
    assert (lapsed["withdrawn_for"], lapsed["missed_on"]) == ("LAPSED", "2026-05-01")
    assert (
        await place.sql("monitoring", "SELECT 1 FROM quarantine") == await place.sql("monitoring", "SELECT 1 FROM views.due") == []
    )
