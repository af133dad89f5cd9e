"""Sheets through the door: read beside the event loop and before any transaction, answered once per key, refused with a report."""

import asyncio
import threading
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from deploy.sandbox.sheets import workbook
from services.matching.policy.load import load_policy
from services.matching.roster import sheet
from services.matching.roster.intake import Sent, Unusable, Usable, judged
from services.matching.vocabulary import RosterKind
from tests.documents.sheets import book, cell, raw
from tests.matching.county import COUNTY, DAY, NEAR, OTHER, County, citizen, person
from tests.world import Client, World

POLICY, KIND = load_policy(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIST = {"kind": "SUBSISTENCE_ALLOWANCE", "division": COUNTY, "as_of": str(DAY), "period": "2026-01"}
SENT = Sent(RosterKind.SUBSISTENCE_ALLOWANCE, COUNTY, DAY, "2026-01", "MZ")


def listing(*numbers: int, broken: int = 0) -> bytes:
    """A list of the allowance with these persons and so many rows whose id was turned into a number."""
    ids: list[Any] = [citizen(number) for number in numbers]
    return workbook(["户主姓名", "身份证号码"], [["测试", each] for each in ids + [5.3e17] * broken])


async def send(client: Client, data: bytes, key: str, **params: str) -> tuple[int, str | None, dict[str, Any]]:
    """Send a list under a key: status, whether it is a replay, body."""
    headers = {"Idempotency-Key": key, "Content-Type": KIND}
    async with client.session.post("/rosters", params=LIST | params, data=data, headers=headers) as answer:
        return answer.status, answer.headers.get("Idempotency-Replayed"), await answer.json(content_type=None)


async def test_a_file_is_read_alone_beside_the_loop_and_no_connection_waits_for_it(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = await County(place).open()
    await county.holds(1, NEAR, 2)
    steward = await county.as_("MZ", COUNTY, "steward")
    reading, go_on, read = threading.Semaphore(0), threading.Semaphore(0), sheet.read

    def slow(*args: Any) -> sheet.Sheet:
        reading.release()
        assert go_on.acquire(timeout=30)
        return read(*args)

    monkeypatch.setattr(sheet, "read", slow)
    uploads = [asyncio.create_task(send(steward, listing(1, more), f"file-number-{more}")) for more in (2, 3)]
    assert await asyncio.to_thread(reading.acquire, timeout=30)
    pool = county.runtime.pool
    assert pool.get_idle_size() == pool.get_size(), "nothing is open while a sheet is read"
    assert await steward.get("/comparisons") == {"items": [], "cursor": None, "more": False}
    assert not reading.acquire(blocking=False), "the other file waits for its turn"
    go_on.release(2)
    answers = await asyncio.gather(*uploads)
    assert [(status, body["linked"]) for status, _, body in answers] == [(201, 1), (201, 1)]


async def test_a_file_is_answered_once_per_key_and_received_once(place: World) -> None:
    county = await County(place).open()
    steward = await county.as_("MZ", COUNTY, "steward")
    first = await send(steward, listing(1, 2), "a-first-key")
    assert first[0] == 201
    assert await send(steward, listing(1, 2), "a-first-key") == (201, "true", first[2])
    assert (await send(steward, listing(1, 3), "a-first-key"))[2]["title"] == "idempotency_key_reused"
    status, _, body = await send(steward, listing(1, 2), "another-key")
    assert (status, body["title"]) == (409, "roster_known")
    stored = await place.sql("matching", "SELECT type FROM events")
    assert [row["type"] for row in stored] == ["RosterReceived"]


async def test_a_file_with_too_many_bad_rows_is_recorded_reported_and_not_staged(place: World) -> None:
    county = await County(place).open()
    steward = await county.as_("MZ", COUNTY, "steward")
    status, _, body = await send(steward, listing(1, broken=1), "a-broken-file")
    assert (status, body["title"], body["detail"]) == (422, "too_many_bad_rows", "2 行中有 1 行不能使用")
    assert (body["rows"], body["rejected"]) == (2, 1)
    assert body["problems"] == [{"row": 4, "code": "id_not_text", "rejected": True}]
    assert await send(steward, listing(1, broken=1), "a-broken-file") == (422, "true", body)
    assert await place.sql("matching", "SELECT 1 FROM roster_row") == []
    problems = await steward.get(f"/rosters/{body['id']}/problems")
    assert problems["items"] == body["problems"]
    unread = await send(steward, b"not a sheet", "no-sheet-at-all")
    assert (unread[0], unread[2]["title"], "problems" in unread[2]) == (422, "sheet_unreadable", False)


async def test_what_is_said_of_a_file_is_checked_before_it_is_read(place: World) -> None:
    steward = await (await County(place).open()).as_("MZ", COUNTY, "steward")
    wrong: dict[str, dict[str, str]] = {
        "as_of_in_future": {"as_of": "2026-01-02"},
        "period_invalid": {"period": "2026"},
        "period_in_future": {"kind": "SUBSIDY_PAYMENT", "period": "2026-02"},
        "period_too_early": {"kind": "SUBSIDY_PAYMENT", "period": "2015-12"},
        "as_of_too_early": {"as_of": "1999-12-31"},
    }
    for code, said in wrong.items():
        status, _, body = await send(steward, listing(1), "a-wrong-word", **said)
        assert (status, body["title"]) == (422, code)
    for month in ("٢٠٢٦-01", "２０２６-01", "9999-12", "2026-1", "2026-13", "2026-01 "):
        status, _, body = await send(steward, listing(1), "a-strange-month", kind="SUBSIDY_PAYMENT", period=month)
        assert (status, body["title"]) == (422, "not_valid")


async def test_the_holder_is_paid_and_not_the_agent_and_two_ids_of_one_row_refuse_the_file(place: World) -> None:
    county = await County(place).open()
    await county.holds(1, NEAR, 2)
    await county.holds(2, NEAR, 2)
    steward = await county.as_("MZ", COUNTY, "steward")
    upper, lower = ["残疾人", "身份证号", "发放", "", "代领人", ""], ["", "", "补贴种类", "发放金额", "姓名", "身份证号"]
    row = ["测试", citizen(1), "生活补贴", 90, "测试", citizen(2)]
    month = {"kind": "SUBSIDY_PAYMENT", "period": "2025-12"}
    status, _, body = await send(steward, workbook(upper, [lower, row]), "with-an-agent", **month)
    assert (status, body["rows"], body["rejected"], body["left_out"], body["paid"]) == (201, 1, 0, 0, 1)
    paid = await place.sql("matching", "SELECT person_id FROM views.payment")
    assert [row["person_id"] for row in paid] == [person(1)]
    twice = workbook(["姓名", "身份证号", "身份证号", "补贴种类", "金额"], [["测试", citizen(1), citizen(2), "生活补贴", 90]])
    status, _, body = await send(steward, twice, "two-ids-a-row", **month)
    assert (status, body["title"]) == (422, "header_ambiguous")
    assert body["detail"].startswith("“身份证号”对应不止一列：B列“身份证号”、C列“身份证号”")
    refused = await place.sql("matching", "SELECT why FROM views.roster WHERE state = 'REJECTED'")
    assert [row["why"] for row in refused] == ["header_ambiguous"]


async def test_rows_are_counted_and_the_same_file_is_the_same_roster() -> None:
    found = await judged(listing(1, 2, 3, 4, 4), SENT, POLICY, "key", DAY)
    assert isinstance(found, Usable)
    assert (found.rows, found.rejected, [problem.code for problem in found.problems]) == (5, 1, ["duplicate_row"])
    assert len({row.index for row in found.staged}) == 4
    assert isinstance(await judged(b"", SENT, POLICY, "key", DAY), Unusable)
    other = Sent(SENT.kind, SENT.division, date(2025, 12, 31), "2026-01", "MZ")
    assert SENT.roster_id(b"x") == SENT.roster_id(b"x") != other.roster_id(b"x")


async def test_a_csv_is_taken_as_programs_save_it_and_what_its_cells_hide_is_cleaned(place: World) -> None:
    county = await County(place).open()
    steward = await county.as_("MZ", COUNTY, "steward")
    text = (
        f"户主姓名,\ufeff身份证\u200b号码\r测试,\u00a0{citizen(1)}\u200b\r测试,{citizen(2)}（新）\r测试,{citizen(3)}\r"
        + "".join(f"测试,{citizen(number)}\r" for number in range(4, 9))
    )
    headers = {"Idempotency-Key": "a-list-as-csv", "Content-Type": "text/csv"}
    async with steward.session.post("/rosters", params=LIST, data=text.encode("utf-16"), headers=headers) as answer:
        assert answer.status == 201
        body = await answer.json()
    assert (body["rows"], body["problems"]) == (8, [{"row": 3, "code": "id_with_text", "rejected": True}])


async def test_an_xls_is_taken_and_its_rows_that_say_no_and_its_errors_are_told(place: World) -> None:
    county = await County(place).open()
    steward = await county.as_("MZ", COUNTY, "steward")
    old = Path(__file__).parents[2].joinpath("documents", "cells.xls").read_bytes()
    status, _, body = await send(steward, old, "an-old-format")
    assert (status, body["rows"], body["rejected"]) == (201, 6, 0)
    rows = [[citizen(number), "在保"] for number in range(1, 9)] + [["", "合计"], [citizen(9), "停保"]]
    data = book([["身份证号", "状态"], *rows], more=lambda _, page: page.write_formula(9, 0, "=NA()", None, "#N/A"))
    status, _, body = await send(steward, data, "an-error")
    assert (status, body["rows"], body["left_out"]) == (201, 9, 1)
    assert [(each["row"], each["code"]) for each in body["problems"]] == [
        (10, "id_with_text"),
        (10, "outcome_unknown"),
        (11, "not_in_force"),
    ]


async def test_a_sheet_that_asks_for_all_memory_ends_nothing_and_is_on_record(place: World) -> None:
    county = await County(place).open()
    steward = await county.as_("MZ", COUNTY, "steward")
    far = raw(f"<row r='1'>{cell('A1', '身份证号码')}</row><row>{cell('XFD1048576', '1')}</row>")
    status, _, body = await send(steward, far, "a-far-cell")
    assert (status, body["title"]) == (422, "sheet_too_large")
    assert [refusal["code"] for refusal in (await steward.get("/roster-refusals"))["items"]] == ["sheet_too_large"]
    assert (await steward.get(f"/rosters/{body['id']}"))["why"] == "sheet_too_large"
    hidden = book([["名单"]], [["户主姓名", "身份证号码"], ["测试", citizen(1)]], hide=[0])
    taken = await send(steward, hidden, "a-hidden-sheet")
    assert (taken[0], taken[2]["problems"]) == (201, [{"row": 0, "code": "hidden_sheet_ignored", "rejected": False}])


async def test_every_refused_upload_is_written_down_with_who_sent_what_and_why(place: World) -> None:
    county = await County(place).open()
    steward = await county.as_("MZ", COUNTY, "steward")
    good, quote = listing(1), '户主姓名,身份证号码\r测试,"533499198001010013\r'.encode()
    assert (await send(steward, good, "a-good-file"))[0] == 201
    tried = [
        (good, {}, 409, "roster_known"),
        (good, {"as_of": "2999-01-01"}, 422, "as_of_in_future"),
        (good, {"division": OTHER}, 403, "foreign_division"),
        (quote, {}, 422, "sheet_unreadable"),
        (listing(1, broken=1), {}, 422, "too_many_bad_rows"),
    ]
    for number, (data, said, status, code) in enumerate(tried):
        answer = await send(steward, data, f"refused-{number}", **said)
        assert (answer[0], answer[2]["title"]) == (status, code)
    assert (await send(steward, quote, "refused-3"))[1] == "true", "an answer that is repeated is no other upload"
    found = (await steward.get("/roster-refusals"))["items"]
    assert [(refusal["digest"], refusal["code"]) for refusal in found] == [(sha256(d).hexdigest(), code) for d, _, _, code in tried]
    assert {(refusal["sent_by"], refusal["division"]) for refusal in found} == {(f"MZ:{COUNTY}:mz-{COUNTY}", COUNTY)}
    assert found[2]["county"] == OTHER
    assert found[0]["size"] == len(good)
    elsewhere = await county.as_("MZ", OTHER, "steward")
    assert (await elsewhere.get("/roster-refusals"))["items"] == []
