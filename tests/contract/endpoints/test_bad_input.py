"""Bad input at every endpoint: a clear problem, nothing stored, nothing stopped."""

import asyncio
import io
import json
import zipfile
from datetime import date
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from deploy.sandbox.sheets import workbook
from services.matching.intake import loop
from services.matching.service import SERVICE as MATCHING
from services.monitoring.service import SERVICE as MONITORING
from tests.journey.samples import ELSEWHERE, VILLAGE, upload
from tests.world import Client, World

PAYMENT = ["姓名", "身份证号", "补贴类型", "月标准", "月数", "金额"]
GOOD: list[Any] = ["测试甲", "533499198001010013", "生活补贴", 100, 1, 100]


@pytest.fixture
async def liaison(place: World) -> Client:
    """A liaison officer at monitoring's endpoints."""
    runtime = await place.open(MONITORING, pool_size=4)
    return await place.client(await place.serve(runtime), "CUN", VILLAGE, "liaison")


@pytest.fixture
async def steward(place: World) -> Client:
    """Somebody of civil affairs who sends sheets."""
    runtime = await place.open(MATCHING, pool_size=4)
    place.tasks.append(asyncio.create_task(loop.run(runtime)))
    return await place.client(await place.serve(runtime), "MZ", "533401", "steward")


async def household(liaison: Client) -> str:
    """A household's id."""
    return str((await liaison.post("/households", {"division": VILLAGE, "members": [str(uuid4())]}, 201))["id"])


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"visited_on": "2026-02-30"}, "/body/visited_on", "date_from_datetime_parsing"),
        ({"incidents": ["METEOR"]}, "/body/incidents/0", "enum"),
        ({"income_per_head": -1}, "/body/income_per_head", "greater_than_equal"),
        ({"income_per_head": "NaN"}, "/body/income_per_head", "finite_number"),
        ({"income_fell": "perhaps"}, "/body/income_fell", "bool_parsing"),
        ({"secret": "533499198001010013"}, "/body/secret", "unexpected_keyword_argument"),
    ],
)
async def test_a_wrong_field_is_named_and_its_value_is_not(liaison: Client, body: dict[str, Any], pointer: str, code: str) -> None:
    problem = await liaison.post(f"/households/{uuid4()}/visits", body, 422)
    assert problem["type"] == "urn:shouwang:problem:not_valid"
    assert problem["errors"] == [{"pointer": pointer, "code": code}]
    assert "533499198001010013" not in json.dumps(problem)


async def test_what_is_not_json_or_has_no_length_or_is_too_large_is_refused(liaison: Client) -> None:
    headers = {"Idempotency-Key": "k" * 8, "Content-Type": "application/json"}
    async with liaison.session.post("/households", data=b'{"division":', headers=headers) as answer:
        assert (answer.status, (await answer.json(content_type=None))["title"]) == (400, "not_json")
    async with liaison.session.post("/households", data=io.BytesIO(b"x" * ((1 << 20) + 1)), headers=headers) as answer:
        assert (answer.status, (await answer.json(content_type=None))["title"]) == (413, "too_large")

    async def pieces() -> Any:
        yield b"{}"

    async with liaison.session.post("/households", data=pieces(), headers=headers) as answer:
        assert (answer.status, (await answer.json(content_type=None))["title"]) == (411, "length_required")


async def test_tokens_are_needed_and_forged_ones_refused(place: World) -> None:
    base = await place.serve(await place.open(MONITORING, pool_size=4))
    genuine = place.issuer.token("x", "CUN", VILLAGE, ["liaison"])
    expired = place.issuer.token("x", "CUN", VILLAGE, ["liaison"], ttl=-60)
    head, claims, signature = genuine.split(".")
    forged = [f"{head}.{claims}.{signature[:-4]}AAAA", expired, "nonsense", f"{head}.{claims}."]
    async with aiohttp.ClientSession(base) as bare:
        for token in (None, *forged):
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            async with bare.get("/households", headers=headers) as answer:
                assert answer.status == 401
                assert answer.headers["WWW-Authenticate"] == "Bearer"
                assert answer.content_type == "application/problem+json"
    other = await place.client(base, "MZ", "533401", "steward")
    assert (await other.get("/households", 403))["title"] == "scope_missing"


async def test_a_foreign_or_unknown_division_is_refused_and_nothing_is_stored(place: World, liaison: Client) -> None:
    member = [str(uuid4())]
    foreign = await liaison.post("/households", {"division": ELSEWHERE, "members": member}, 403)
    assert foreign["title"] == "foreign_division"
    assert (await liaison.post("/households", {"division": "110101001001", "members": member}, 422))["title"] == "division_unknown"
    assert (
        await place.sql("monitoring", "SELECT 1 FROM events UNION ALL SELECT 1 FROM outbox UNION ALL SELECT 1 FROM idempotency")
        == []
    )


async def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(place: World, liaison: Client) -> None:
    body = {"division": VILLAGE, "members": [str(uuid4())]}
    first = await liaison.post("/households", body, 201, Idempotency_Key="a-key-of-mine")
    assert await liaison.post("/households", body, 201, Idempotency_Key="a-key-of-mine") == first
    changed = await liaison.post("/households", {**body, "members": [str(uuid4())]}, 422, Idempotency_Key="a-key-of-mine")
    assert changed["title"] == "idempotency_key_reused"
    assert (await liaison.post("/households", body, 422, Idempotency_Key="short"))["title"] == "not_valid"
    assert len(await place.sql("monitoring", "SELECT 1 FROM events")) == 1


async def test_a_stale_version_is_refused(liaison: Client) -> None:
    home = await household(liaison)
    await liaison.post(f"/households/{home}/visits", {}, 201, If_Match='"1"')
    stale = await liaison.post(f"/households/{home}/visits", {}, 412, If_Match='"1"')
    assert stale["title"] == "version_is_not_current"
    assert (await liaison.post(f"/households/{home}/visits", {}, 422, If_Match="yesterday"))["title"] == "if_match_not_a_version"


async def test_a_visit_in_the_future_and_an_unknown_household_are_refused(liaison: Client) -> None:
    home = await household(liaison)
    assert (await liaison.post(f"/households/{home}/visits", {"visited_on": "2999-01-01"}, 422))["title"] == "visit_in_future"
    assert (await liaison.post(f"/households/{uuid4()}/visits", {}, 404))["title"] == "household_unknown"


async def test_a_foreign_cursor_is_refused(liaison: Client) -> None:
    assert (await liaison.get("/households", 422, after="bm9uc2Vuc2U="))["title"] == "cursor_unknown"


def bomb() -> bytes:
    """A small zip that unpacks to a quarter of a gigabyte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"0" * (80 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"not a sheet", "sheet_unreadable"),
        (workbook(PAYMENT, [GOOD])[:-200], "sheet_unreadable"),
        (workbook([], []).replace(b"", b""), "header_not_found"),
        (workbook(["姓名", "金额"], [["甲", 1]]), "header_not_found"),
        (workbook(PAYMENT, []), "sheet_empty"),
    ],
    ids=["no sheet", "truncated", "no header", "columns missing", "no row"],
)
async def test_a_file_that_cannot_be_used_is_refused_and_recorded(place: World, steward: Client, data: bytes, code: str) -> None:
    asked = {"kind": "SUBSIDY_PAYMENT", "division": "533401", "as_of": "2026-01-15", "period": "2026-01"}
    assert (await upload(steward, data, 202, **asked))["code"] == code
    (row,) = await place.sql("matching", "SELECT why, division FROM views.roster")
    assert tuple(row) == (code, "533401")


async def test_a_zip_bomb_is_refused_before_it_is_unpacked(steward: Client) -> None:
    asked = {"kind": "SUBSIDY_PAYMENT", "division": "533401", "as_of": "2026-01-15", "period": "2026-01"}
    assert (await upload(steward, bomb(), 202, **asked))["code"] == "sheet_too_large"


async def test_a_sheet_needs_a_day_a_month_and_the_senders_own_county(steward: Client) -> None:
    data, asked = (
        workbook(PAYMENT, [GOOD]),
        {"kind": "SUBSIDY_PAYMENT", "division": "533401", "as_of": "2026-01-15", "period": "2026-01"},
    )
    assert (await upload(steward, data, 422, **{k: v for k, v in asked.items() if k != "as_of"}))["title"] == "as_of_missing"
    assert (await upload(steward, data, 422, **{k: v for k, v in asked.items() if k != "period"}))["title"] == "period_missing"
    assert (await upload(steward, data, 422, **{**asked, "as_of": "2999-01-01"}))["title"] == "as_of_in_future"
    assert (await upload(steward, data, 422, **{**asked, "period": "2026-13"}))["title"] == "not_valid"
    assert (await upload(steward, data, 403, **{**asked, "division": "533422"}))["title"] == "foreign_division"


async def test_bad_rows_are_reported_by_number_and_code_and_the_good_ones_used(place: World, steward: Client) -> None:
    rows = [
        GOOD,
        ["乙", 533499199012310024.0, "生活补贴", 100, 1, 100],
        ["丙", "533499196507150031", "生活补贴", 100, 1, 100],
        ["丁", "533499201005050041", "过节费", 100, 1, 100],
        ["戊", "533499197203180059", "护理补贴", 100, 1, "很多"],
        ["无", "", "护理补贴", 100, 1, 100],
        *[["己", c, "护理补贴", 100, 1, 90] for c in ("533499195509090065", "533499200102280071", "533499198811160080")],
        *[["庚", f"{c}", "护理补贴", 90, 1, 90] for c in ("533499199307040092", "53349919760812010X", "533499196904200118")],
        *[["辛", c, "生活补贴", 100, 1, 100] for c in ("533499198410010137", "533499195509090065", "533499200102280071")],
        *[["壬", c, "生活补贴", 100, 1, 100] for c in ("533499198811160080", "533499199307040092", "53349919760812010X")],
        *[["癸", c, "生活补贴", 100, 1, 100] for c in ("533499196904200118", "533499201005050041", "533499197203180059")],
        ["合计", "", "", "", "", 2000],
        ["制表人：某某", "", "", "", "", ""],
    ]
    asked = {"kind": "SUBSIDY_PAYMENT", "division": "533401", "as_of": "2026-01-15", "period": "2026-01"}
    told = await upload(steward, workbook(PAYMENT, rows), 202, **asked)
    assert told["code"] == "too_many_bad_rows", "five of twenty-one rows are above the limit of one in five"
    found = [(p["row"], p["code"]) for p in told["problems"] if p["rejected"]]
    assert found == [(4, "id_not_text"), (5, "id_checksum"), (6, "subsidy_unknown"), (7, "amount_invalid"), (8, "id_missing")]
    assert [p["row"] for p in told["problems"] if p["code"] == "amount_mismatch"] == [9, 10, 11]
    good = await upload(steward, workbook(PAYMENT, [*rows[:2], *rows[6:]]), 202, **asked)
    assert (good["rows"], good["rejected"], good["linked"]) == (17, 1, 0)
    staged = await place.sql("matching", "SELECT * FROM roster_content")
    assert [row["rows"] for row in staged] == [17]
    assert b"533499" not in staged[0]["content"]
    assert date(2026, 1, 15) in {r["as_of"] for r in await place.sql("matching", "SELECT as_of FROM views.roster")}
