"""办证质量: the same appraisal as numbers, as a sheet and as a picture."""

import asyncio
from typing import Literal

from fastapi import APIRouter, Response

from services.certificates.http_params import least_shown, seen
from services.certificates.quality import pages, queries
from services.certificates.quality.appraisal import Appraisal, appraise
from services.certificates.quality.tally import Period
from services.domain.divisions import Level, narrower
from services.kernel.errors import Malformed
from services.shell.http.call import Call, query
from services.shell.http.fields import Day, Prefix
from services.shell.http.published import published, xlsx
from services.shell.http.responses import SVG, documented, picture

router = APIRouter()


@router.get("/quality")
async def quality(since: Day, until: Day, call: Call = query("certificates.read"), division: Prefix = "") -> Appraisal:
    """Days, shares and reasons of a period (both days inclusive) by county, township and institution; small numbers are kept back."""
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


published(
    router,
    "/quality",
    quality,
    xlsx(
        "as_sheet",
        "The appraisal as a workbook: by county, township, institution, and the reasons.",
        pages.workbook,
        lambda appraisal: f"办证质量{appraisal.since}至{appraisal.until}",
    ),
)


@router.get("/quality.svg", **documented(SVG))
async def as_picture(
    since: Day,
    until: Day,
    call: Call = query("certificates.read"),
    division: Prefix = "",
    by: Literal["county", "township"] = "county",
) -> Response:
    """上门评残 of a period as a picture."""
    return picture(pages.picture(await quality(since, until, call, division), by == "township"))
