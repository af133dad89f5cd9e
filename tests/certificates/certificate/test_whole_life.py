"""The whole life of a certificate through the doors, over a real database: what the clerk, village, hospital and others do and see."""

from typing import Any

import pytest

from tests.certificates import office as certificates_office
from tests.certificates.office import CITIZENS, VILLAGE, Office
from tests.world import World

RIGHT = "533499198001010021"  # the same day of birth, another sequence; check digit right


@pytest.fixture
async def office(place: World) -> Office:
    """The register, opened."""
    return await certificates_office.opened(place)


async def numbers(office: Office) -> list[tuple[str, str | None]]:
    """Every number with the day it ended."""
    rows = await office.sql("SELECT number, until FROM certificate_number ORDER BY since, number")
    return [(r["number"], r["until"] and str(r["until"])) for r in rows]


async def one(office: Office, certificate: str) -> dict[str, Any]:
    """The certificate as a clerk reads it."""
    found: dict[str, Any] = await office.clerk.get(f"/certificates/{certificate}")
    return found


async def test_a_lost_card_gets_the_next_suffix_and_a_regraded_one_another_number(office: Office) -> None:
    _, certificate = await office.issued()
    card, plain = f"/certificates/{certificate}", f"{CITIZENS[0]}42"
    await office.village.post(f"{card}/lost")
    assert (await one(office, certificate))["status"] == "LOST"
    assert (await office.clerk.post(f"{card}/reissue", {"number": f"{plain}B2"}, 422))["title"] == "cert_suffix"
    await office.clerk.post(f"{card}/reissue", {"number": f"{plain}B1"})
    assert ((await one(office, certificate))["status"], (await one(office, certificate))["suffix"]) == ("VALID", 1)
    await office.clerk.post(f"{card}/review", {"kind": "REGRADE"})
    await office.clerk.post(f"{card}/order-assessment", {"institution": "H01"})
    await office.institution.post(f"{card}/assessment", {"meets_standard": True, "category": "PHYSICAL", "grade": 1})
    assert (await office.clerk.post(f"{card}/renew", None, 409))["title"] == "renewal_too_early"
    await office.clerk.post(f"{card}/regrade", {})
    today = "2026-03-10"
    assert await numbers(office) == [(f"{CITIZENS[0]}41", None), (plain, today), (f"{plain}B1", today)]
    assert (await one(office, certificate))["grade"] == 1


async def test_a_death_that_was_none_restores_number_dates_and_reminders(office: Office) -> None:
    person, certificate = await office.issued()
    before = await office.due()
    hidden = await office.clerk.post(f"/persons/{person}/death/report", {"source": f"list_{CITIZENS[1]}"}, 422)
    assert hidden["title"] == "personal_data_in_text"
    await office.clerk.post(f"/persons/{person}/death/report", {"source": "funeral_list"})
    assert ((await one(office, certificate))["status"], (await one(office, certificate))["proposal"]) == ("VALID", "CANCEL:DEATH")
    early = await office.clerk.post(f"/persons/{person}/death", {"died_on": "1979-12-31", "evidence": "certificate_of_death"}, 422)
    assert early["title"] == "death_before_birth"
    told = await office.clerk.post(f"/persons/{person}/death", {"died_on": "2026-03-01", "evidence": "certificate_of_death"})
    assert told["certificates"] == [certificate]
    assert (await one(office, certificate))["status"] == "CANCELLED"
    assert await office.due() == {}
    refused = await office.clerk.post("/applications", {"person_id": person, "channel": "WINDOW"}, 409)
    assert refused["title"] == "person_dead"
    await office.clerk.post(f"/persons/{person}/death/correct", {"evidence": "seen_alive"})
    assert ((await one(office, certificate))["status"], await office.due()) == ("VALID", before)
    assert await numbers(office) == [(f"{CITIZENS[0]}42", None)]


async def test_a_card_and_its_holder_move_to_the_next_county(office: Office) -> None:
    person, certificate = await office.issued()
    there = await office.client("CL", "533422", "clerk")
    await there.post(f"/certificates/{certificate}/transfer-in", None, 404)
    await office.clerk.post(f"/persons/{person}/move", {"to_division": certificates_office.FOREIGN_VILLAGE})
    await office.clerk.post(f"/certificates/{certificate}/transfer-out", {"to_division": certificates_office.FOREIGN_VILLAGE})
    await office.clerk.get(f"/certificates/{certificate}", 404)
    assert (await there.get(f"/certificates/{certificate}"))["arriving"] is True
    await there.post(f"/certificates/{certificate}/transfer-in")
    assert (await there.get(f"/certificates/{certificate}"))["arriving"] is False
    rows = await office.sql("SELECT division FROM views.due UNION SELECT division FROM certificate_number")
    assert {r["division"] for r in rows} == {certificates_office.FOREIGN_VILLAGE}


async def test_an_objection_is_confidential_and_answered_before_the_issue(office: Office) -> None:
    certificate = await office.application(await office.person())
    await office.step(certificate, "accept", "order-assessment")
    await office.assessed(certificate)
    await office.step(certificate, "public-notice", "public-notice/post")
    raised = await office.village.post(f"/certificates/{certificate}/objections", {"said": "他能走路"}, 201)
    await office.on("2026-03-10")
    await office.step(certificate, "public-notice/close")
    assert (await one(office, certificate))["status"] == "OBJECTED"
    assert (await office.clerk.post(f"/certificates/{certificate}/issue", {}, 409))["title"] == "objections_open"
    reply = {"answer": "评定结论有据", "upheld": False}
    await office.clerk.post(f"/certificates/{certificate}/objections/{raised['objection_id']}/answer", reply)
    assert (await one(office, certificate))["status"] == "NOTICE_CLOSED"
    await office.clerk.post(f"/certificates/{certificate}/issue", {})
    kept = await office.sql("SELECT said, answer, upheld FROM objection")
    assert [tuple(r) for r in kept] == [("他能走路", "评定结论有据", False)]
    stored = await office.sql("SELECT string_agg(encode(data, 'hex'), '') AS all FROM events")
    assert "他能走路".encode().hex() not in stored[0]["all"]


async def test_a_home_assessment_is_scheduled_by_the_health_bureau_and_told_when_overdue(office: Office) -> None:
    certificate = await office.application(await office.person())
    card = f"/certificates/{certificate}"
    await office.step(certificate, "accept")
    await office.clerk.post(f"{card}/order-assessment", {"institution": "H01", "setting": "HOME"})
    assert (await one(office, certificate))["home_due_on"] == "2026-03-30"
    health = await office.client("WJ", "533401", "health")
    asked = {"division": VILLAGE, "on": "2026-03-20", "institution": "H01", "doctor": "D07", "quota": 1}
    into = (await health.post("/rounds", asked, 201))["id"]
    await health.post(f"{card}/schedule-visit", {"round_id": into})
    assert (await health.post(f"{card}/assessment", {"meets_standard": False}, 403))["title"] == "scope_missing"
    await health.post(f"{card}/missed-visit", {"reason": "absent"})
    await office.on("2026-03-31")
    rows = await office.sql("SELECT type FROM events WHERE type = 'HomeAssessmentOverdue'")
    assert (len(rows), await office.due()) == (1, {})
    assert await office.on("2026-04-01") == 0


async def test_a_wrong_citizen_id_is_corrected_and_the_correction_taken_back(office: Office) -> None:
    person, other = await office.person(0), await office.person(1)
    taken = await office.clerk.post(f"/persons/{person}/citizen-id", {"citizen_id": CITIZENS[1]}, 409)
    assert taken["title"] == "person_known"
    assert (await office.clerk.post(f"/persons/{person}/citizen-id", {"citizen_id": "123"}, 422))["title"] == "id_length"
    link = (await office.clerk.post(f"/persons/{person}/citizen-id", {"citizen_id": RIGHT}))["link_id"]
    ids = "SELECT citizen_id FROM person WHERE person_id = $1"
    assert (await office.sql(ids, person))[0]["citizen_id"] == RIGHT
    await office.clerk.post(f"/persons/{other}/citizen-id/{link}/revert", None, 409)
    await office.clerk.post(f"/persons/{person}/citizen-id/{link}/revert")
    await office.clerk.post(f"/persons/{person}/citizen-id/{link}/revert", None, 409)
    assert (await office.sql(ids, person))[0]["citizen_id"] == CITIZENS[0]


async def test_every_event_is_told_in_words_and_a_past_day_can_be_asked_for(office: Office) -> None:
    _, certificate = await office.issued()
    await office.clerk.post(f"/certificates/{certificate}/propose", {"action": "FREEZE", "reason": "IN_DOUBT"})
    told = (await office.clerk.get(f"/certificates/{certificate}/history"))["items"]
    assert [t["words"] for t in told] == [
        "提出申请（窗口）",
        "受理申请",
        "转介H01评定（到机构）",
        "评定结论：肢体残疾二级",
        "下发公示单",
        "张贴公示，至2026-03-09",
        "公示撤下，异议0件",
        "核发残疾人证：肢体残疾二级，有效期2026-03-10至2036-03-10",
        "拟冻结：存疑待核，待经办人核实",
    ]
    assert {t["office"] for t in told} == {"CL:533401", "H01:533401", f"CUN:{VILLAGE}"}
    then = await office.clerk.get(f"/certificates/{certificate}/as-of?on=2026-03-05")
    assert (then["step"], then["words"], then["valid_to"]) == ("IN_NOTICE", "肢体残疾二级", None)
    await office.clerk.get(f"/certificates/{certificate}/as-of?on=2026-03-01", 404)
    there = await office.client("CL", "533422", "clerk")
    await there.get(f"/certificates/{certificate}/history", 404)


async def test_a_card_seen_in_its_last_month_is_reminded_of_twice(office: Office) -> None:
    await office.issued()
    assert await office.on("2036-03-01") == 2  # the six-month row is long due, too: nobody ran the scheduler
    assert await office.due() == {"EXPIRY_AGAIN": "2036-03-08", "EXPIRED": "2036-03-11"}
    assert await office.on("2036-03-08") == 1
    assert await office.on("2036-03-11") == 1
    rows = await office.sql("SELECT count(*) AS n FROM events WHERE type = 'CertificateExpiryApproaching'")
    assert (rows[0]["n"], await office.due()) == (3, {})
