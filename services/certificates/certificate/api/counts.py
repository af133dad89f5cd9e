"""How many there are, now or at the end of a past day."""

from fastapi import APIRouter

from services.certificates.certificate.counts import Count, by_township
from services.certificates.http_params import least_shown, past
from services.domain.divisions import Level, narrower
from services.kernel.errors import Malformed
from services.shell.http.call import Call, Page, query
from services.shell.http.fields import Day, Prefix

router = APIRouter()


@router.get("/certificates/counts")
async def counts(call: Call = query("certificates.read"), division: Prefix = "", on: Day | None = None) -> Page[Count]:
    """Persons by township and status at the end of a day (default: now). Small numbers only for those who may see them.

    Others get whole townships only: a village's number would give away the rest of its township's.
    """
    day, least = past(call, on or call.context.today), least_shown(call)
    if least and narrower(division, Level.TOWNSHIP):
        raise Malformed("division_too_narrow", "乡镇以下的数字不提供")
    async with call.reading(snapshot=True) as conn:
        about = (day, division, call.principal.division, least)
        return Page(await by_township(conn, call.runtime.store, *about))
