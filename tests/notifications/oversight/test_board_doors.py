"""Boards over real servers: reminders by stage from the ledger, who sees which numbers, the workbook and the page."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.notifications.reminder.ledger import WINDOW, Registry, holder, near, reminder_of
from tests.notifications.reminder.samples import RENEWED
from tests.notifications.samples import VILLAGE

pytestmark = pytest.mark.usefixtures("place")
COUNTY, OTHER, TOWNSHIP = VILLAGE[:6], "533401103201", VILLAGE[:9]


def numbers(line: dict[str, Any]) -> tuple[Any, ...]:
    """Unit, window, and every number of a line."""
    counts = [each["count"] for each in (*line["standing"], *line["reached"])]
    return (line["unit"], line["window"], line["owed"], *counts, line["stopped"], line["missed"])


async def owed(registry: Registry) -> None:
    """Of six cards in two townships: two still with the person, one with the village, one reached, one renewed; one in the last month."""
    await registry.says(near("early"), name="early")
    await registry.on(date(2026, 3, 17))
    await registry.notices(reminder_of("early"), 1)
    for name, division in (("new", VILLAGE), ("elsewhere", OTHER), ("seen", VILLAGE), ("renewed", VILLAGE)):
        await registry.says(near(name), name=name, division=division)
    await registry.says(near("late", WINDOW.ONE_MONTH, date(2026, 4, 10)), name="late")
    clerk = await registry.as_("CL", COUNTY)
    await clerk.post(f"/reminders/{reminder_of('seen')}/confirm", {"proof": "GUARDIAN"})
    await registry.says(replace(RENEWED, person_id=holder("renewed")), name="renewed")


async def test_a_board_says_where_the_reminders_of_a_month_stand(registry: Registry) -> None:
    await owed(registry)
    clerk = await registry.as_("CL", COUNTY)
    lines = (await clerk.get("/boards/reminders", month="2026-03"))["items"]
    expected = [
        (TOWNSHIP, "SIX_MONTHS", 4, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0),
        (OTHER[:9], "SIX_MONTHS", 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        (COUNTY, "SIX_MONTHS", 5, 2, 1, 0, 0, 0, 0, 1, 0, 1, 0),
        (TOWNSHIP, "ONE_MONTH", 1, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        (COUNTY, "ONE_MONTH", 1, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    ]
    assert [numbers(line) for line in lines] == expected
    village = await registry.as_("CUN", VILLAGE, "liaison")
    assert [numbers(line)[:5] for line in (await village.get("/boards/reminders", month="2026-03"))["items"]] == [
        (VILLAGE, "SIX_MONTHS", 4, 1, 1),
        (VILLAGE, "ONE_MONTH", 1, 1, 0),
    ]
    assert (await clerk.get("/boards/reminders", month="2026-04"))["items"] == []
    async with clerk.session.get("/boards.xlsx", params={"month": "2026-03"}) as answer:
        book = CalamineWorkbook.from_filelike(BytesIO(await answer.read()))
    assert book.get_sheet_by_name("换证提醒").to_python()[-1][:5] == [COUNTY, "香格里拉市", "有效期不足1个月", 1, 1]
    async with clerk.session.get("/boards.html", params={"month": "2026-03"}) as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
        assert "<h1>香格里拉市2026年3月各单位办理和换证提醒情况</h1>" in await answer.text()


async def test_whoever_does_not_remind_sees_no_small_number_and_nobody_another_county(registry: Registry) -> None:
    await owed(registry)
    civil, neighbour = await registry.as_("MZ", COUNTY, "official"), await registry.as_("CL", "533422")
    lines = (await civil.get("/boards/reminders", month="2026-03"))["items"]
    assert {numbers(line)[2] for line in lines} == {None}
    assert {n for line in lines for n in numbers(line)[3:]} == {None, 0}
    async with civil.session.get("/boards.html", params={"month": "2026-03"}) as answer:
        assert "“*”：少于10，或可由其他数字推算，不显示。" in await answer.text()
    for asked in ("", COUNTY, VILLAGE):
        assert (await neighbour.get("/boards/reminders", month="2026-03", division=asked))["items"] == []
    wider = (await civil.get("/boards/reminders", month="2026-03", division="5334"))["items"]
    assert {line["unit"] for line in wider} == {TOWNSHIP, OTHER[:9], COUNTY}, "what is wider than one's own division is one's own"
    await civil.get("/boards/reminders", 422, month="2026-13")
    await (await registry.as_("X", "533401", "downstream")).get("/boards.html", 403, month="2026-03")
