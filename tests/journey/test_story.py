"""One story through all four services, over real Kafka, registry and PostgreSQL, in one process."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from deploy.reading import whole
from deploy.sandbox.sheets import workbook
from services.certificates.service import SERVICE as CERTIFICATES
from services.engine.registry import Registry
from services.kernel.avro import Codec
from services.matching.service import SERVICE as MATCHING
from services.monitoring.service import SERVICE as MONITORING
from services.notifications.notice.events import AgencyNotice
from services.notifications.reminder.decider import VISITORS
from services.notifications.service import SERVICE as NOTIFICATIONS
from tests.journey.samples import VILLAGE, upload
from tests.world import Client, World

HOLDER, POOR, OTHER = "533499198001010013", "533499199012310024", "533499197001010035"
pytestmark = pytest.mark.usefixtures("place")


class Town:
    """The four services running, and a token holder for each office that the story needs."""

    def __init__(self, place: World) -> None:
        self.place = place
        self.base: dict[str, str] = {}
        self.runtimes: dict[str, Any] = {}

    async def open(self) -> "Town":
        """Start everything."""
        for service in (CERTIFICATES, MONITORING, MATCHING, NOTIFICATIONS):
            runtime = await self.place.open(service, pool_size=4)
            self.runtimes[service.name] = runtime
            self.base[service.name] = await self.place.serve(runtime)
            await self.place.start(runtime, "relay", "worker", "scheduler")
        return self

    async def as_(self, service: str, agency: str, division: str, *roles: str) -> Client:
        """A client of a service."""
        return await self.place.client(self.base[service], agency, division, *roles)

    async def on(self, day: date) -> None:
        """Ten in the morning of a day, Shanghai."""
        self.place.set_clock(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))

    async def seen(self, service: str, query: str, *args: Any) -> list[Any]:
        """Wait until the query has rows."""

        async def rows() -> list[Any]:
            return await self.place.sql(service, query, *args)

        found: list[Any] = await self.place.until(rows)
        return found


@pytest.fixture
async def town(place: World) -> Town:
    """A running town."""
    return await Town(place).open()


async def issued(town: Town, citizen_id: str, name: str, village: str, start: date) -> tuple[str, str]:
    """A person with a certificate, through every step; (person id, certificate id)."""
    county = village[:6]
    clerk = await town.as_("certificates", "CL", county, "clerk")
    hospital = await town.as_("certificates", "hospital-1", county, "institution")
    liaison = await town.as_("certificates", "CUN", village, "liaison")
    await town.on(start)
    person = await clerk.post("/persons", {"citizen_id": citizen_id, "name": name, "division": village}, 201)
    asked = {"person_id": person["id"], "division": village, "channel": "WINDOW"}
    certificate = (await clerk.post("/applications", asked, 201))["id"]
    await clerk.post(f"/certificates/{certificate}/accept")
    await clerk.post(f"/certificates/{certificate}/order-assessment", {"institution": "hospital-1"})
    await hospital.post(f"/certificates/{certificate}/assessment", {"meets_standard": True, "category": "PHYSICAL", "grade": 2})
    await clerk.post(f"/certificates/{certificate}/public-notice")
    await liaison.post(f"/certificates/{certificate}/public-notice/post")
    await liaison.post(f"/certificates/{certificate}/public-notice/close", {"objections": 0}, 409)
    await town.on(start + timedelta(days=21))
    await liaison.post(f"/certificates/{certificate}/public-notice/close", {"objections": 0})
    await clerk.post(f"/certificates/{certificate}/issue", {})
    return person["id"], certificate


async def test_a_visit_leads_to_a_case_and_a_measure_with_one_chain_of_causes(town: Town) -> None:
    start = date(2026, 3, 2)
    person, _ = await issued(town, HOLDER, "测试甲", VILLAGE, start)
    liaison = await town.as_("monitoring", "CUN", VILLAGE, "liaison")
    household = await liaison.post("/households", {"division": VILLAGE, "members": [person]}, 201)
    seen = {"incidents": ["HAIL"], "income_fell": True, "income_per_head": "6100.00", "note": "冰雹打坏了青稞"}
    visit = await liaison.post(f"/households/{household['id']}/visits", seen, 201)
    detected = await town.seen("monitoring", "SELECT * FROM events WHERE type = 'RiskDetected' ORDER BY position")
    assert {UUID(visit["events"][0]["id"])} == {r["causation_id"] for r in detected}
    cases = await liaison.get("/cases", household_id=household["id"])
    assert sorted(c["rule"] for c in cases["items"]) == ["disaster-with-loss", "income-in-range"]
    hail = next(c for c in cases["items"] if c["kind"] == "DISASTER")
    assert (await liaison.get("/cases", file_number=hail["file_number"]))["items"] == [hail]
    told = await told_about(town, hail["case_id"], 3)
    assert sorted((r["agency"], r["division"]) for r in told) == [("CL", "533401"), ("CUN", VILLAGE), ("XCZX", "533401")]
    event = next(r for r in detected if r["stream_id"] == UUID(hail["case_id"]))
    queued = await town.seen(
        "notifications", "SELECT * FROM events WHERE type = 'NoticeQueued' AND causation_id = $1", event["event_id"]
    )
    assert len(queued) == 3
    assert {r["correlation_id"] for r in [*queued, *detected]} == {UUID(visit["events"][0]["id"])}

    await acknowledged_by_each(town, hail["case_id"], person)

    official = await town.as_("monitoring", "XCZX", "533401", "official")
    await official.post(f"/cases/{hail['case_id']}/open")
    plan = {"measure": "M14", "owner": "MZ", "due_on": "2026-04-20"}
    measure = (await official.post(f"/cases/{hail['case_id']}/measures", plan, 201))["measure_id"]
    civil = await town.as_("monitoring", "MZ", "533401", "official")
    await official.post(f"/cases/{hail['case_id']}/measures/{measure}/deliver", status=409)
    await civil.post(f"/cases/{hail['case_id']}/measures/{measure}/deliver")
    await civil.post(f"/cases/{hail['case_id']}/measures/{measure}/check", {"arrived": True}, 409)
    await liaison.post(f"/cases/{hail['case_id']}/measures/{measure}/check", {"arrived": True})
    case = await official.get(f"/cases/{hail['case_id']}")
    assert (case["case"]["state"], case["measures"][0]["state"]) == ("OPEN", "ARRIVED")
    closed = "SELECT 1 FROM views.notice WHERE subject_id = $1 AND route = 'risk-detected' AND verified_by = 'CaseOpened' HAVING count(*) = 3"
    await town.seen("notifications", closed, UUID(hail["case_id"]))


async def told_about(town: Town, subject: str, count: int) -> list[Any]:
    """The sent notices about a subject, once there are so many."""

    async def rows() -> list[Any]:
        found = await town.place.sql(
            "notifications", "SELECT * FROM views.notice WHERE subject_id = $1 AND sent <> '[]'", UUID(subject)
        )
        return found if len(found) >= count else []

    return list(await town.place.until(rows))


async def acknowledged_by_each(town: Town, case_id: str, person: str) -> None:
    """Each office finds the notice in its own topic or inbox, resolves the pseudonym in one step, and acknowledges."""
    for agency, division, role in (("CL", "533401", "clerk"), ("XCZX", "533401", "official"), ("CUN", VILLAGE, "liaison")):
        office = await town.as_("notifications", agency, division, role)
        mine = [n for n in await in_inbox(town, office, case_id) if n["route"] == "risk-detected"]
        assert [n["state"] for n in mine] == ["SENT"]
        register = await town.as_("certificates", agency, division, role)
        known = await register.post("/resolve", {"purpose": "CASE_WORK", "reference": case_id, "person_ids": [person]})
        shown = ("测试甲", "" if agency == "CUN" else "533499********0013")  # a village needs no number
        assert [(p["name"], p["citizen_id"]) for p in known["persons"]] == [shown]
        await office.post(f"/notices/{mine[0]['notice_id']}/acknowledge")
        assert (await office.get(f"/notices/{mine[0]['notice_id']}"))["state"] == "ACKNOWLEDGED"
    for agency, division in (("CL", "533401"), ("XCZX", "533401")):
        topic = f"{town.place.prefix}agency.{agency.lower()}.{division}.notices.v1"
        await town.place.until(lambda topic=topic: told(town, topic, UUID(case_id), "RiskDetected"))  # type: ignore[misc]
    reads = await town.place.sql(
        "certificates", "SELECT agency, purpose FROM person_read WHERE person_id = $1 ORDER BY id", UUID(person)
    )
    assert [tuple(r) for r in reads] == [
        ("CL", "CERTIFICATE_ISSUE"),
        ("CL", "CASE_WORK"),
        ("XCZX", "CASE_WORK"),
        ("CUN", "CASE_WORK"),
    ]


async def told(town: Town, topic: str, subject: UUID, kind: str) -> bool:
    """Whether a notice of this kind about the subject stands on an office's topic, for a plain consumer with the registry."""
    registry = Registry(town.place.urls.registry, Codec([AgencyNotice]))
    try:
        notices = [await registry.decode(message.value) async for message in whole(town.place.urls.kafka, topic)]
    finally:
        await registry.close()
    return any(notice.subject_id == subject and notice.kind == kind for notice in notices)


async def test_of_two_reminders_one_reaches_and_the_other_is_stopped_by_the_renewal(town: Town) -> None:
    _, certificate = await issued(town, HOLDER, "测试甲", VILLAGE, date(2016, 5, 2))
    await town.on(date(2025, 11, 23))  # valid to 2026-05-23: the six-month window opens today
    six = await reminder(town, certificate, "SIX_MONTHS", VISITORS)  # here is no way to a phone: the village is asked at once
    assert six["answer_by"] == date(2025, 12, 5)  # ten working days
    village = await town.as_("notifications", "CUN", VILLAGE, "liaison")
    (asked,) = await in_inbox(town, village, str(six["reminder_id"]))
    await village.post(f"/notices/{asked['notice_id']}/acknowledge")
    await village.post(f"/reminders/{six['reminder_id']}/confirm", {"proof": "VISITOR"})
    await town.seen(
        "notifications", "SELECT 1 FROM views.notice WHERE notice_id = $1 AND state = 'VERIFIED'", UUID(asked["notice_id"])
    )
    await town.on(date(2026, 4, 23))
    one = await reminder(town, certificate, "ONE_MONTH", VISITORS)
    (urgent,) = await in_inbox(town, village, str(one["reminder_id"]))
    clerk = await town.as_("certificates", "CL", "533401", "clerk")
    await clerk.post(f"/certificates/{certificate}/renew")
    await town.seen(
        "notifications", "SELECT 1 FROM views.notice WHERE notice_id = $1 AND state = 'SUPPRESSED'", UUID(urgent["notice_id"])
    )
    rows = (await village.get("/reminders", certificate_id=certificate))["items"]
    assert sorted((r["expiry_window"], r["state"], r["proof"], r["stopped_for"]) for r in rows) == [
        ("ONE_MONTH", "STOPPED", None, "RENEWED"),
        ("SIX_MONTHS", "REACHED", "VISITOR", None),
    ]
    # Of these reminders nothing is due any more; what the county is told of its missing sheets is another matter.
    owed = (
        "SELECT 1 FROM views.due WHERE subject NOT IN (SELECT notice_id FROM views.notice WHERE cause_type = 'PolicyNotAnnounced')"
    )
    assert await town.place.sql("notifications", owed) == []


async def in_inbox(town: Town, office: Client, subject: str) -> list[dict[str, Any]]:
    """What the office reads about a subject, once it has been published."""

    async def read() -> list[dict[str, Any]]:
        page: dict[str, list[dict[str, Any]]] = await office.get("/inbox", subject_id=subject)
        return page["items"]

    found: list[dict[str, Any]] = await town.place.until(read)
    return found


async def reminder(town: Town, certificate: str, window: str, rung: str) -> Any:
    """A certificate's reminder of a window, once this rung of its ladder is tried."""
    wanted = "SELECT * FROM views.reminder WHERE certificate_id = $1 AND expiry_window = $2 AND rung = $3"
    return (await town.seen("notifications", wanted, UUID(certificate), window, rung))[0]


async def test_a_person_who_is_not_paid_is_found_and_the_finding_closes_by_itself(town: Town) -> None:
    paid_one, _ = await issued(town, HOLDER, "测试甲", VILLAGE, date(2025, 11, 3))
    poor_one, _ = await issued(town, POOR, "测试乙", VILLAGE, date(2025, 12, 1))
    await town.seen("matching", "SELECT 1 FROM views.certificate HAVING count(*) = 2")
    await town.seen("matching", "SELECT 1 FROM views.person_index HAVING count(*) = 2")
    steward = await town.as_("matching", "MZ", "533401", "steward", "official")
    await town.on(date(2026, 3, 20))
    poor = workbook(["序号", "户主姓名", "身份证号码"], [["1", "测试甲", HOLDER], ["2", "测试乙", POOR], ["合计", "", ""]])
    others = workbook(["姓名", "身份证号", "供养方式"], [["测试丙", OTHER, "集中供养"]])
    await upload(steward, others, kind="DESTITUTE_SUPPORT", division="533401", as_of="2026-03-01", period="2026-03")
    await upload(steward, poor, kind="SUBSISTENCE_ALLOWANCE", division="533401", as_of="2026-03-01", period="2026-03")
    sheet = ["姓名", "身份证号", "补贴类型", "月标准", "月数", "金额"]
    first = workbook(sheet, [["测试甲", HOLDER, "困难残疾人生活补贴", 100, 1, 100]])
    told = await upload(steward, first, kind="SUBSIDY_PAYMENT", division="533401", as_of="2026-03-15", period="2026-03")
    assert (told["linked"], told["state"], [problem["code"] for problem in told["problems"]]) == (1, "RECEIVED", ["month_not_over"])
    (found,) = await town.seen("matching", "SELECT * FROM views.finding WHERE rule = 'LIVING_NOT_RECEIVED'")
    assert (str(found["subject"]), found["finding"], found["period"], found["state"]) == (
        poor_one,
        "ENTITLED_NOT_RECEIVING",
        "2026-03",
        "OPEN",
    )
    sent = await told_about(town, str(found["finding_id"]), 2)
    assert sorted(n["agency"] for n in sent) == ["CL", "MZ"]
    await town.on(date(2026, 4, 20))
    late = ["乙", POOR, "生活补贴", 100, 2, 200]  # of two months: this one, and the one that was owed
    second = workbook(sheet, [["甲", HOLDER, "生活补贴", 100, 1, 100], late])
    await upload(steward, second, kind="SUBSIDY_PAYMENT", division="533401", as_of="2026-04-15", period="2026-04")
    await town.seen(
        "matching", "SELECT 1 FROM views.finding WHERE finding_id = $1 AND settled = 'FACT_ARRIVED'", found["finding_id"]
    )
    await upload(
        steward, second, 409, kind="SUBSIDY_PAYMENT", division="533401", as_of="2026-04-15", period="2026-04", attempt="second"
    )
    months = await steward.get("/payments", person_id=paid_one)
    assert [(p["month"], p["amount"]) for p in months["items"]] == [("2026-03", "100.00"), ("2026-04", "100.00")]


async def test_one_county_sees_nothing_of_the_other(town: Town) -> None:
    person, certificate = await issued(town, HOLDER, "测试甲", VILLAGE, date(2016, 5, 2))
    await town.on(date(2026, 4, 30))
    owed = await reminder(town, certificate, "ONE_MONTH", VISITORS)
    told = "SELECT * FROM views.notice WHERE subject_id = $1 AND agency = $2 AND sent <> '[]'"
    for day, agency in ((1, "CUN"), (9, "CL")):  # nobody answers
        await town.on(date(2026, 5, day))
        mine = await town.seen("notifications", told, owed["reminder_id"], agency)
    other = await town.as_("notifications", "CL", "533422", "clerk")
    assert (await other.get("/inbox"))["items"] == []
    assert (await other.get("/inbox", subject_id=str(owed["reminder_id"])))["items"] == []
    assert (await other.get("/inbox/counts"))["items"] == []
    assert (await other.get("/reminders"))["items"] == (await other.get("/reminders/counts"))["items"] == []
    await other.get(f"/reminders/{owed['reminder_id']}", 404)
    await other.post(f"/reminders/{owed['reminder_id']}/confirm", {"proof": "HOLDER"}, 404)
    await other.get(f"/notices/{mine[0]['notice_id']}", 404)
    await other.post(f"/notices/{mine[0]['notice_id']}/acknowledge", status=404)
    register = await town.as_("certificates", "CL", "533422", "clerk")
    await register.get(f"/certificates/{certificate}", 404)
    await register.post(f"/certificates/{certificate}/renew", status=404)
    assert (await register.get(f"/persons/{person}/certificates"))["items"] == []
    asked = {"purpose": "CASE_WORK", "reference": certificate, "person_ids": [person]}
    assert (await register.post("/resolve", asked))["persons"] == []
    for agency in ("cl", "xczx", "mz", "cgw"):
        topic = f"{town.place.prefix}agency.{agency}.533422.notices.v1"
        assert [message async for message in whole(town.place.urls.kafka, topic)] == []
    prefecture = await town.as_("notifications", "CL", "5334", "clerk")
    assert {n["division"][:6] for n in (await prefecture.get("/inbox"))["items"]} == {"533401"}
