"""办证质量: the same appraisal as numbers, as a sheet and as a picture."""

import asyncio
from datetime import date
from typing import Literal

from fastapi import APIRouter, Response

from services.certificates.http_params import least_shown, seen
from services.certificates.quality import pages, queries
from services.certificates.quality.appraisal import Appraisal, appraise
from services.certificates.quality.tally import Period
from services.documents.workbook import XLSX
from services.domain.divisions import Level, narrower
from services.kernel.errors import Malformed
from services.shell.http_call import Call, query
from services.shell.query_params import Day, Prefix
from services.shell.responses import SVG, documented, picture, sheet

router = APIRouter()


@router.get("/quality")
async def quality(since: Day, until: Day, call: Call = query("certificates.read"), division: Prefix = "") -> Appraisal:
    """Days, shares and reasons of a period (both days inclusive) by county, township and institution; small numbers are kept back."""
    return await _appraised(call, since, until, division)


@router.get("/quality.xlsx", **documented(XLSX))
async def as_sheet(since: Day, until: Day, call: Call = query("certificates.read"), division: Prefix = "") -> Response:
    """The appraisal as a workbook: by county, township, institution, and the reasons."""
    said = await _appraised(call, since, until, division)
    return sheet(pages.workbook(said), f"办证质量{since}至{until}")


@router.get("/quality.svg", **documented(SVG))
async def as_picture(
    since: Day,
    until: Day,
    call: Call = query("certificates.read"),
    division: Prefix = "",
    by: Literal["county", "township"] = "county",
) -> Response:
    """上门评残 of a period as a picture."""
    return picture(pages.picture(await _appraised(call, since, until, division), by == "township"))


async def _appraised(call: Call, since: date, until: date, division: str) -> Appraisal:
    period = Period(since, until, call.context.today)
    if since > until:
        raise Malformed("period_backwards", "起始日期晚于截止日期")
    if since > period.today:
        raise Malformed("period_not_begun", "所问期间尚未开始")
    sight, least = seen(call, division), least_shown(call)
    if least and narrower(division, Level.TOWNSHIP):
        raise Malformed("division_too_narrow", "乡镇以下的数字不提供")
    async with call.reading() as conn:
        rows = await queries.courses(conn, since, until, division)
        institutions = await queries.institutions(conn, division)
    policy = call.runtime.service.policy
    return await asyncio.to_thread(appraise, rows, institutions, period, sight, policy, least)
