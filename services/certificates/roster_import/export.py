"""A county's issued certificates as a 残疾人证名册 (xlsx) that can be taken in again.

`python -m services.certificates.roster_import.export FILE --county 533423 --clerk ID --reason CODE` writes it.
Whoever is on it is recorded as read by the clerk who answers for the file, in the transaction that reads him; the file appears whole, and
only after that is kept. Columns that the register does not hold (民族, 发证机关) are left out.
"""

import asyncio
import os
import re
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Any

import typer

from services.certificates.certificate.described import CATEGORIES, GRADES
from services.certificates.policy.load import CertificatePolicy
from services.certificates.roster_import.options import Clerk, County
from services.certificates.service import SERVICE
from services.certificates.vocabulary import Category
from services.documents import workbook
from services.domain import divisions
from services.engine import settings
from services.engine.runtime import Runtime
from services.kernel import clock
from services.kernel.errors import Malformed, ShouwangError
from services.shell import log, stopping
from services.shell.cli import refusals
from services.shell.http.access import Principal
from services.shell.process import opened

HEADER = (
    "序号",
    "姓名",
    "性别",
    "身份证号",
    "残疾人证号",
    "残疾类别",
    "残疾等级",
    "发证日期",
    "有效期至",
    "行政区划代码",
    "户籍地址",
    "现住址",
    "监护人",
    "本人联系电话",
    "证件状态",
)
_FETCH = 1000
_HELD = """FROM views.certificate_view v JOIN person p USING (person_id)
    LEFT JOIN certificate_number n ON n.certificate_id = v.certificate_id AND n.until IS NULL
    LEFT JOIN LATERAL (SELECT name FROM guardian WHERE person_id = v.person_id ORDER BY since DESC LIMIT 1) g ON true
    WHERE v.step = 'ISSUED'"""
_ROWS = f"""SELECT p.name, p.citizen_id, n.number, v.category, v.grade, v.valid_from, v.valid_to, v.division, p.address,
    g.name AS guardian, p.phone, v.frozen_on, v.lost_on {_HELD} ORDER BY v.division, v.certificate_id"""
_READ = f"""INSERT INTO person_read (division, actor, agency, purpose, reference, person_id, granted)
    SELECT p.division, $1, $2, 'ROSTER_EXPORT', $3, p.person_id, true {_HELD}"""
_REASON = re.compile(r"[A-Z][A-Z0-9_]{2,39}")


async def exported(runtime: Runtime, reader: Principal, reason: str, tick: Callable[[int], Any] = lambda _: None) -> bytes:
    """The workbook of the reader's county as of today; `reason` is a code. Raises `Malformed`: reason_not_a_code, county_unknown."""
    if _REASON.fullmatch(reason) is None:
        raise Malformed("reason_not_a_code", "事由应为大写字母代码，例如 ANNUAL_CHECK，不得含个人信息")
    policy, today = runtime.service.policy, clock.today(runtime.clock)
    office = f"{_county(policy, reader.division, today)}残联"
    async with runtime.pool.acquire() as conn, conn.transaction(isolation="repeatable_read"):
        await conn.execute("SELECT set_config('shouwang.division', $1, true)", reader.division)
        await conn.execute(_READ, reader.actor, reader.agency, reason)
        cursor, loop = await conn.cursor(_ROWS), asyncio.get_running_loop()

        def rows() -> Iterator[tuple[workbook.Cell, ...]]:
            number = 0
            while some := asyncio.run_coroutine_threadsafe(cursor.fetch(_FETCH), loop).result():
                for row in some:
                    number += 1
                    yield _cells(number, row, policy, today)
                tick(len(some))

        mark = f"{office} 经办人{reader.subject} {today:%Y年%m月%d日}导出，事由{reason}。含个人信息，仅供公务使用，不得转发。"
        page = workbook.Page("残疾人证名册", f"{office}残疾人证名册", HEADER, rows(), (mark,))
        return await asyncio.to_thread(workbook.written, [page])


def _county(policy: CertificatePolicy, county: str, today: date) -> str:
    rows = (row.value.county for row in policy.townships.rows if divisions.inside(row.id, county) and row.holds(today, ""))
    if divisions.level(county) is not divisions.Level.COUNTY or (name := next(rows, None)) is None:
        raise Malformed("county_unknown", "没有这个县级行政区划代码")
    return name


def _cells(number: int, row: Any, policy: CertificatePolicy, today: date) -> tuple[workbook.Cell, ...]:
    place = policy.place(row["division"], today) if policy.township(row["division"], today) else None
    return (
        number,
        row["name"],
        "男" if int(row["citizen_id"][16]) % 2 else "女",
        row["citizen_id"],
        row["number"],
        f"{CATEGORIES[Category(row['category'])]}残疾",
        GRADES[row["grade"]],
        row["valid_from"],
        row["valid_to"],
        row["division"],
        place,
        row["address"],
        row["guardian"],
        row["phone"],
        _status(row, today),
    )


def _status(row: Any, today: date) -> str:
    """As rosters say it; what is only proposed is not said."""
    beside = [word for column, word in (("frozen_on", "冻结"), ("lost_on", "挂失")) if row[column]]
    return "、".join(beside) or ("过期" if row["valid_to"] < today else "有效")


def kept(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read; it appears whole or not at all. Raises `FileExistsError`."""
    if path.exists():
        raise FileExistsError(path)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as fresh:  # readable by its owner only
        try:
            fresh.write(data)
            fresh.flush()
            os.fsync(fresh.fileno())
            os.replace(fresh.name, path)
        except BaseException:
            os.unlink(fresh.name)
            raise


def main(
    file: Path,
    county: County,
    clerk: Clerk,
    reason: Annotated[str, typer.Option(help="why it is needed, as a code")],
) -> None:
    """Write the roster; ends with 1 when it is refused, with 2 when the file exists already."""
    config = settings.load("export", "database_url", "site_key")
    log.configure(SERVICE.name, "export", config.log_level)
    if file.exists():
        typer.echo(f"exists already: {file}", err=True)
        raise typer.Exit(2)
    try:
        kept(file, stopping.run_command(_run(config, Principal(clerk, "CL", county, frozenset()), reason)))
    except ShouwangError as refused:
        typer.echo(f"refused: {refused.code}: {refused.detail}", err=True)
        raise typer.Exit(1) from None


async def _run(config: settings.Settings, reader: Principal, reason: str) -> bytes:
    async with opened(SERVICE, config) as runtime:
        count = "SELECT count(*) FROM views.certificate_view WHERE step = 'ISSUED' AND starts_with(division, $1)"
        length = await runtime.pool.fetchval(count, reader.division)
        with typer.progressbar(length=length, label="roster", show_pos=True, file=sys.stderr) as bar:
            return await exported(runtime, reader, reason, bar.update)


if __name__ == "__main__":
    with refusals():
        typer.run(main)
