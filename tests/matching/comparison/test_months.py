"""Four months of lists through the door: a finding opens, is kept, climbs, closes by its own month's payment and comes back under its id."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.sandbox.sheets import workbook
from services.domain.months import add_months, last_day
from services.engine.schedule import run_due
from services.matching.comparison.loop import changed
from services.matching.comparison.rules import load_rulebook
from services.matching.comparison.run import compare
from tests.matching.county import COUNTY, NEAR, County, citizen, person
from tests.world import Client, World

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OWED = person(3)
PAID_FOR = ["姓名", "身份证号", "补贴类型", "金额", "发放性质", "补发月份"]


class Months:
    """A county of three holders on the allowance, month after month, and what stands of the third one's living subsidy."""

    def __init__(self, place: World) -> None:
        self.place, self.county = place, County(place)
        self.office: Client

    async def open(self) -> "Months":
        """The register knows them."""
        await self.county.open()
        self.rules = load_rulebook(self.county.runtime.service.policy.rosters)
        for number in (1, 2, 3):
            await self.county.registers(number, NEAR, 3)
        return self

    async def send(self, kind: str, month: str, header: list[str], lines: Sequence[Sequence[Any]]) -> str:
        """A list of civil affairs for a month; the roster's id."""
        asked = {"kind": kind, "division": COUNTY, "as_of": str(last_day(month)), "period": month}
        headers = {"Idempotency-Key": str(uuid4()), "Content-Type": XLSX}
        steward = await self.county.as_("MZ", COUNTY, "steward")
        async with steward.session.post("/rosters", params=asked, data=workbook(header, lines), headers=headers) as answer:
            assert answer.status == 202, await answer.text()
            read = await self.county.read(steward, await answer.json())
        assert read["state"] == "RECEIVED", read
        return str(read["id"])

    async def month(self, month: str, *lines: Sequence[Any]) -> str:
        """Early in the next month all lists of a month come, and the county is compared; the payment sheet's id."""
        self.county.on(add_months(last_day(month).replace(day=1), 1).replace(day=5))
        listed = [["测试", citizen(number), str(number), 1] for number in (1, 2, 3)]
        await self.send("SUBSISTENCE_ALLOWANCE", month, ["姓名", "身份证号", "低保证号", "保障人数"], listed)
        await self.send("DESTITUTE_SUPPORT", month, ["姓名", "身份证号"], [["测试", citizen(9)]])
        sheet = await self.send("SUBSIDY_PAYMENT", month, PAID_FOR, lines)
        await self.compare()
        return sheet

    async def compare(self) -> None:
        """As the loop does, when something changed."""
        assert COUNTY in {each.division for each in await changed(self.county.runtime, self.rules)}
        assert await compare(self.county.runtime, self.rules, COUNTY) is not None

    async def finding(self) -> dict[str, Any]:
        """What stands of January's living subsidy of the third one."""
        office = await self.county.as_("MZ", COUNTY, "official")
        rows = (await office.get("/findings", rule="LIVING_NOT_RECEIVED", subject=str(OWED)))["items"]
        (row,) = [each for each in rows if each["period"] == "2026-01"]
        return dict(row)

    async def payments(self) -> list[tuple[UUID, str, int]]:
        """Whoever was paid for which month how much."""
        rows = await self.place.sql("matching", "SELECT person_id, month, amount FROM views.payment ORDER BY person_id, month")
        return [(row["person_id"], row["month"], int(row["amount"])) for row in rows]


def paid(number: int, yuan: int = 100, nature: str = "正常", months: str = "") -> list[Any]:
    """A line of the payment sheet."""
    return ["测试", citizen(number), "困难残疾人生活补贴", yuan, nature, months]


@pytest.fixture
async def months(place: World) -> Months:
    """See the class."""
    return await Months(place).open()


async def test_a_finding_opens_climbs_closes_and_comes_back_under_one_id(months: Months) -> None:
    await months.month("2026-01", paid(1), paid(2))
    opened = await months.finding()
    assert (opened["state"], opened["finding"], opened["division"]) == ("OPEN", "ENTITLED_NOT_RECEIVING", NEAR)
    await months.month("2026-02", paid(1), paid(2), paid(3))  # that a later month is paid closes nothing
    assert (await months.finding())["state"] == "OPEN"
    assert await run_due(months.county.runtime) > 0  # nobody looked in ten working days
    assert (await months.finding())["overdue"]
    arrears = await months.month("2026-03", paid(1), paid(2), paid(3), paid(3, nature="补发", months="2026年1月"))
    settled = await months.finding()
    assert (settled["finding_id"], settled["state"], settled["settled"]) == (opened["finding_id"], "RESOLVED", "FACT_ARRIVED")
    steward = await months.county.as_("MZ", COUNTY, "steward")
    await steward.post(f"/rosters/{arrears}/withdraw", {"reason": "WRONG_FILE"}, 200)
    await months.compare()
    again = await months.finding()
    assert (again["finding_id"], again["state"], again["times"]) == (opened["finding_id"], "OPEN", 2)


async def test_what_is_paid_is_known_once_whichever_list_comes_first(months: Months) -> None:
    await months.month("2026-01", paid(1), paid(2))
    once = await months.payments()
    assert once == sorted((person(number), "2026-01", 100) for number in (1, 2))
    await compare(months.county.runtime, months.rules, COUNTY)
    assert await months.payments() == once


async def test_a_list_taken_back_voids_what_it_showed_until_another_one_is_there(months: Months) -> None:
    sheet = await months.month("2026-01", paid(1), paid(2))
    steward = await months.county.as_("MZ", COUNTY, "steward")
    await steward.post(f"/rosters/{sheet}/withdraw", {"reason": "WRONG_ROWS"}, 200)
    await months.compare()
    assert (await months.finding())["settled"] == "LIST_WITHDRAWN"
    office = await months.county.as_("MZ", COUNTY, "official")
    asked: dict[str, Any] = {"rule": "LIVING_NOT_RECEIVED", "period": "2026-01", "suspended": "true"}
    (said,) = (await office.get("/comparisons", **asked))["items"]
    assert [(each["kind"], each["why"]) for each in said["suspended"]] == [("SUBSIDY_PAYMENT", "MISSING")]
    await months.send("SUBSIDY_PAYMENT", "2026-01", PAID_FOR, [paid(1), paid(2, 90)])
    await months.compare()
    assert (await months.finding())["state"] == "OPEN"
    assert (await office.get("/comparisons", **asked))["items"] == []
