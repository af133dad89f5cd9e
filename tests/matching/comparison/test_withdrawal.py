"""A sheet taken back through the door: its payments, comparisons and findings are undone, and what other sheets say holds again."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.engine.deliver import Delivery
from tests.matching.county import COUNTY, NEAR, OTHER, County, person
from tests.world import Client, World

JANUARY, FEBRUARY, MARCH = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 2)


class Books:
    """A county of four holders in the allowance, its steward, and what its books say after everything was followed."""

    def __init__(self, place: World) -> None:
        self.place, self.county = place, County(place)
        self.steward: Client
        self._followed: set[UUID] = set()

    async def open(self) -> "Books":
        """Persons 1 to 4 are on the list of January; January pays the first three."""
        await self.county.open()
        self.county.on(MARCH)
        for number in (1, 2, 3, 4):
            await self.county.holds(number, NEAR, 2)
        await self.county.listed(COUNTY, JANUARY, 1, 2, 3, 4)
        self.steward = await self.county.as_("MZ", COUNTY, "steward")
        await self.pays(JANUARY, 1, 2, 3)
        return self

    async def pays(self, as_of: date, *numbers: int) -> str:
        """A payment sheet of the month of `as_of` for these persons, followed; the roster's id."""
        answer = await self.county.paid(COUNTY, as_of, *((number, "LIVING") for number in numbers))
        await self.follow()
        return str(answer["id"])

    async def withdraw(self, roster: str, reason: str = "WRONG_MONTH", status: int = 200) -> Any:
        """The sender takes it back, and what follows is followed."""
        answer = await self.steward.post(f"/rosters/{roster}/withdraw", {"reason": reason}, status)
        await self.follow()
        return answer

    async def follow(self) -> None:
        """What a worker does with the events of rosters, each once."""
        runtime = self.county.runtime
        async with runtime.pool.acquire() as conn, conn.transaction():
            rows = await conn.fetch("SELECT * FROM events WHERE category = 'roster' ORDER BY position")
            new = [runtime.store.recorded(row) for row in rows if row["event_id"] not in self._followed]
            self._followed |= {recorded.event_id for recorded in new}
            await Delivery(runtime).apply(conn, new)

    async def found(self) -> dict[int, tuple[str, str]]:
        """Findings: person → (state, month)."""
        numbers = {person(number): number for number in range(10)}
        rows = await self.place.sql("matching", "SELECT person_id, state, month FROM views.discrepancy")
        return {numbers[row["person_id"]]: (row["state"], row["month"]) for row in rows}

    async def paid(self) -> dict[tuple[int, str], int]:
        """Payments: (person, month) → yuan."""
        numbers = {person(number): number for number in range(10)}
        rows = await self.place.sql("matching", "SELECT person_id, month, amount FROM views.payment")
        return {(numbers[row["person_id"]], row["month"]): int(row["amount"]) for row in rows}

    async def compared(self) -> list[tuple[str, bool]]:
        """Comparisons: month, and whether they count."""
        rows = await self.place.sql(
            "matching", "SELECT month, withdrawn_on FROM views.comparison ORDER BY month, withdrawn_on NULLS LAST"
        )
        return [(row["month"], row["withdrawn_on"] is None) for row in rows]


@pytest.fixture
async def books(place: World) -> Books:
    """See the class."""
    return await Books(place).open()


async def test_a_wrong_month_is_undone_and_what_stood_before_it_stands_again(books: Books) -> None:
    assert await books.found() == {4: ("OPEN", "2026-01")}
    wrong = await books.pays(FEBRUARY, 4)
    assert await books.found() == dict.fromkeys((1, 2, 3), ("OPEN", "2026-02")) | {4: ("RESOLVED", "2026-01")}
    official = await books.county.as_("MZ", COUNTY, "official")
    mine = next(row for row in (await official.get("/discrepancies"))["items"] if row["person_id"] == str(person(1)))
    await official.post(f"/discrepancies/{mine['discrepancy_id']}/refute", {}, 200)
    await books.withdraw(wrong)
    assert await books.paid() == {(n, "2026-01"): 90 for n in (1, 2, 3)}
    assert await books.found() == dict.fromkeys((1, 2, 3), ("RESOLVED", "2026-02")) | {4: ("OPEN", "2026-01")}
    assert await books.compared() == [("2026-01", True)] * 3 + [("2026-02", False)]
    rows = await books.place.sql("matching", "SELECT 1 FROM roster_row WHERE roster_id = $1", UUID(wrong))
    assert rows == []
    assert (await books.steward.get(f"/rosters/{wrong}"))["why"] == "WRONG_MONTH"


async def test_what_a_person_said_stays_unless_no_such_month_was_meant(books: Books) -> None:
    sheet = await books.pays(FEBRUARY, 2, 3, 4)
    official = await books.county.as_("MZ", COUNTY, "official")
    mine = next(row for row in (await official.get("/discrepancies"))["items"] if row["person_id"] == str(person(1)))
    await official.post(f"/discrepancies/{mine['discrepancy_id']}/refute", {}, 200)
    await books.withdraw(sheet, "WRONG_ROWS")
    assert (await books.found())[1] == ("REFUTED", "2026-02")


async def test_of_two_sheets_that_pay_one_who_becomes_known_late_the_first_counts(books: Books) -> None:
    header = ["姓名", "身份证号", "补贴类型", "金额"]
    for lines in ([(1, 90), (9, 90)], [(9, 95)]):
        await books.county.sent(COUNTY, header, lines, as_of=str(FEBRUARY), period="2026-02")
        await books.follow()
    await books.county.holds(9, NEAR, 2)
    await books.pays(FEBRUARY, 2)
    assert (await books.paid())[9, "2026-02"] == 90


async def test_another_sheet_of_the_month_pays_in_its_place_and_differences_are_reported(books: Books) -> None:
    header = ["姓名", "身份证号", "补贴类型", "金额"]
    first = await books.pays(FEBRUARY, 1, 2)
    answer = await books.county.sent(COUNTY, header, [(1, 90), (2, 100), (3, 90)], period="2026-02", as_of=str(FEBRUARY))
    assert answer["problems"] == [{"row": 4, "code": "paid_otherwise", "rejected": False}]
    await books.follow()
    assert {key: yuan for key, yuan in (await books.paid()).items() if key[1] == "2026-02"} == {
        (1, "2026-02"): 90,
        (2, "2026-02"): 90,
        (3, "2026-02"): 90,
    }
    await books.withdraw(first, "WRONG_ROWS")
    assert {key: yuan for key, yuan in (await books.paid()).items() if key[1] == "2026-02"} == {
        (1, "2026-02"): 90,
        (2, "2026-02"): 100,
        (3, "2026-02"): 90,
    }


async def test_a_file_may_come_again_after_it_was_taken_back_and_is_paid_again(books: Books) -> None:
    sheet = await books.pays(FEBRUARY, 1, 2, 3, 4)
    before = await books.paid()
    await books.withdraw(sheet, "WRONG_FILE")
    assert len(await books.paid()) == 3
    assert (await books.withdraw(sheet, "WRONG_FILE", 409))["title"] == "roster_withdrawn"
    assert await books.pays(FEBRUARY, 1, 2, 3, 4) == sheet
    assert await books.paid() == before
    assert (await books.found())[4] == ("RESOLVED", "2026-01")


async def test_only_its_county_takes_a_sheet_back_and_only_with_a_reason(books: Books) -> None:
    sheet = await books.pays(FEBRUARY, 1)
    foreign = await books.county.as_("MZ", OTHER, "steward")
    headers = {"Idempotency-Key": "a-foreign-hand"}
    async with foreign.session.post(f"/rosters/{sheet}/withdraw", json={"reason": "WRONG_FILE"}, headers=headers) as answer:
        assert answer.status == 404
    finance = await books.county.as_("CZ", COUNTY, "steward")
    assert (await finance.post(f"/rosters/{sheet}/withdraw", {"reason": "WRONG_FILE"}, 403))["title"] == "not_the_sender"
    assert len(await books.paid()) == 4
    assert (await books.withdraw(str(UUID(int=1)), "WRONG_FILE", 404))["title"] == "roster_unknown"
    await books.withdraw(sheet, "WRONG_FILE")


async def test_a_sheet_that_is_taken_back_before_it_was_compared_is_not_compared(books: Books) -> None:
    await books.county.paid(COUNTY, FEBRUARY, (1, "LIVING"))
    sheet = (await books.place.sql("matching", "SELECT roster_id FROM views.roster WHERE period = '2026-02'"))[0]["roster_id"]
    await books.withdraw(str(sheet))
    assert await books.found() == {4: ("OPEN", "2026-01")}
    assert ("2026-02", True) not in await books.compared()
