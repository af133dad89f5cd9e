"""A work list with names to take along: only what `/resolve` shows, marked on every page, recorded, limited, kept nowhere."""

import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from python_calamine import CalamineWorkbook

from services.certificates.front_desk.name_sheet import HEADER, Taken, workbook
from services.documents.workbook import MARKED, XLSX
from tests.certificates import office as certificates_office
from tests.world import Client, World

QUESTION = {"purpose": "EXPIRY_REMINDER", "reference": "notice/1"}
MARK = "仅供残联（533401）cl-533401于2026-03-02 10:00为到期提醒使用，事项notice/1，查询已登记，不得转发"


async def taken(by: Client, asked: dict[str, Any], **headers: str) -> bytes:
    """The sheet as it is sent."""
    sent = {"Idempotency-Key": str(uuid4())} | headers
    async with by.session.post("/resolve.xlsx", json=asked, headers=sent) as answer:
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
        assert answer.headers["Content-Type"] == XLSX
        return await answer.read()


def read(content: bytes) -> list[list[Any]]:
    """The cells of the only sheet."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    assert book.sheet_names == ["名单"]
    return book.get_sheet_by_index(0).to_python()


def printed(content: bytes) -> list[str]:
    """What stands above and below every printed page."""
    with zipfile.ZipFile(BytesIO(content)) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    return re.findall(r"<odd(?:Header|Footer)>(.*?)</odd(?:Header|Footer)>", xml)


async def test_a_sheet_shows_what_resolve_shows_and_says_on_every_page_who_took_it(place: World) -> None:
    office = await certificates_office.opened(place)
    mine, other = await office.person(), str(uuid4())
    await office.on("2026-03-02")
    asked = QUESTION | {"person_ids": [other, mine, mine]}
    content = await taken(office.clerk, asked)
    (person,) = (await office.clerk.post("/resolve", asked, 200))["persons"]
    assert person["name"] == "测试甲"
    assert [row[: len(HEADER)] for row in read(content)] == [
        ["名单（1人）", "", "", "", ""],
        [MARK, "", "", "", ""],
        ["另有1人不在本单位辖区或查无此人，未列出", "", "", "", ""],
        [*HEADER],
        [person[name] for name in ("file_number", "name", "village", "citizen_id", "phone")],
    ]
    assert printed(content) == [f"&amp;C&amp;K808080{MARK}", f"&amp;C&amp;K808080{MARK}　&amp;P/&amp;N"]


async def test_every_sheet_is_a_look_of_its_own_and_kept_nowhere(place: World) -> None:
    office = await certificates_office.opened(place)
    person, nobody, key = await office.person(), str(uuid4()), str(uuid4())
    for _ in range(2):
        await taken(office.clerk, QUESTION | {"person_ids": [person, nobody]}, **{"Idempotency-Key": key})
    looks = await office.sql("SELECT purpose, reference, person_id, granted FROM person_read ORDER BY id")
    once = [("EXPIRY_REMINDER", "sheet/notice/1", UUID(person), True), ("EXPIRY_REMINDER", "sheet/notice/1", UUID(nobody), False)]
    assert [tuple(row) for row in looks] == once * 2
    assert await office.sql("SELECT key FROM idempotency WHERE key = $1", key) == []


async def test_a_sheet_is_refused_as_resolve_is_and_counts_against_the_same_limit(place: World) -> None:
    office = await certificates_office.opened(place)
    liaison = await office.client("CUN", certificates_office.VILLAGE, "liaison")
    proper: dict[str, Any] = QUESTION | {"person_ids": [str(uuid4())]}
    for by, asked, status, code in (
        (office.institution, proper, 403, "scope_missing"),
        (liaison, proper | {"purpose": "SUBSIDY_REVIEW"}, 403, "purpose_not_yours"),
        (liaison, proper | {"person_ids": [str(UUID(int=n)) for n in range(51)]}, 422, "too_many_persons"),
        (liaison, proper | {"reference": ""}, 422, "not_valid"),
    ):
        assert (await by.post("/resolve.xlsx", asked, status))["title"] == code
    assert await office.sql("SELECT id FROM person_read") == []
    for page in range(4):
        whole = QUESTION | {"person_ids": [str(UUID(int=50 * page + n)) for n in range(50)]}
        await (taken(office.clerk, whole) if page % 2 else office.clerk.post("/resolve", whole))
    assert (await office.clerk.post("/resolve.xlsx", proper, 429))["title"] == "too_many_reads"


def test_a_mark_is_never_longer_than_a_page_takes_and_its_signs_are_no_codes() -> None:
    long = Taken("CL", "533401", "&" * 500, datetime(2026, 3, 2, 2, tzinfo=UTC), "CASE_WORK", "case/" + "1" * 75)
    assert len(long.mark) <= MARKED
    above, below = printed(workbook([], 0, long))
    plain = above.replace("&amp;", "&").removeprefix("&C&K808080")
    assert (plain.replace("&&", "&"), len(below.replace("&amp;", "&")) <= 255) == (long.mark, True)
