"""Lists through the door: kept encrypted, read by a job, answered once per key, refused with a report; every end has its name."""

from datetime import date
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import duckdb

from deploy.sandbox.sheets import workbook
from services.domain.citizen_id import blind_index
from services.engine import retention
from services.matching.county_facts.likeness import KEPT
from services.matching.intake import jobs
from services.matching.intake.sealed import unsealed
from services.matching.intake.work import work
from services.matching.policy.rosters import load_rosters, table_of
from tests.documents.sheets import book, cell, raw
from tests.matching.county import COUNTY, DAY, NEAR, OTHER, citizen
from tests.matching.intake.desk import PAYMENT, Desk, listing, send
from tests.world import SITE_KEY, World


async def test_a_list_is_kept_encrypted_read_by_a_job_and_staged_without_a_name_or_number(desk: Desk, place: World) -> None:
    await desk.county.holds(1, NEAR, 2)
    data = listing(1, 2)
    status, _, asked = await send(desk.steward, data, "a-first-list")
    assert (status, asked["state"]) == (202, "WAITING")
    (kept,) = await place.sql("matching", "SELECT content, agency FROM roster_file")
    assert (kept["agency"], data[:40] in kept["content"], citizen(1).encode() in kept["content"]) == ("MZ", False, False)
    assert unsealed(SITE_KEY, UUID(asked["roster_id"]), kept["content"]) == data
    assert (await desk.steward.get(f"/roster-jobs/{asked['job_id']}"))["rows_read"] == 0
    found = await desk.county.read(desk.steward, asked)
    assert (found["job"]["state"], found["job"]["rows_read"], found["job"]["code"]) == ("RECEIVED", 2, None)
    assert (found["state"], found["sent_by"], found["rows"], found["linked"], found["identified"]) == ("RECEIVED", "MZ", 2, 1, 2)
    (content,) = await place.sql("matching", "SELECT division, kind, rows, content FROM roster_content")
    assert (content["division"], content["kind"], content["rows"]) == (COUNTY, "SUBSISTENCE_ALLOWANCE", 2)
    file = place.folder / "content.parquet"
    file.write_bytes(content["content"])
    with duckdb.connect() as engine:
        columns = engine.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(file)]).fetchall()
        rows = engine.execute("SELECT row, index FROM read_parquet(?)", [str(file)]).fetchall()
    wanted = {"row": "BIGINT", "index": "UUID", **table_of(load_rosters().one("SUBSISTENCE_ALLOWANCE", DAY)), **KEPT}
    assert {name: kind.replace(" ", "") for name, kind, *_ in columns} == {n: kind.replace(" ", "") for n, kind in wanted.items()}
    assert [number for number, _ in rows] == [3, 4]
    assert citizen(1).encode() not in content["content"]


async def test_a_file_is_answered_once_per_key_and_the_same_file_is_the_same_roster(desk: Desk, place: World) -> None:
    steward = desk.steward
    first = await send(steward, listing(1, 2), "a-first-key")
    assert first[0] == 202
    assert await send(steward, listing(1, 2), "a-first-key") == (202, "true", first[2])
    assert (await send(steward, listing(1, 3), "a-first-key"))[2]["title"] == "idempotency_key_reused"
    assert (await send(steward, listing(1, 2), "another-key"))[2] == first[2], "it waits already"
    assert await work(desk.county.runtime) == 1
    assert await work(desk.county.runtime) == 0
    status, _, body = await send(steward, listing(1, 2), "yet-another-key")
    assert (status, body["title"]) == (409, "roster_known")
    other = await send(steward, listing(1, 2), "as-of-another-day", as_of="2025-12-31")
    assert other[2]["roster_id"] != first[2]["roster_id"]
    stored = await place.sql("matching", "SELECT type FROM events")
    assert [row["type"] for row in stored] == ["RosterReceived"]


async def test_a_worker_that_dies_lets_go_of_its_job_and_what_it_does_afterwards_is_nothing(desk: Desk, place: World) -> None:
    runtime = desk.county.runtime
    _, _, asked = await send(desk.steward, listing(1, 2), "a-list-of-two")
    dead = await jobs.claim(runtime.pool)
    assert dead
    assert await work(runtime) == 0, "it is another's"
    await place.sql("matching", "UPDATE roster_job SET lease = now() - interval '1 second'")
    assert await work(runtime) == 1
    async with runtime.pool.acquire() as conn:
        assert not await jobs.mine(conn, dead)
    await jobs.put_off(runtime.pool, dead, 1)
    assert (await desk.steward.get(f"/roster-jobs/{asked['job_id']}"))["state"] == "RECEIVED"
    assert len(await place.sql("matching", "SELECT 1 FROM events")) == 1


async def test_a_file_at_which_three_workers_died_is_refused(desk: Desk, place: World) -> None:
    _, _, asked = await send(desk.steward, listing(1, 2), "a-list-of-two")
    await place.sql("matching", "UPDATE roster_job SET attempts = 3")
    found = await desk.county.read(desk.steward, asked)
    assert (found["job"]["state"], found["job"]["code"], found["why"]) == ("REJECTED", "reading_fails", "reading_fails")


async def test_a_file_with_too_many_bad_rows_is_recorded_reported_and_not_staged(desk: Desk, place: World) -> None:
    found = await desk.sends(listing(1, broken=1))
    assert (found["job"]["state"], found["job"]["code"]) == ("REJECTED", "too_many_bad_rows")
    assert (found["state"], found["why"], found["rows"], found["rejected"]) == ("REJECTED", "too_many_bad_rows", 2, 1)
    assert found["problems"] == [{"row": 4, "code": "id_not_text", "rejected": True}]
    assert await place.sql("matching", "SELECT 1 FROM roster_content") == []
    unread = await desk.sends(b"not a sheet")
    assert (unread["job"]["code"], unread["state"], unread["problems"]) == ("sheet_unreadable", "REJECTED", [])
    again = await desk.sends(listing(1, broken=1))
    assert (again["job"]["state"], again["version"]) == ("REJECTED", 1), "told once"


async def test_what_is_said_of_a_file_is_checked_before_it_is_kept(desk: Desk, place: World) -> None:
    wrong: dict[str, dict[str, str]] = {
        "as_of_in_future": {"as_of": "2026-01-02"},
        "as_of_too_early": {"as_of": "1999-12-31"},
        "period_invalid": {"period": "2026"},
        "period_in_future": {"kind": "SUBSIDY_PAYMENT", "period": "2026-02"},
        "period_too_early": {"kind": "SUBSIDY_PAYMENT", "period": "2015-12"},
    }
    for code, said in wrong.items():
        status, _, body = await send(desk.steward, listing(1), "a-wrong-word", **said)
        assert (status, body["title"]) == (422, code)
    for month in ("٢٠٢٦-01", "２０２６-01", "9999-12", "2026-1", "2026-13", "2026-01 "):
        status, _, body = await send(desk.steward, listing(1), "a-strange-month", kind="SUBSIDY_PAYMENT", period=month)
        assert (status, body["title"]) == (422, "not_valid")
    health = await desk.county.as_("WJ", COUNTY, "steward")
    status, _, body = await send(health, listing(1), "not-its-list")
    assert (status, body["title"]) == (403, "not_a_sender_of_this_list")
    status, _, body = await send(desk.steward, listing(1), "no-such-county", division="533499")
    assert (status, body["title"]) == (403, "foreign_division")
    assert await place.sql("matching", "SELECT 1 FROM roster_file") == []
    assert await place.sql("matching", "SELECT 1 FROM roster_job") == []


async def test_the_holder_is_paid_and_not_the_agent_and_two_ids_of_one_row_refuse_the_file(desk: Desk, place: World) -> None:
    await desk.county.holds(1, NEAR, 2)
    await desk.county.holds(2, NEAR, 2)
    upper, lower = ["残疾人", "身份证号", "发放", "", "代领人", ""], ["", "", "补贴种类", "发放金额", "姓名", "身份证号"]
    row = ["测试", citizen(1), "生活补贴", 90, "测试", citizen(2)]
    found = await desk.sends(workbook(upper, [lower, row]), **PAYMENT)
    assert (found["state"], found["rows"], found["rejected"]) == ("RECEIVED", 1, 0)
    file = place.folder / "content.parquet"
    file.write_bytes((await place.sql("matching", "SELECT content FROM roster_content"))[0]["content"])
    with duckdb.connect() as engine:
        paid = engine.execute("SELECT index, subsidy, amount FROM read_parquet(?)", [str(file)]).fetchall()
    assert paid == [(blind_index(SITE_KEY, citizen(1)), "LIVING", 90)]
    twice = workbook(["姓名", "身份证号", "身份证号", "补贴种类", "金额"], [["测试", citizen(1), citizen(2), "生活补贴", 90]])
    assert (await desk.sends(twice, **PAYMENT))["why"] == "header_ambiguous"


async def test_a_csv_is_taken_as_programs_save_it_and_what_its_cells_hide_is_cleaned(desk: Desk) -> None:
    text = f"姓名,\ufeff身份证\u200b号码\r测试,\u00a0{citizen(1)}\u200b\r测试,{citizen(2)}（新）\r测试,{citizen(3)}\r" + "".join(
        f"测试,{citizen(number)}\r" for number in range(4, 9)
    )
    found = await desk.sends(text.encode("utf-16"))
    assert (found["rows"], found["problems"]) == (8, [{"row": 3, "code": "id_with_text", "rejected": True}])


async def test_an_xls_is_taken(desk: Desk) -> None:
    old = Path(__file__).parents[2].joinpath("documents", "cells.xls").read_bytes()
    found = await desk.sends(old)
    assert (found["state"], found["rows"], found["rejected"]) == ("RECEIVED", 6, 0)


async def test_a_sheet_that_asks_for_all_memory_ends_nothing_and_is_on_record(desk: Desk) -> None:
    far = raw(f"<row r='1'>{cell('A1', '身份证号码')}</row><row>{cell('XFD1048576', '1')}</row>")
    assert (await desk.sends(far))["why"] == "sheet_too_large"
    assert [refusal["code"] for refusal in (await desk.steward.get("/roster-refusals"))["items"]] == ["sheet_too_large"]
    hidden = book([["名单"]], [["姓名", "身份证号码"], ["测试", citizen(1)]], hide=[0])
    taken = await desk.sends(hidden)
    assert (taken["state"], taken["problems"]) == ("RECEIVED", [{"row": 0, "code": "hidden_sheet_ignored", "rejected": False}])


async def test_every_refused_upload_is_written_down_with_who_sent_what_and_why(desk: Desk) -> None:
    good, quote = listing(1), '姓名,身份证号码\r测试,"533499198001010013\r'.encode()
    assert (await desk.sends(good))["state"] == "RECEIVED"
    tried = [
        (good, {}, 409, "roster_known"),
        (good, {"as_of": "2999-01-01"}, 422, "as_of_in_future"),
        (good, {"division": OTHER}, 403, "foreign_division"),
        (quote, {}, 202, "sheet_unreadable"),
        (listing(1, broken=1), {}, 202, "too_many_bad_rows"),
    ]
    for number, (data, said, status, code) in enumerate(tried):
        answer = await send(desk.steward, data, f"refused-{number}", **said)
        assert answer[0] == status
        assert status == 202 or answer[2]["title"] == code
        await work(desk.county.runtime)
    assert (await send(desk.steward, quote, "refused-3"))[1] == "true", "an answer that is repeated is no other upload"
    assert await work(desk.county.runtime) == 0
    found = (await desk.steward.get("/roster-refusals"))["items"]
    assert {(refusal["digest"], refusal["code"]) for refusal in found} == {(sha256(d).hexdigest(), code) for d, _, _, code in tried}
    assert len(found) == len(tried)
    assert {(refusal["sent_by"], refusal["division"]) for refusal in found} == {(f"MZ:{COUNTY}:mz-{COUNTY}", COUNTY)}
    assert {refusal["county"] for refusal in found if refusal["code"] == "foreign_division"} == {OTHER}
    elsewhere = await desk.county.as_("MZ", OTHER, "steward")
    assert (await elsewhere.get("/roster-refusals"))["items"] == []
    assert (await elsewhere.get("/rosters"))["items"] == []


async def test_a_file_waits_for_as_long_as_it_is_not_read(desk: Desk, place: World) -> None:
    await send(desk.steward, listing(1), "a-list-that-waits")
    await place.sql("matching", "UPDATE roster_file SET kept_at = now() - interval '99 days'")
    assert await retention.delete_some(desk.county.runtime) == 0
    assert await work(desk.county.runtime) == 1
    assert date(2026, 1, 1) in {row["as_of"] for row in await place.sql("matching", "SELECT as_of FROM views.roster")}
