"""Findings over HTTP: who reads which, in which order, what officials say of them, the workbook, and what a day makes due."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from python_calamine import CalamineWorkbook

from services.domain.file_number import file_number
from services.engine.rebuild import Rebuild
from services.engine.schedule import run_due
from services.matching.finding.decider import FINDING, Settle, found_in
from services.matching.finding.projection import FINDINGS
from services.matching.vocabulary import Finding, Settled
from tests.matching.county import County
from tests.matching.finding.samples import COUNTY, FOUND, MONDAY, OTHER_VILLAGE, PAID, VILLAGE, open_findings
from tests.spec import context
from tests.world import World, contents

MINE = str(found_in(FOUND))


@pytest.fixture
async def county(place: World) -> County:
    """A county with a finding of each sort, on a Monday."""
    made = await County(place).open()
    made.on(MONDAY)
    await open_findings(made.runtime, FOUND, PAID)
    return made


async def rules(county: County, agency: str, division: str = COUNTY, **asked: Any) -> list[str]:
    """The rules of the findings that an office reads, in their order."""
    office = await county.as_(agency, division, "official")
    return [row["rule"] for row in (await office.get("/findings", **asked))["items"]]


async def test_an_office_reads_its_own_and_what_the_rows_open_to_it(county: County) -> None:
    assert await rules(county, "MZ") == ["PAID_WITHOUT_CARD", "LIVING_NOT_RECEIVED"]  # five working days before ten
    assert await rules(county, "CL") == ["PAID_WITHOUT_CARD", "LIVING_NOT_RECEIVED"]
    assert await rules(county, "MZ", VILLAGE) == ["LIVING_NOT_RECEIVED"]
    assert await rules(county, "MZ", "533422") == []
    for agency in ("JT", "CZ", "XCZX"):
        assert await rules(county, agency) == []
    finance = await county.as_("CZ", COUNTY, "official")
    await finance.get(f"/findings/{found_in(PAID)}", 404)
    assert (await finance.get("/findings/counts"))["items"] == []
    civil = await county.as_("MZ", COUNTY, "official")
    await civil.post(f"/findings/{found_in(PAID)}/verify", {"evidence": "HOME_VISIT"}, 200)
    assert await rules(county, "CZ") == ["PAID_WITHOUT_CARD"]


async def test_a_finding_says_what_it_may_not_be_taken_for(county: County) -> None:
    civil = await county.as_("MZ", COUNTY, "official")
    paid = await civil.get(f"/findings/{found_in(PAID)}")
    assert (paid["caution"], paid["stage"], paid["due_on"]) == ("线索，须核实，不得据此直接停发", "VERIFY", "2026-03-09")
    mine = await civil.get(f"/findings/{MINE}")
    assert (mine["caution"], mine["facts"][0]) == ("", {"name": "yuan", "value": "100.00"})


@pytest.mark.parametrize(
    "asked",
    [
        {"owner": "MZ", "rule": "LIVING_NOT_RECEIVED"},
        {"type": "ENTITLED_NOT_RECEIVING", "state": "OPEN"},
        {"file_number": file_number(found_in(FOUND))},
        {"division": VILLAGE, "subject": str(FOUND.subject), "opened_by": str(MONDAY)},
    ],
)
async def test_findings_are_asked_for_by_what_they_are(county: County, asked: dict[str, str]) -> None:
    assert await rules(county, "MZ", **asked) == ["LIVING_NOT_RECEIVED"]


async def test_what_is_due_by_a_day_and_what_is_older_than_one(county: County) -> None:
    assert await rules(county, "MZ", due_by="2026-03-09") == ["PAID_WITHOUT_CARD"]
    assert await rules(county, "MZ", opened_by="2026-03-01") == []
    assert await rules(county, "RS", owner="MZ") == []


async def test_pages_go_on_behind_the_last_one_soonest_due_first(county: County) -> None:
    more = [replace(FOUND, period=f"2025-{month:02d}", verify_days=month) for month in range(1, 8)]
    await open_findings(county.runtime, *more)
    civil = await county.as_("MZ", COUNTY, "official")
    await civil.post(f"/findings/{found_in(more[0])}/refute", {"reason": "NOT_TRUE"}, 200)
    seen: list[dict[str, Any]] = []
    page: dict[str, Any] = {"cursor": "", "more": True}
    while page["more"]:
        page = await civil.get("/findings", limit=2, after=page["cursor"])
        seen += page["items"]
    days = [row["due_on"] for row in seen]
    assert len({row["finding_id"] for row in seen}) == 9
    assert days == [*sorted(day for day in days if day), None]


async def test_an_official_of_the_owner_decides_and_nobody_else(county: County) -> None:
    civil, clerk = await county.as_("MZ", COUNTY, "official"), await county.as_("MZ", COUNTY, "clerk")
    federation, school = await county.as_("CL", COUNTY, "official"), await county.as_("JT", COUNTY, "official")
    said = {"evidence": "HOME_VISIT"}
    await clerk.post(f"/findings/{MINE}/verify", said, 403)
    refused = await federation.post(f"/findings/{MINE}/verify", said, 403)
    assert (refused["type"], refused["detail"]) == ("urn:shouwang:problem:not_your_finding", "只有责任部门可以处理该线索")
    await school.post(f"/findings/{MINE}/verify", said, 404)  # nor does it hear that there is one
    await civil.post(f"/findings/{MINE}/assign", {"to": "clerk-7"}, 200)
    await civil.post(f"/findings/{MINE}/verify", said, 200)
    row = await civil.get(f"/findings/{MINE}")
    assert (row["assigned_to"], row["stage"], row["verified_on"], row["due_on"]) == ("clerk-7", "ACT", "2026-03-02", "2026-03-30")
    await civil.post(f"/findings/{MINE}/verify", said, 409)
    await civil.post(f"/findings/{MINE}/assign", {"to": "533499198001010016"}, 422)
    await civil.post(f"/findings/{MINE}/assign", {"to": "张三"}, 422)
    await civil.post(f"/findings/{uuid4()}/verify", said, 404)


async def test_who_asks_again_after_a_transfer_has_the_same_answer(county: County) -> None:
    civil = await county.as_("MZ", COUNTY, "official")
    to, key = {"to": "RS", "reason": "WRONG_AGENCY"}, {"Idempotency_Key": str(uuid4())}
    first = await civil.post(f"/findings/{MINE}/transfer", to, 200, **key)
    assert await civil.post(f"/findings/{MINE}/transfer", to, 200, **key) == first
    assert await rules(county, "MZ") == ["PAID_WITHOUT_CARD"]
    assert await rules(county, "RS") == ["LIVING_NOT_RECEIVED"]
    await civil.get(f"/findings/{MINE}", 404)


async def test_what_is_refuted_until_a_day_is_found_again_after_it(county: County) -> None:
    civil = await county.as_("MZ", COUNTY, "official")
    await civil.post(f"/findings/{MINE}/refute", {"reason": "OTHER_BENEFIT", "until": "2026-04-30"}, 200)
    await open_findings(county.runtime, FOUND, on=date(2026, 4, 30))
    assert (await civil.get(f"/findings/{MINE}"))["state"] == "REFUTED"
    county.on(date(2026, 5, 4))
    await open_findings(county.runtime, FOUND, on=date(2026, 5, 4))
    row = await civil.get(f"/findings/{MINE}")
    assert (row["state"], row["times"], row["until"], row["refutation"]) == ("OPEN", 2, None, None)


async def test_the_day_after_its_last_one_it_is_overdue_and_not_when_it_has_ended(county: County) -> None:
    runtime = county.runtime
    async with runtime.pool.acquire() as conn, conn.transaction():
        said = replace(context(MONDAY, "machine:matching.comparing"), seed=UUID(int=99))
        await runtime.executor.execute(conn, FINDING, found_in(PAID), Settle(Settled.FACTS_CORRECTED), said)
    county.on(date(2026, 3, 16))
    assert await run_due(runtime) == 0
    county.on(date(2026, 3, 17))
    assert await run_due(runtime) == 1
    assert await run_due(runtime) == 0
    civil = await county.as_("MZ", COUNTY, "official")
    (count,) = [each for each in (await civil.get("/findings/counts"))["items"] if each["state"] == "OPEN"]
    assert (count["rule"], count["count"], count["overdue"]) == ("LIVING_NOT_RECEIVED", 1, 1)


async def test_the_standing_of_a_finding_leaves_the_house_by_its_id(county: County) -> None:
    rows = await county.place.sql("matching", "SELECT key FROM outbox WHERE topic LIKE '%finding.state.v1' ORDER BY key")
    assert [row["key"] for row in rows] == sorted([MINE, str(found_in(PAID))])


async def test_a_rebuild_makes_the_same_rows(county: County) -> None:
    civil = await county.as_("MZ", COUNTY, "official")
    await civil.post(f"/findings/{MINE}/verify", {"evidence": "HOME_VISIT"}, 200)
    async with county.runtime.pool.acquire() as conn:
        before = await contents(conn, FINDINGS)
        await Rebuild(county.runtime, "finding", county.runtime.settings.rebuild_url.get_secret_value()).run()
        assert await contents(conn, FINDINGS) == before


async def test_the_workbook_has_totals_and_a_sheet_for_each_township(county: County) -> None:
    await open_findings(county.runtime, replace(FOUND, period="2026-01", division=COUNTY, finding=Finding.DATA_QUALITY))
    civil = await county.as_("MZ", COUNTY, "official")
    async with civil.session.get("/findings.xlsx", params={"state": "OPEN"}) as answer:
        assert answer.status == 200
        book = CalamineWorkbook.from_filelike(BytesIO(await answer.read()))
    assert book.sheet_names == ["合计", "香格里拉市（未分乡镇）", "小中甸镇", "尼西乡"]
    totals = [row for row in book.get_sheet_by_name("合计").to_python() if row[0] in ("小中甸镇", "尼西乡", "合计")]
    assert [row[-2] for row in totals] == [1, 1, 3]
    sheet = book.get_sheet_by_name("尼西乡").to_python()
    assert any("线索，须核实，不得据此直接停发" in str(row[0]) for row in sheet)
    (line,) = [row for row in sheet if row[0] == 1]
    assert line[1:5] == [file_number(found_in(PAID)), line[2], OTHER_VILLAGE, str(PAID.subject)]
    assert line[5:8] == ["不应享而享", "无有效残疾人证仍发放补贴", "困难残疾人生活补贴"]
    assert line[10:13] == ["原因：当月无有效残疾人证", "民政", "待核实"]
    assert line[13] == MONDAY + timedelta(days=7)
    assert str(sheet[-1][0]).startswith("填报单位（盖章）")
