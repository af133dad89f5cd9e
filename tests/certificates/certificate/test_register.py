"""The register over a real database: from registration to reminders, and what each office may do and see."""

import asyncio
from uuid import UUID, uuid4

from services.certificates.person.events import PersonIndexState
from services.domain.citizen_id import blind_index
from services.domain.likeness.features import of_person
from services.engine.rebuild import Rebuild
from services.kernel.events import topic_of
from tests.certificates import office as certificates_office
from tests.world import SITE_KEY, World, contents


async def types(office: certificates_office.Office, stream: str) -> list[str]:
    rows = await office.sql("SELECT type FROM events WHERE stream_id = $1 ORDER BY version", UUID(stream))
    return [row["type"] for row in rows]


async def test_a_certificate_is_reminded_of_twice_and_then_renewed(place: World) -> None:
    office = await certificates_office.opened(place)
    _, certificate = await office.issued()
    seen = await office.clerk.get(f"/certificates/{certificate}")
    assert (seen["status"], seen["valid_from"], seen["valid_to"]) == ("VALID", "2026-03-10", "2036-03-10")
    due = {"EXPIRY_SIX_MONTHS": "2035-09-10", "EXPIRY_ONE_MONTH": "2036-02-10", "EXPIRED": "2036-03-11"}
    assert await office.due() == due
    assert [await office.on(day) for day in ("2035-09-09", "2035-09-10", "2035-09-11", "2036-02-10")] == [0, 1, 0, 1]
    assert await office.due() == {"EXPIRED": "2036-03-11"}
    await office.step(certificate, "renew")
    assert await office.due() == {"EXPIRY_SIX_MONTHS": "2045-08-10", "EXPIRY_ONE_MONTH": "2046-01-10", "EXPIRED": "2046-02-11"}
    assert (await types(office, certificate))[-4:] == [
        "CertificateIssued",
        "CertificateExpiryApproaching",
        "CertificateExpiryApproaching",
        "CertificateRenewed",
    ]
    assert await office.sql("SELECT * FROM quarantine") == []


async def test_an_unrenewed_certificate_expires_and_is_not_frozen(place: World) -> None:
    office = await certificates_office.opened(place)
    _, certificate = await office.issued()
    assert await office.on("2036-03-10") == 2
    assert (await office.clerk.get(f"/certificates/{certificate}"))["status"] == "VALID"
    assert await office.on("2036-03-11") == 1
    assert (await office.clerk.get("/certificates?status=EXPIRED"))["items"][0]["certificate_id"] == certificate
    await office.step(certificate, "renew")
    assert (await office.clerk.get(f"/certificates/{certificate}"))["status"] == "VALID"


async def test_a_cancelled_certificate_is_due_for_nothing_and_its_holder_may_be_barred(place: World) -> None:
    office = await certificates_office.opened(place)
    person, certificate = await office.issued()
    body = {"reason": "RECOVERED", "evidence": "assessment"}
    assert (await office.clerk.post(f"/certificates/{certificate}/cancel", body, 409))["title"] == "holder_not_told"
    await office.clerk.post(f"/certificates/{certificate}/holder-told", {"action": "CANCEL", "way": "IN_PERSON"})
    await office.clerk.post(f"/certificates/{certificate}/cancel", body)
    assert await office.due() == {}
    refused = await office.clerk.post("/applications", {"person_id": person, "channel": "VILLAGE"}, 409)
    assert refused["title"] == "barred_after_cancellation"
    despite = {"person_id": person, "channel": "WINDOW", "despite": "new_illness"}
    taken = await office.clerk.post("/applications", despite, 201)
    await office.clerk.post(f"/certificates/{taken['id']}/withdraw")
    await office.on("2027-03-10")
    await office.application(person)
    held = await office.clerk.get(f"/persons/{person}/certificates")
    assert sorted(c["status"] for c in held["items"]) == ["APPLIED", "CANCELLED", "WITHDRAWN"]


async def test_a_notice_is_closed_after_five_working_days(place: World) -> None:
    office = await certificates_office.opened(place)
    certificate = await office.application(await office.person())
    await office.step(certificate, "accept", "order-assessment")
    await office.assessed(certificate)
    await office.step(certificate, "public-notice", "public-notice/post")
    await office.on("2026-03-09")
    refused = await office.village.post(f"/certificates/{certificate}/public-notice/close", {"objections": 0}, 409)
    assert refused["title"] == "notice_still_running"
    await office.on("2026-03-10")
    await office.step(certificate, "public-notice/close")


async def test_a_returned_application_comes_back_and_an_unmet_standard_ends_it(place: World) -> None:
    office = await certificates_office.opened(place)
    certificate = await office.application(await office.person())
    await office.clerk.post(f"/certificates/{certificate}/return", {"missing": "guardian_papers"})
    await office.step(certificate, "resubmit", "accept", "order-assessment")
    await office.institution.post(f"/certificates/{certificate}/assessment", {"meets_standard": False})
    assert (await office.clerk.post(f"/certificates/{certificate}/public-notice", {}, 409))["title"] == "standard_not_met"
    await office.clerk.post(f"/certificates/{certificate}/refuse", {"reason": "standard_not_met"})
    assert (await office.clerk.get(f"/certificates/{certificate}"))["status"] == "REFUSED"


async def test_a_person_is_registered_once_however_the_number_is_typed(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person(9)
    typed = {"citizen_id": "'５３３４９９ 19760812010x", "name": "测试乙", "division": certificates_office.NEXT_VILLAGE}
    known = await office.clerk.post("/persons", typed, 409)
    assert (known["title"], known["detail"]) == ("person_known", f"此人已登记：{person}")
    neighbour = await office.client("CL", "533422", "clerk")
    hidden = await neighbour.post("/persons", typed | {"division": certificates_office.FOREIGN_VILLAGE}, 409)
    assert (hidden["title"], hidden["detail"]) == ("person_known", "此人已在其他地区登记")
    assert [r["n"] for r in await office.sql("SELECT count(*) AS n FROM events")] == [1]
    assert await office.looks() == [
        ("CL", "REGISTRATION", "registration", person, True),
        ("CL", "REGISTRATION", "registration", person, False),
    ]


async def test_who_tries_ids_of_other_places_is_recorded_and_stopped(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person()
    neighbour = await office.client("CL", "533422", "clerk")
    tried = {"citizen_id": certificates_office.CITIZENS[0], "name": "某某", "division": certificates_office.FOREIGN_VILLAGE}
    own = (await neighbour.post("/persons", tried | {"citizen_id": certificates_office.CITIZENS[1]}, 201))["id"]
    for _ in range(19):
        await neighbour.post("/persons", tried, 409)
    await neighbour.post(f"/persons/{own}/citizen-id", {"citizen_id": certificates_office.CITIZENS[0]}, 409)
    for citizen in certificates_office.CITIZENS[:3]:  # known, or nobody's: no difference any more
        assert (await neighbour.post("/persons", tried | {"citizen_id": citizen}, 429))["title"] == "too_many_known_ids"
    looks = await office.looks()
    assert [(who, granted) for *_, who, granted in looks] == [(person, False)] * 20
    assert looks[-1] == ("CL", "REGISTRATION", f"correction/{own}", person, False)
    await office.person(1 + 1)  # the other county's clerks go on


async def test_a_person_who_cannot_be_is_not_registered(place: World) -> None:
    office = await certificates_office.opened(place)
    wrong = [
        ({"citizen_id": "533499198001010014"}, "id_checksum"),
        ({"citizen_id": "53349919800101001"}, "id_length"),
        ({"citizen_id": "533499198002300012"}, "id_birthdate"),
        ({"division": "533401299001"}, "division_unknown"),
        ({"division": "533401204"}, "not_valid"),
        ({"name": " \u0000 "}, "not_valid"),
    ]
    for change, code in wrong:
        body = {"citizen_id": certificates_office.CITIZENS[0], "name": "测试甲", "division": certificates_office.VILLAGE} | change
        assert (await office.clerk.post("/persons", body, 422))["title"] == code
    assert await office.sql("SELECT person_id FROM person") == []


async def test_the_index_of_a_person_is_published_and_leads_to_the_pseudonym(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person()
    rows = await office.sql("SELECT key, data FROM outbox WHERE topic = $1", topic_of(PersonIndexState))
    assert [row["key"] for row in rows] == [str(blind_index(SITE_KEY, certificates_office.CITIZENS[0]))]
    assert person.encode() in rows[0]["data"]


async def test_a_corrected_name_is_published_as_what_it_is_compared_by_and_never_as_itself(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person()
    await office.clerk.post(f"/persons/{person}/details", {"name": "格茸定主"})
    await office.clerk.post(f"/persons/{person}/details", {"phone": "13900000009"})
    published = await office.sql("SELECT key, data FROM outbox WHERE topic = $1 ORDER BY position", topic_of(PersonIndexState))
    assert [row["key"] for row in published] == [str(blind_index(SITE_KEY, certificates_office.CITIZENS[0]))] * 2
    features = of_person(SITE_KEY, "格茸定主", certificates_office.CITIZENS[0])
    assert features.name is not None
    assert [str(features.name).encode() in row["data"] for row in published] == [False, True]
    assert [str(features.born).encode() in row["data"] for row in published] == [True, True]
    assert not any("格茸".encode() in row["data"] for row in published)


async def test_names_and_numbers_stand_in_their_table_and_nowhere_else(place: World) -> None:
    office = await certificates_office.opened(place)
    await office.issued(name="测试秘密")
    for table in ("events", "outbox", "idempotency", "views.certificate_view", "views.certificate_state", "views.due"):
        for row in await office.sql(f"SELECT * FROM {table}"):
            text = b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in row.values())
            assert "测试秘密".encode() not in text, table
            assert certificates_office.CITIZENS[0].encode() not in text, table


async def test_a_repeated_request_is_answered_as_before(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person()
    body, key = {"person_id": person, "channel": "ONLINE"}, str(uuid4())
    first = await office.clerk.post("/applications", body, 201, Idempotency_Key=key)
    assert await office.clerk.post("/applications", body, 201, Idempotency_Key=key) == first


async def test_of_two_applications_at_once_for_one_person_one_is_taken(place: World) -> None:
    office = await certificates_office.opened(place)
    body = {"person_id": await office.person(), "channel": "WINDOW"}

    async def answer() -> str:
        try:
            await office.clerk.post("/applications", body, 201)
        except AssertionError as refused:
            return "application_open" if "application_open" in str(refused) else str(refused)
        return "taken"

    assert sorted(await asyncio.gather(*(answer() for _ in range(4)))) == ["application_open"] * 3 + ["taken"]


async def test_a_card_number_that_contradicts_the_file_issues_nothing(place: World) -> None:
    office = await certificates_office.opened(place)
    certificate = await office.application(await office.person())
    await office.step(certificate, "accept", "order-assessment")
    await office.assessed(certificate)
    await office.step(certificate, "public-notice", "public-notice/post")
    await office.on("2026-03-10")
    await office.step(certificate, "public-notice/close")
    first, second = certificates_office.CITIZENS[:2]
    wrong = {first: "cert_format", f"{second}42": "cert_id_mismatch", f"{first}41": "cert_conclusion_mismatch"}
    for number, code in wrong.items():
        assert (await office.clerk.post(f"/certificates/{certificate}/issue", {"number": number}, 422))["title"] == code
    assert (await office.clerk.get(f"/certificates/{certificate}"))["status"] == "NOTICE_CLOSED"
    await office.clerk.post(f"/certificates/{certificate}/issue", {"number": f" {certificates_office.CITIZENS[0]}42"})
    kept = await office.sql("SELECT number, until FROM certificate_number")
    assert [(row["number"], row["until"]) for row in kept] == [(f"{certificates_office.CITIZENS[0]}42", None)]


async def test_what_changed_meanwhile_is_not_overwritten(place: World) -> None:
    office = await certificates_office.opened(place)
    certificate = await office.application(await office.person())
    await office.clerk.post(f"/certificates/{certificate}/accept", {}, 412, If_Match='"7"')
    assert (await office.clerk.post(f"/certificates/{certificate}/accept", {}, 200, If_Match='"1"'))["version"] == 2


async def test_every_read_model_is_rebuilt_to_the_same_rows(place: World) -> None:
    office = await certificates_office.opened(place)
    await office.issued(0)
    await office.village.post("/outreach/leads", {"person_id": await office.person(1), "source": "VISIT"})
    await office.on("2035-09-10")
    for projection in map(office.runtime.service.projection, ("certificate_view", "certificate_state", "due")):
        async with office.runtime.pool.acquire() as conn:
            before = await contents(conn, projection)
        assert await Rebuild(office.runtime, projection.table, place.database["certificates"]["rebuild"]).run() == len(before) > 0
        async with office.runtime.pool.acquire() as conn:
            assert await contents(conn, projection) == before
