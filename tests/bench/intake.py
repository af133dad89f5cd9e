"""A payment sheet of 100,000 rows, from its upload until it is staged, against openpyxl and one insert for each row; and how long whoever
asks the same process for something else waits meanwhile."""

import asyncio
import time
from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import asyncpg

from deploy.sandbox.sheets import workbook
from services.domain.citizen_id import blind_index, check_digit
from services.matching.intake import loop
from tests.bench.figures import Figure, compared
from tests.matching.county import COUNTY, County
from tests.matching.intake.desk import PAYMENT, send
from tests.world import SITE_KEY, Client, World

ROWS, BASELINE, ALONE = 100_000, 10_000, 10.0  # rows of each; seconds in which nothing is read
_HEADER = ["姓名", "身份证号", "补贴类型", "月标准", "月数", "金额"]
_EACH = 0.02  # seconds between two questions
_TABLE = "CREATE TABLE bench_row (index uuid, subsidy text, rate numeric, months int, amount numeric)"


async def staging(world: World) -> list[Figure]:
    """Rows a second, medians of turns; the p95 of an answer beside it."""
    county = await County(world).open()
    county.on(date(2026, 7, 1))
    steward = await county.as_("MZ", COUNTY, "steward")
    reading = asyncio.create_task(loop.run(county.runtime))
    sheet, part = await asyncio.to_thread(_sheet, ROWS), await asyncio.to_thread(_sheet, BASELINE)
    alone = await _waits(steward, asyncio.create_task(asyncio.sleep(ALONE)))
    beside, months = list[float](), iter(range(1, 7))

    async def ours() -> float:
        begun = time.perf_counter()
        staged = asyncio.create_task(_staged(steward, sheet, f"2026-{next(months):02}"))
        beside.extend(await _waits(steward, staged))
        return ROWS / (staged.result() - begun)

    async def theirs() -> float:
        return await _row_by_row(county, part)

    rate = await compared(f"payment sheet of {ROWS:,} rows, upload to staged", 8, ours, theirs)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    times = round(_p95(beside) / _p95(alone), 2)
    return [rate, Figure("p95 of an answer beside it: times as long as alone", times, "", None, None, 1.1, True)]


def _sheet(rows: int) -> bytes:
    """Persons of nobody, each with a valid id."""
    return workbook(_HEADER, [["测试", _citizen(number), "困难残疾人生活补贴", 90, 1, 90] for number in range(rows)])


def _citizen(number: int) -> str:
    head = f"533499{date(1950, 1, 1) + timedelta(days=number // 999):%Y%m%d}{number % 999 + 1:03}"
    return head + check_digit(head)


async def _staged(steward: Client, data: bytes, period: str) -> float:
    """Upload a sheet; when it was staged."""
    said = PAYMENT | {"period": period, "as_of": f"{period}-28"}
    status, _, asked = await send(steward, data, f"a sheet of {period}", **said)
    assert status == 202, asked
    while (job := await steward.get(f"/roster-jobs/{asked['job_id']}"))["finished_at"] is None:  # noqa: ASYNC110 - as its sender asks
        await asyncio.sleep(_EACH)
    assert (job["state"], job["rows_read"]) == ("RECEIVED", ROWS), job
    return time.perf_counter()


async def _waits(client: Client, until: "asyncio.Task[Any]") -> list[float]:
    """Seconds that each answer takes until something has ended."""
    found = []
    while not until.done():
        begun = time.perf_counter()
        await client.get("/rosters", limit=100)
        found.append(time.perf_counter() - begun)
        await asyncio.sleep(_EACH)
    return found


def _p95(waits: Sequence[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.95)]


async def _row_by_row(county: County, data: bytes) -> float:
    """Rows a second as a short program reads them: no row is judged but by its id."""
    import openpyxl  # nothing but this baseline needs it

    conn = await asyncpg.connect(county.place.database["matching"]["superuser"])
    await conn.execute(f"DROP TABLE IF EXISTS bench_row; {_TABLE}")
    begun = time.perf_counter()
    async with conn.transaction():
        page = openpyxl.load_workbook(BytesIO(data), read_only=True).active
        for row in page.iter_rows(min_row=3, values_only=True):
            _, citizen, subsidy, rate, months, amount = row
            if check_digit(citizen[:17]) == citizen[17]:
                index = blind_index(SITE_KEY, citizen)
                await conn.execute("INSERT INTO bench_row VALUES ($1, $2, $3, $4, $5)", index, subsidy, rate, months, amount)
    took = time.perf_counter() - begun
    assert await conn.fetchval("SELECT count(*) FROM bench_row") == BASELINE
    await conn.execute("DROP TABLE bench_row")
    await conn.close()
    return BASELINE / took
