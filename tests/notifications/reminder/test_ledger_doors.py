"""The reminder ledger over real servers: the ladder by the clock, confirmation, what stops it, what is missed, who sees what."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.certificates.certificate.card import events as card_events
from services.certificates.person import events as person_events
from services.domain.file_number import file_number
from services.engine.rebuild import Rebuild
from tests.notifications.reminder.ledger import COUNTY, DAY, ENDS, ONE, Registry, card, holder, lapsed, near, reminder_of, workbook
from tests.notifications.reminder.samples import ELSEWHERE, RENEWED
from tests.notifications.samples import VILLAGE

pytestmark = pytest.mark.usefixtures("place")


async def ledger(registry: Registry, **asked: Any) -> list[Any]:
    """What the county federation reads."""
    office = await registry.as_("CL", COUNTY)
    return list((await office.get("/reminders", **asked))["items"])


async def past_two_rungs(registry: Registry) -> tuple[Any, Any]:
    """A reminder that was owed is answered in time neither by the person nor by the village: the notices to village and township."""
    await registry.on(date(2026, 3, 17))
    (village,) = await registry.notices(reminder_of(), 1)
    desk = await registry.as_("CUN", VILLAGE, "liaison")
    await desk.post(f"/notices/{village['notice_id']}/acknowledge")
    await registry.on(date(2026, 4, 1))
    _, township = await registry.notices(reminder_of(), 2)
    return village, township


async def test_the_ladder_climbs_by_the_clock_from_the_person_to_the_village_and_the_township(registry: Registry) -> None:
    await registry.says(near())
    (row,) = await ledger(registry)
    assert (row["rung"], row["answer_by"], row["state"]) == ("PERSON", "2026-03-16", "OWED")
    told, township = await past_two_rungs(registry)
    assert (told["agency"], told["division"], told["route"]) == ("CUN", VILLAGE, "reminder-six-months-village")
    village = await registry.as_("CUN", VILLAGE, "liaison")
    why = await village.get(f"/notices/{told['notice_id']}/explain")
    assert (why["rung"], why["cause_type"]) == ("CUN@village", "ReminderTried")
    assert (township["agency"], township["division"]) == ("CL", VILLAGE[:9])
    assert [r["reminder_id"] for r in await ledger(registry, overdue="true")] == []


async def test_the_village_confirms_and_its_notice_is_verified_and_the_townships_withdrawn(registry: Registry) -> None:
    await registry.says(near())
    told, township = await past_two_rungs(registry)
    this, at = reminder_of(), f"/reminders/{reminder_of()}"
    village = await registry.as_("CUN", VILLAGE, "liaison")
    await village.post(f"{at}/confirm", {"proof": "HANDSET"}, 409)
    await village.post(f"{at}/confirm", {"proof": "A_NEIGHBOUR"}, 422)
    await village.post(f"{at}/confirm", {"proof": "HOLDER"})
    assert (await village.post(f"{at}/confirm", {"proof": "HOLDER"}, 409))["title"] == "reminder_settled"
    (verified,) = await registry.notices(this, 1, state="VERIFIED")
    assert (verified["notice_id"], verified["agency"], verified["verified_by"]) == (told["notice_id"], "CUN", "ReminderReached")
    (withdrawn,) = await registry.notices(this, 1, state="SUPPRESSED")
    assert withdrawn["notice_id"] == township["notice_id"]
    found = await village.get(at)
    reminder = found["reminder"]
    assert (reminder["state"], reminder["proof"], reminder["rung"]) == ("REACHED", "HOLDER", "CL@township")
    assert reminder["tried"] == ["PERSON:no_proof_in_time:2026-03-17", "CUN@village:no_proof_in_time:2026-04-01"]
    assert [(s["what"], s["rung"], s["by"].partition(":")[0]) for s in found["trail"]] == [
        ("OPENED", "PERSON", "machine"),
        ("TRIED", "PERSON", "machine"),
        ("NOTREACHED", "PERSON", "machine"),
        ("TRIED", "CUN@village", "machine"),
        ("NOTREACHED", "CUN@village", "machine"),
        ("TRIED", "CL@township", "machine"),
        ("REACHED", "CL@township", "CUN"),
    ]
    assert await registry.sql("SELECT 1 FROM views.due WHERE subject = $1", this) == []


async def test_in_the_last_month_a_silent_county_is_escalated_until_somebody_is_reached(registry: Registry) -> None:
    await registry.says(near(window=ONE, until=date(2026, 4, 2)))
    this = reminder_of(window=ONE, until=date(2026, 4, 2))
    for day in (date(2026, 3, 6), date(2026, 3, 12)):
        await registry.on(day)
        await registry.notices(this, 1 + (day > date(2026, 3, 6)))
    (county,) = await registry.notices(this, 1, agency="CL")
    assert (county["division"], county["severity"], str(county["acknowledge_by"])) == (COUNTY, "HIGH", "2026-03-16")
    assert [r["rung"] for r in await ledger(registry, overdue="true", window="ONE_MONTH")] == ["CL@county"]
    await registry.on(date(2026, 3, 17))
    (committee,) = await registry.notices(this, 1, agency="CGW")
    assert (committee["division"], committee["stage"]) == (COUNTY, 1)
    assert len(await registry.notices(this, 1, agency="CL")) == 1
    clerk = await registry.as_("CL", COUNTY)
    await clerk.post(f"/reminders/{this}/confirm", {"proof": "GUARDIAN"})
    assert len(await registry.notices(this, 3, state="SUPPRESSED")) == 3
    await registry.on(date(2026, 3, 31))
    assert await registry.sql("SELECT 1 FROM views.due") == []


async def test_a_village_that_sends_it_back_hands_it_on_and_the_next_office_is_told_once(registry: Registry) -> None:
    await registry.says(near())
    await registry.on(date(2026, 3, 17))
    (told,) = await registry.notices(reminder_of(), 1)
    village = await registry.as_("CUN", VILLAGE, "liaison")
    await village.post(f"/notices/{told['notice_id']}/reject", {"reason": "NOT_OUR_AREA"})
    (township,) = await registry.notices(reminder_of(), 1, agency="CL")
    assert (township["route"], township["division"], township["returned"]) == ("reminder-six-months-township", VILLAGE[:9], False)
    (row,) = await ledger(registry)
    assert (row["rung"], row["tried"][1]) == ("CL@township", "CUN@village:NOT_OUR_AREA:2026-03-17")
    assert len(await registry.notices(reminder_of(), 2)) == 2


async def test_a_renewal_stops_it_and_verifies_what_an_office_had_taken_up(registry: Registry) -> None:
    await registry.says(near())
    await registry.on(date(2026, 3, 17))
    (told,) = await registry.notices(reminder_of(), 1)
    village = await registry.as_("CUN", VILLAGE, "liaison")
    await village.post(f"/notices/{told['notice_id']}/acknowledge")
    await registry.says(RENEWED)
    (verified,) = await registry.notices(reminder_of(), 1, state="VERIFIED")
    assert verified["verified_by"] == "ReminderStopped"
    (row,) = await ledger(registry, state="STOPPED")
    assert (row["stopped_for"], row["answer_by"]) == ("RENEWED", None)
    assert (await village.post(f"/reminders/{reminder_of()}/confirm", {"proof": "HOLDER"}, 409))["title"] == "reminder_settled"


async def test_what_comes_twice_or_too_late_does_nothing(registry: Registry) -> None:
    await registry.says(near())
    stored = await registry.sql("SELECT event_id FROM events ORDER BY position")
    await registry.repeats()
    await registry.says(near())
    assert await registry.sql("SELECT event_id FROM events WHERE type LIKE 'Reminder%' ORDER BY position") == stored
    late = near("late")
    await registry.says(late, replace(RENEWED, person_id=holder("late")), name="late")
    assert await ledger(registry, certificate_id=str(card("late"))) == []


async def test_a_death_stops_what_is_owed_and_its_correction_brings_it_back(registry: Registry) -> None:
    await registry.says(near(), near(window=ONE))
    await registry.says(person_events.PersonDied(died_on=DAY, evidence="certificate"))
    assert {(r["state"], r["stopped_for"]) for r in await ledger(registry)} == {("STOPPED", "DEATH")}
    await registry.says(person_events.PersonDeathCorrected(corrected_on=DAY, evidence="alive"))
    assert [(r["state"], r["rung"], r["tried"]) for r in await ledger(registry)] == [("OWED", "PERSON", [])] * 2


async def test_a_card_that_moves_is_its_new_villages_and_the_old_one_is_not_asked_any_more(registry: Registry) -> None:
    await registry.says(near())
    await registry.on(date(2026, 3, 17))
    await registry.notices(reminder_of(), 1, agency="CUN", division=VILLAGE)
    out = card_events.CertificateTransferredOut(
        person_id=holder(), from_division=VILLAGE, to_division=ELSEWHERE, transferred_on=DAY
    )
    await registry.says(out, division=ELSEWHERE)
    await registry.notices(reminder_of(), 1, division=VILLAGE, state="SUPPRESSED")
    await registry.notices(reminder_of(), 1, division=ELSEWHERE, state="SENT")
    assert await ledger(registry) == []
    there = await registry.as_("CUN", ELSEWHERE, "liaison")
    await there.post(f"/reminders/{reminder_of()}/confirm", {"proof": "HOLDER"})


async def test_a_card_that_lapses_unreached_is_missed_and_its_offices_are_listed(registry: Registry) -> None:
    clerk, once = await lapsed(registry), [file_number(card("once"))]
    (missed,) = await ledger(registry, state="MISSED")
    assert (missed["certificate_id"], missed["expiry_window"]) == (str(card("once")), "ONE_MONTH")
    await registry.notices(reminder_of("once", ONE, ENDS), 1, state="SUPPRESSED")
    assert (await clerk.get("/reminders/short", month="2026-03"))["items"] == [
        {"division": VILLAGE[:9], "lapsed": 2, "short": 1, "file_numbers": once},
        {"division": VILLAGE, "lapsed": 2, "short": 1, "file_numbers": once},
    ]
    assert (await clerk.get("/reminders/short", month="2026-04"))["items"] == []
    for number in (missed["file_number"], missed["card_number"]):
        assert missed in await ledger(registry, file_number=number)
    assert once == [missed["card_number"]]
    assert await ledger(registry, file_number=file_number(card("nobody's"))) == []
    shape = (
        "window",
        "due",
        "by_handset",
        "by_holder",
        "by_guardian",
        "by_visitor",
        "on_the_way",
        "not_reached",
        "stopped",
        "missed",
    )
    assert [tuple(line[name] for name in shape) for line in (await clerk.get("/reminders/counts"))["items"]] == [
        ("ONE_MONTH", 2, 0, 0, 0, 1, 0, 0, 0, 1),
        ("SIX_MONTHS", 3, 0, 0, 0, 2, 0, 0, 1, 0),
    ]


async def test_another_county_sees_nothing_and_confirms_nothing_and_another_agency_neither(registry: Registry) -> None:
    await registry.says(near())
    this = f"/reminders/{reminder_of()}"
    other = await registry.as_("CL", "533422")
    for path in ("/reminders", "/reminders/counts"):
        assert (await other.get(path))["items"] == []
    assert (await other.get("/reminders", division=COUNTY))["items"] == []
    assert (await other.get("/reminders/short", month="2026-08"))["items"] == []
    assert len((await workbook(other, month="2026-08"))[0]) == 4
    await other.get(this, 404)
    await other.post(f"{this}/confirm", {"proof": "HOLDER"}, 404)
    neighbour = await registry.as_("CUN", f"{VILLAGE[:11]}9", "liaison")
    assert (await neighbour.get("/reminders"))["items"] == []
    await neighbour.post(f"{this}/confirm", {"proof": "HOLDER"}, 404)
    civil = await registry.as_("MZ", COUNTY, "official")
    for path in ("/reminders", this, "/reminders/short?month=2026-08", "/reminders.xlsx?month=2026-08"):
        await civil.get(path, 403)
    await civil.post(f"{this}/confirm", {"proof": "HOLDER"}, 403)
    operator = await registry.as_("OPS", "5334", "operator")
    await operator.get("/reminders", 403)


async def test_whoever_does_not_remind_gets_no_small_number_by_asking_for_narrower_divisions(registry: Registry) -> None:
    for number in range(12):
        await registry.says(near(f"card {number}"), name=f"card {number}", division=VILLAGE if number else "533401103201")
    reading, none = ("due", "on_the_way", "by_handset"), (None, None, None)
    shown = {"": (12, 12, 0), "5334": (12, 12, 0), COUNTY: (12, 12, 0), VILLAGE[:9]: none, VILLAGE: none, VILLAGE[:7]: none}
    civil = await registry.as_("MZ", COUNTY, "official")
    for division, numbers in shown.items():
        (line,) = (await civil.get("/reminders/counts", division=division))["items"]
        assert (line["window"], *(line[name] for name in reading)) == ("SIX_MONTHS", *numbers), division
    assert (await civil.get("/reminders/counts", division="533422"))["items"] == []
    operator = await registry.as_("OPS", "5334", "operator")
    assert (await operator.get("/reminders/counts"))["items"] == (await civil.get("/reminders/counts"))["items"]
    assert {*(await operator.get("/reminders/counts", division=VILLAGE[:9]))["items"][0].values()} == {"SIX_MONTHS", None}
    clerk = await registry.as_("CL", COUNTY)
    (line,) = (await clerk.get("/reminders/counts", division=VILLAGE[:9]))["items"]
    assert (line["due"], line["on_the_way"]) == (11, 11)


async def test_the_ledger_is_read_page_by_page_by_the_day_on_which_cards_lapse(registry: Registry) -> None:
    for number in range(5):
        until = date(2026, 8, 28 - number)
        await registry.says(near(f"card {number}", until=until), name=f"card {number}")
    office = await registry.as_("CL", COUNTY)
    read, asked = list[str](), dict[str, Any]()
    for _ in range(3):
        page = await office.get("/reminders", limit=2, **asked)
        read += [r["valid_to"] for r in page["items"]]
        asked = {"after": page["cursor"]}
    assert read == [f"2026-08-{day}" for day in range(24, 29)]
    assert len(await ledger(registry, division=VILLAGE)) == 5
    await office.get("/reminders", 422, after="x")


async def test_a_rebuild_gives_the_same_ledger_and_tells_nobody(registry: Registry) -> None:
    await registry.says(near())
    await registry.on(date(2026, 3, 17))
    await registry.notices(reminder_of(), 1)
    before = await registry.sql("SELECT * FROM views.reminder")
    due, effects = (
        await registry.sql("SELECT * FROM views.due ORDER BY subject, kind"),
        await registry.sql("SELECT notice_id FROM effect"),
    )
    for table, rows in (("reminder", 1), ("due", len(due))):
        assert await Rebuild(registry.runtime, table, registry.place.database["notifications"]["rebuild"]).run() == rows
    assert await registry.sql("SELECT * FROM views.reminder") == before
    assert await registry.sql("SELECT * FROM views.due ORDER BY subject, kind") == due
    assert await registry.sql("SELECT notice_id FROM effect") == effects
