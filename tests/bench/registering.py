"""The register at the prefecture's size and beyond: taking in 200,000 roster rows, the daily expiry scan, a wave, and lists."""

import asyncio
import csv
import io
import multiprocessing
import resource
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from uuid import uuid4
from zoneinfo import ZoneInfo

from services.certificates.certificate import queries
from services.certificates.certificate.commands import Record
from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.person.decider import PERSON, Register
from services.certificates.roster_import.importer import Intake
from services.certificates.service import SERVICE
from services.certificates.vocabulary import Category
from services.domain import citizen_id
from services.engine.runtime import Runtime
from services.engine.schedule import run_due
from services.kernel.events import Context
from services.shell.http.access import Principal, reading
from tests.bench.figures import Figure
from tests.bench.waving import killed_wave, until
from tests.world import World

ROWS, WAVE, SINGLE = 200_000, 20_000, 2_000
COUNTY, DAY = "533423", date(2026, 3, 2)
HEADER = ("姓名", "身份证号", "残疾人证号", "残疾类别", "残疾等级", "发证日期", "有效期至", "户籍地址", "证件状态")
TOWNSHIPS = ("保和镇", "叶枝镇", "塔城镇", "永春乡", "攀天阁乡", "白济汛乡", "康普乡", "巴迪乡", "中路乡", "维登乡")


def people(count: int) -> Iterator[str]:
    """As many impossible citizen ids (division 533499) with right check digits."""
    born = date(1930, 1, 1)
    for n in range(count):
        head = f"533499{born + timedelta(days=n % 27_000):%Y%m%d}{n // 27_000:03d}"
        yield head + citizen_id.check_digit(head)


def roster(rows: int, wave: int) -> bytes:
    """A roster as csv; `wave` of its cards come within six months of their end on one day, 2026-04-01."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for n, citizen in enumerate(people(rows)):
        until = date(2026, 10, 1) if n < wave else date(2028, 1, 1) + timedelta(days=n % 2500)
        since = until.replace(year=until.year - 10) if until.day < 29 else until - timedelta(days=3652)
        kind, grade = n % 6 + 1, n % 4 + 1
        writer.writerow((f"测{n}", citizen, f"{citizen}{kind}{grade}", "", grade, since, until, TOWNSHIPS[n % 10] + "某村", "有效"))
    return out.getvalue().encode()


async def registering(world: World) -> list[Figure]:
    """All four, over one register."""
    runtime = await world.open(SERVICE)
    world.set_clock(_morning(DAY))
    single = await _single(runtime)
    rate, grown = await _import(runtime)
    await runtime.pool.execute("ANALYZE")
    return [
        Figure(
            "import of 200,000 roster rows, against single commands", round(rate), "1/s", round(single), round(rate / single, 2), 5
        ),
        Figure("import of 200,000 roster rows, against 5,000 a second", round(rate), "1/s", 5000, round(rate / 5000, 3), 1),
        Figure("import of 200,000 roster rows, memory grown over all processes", round(grown), "MB", None, None, 500, True),
        await _scan(runtime),
        await _lists(runtime),
        *await _wave(world, runtime),
    ]


async def _import(runtime: Runtime) -> tuple[float, float]:
    """Rows a second from the file to the last read model, and how many MB this process and its workers grew in all."""
    intake, before, most = Intake(runtime, roster(ROWS, WAVE), COUNTY, DAY, f"CL:{COUNTY}:bench"), _resident(), [0.0]

    async def watch() -> None:
        while True:
            most[0] = max(most[0], _resident())
            await asyncio.sleep(0.2)

    watching, since = asyncio.create_task(watch()), time.perf_counter()
    report = await intake.take(intake.judge())
    took = time.perf_counter() - since
    watching.cancel()
    assert report.outcomes["CertificateRecorded"] == ROWS
    return ROWS / took, most[0] - before


def _resident() -> float:
    """MB that this process and its children have in memory now; what they share is counted for each."""
    pids = ["self", *(str(process.pid) for process in multiprocessing.active_children())]
    pages = (int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return sum(pages) * resource.getpagesize() / 2**20


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


async def _single(runtime: Runtime) -> float:
    """The same two commands, one transaction each row."""
    since = time.perf_counter()
    for _ in range(SINGLE):
        person, card, township = uuid4(), uuid4(), "533423101000"
        record = Record(person, township, Category.PHYSICAL, 2, date(2020, 5, 6), date(2030, 5, 6), DAY)
        async with runtime.pool.acquire() as conn, conn.transaction():
            for decider, stream, command in ((PERSON, person, Register("1980-01", township)), (CERTIFICATE, card, record)):
                context = Context(f"CL:{COUNTY}:bench", runtime.clock(), uuid4(), uuid4(), None, COUNTY)
                await runtime.executor.execute(conn, decider, stream, command, context)
    return SINGLE / (time.perf_counter() - since)


async def _scan(runtime: Runtime) -> Figure:
    """The scheduler's look at what is due, when nothing is."""
    took = []
    for _ in range(20):
        since = time.perf_counter()
        assert await run_due(runtime) == 0
        took.append(time.perf_counter() - since)
    return Figure("expiry scan over 200,000 certificates, none due", round(median(took) * 1000, 1), "ms", None, None, 1000, True)


async def _lists(runtime: Runtime) -> Figure:
    """The first and later pages of a township's valid certificates, as an official of the county reads them."""
    reader, took = Principal("bench", "CL", COUNTY, frozenset({"clerk"})), []
    for n in range(200):
        wanted, after = queries.Wanted(f"533423{(101, 102, 103, 201, 202)[n % 5]}", queries.Status.VALID), None
        for _ in range(2):
            since = time.perf_counter()
            async with reading(runtime.views, reader) as conn:
                page = await queries.certificates(conn, DAY, wanted, after, 100)
            took.append(time.perf_counter() - since)
            after = page[-1].certificate_id
    return Figure(
        "list of a township's certificates among 200,000, p95",
        round(quantiles(took, n=20)[18] * 1000, 1),
        "ms",
        None,
        None,
        50,
        True,
    )


async def _wave(world: World, runtime: Runtime) -> list[Figure]:
    """20,000 reminders due on one day, told by a process that is killed in the middle; what was there before is sent first."""
    relay = await world.start(runtime, "relay")
    await until(runtime, "SELECT NOT EXISTS (SELECT FROM outbox)")
    for task in relay:
        task.cancel()
    await asyncio.gather(*relay, return_exceptions=True)
    world.tasks.clear()
    world.set_clock(_morning(date(2026, 4, 1)))
    return await killed_wave(world, runtime, WAVE)
