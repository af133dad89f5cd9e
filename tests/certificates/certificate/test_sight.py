"""Who sees and does what: divisions, roles, names for a purpose, small counts."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.domain.file_number import file_number
from tests.certificates import office as certificates_office
from tests.world import World

QUESTION = {"purpose": "EXPIRY_REMINDER", "reference": "notice/1"}


async def test_another_county_sees_and_changes_nothing(place: World) -> None:
    office = await certificates_office.opened(place)
    person, certificate = await office.issued()
    foreign = await office.client("CL", "533422", "clerk")
    await foreign.get(f"/certificates/{certificate}", 404)
    assert (await foreign.get("/certificates"))["items"] == []
    assert (await foreign.get("/certificates/counts"))["items"] == []
    assert (await foreign.get(f"/persons/{person}/certificates"))["items"] == []
    assert (await foreign.post(f"/certificates/{certificate}/renew", {}, 404))["title"] == "certificate_unknown"
    assert (await foreign.post("/applications", {"person_id": person, "channel": "WINDOW"}, 404))["title"] == "person_unknown"
    newcomer = {"citizen_id": certificates_office.CITIZENS[1], "name": "测试丙", "division": certificates_office.VILLAGE}
    assert (await foreign.post("/persons", newcomer, 403))["title"] == "foreign_division"


async def test_a_clerk_cannot_carry_an_application_into_another_county(place: World) -> None:
    office = await certificates_office.opened(place)
    body = {"person_id": await office.person(), "channel": "WINDOW", "division": certificates_office.FOREIGN_VILLAGE}
    assert (await office.clerk.post("/applications", body, 403))["title"] == "foreign_division"


async def test_each_role_opens_its_own_doors(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person()
    liaison = await office.client("CUN", certificates_office.VILLAGE, "liaison")
    body = {"person_id": person, "channel": "VILLAGE"}
    certificate = (await liaison.post("/applications", body, 201))["id"]
    official = await office.client("MZ", "533401", "official")
    for other in (liaison, official, office.institution):
        assert (await other.post(f"/certificates/{certificate}/accept", {}, 403))["title"] == "scope_missing"
    assert (await official.get(f"/certificates/{certificate}"))["status"] == "APPLIED"
    await liaison.get(f"/certificates/{certificate}", 403)
    await office.institution.post("/resolve", QUESTION | {"person_ids": [person]}, 403)
    await office.clerk.post(f"/certificates/{certificate}/assessment", {"meets_standard": False}, 403)
    assert (await (await office.client("CL", "533401", "operator")).get("/status"))["letters"] == 0


async def test_names_are_shown_for_a_purpose_in_ones_own_division_and_every_look_is_recorded(place: World) -> None:
    office = await certificates_office.opened(place)
    mine, other = await office.person(0), await office.person(1, certificates_office.NEXT_VILLAGE, "测试乙")
    nobody = str(uuid4())
    liaison = await office.client("CUN", certificates_office.VILLAGE, "liaison")
    answer = await liaison.post("/resolve", QUESTION | {"person_ids": [nobody, other, mine, mine]}, 200)
    village = "香格里拉市尼西乡（村码533401204001）"
    shown = {"person_id": mine, "name": "测试甲", "village": village, "citizen_id": "", "phone": "13800000000"}
    assert answer == {"persons": [shown | {"file_number": file_number(UUID(mine))}], "refused": 2}
    looks = await office.sql("SELECT actor, agency, purpose, reference, person_id, granted FROM person_read ORDER BY id")
    who = (f"CUN:{certificates_office.VILLAGE}:cun-{certificates_office.VILLAGE}", "CUN", "EXPIRY_REMINDER", "notice/1")
    assert [tuple(row.values()) for row in looks] == [
        (*who, UUID(nobody), False),
        (*who, UUID(other), False),
        (*who, UUID(mine), True),
    ]


async def test_an_answer_with_names_is_kept_nowhere(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person(name="测试秘密")
    headers, body = {"Idempotency-Key": str(uuid4())}, QUESTION | {"person_ids": [person]}
    async with office.clerk.session.post("/resolve", json=body, headers=headers) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        assert "测试秘密" in await answer.text()
    stored = await office.sql("SELECT key FROM idempotency WHERE key = $1", headers["Idempotency-Key"])
    assert stored == []


async def test_a_question_without_a_proper_purpose_is_not_answered(place: World) -> None:
    office = await certificates_office.opened(place)
    liaison = await office.client("CUN", certificates_office.VILLAGE, "liaison")
    proper: dict[str, Any] = QUESTION | {"person_ids": [str(uuid4())]}
    await liaison.post("/resolve", proper | {"purpose": "SUBSIDY_REVIEW"}, 403)
    wrong = [
        (proper | {"purpose": "CURIOSITY"}, "not_valid"),
        ({"reference": "notice/1", "person_ids": proper["person_ids"]}, "not_valid"),
        (proper | {"reference": ""}, "not_valid"),
        (proper | {"person_ids": []}, "nobody_asked_for"),
        (proper | {"person_ids": [str(UUID(int=n)) for n in range(51)]}, "too_many_persons"),
    ]
    for asked, code in wrong:
        assert (await liaison.post("/resolve", asked, 422))["title"] == code
    assert await office.sql("SELECT id FROM person_read") == []


async def test_whoever_asks_for_too_many_persons_has_to_wait(place: World) -> None:
    office = await certificates_office.opened(place)
    for page in range(4):
        await office.clerk.post("/resolve", QUESTION | {"person_ids": [str(UUID(int=50 * page + n)) for n in range(50)]})
    one_more = QUESTION | {"person_ids": [str(uuid4())]}
    assert (await office.clerk.post("/resolve", one_more, 429))["title"] == "too_many_reads"
    await (await office.client("MZ", "533401", "official")).post("/resolve", one_more)


async def test_who_forgets_to_say_for_whom_it_reads_sees_nothing(place: World) -> None:
    office = await certificates_office.opened(place)
    person, _ = await office.issued()
    await office.clerk.post("/resolve", QUESTION | {"person_ids": [person]})
    tables = ("person", "person_read", "certificate_number", "views.certificate_view", "views.certificate_state", "views.due")
    async with office.runtime.views.acquire() as conn:
        assert {table: await conn.fetchval(f"SELECT count(*) FROM {table}") for table in tables} == dict.fromkeys(tables, 0)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute("DELETE FROM person_read")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute("UPDATE person_read SET granted = false")


async def test_the_rebuild_and_reader_roles_see_no_identity(place: World) -> None:
    office = await certificates_office.opened(place)
    await office.person()
    for role in ("rebuild", "reader"):
        conn = await asyncpg.connect(place.database["certificates"][role])
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.fetch("SELECT * FROM person")
        await conn.close()


async def test_a_role_for_reports_sees_what_the_operator_wrote_and_cannot_say_otherwise(place: World) -> None:
    office = await certificates_office.opened(place)
    _, certificate = await office.issued()
    conn = await asyncpg.connect(place.database["certificates"]["reader"])

    async def seen() -> list[str]:
        return [str(row["certificate_id"]) for row in await conn.fetch("SELECT certificate_id FROM views.certificate_view")]

    for lifted in ("SET shouwang.division = '*'", "SET shouwang.agency = '*'"):
        await conn.execute(lifted)
        assert await seen() == []
    for forbidden in (
        "INSERT INTO report_sight VALUES (current_user, '*', '*')",
        "SELECT guard('certificate_view')",
        "SET ROLE certificates_app",
        "SET ROLE certificates_rebuild",
        "SELECT * FROM events",
        "SELECT * FROM feed",
        "SELECT pg_advisory_lock(hashtext('relay'))",
        "SELECT pg_try_advisory_xact_lock_shared(1)",
        "SELECT lo_from_bytea(0, 'x')",
        "ALTER TABLE views.certificate_view DISABLE ROW LEVEL SECURITY",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute(forbidden)
    await conn.execute("SET row_security = off")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await seen()
    await conn.execute("SET row_security = on")
    for division, expected in (("533422", []), ("533401", [certificate]), ("*", [certificate])):
        await office.sql("DELETE FROM report_sight")
        await office.sql("INSERT INTO report_sight VALUES ('certificates_reader', $1, '*')", division)
        assert await seen() == expected
    await conn.close()


async def test_a_role_for_one_county_does_not_become_the_one_it_was_made_in(place: World) -> None:
    office = await certificates_office.opened(place)
    await office.issued()
    role = f"reports_{place.prefix.strip('.')}"
    await office.sql(f"CREATE ROLE {role} LOGIN PASSWORD 'of the county' IN ROLE certificates_reader")
    try:
        await office.sql("INSERT INTO report_sight VALUES ('certificates_reader', '*', '*'), ($1, '533422', '*')", role)
        where = urlsplit(place.database["certificates"]["reader"])
        conn = await asyncpg.connect(
            host=where.hostname, port=where.port, database=where.path[1:], user=role, password="of the county"
        )
        await conn.execute("SET ROLE certificates_reader")
        assert await conn.fetch("SELECT certificate_id FROM views.certificate_view") == []
        await conn.close()
    finally:
        await office.sql(f"DROP ROLE {role}")


async def test_a_list_is_read_page_by_page_without_gap_or_repeat(place: World) -> None:
    office = await certificates_office.opened(place)
    expected = [await office.application(await office.person(n)) for n in range(5)]
    seen, after = [], None
    while True:
        page = await office.clerk.get("/certificates", limit=2, **({"after": after} if after else {}))
        seen += [c["certificate_id"] for c in page["items"]]
        after = page["cursor"]
        if not page["more"]:
            break
    assert seen == sorted(expected)
    await office.clerk.get("/certificates", 422, after="bm90IG91cnM=")


async def test_a_list_is_narrowed_by_division_and_status(place: World) -> None:
    office = await certificates_office.opened(place)
    here, there = await office.person(0), await office.person(1, certificates_office.NEXT_VILLAGE)
    first, second = await office.application(here), await office.application(there)
    await office.step(first, "accept")

    async def ids(wanted: str) -> list[str]:
        return [c["certificate_id"] for c in (await office.clerk.get(f"/certificates?{wanted}"))["items"]]

    assert await ids(f"division={certificates_office.NEXT_VILLAGE}") == [second]
    assert await ids("division=533422") == []
    assert await ids("status=ACCEPTED") == [first]
    assert await ids(f"file_number={file_number(UUID(second))}") == [second]
    assert await ids(f"file_number={file_number(UUID(int=1))}") == []
    await office.clerk.get("/certificates?status=NONSENSE", 422)


async def test_a_count_below_ten_persons_shows_no_number(place: World) -> None:
    office = await certificates_office.opened(place)
    official = await office.client("MZ", "533401", "official")
    ids = [await office.application(await office.person(n)) for n in range(11)]
    assert (await official.get("/certificates/counts"))["items"] == [{"township": "533401204", "status": "APPLIED", "count": 11}]
    await office.step(ids[0], "accept")
    await office.step(ids[1], "accept")
    assert (await official.get("/certificates/counts"))["items"] == [
        {"township": "533401204", "status": "ACCEPTED", "count": None},
        {"township": "533401204", "status": "APPLIED", "count": None},
    ]
