"""An adjustment list over real servers: made on its day, signed in order, refused and made anew, read by each office as far as it may."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from python_calamine import CalamineWorkbook

from services.certificates.certificate.card.events import ReviewOpened
from services.certificates.vocabulary import ReviewKind
from services.engine.rebuild import Rebuild
from services.kernel.execute import Order
from services.matching.comparison.rules import load_rulebook
from services.matching.comparison.run import compare
from services.matching.month_list.decider import MONTH_LIST, Follow
from services.matching.month_list.events import Followed
from services.matching.month_list.loop import look
from services.matching.month_list.projection import LINES, LISTS
from services.matching.vocabulary import LineOutcome, RosterKind
from tests.matching.county import County
from tests.matching.county_facts.database import Database, card_of
from tests.matching.month_list.samples import COUNTY, FREEZE, LIST, RETURNED, STOP
from tests.spec import context
from tests.world import Client, World, contents

URL = f"/month-lists/{LIST}"
ALLOWANCE, PAYMENT = RosterKind.SUBSISTENCE_ALLOWANCE, RosterKind.SUBSIDY_PAYMENT


def at(place: World, month: int, day: int) -> None:
    """Ten in the morning of a day of 2026, Shanghai."""
    place.set_clock(datetime(2026, month, day, 2, tzinfo=UTC))


@pytest.fixture
async def county(place: World) -> County:
    """A county whose list of July was made."""
    made = await County(place).open()
    made.on(date(2026, 7, 8))
    async with made.runtime.pool.acquire() as conn, conn.transaction():
        await made.runtime.executor.execute_many(
            conn, [Order(MONTH_LIST, LIST, FREEZE, context(date(2026, 7, 8), "machine:matching.listing"))]
        )
    return made


async def parts(client: Client, **asked: Any) -> list[str]:
    """The parts of the lines that an office reads."""
    return [line["part"] for line in (await client.get(f"{URL}/lines", **asked))["items"]]


async def cells(client: Client) -> dict[str, list[list[Any]]]:
    """The sheets of the workbook that an office gets, by their names."""
    async with client.session.get(f"{URL}/sheet.xlsx") as answer:
        assert answer.status == 200
        book = CalamineWorkbook.from_filelike(BytesIO(await answer.read()))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


async def test_offices_sign_in_order_and_whoever_pays_reads_what_is_certain_or_verified(county: County) -> None:
    federation, civil, finance = [await county.as_(agency, COUNTY, "official") for agency in ("CL", "MZ", "CZ")]
    school, committee = await county.as_("JT", COUNTY, "official"), await county.as_("CGW", COUNTY, "clerk")
    assert await parts(committee) == await parts(federation) == ["STOP", "ADD", "RETURNED"]
    for nobody in (school, finance):  # before civil affairs has signed there is no list for whoever pays
        await nobody.get(URL, 404)
        assert (await nobody.get("/month-lists"))["items"] == []
        assert await parts(nobody) == []
        await nobody.post(f"{URL}/sign", {"edition": 1}, 404)
    refused = await civil.post(f"{URL}/sign", {"edition": 1}, 409)
    assert (refused["type"], refused["detail"]) == ("urn:shouwang:problem:not_your_turn", "请等残联签署")
    await committee.post(f"{URL}/sign", {"edition": 1}, 403)
    await federation.post(f"{URL}/sign", {"edition": 1}, 200)
    await civil.post(f"{URL}/sign", {"edition": 1}, 200)
    assert await parts(finance) == ["RETURNED"]
    shown = await finance.get(URL)
    assert {size["part"]: size["lines"] for size in shown["parts"]}["STOP"] == 0
    assert (shown["caution"], shown["turn"], [each["agency"] for each in shown["signatures"]]) == ("", "CZ", ["CL", "MZ"])
    assert (await civil.get(URL))["caution"] == "线索，须核实，不得据此直接停发"
    assert "拟核实停发" in str(await cells(civil))
    paid_by = await cells(finance)
    assert "残疾人证已到期或失效" not in str(paid_by)
    await finance.post(f"{URL}/sign", {"edition": 1}, 200)
    (row,) = (await federation.get("/month-lists", state="SIGNED", month="2026-07"))["items"]
    assert (row["turn"], row["title"]) == (None, "2026年7月困难残疾人生活补贴发放调整名单")


async def test_a_list_that_is_refused_is_opened_and_the_foreign_county_has_none(county: County) -> None:
    federation, elsewhere = await county.as_("CL", COUNTY, "official"), await county.as_("CL", "533422", "official")
    await elsewhere.post(f"{URL}/refuse", {"edition": 1, "reason": "WRONG_SHEET"}, 404)
    await federation.post(f"{URL}/refuse", {"edition": 1, "reason": "两份"}, 422)
    await federation.post(f"{URL}/refuse", {"edition": 1, "reason": "WRONG_SHEET"}, 200)
    shown = await federation.get(URL)
    assert (shown["state"], shown["refused_by"], shown["refused_for"], shown["again_on"]) == (
        "REOPENED",
        "CL",
        "WRONG_SHEET",
        "2026-07-09",
    )
    await federation.post(f"{URL}/sign", {"edition": 1}, 409)


async def test_the_workbook_has_a_sheet_for_each_township_totals_and_room_for_signatures(county: County) -> None:
    civil = await county.as_("MZ", COUNTY, "official")
    sheets = await cells(civil)
    assert list(sheets) == ["合计", "数据来源", "小中甸镇", "尼西乡"]
    totals = sheets["合计"]
    assert totals[0][0] == "香格里拉市2026年7月困难残疾人生活补贴发放调整名单"
    said = str(totals)
    assert "账户退回不完整：缺一卡通发放结果" in said
    assert "线索，须核实，不得据此直接停发" in said
    assert ["合计", 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 3.0] in totals
    assert [line[0][:2] for line in totals[-3:]] == ["残联", "民政", "财政"]
    assert ["残疾人两项补贴发放花名册", "2026-06", date(2026, 6, 30), "已采用"] in sheets["数据来源"]
    assert ["一卡通发放结果", "", "", "未报送"] in sheets["数据来源"]
    township = next(rows for name, rows in sheets.items() if STOP.division in str(rows))
    (line,) = [row for row in township if row[1] == "拟核实停发"]
    assert (line[3], line[4], line[5], line[12]) == (STOP.division, str(STOP.person_id), "残疾人证已到期或失效", "待核实")


async def test_what_became_of_lines_is_read_and_projections_can_be_made_anew(county: County) -> None:
    said = (
        Followed(line_id=STOP.line_id, outcome=LineOutcome.STILL_PAID),
        Followed(line_id=RETURNED.line_id, outcome=LineOutcome.PAID),
    )
    async with county.runtime.pool.acquire() as conn, conn.transaction():
        said_on = replace(context(date(2026, 8, 3), "machine:matching.comparing"), seed=UUID(int=9))
        order = Order(MONTH_LIST, LIST, Follow(1, said), said_on)
        await county.runtime.executor.execute_many(conn, [order])
    civil = await county.as_("MZ", COUNTY, "official")
    assert await parts(civil, outcome="STILL_PAID") == ["STOP"]
    assert await parts(civil, outcome="NOT_KNOWN") == ["ADD"]
    assert await parts(civil, part="ADD", checked="PENDING", division=COUNTY) == ["ADD"]
    assert await parts(civil, limit=1) == ["STOP"]
    url = county.runtime.settings.rebuild_url.get_secret_value()
    async with county.runtime.pool.acquire() as conn:
        before = [await contents(conn, projection) for projection in (LISTS, LINES)]
        for projection in (LISTS, LINES):
            await Rebuild(county.runtime, projection.table, url).run()
        assert [await contents(conn, projection) for projection in (LISTS, LINES)] == before


async def test_a_list_is_made_on_its_day_and_anew_after_a_refusal_and_followed_by_the_sheets(place: World) -> None:
    database = await Database(place).open()
    runtime, base = database.runtime, await place.serve(database.runtime)
    june, july = ({"person": each, "subsidy": "LIVING", "amount": Decimal(100)} for each in (UUID(int=1), UUID(int=2)))
    await database.deliver(*database.registered(UUID(int=1)), *database.registered(UUID(int=2)))
    await database.sent(ALLOWANCE, "2026-06", [{"person": UUID(int=2), "household": uuid4(), "persons": 1}])
    await database.sent(PAYMENT, "2026-06", [june, july])
    review = ReviewOpened(kind=ReviewKind.RENEWAL, opened_on=date(2026, 7, 1))
    await database.deliver(database.told(card_of(UUID(int=2)), review))
    at(place, 7, 8)
    assert await look(runtime) == 0  # on the very day it waits until the county was compared
    at(place, 7, 9)
    assert (await look(runtime), await look(runtime)) == (2, 0)
    federation, civil, finance = [await place.client(base, agency, COUNTY, "official") for agency in ("CL", "MZ", "CZ")]
    assert sorted(await parts(federation)) == ["RENEWING", "STOP"]
    (line,) = (await federation.get(f"{URL}/lines", part="STOP"))["items"]
    said = (line["part"], line["person_id"], line["reason"], line["checked"], line["outcome"], line["caution"])
    assert said == ("STOP", str(UUID(int=1)), "NOT_ON_ALLOWANCE", "PENDING", "NOT_KNOWN", "线索，须核实，不得据此直接停发")
    at(place, 7, 15)  # the pay day
    await federation.post(f"{URL}/refuse", {"edition": 1, "reason": "WRONG_SHEET"}, 200)
    assert await look(runtime) == 0
    at(place, 7, 16)
    assert await look(runtime) == 1
    await federation.post(f"{URL}/sign", {"edition": 1}, 409)
    strangers = f"/persons/{uuid4()}/standings/LIVING/decide"
    decision = {"decision": "ENDED", "until_month": "2026-07", "reason": "NOT_ON_ALLOWANCE"}
    await civil.post(f"/persons/{UUID(int=1)}/standings/LIVING/decide", decision, 200)
    await civil.post(strangers, decision, 404)
    refused = await federation.post(f"/persons/{UUID(int=1)}/standings/LIVING/decide", decision, 403)
    assert refused["detail"] == "只有民政部门可以审定补贴"
    for office in (federation, civil):
        await office.post(f"{URL}/sign", {"edition": 2}, 200)
    assert sorted(await parts(finance)) == ["RENEWING", "STOP"]  # civil affairs has decided
    assert (await federation.get(f"{URL}/lines", edition=1, part="STOP"))["items"][0]["line_id"] == line["line_id"]
    await database.sent(PAYMENT, "2026-07", [july])
    at(place, 8, 3)
    await compare(runtime, load_rulebook(runtime.service.policy.rosters), COUNTY)
    assert await parts(civil, outcome="STOPPED") == ["STOP"]
