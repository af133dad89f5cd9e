"""The renewal queue and the forecast of expiry waves. Who asks decides what is shown: the queue is the federation's, by pseudonym."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from services.certificates.offices import QUEUE, require_office
from services.certificates.policy.load import CertificatePolicy
from services.certificates.renewal_queue import pages, queries
from services.certificates.renewal_queue.forecast import Forecast, forecast, months_ahead
from services.certificates.renewal_queue.ranking import Rank, Renewal, queue, span
from services.domain.divisions import inside
from services.domain.months import add_months
from services.kernel.errors import Forbidden
from services.shell.http.call import Call, query
from services.shell.http.fields import WRITTEN, Cursor, Limit, Prefix
from services.shell.http.published import published, svg, xlsx
from services.shell.http.small_numbers import smallest_cell

router = APIRouter()
SINGLE_CARDS = "certificates.decide"  # whoever works with single cards anyway learns nothing new from small counts
Months = Annotated[int, Field(ge=1, le=60), WRITTEN] | None


@dataclass(frozen=True, slots=True)
class Renewals:
    """A page of the queue, and when each source was last heard of."""

    items: list[Renewal]
    cursor: str | None
    more: bool
    sources: list[queries.Source]


@dataclass(frozen=True, slots=True)
class Waves:
    """The forecast, and when each source was last heard of."""

    forecast: Forecast
    sources: list[queries.Source]


@router.get("/renewals")
async def renewals(
    call: Call = query("certificates.read"), division: Prefix = "", after: Cursor | None = None, limit: Limit = 100
) -> Renewals:
    """What each expiring card costs its holder, the greatest loss first: which payments stop, in which month, how much."""
    require_office(call.context, QUEUE)
    about = (call.runtime.service.policy, call.context.today, division)
    page = await call.page(_ranked, *about, after=after, limit=limit, place=lambda row: row.rank)
    return Renewals(list(page.items), page.cursor, page.more, await call.read(queries.sources))


async def whole_queue(call: Call = query("certificates.read"), division: Prefix = "") -> pages.WholeQueue:
    """The whole queue, for paper."""
    require_office(call.context, QUEUE)
    policy, today = call.runtime.service.policy, call.context.today
    async with call.reading() as conn:
        rows, heard = await _ranked(conn, policy, today, division), await queries.sources(conn)
    return pages.WholeQueue(rows, heard, policy, today)


published(
    router,
    "/renewals",
    whole_queue,
    xlsx(
        "renewals_sheet",
        "The whole queue as a sheet, by pseudonym.",
        pages.queue_workbook,
        lambda whole: f"残疾人证换领顺序{whole.today}",
    ),
)


@router.get("/renewals/forecast")
async def waves(call: Call = query("certificates.read"), division: Prefix = "", months: Months = None) -> Waves:
    """到期高峰: what ends by township and month, and by county against what can be assessed."""
    return Waves(await _forecast(call, division, months), await call.read(queries.sources))


async def dated_forecast(
    call: Call = query("certificates.read"), division: Prefix = "", months: Months = None
) -> pages.DatedForecast:
    """The forecast, for paper."""
    reading = call.runtime.service.policy.reading
    return pages.DatedForecast(await _forecast(call, division, months), smallest_cell(call, reading, "reading"), call.context.today)


published(
    router,
    "/renewals/forecast",
    dated_forecast,
    xlsx(
        "waves_sheet",
        "The forecast as sheets of counties and townships.",
        pages.forecast_workbook,
        lambda dated: f"残疾人证到期预测{dated.today}",
    ),
    svg(
        "waves_picture",
        "The forecast as a picture: bars of what ends, the line of what can be assessed.",
        pages.forecast_picture,
    ),
)


async def _ranked(
    conn: Any, policy: CertificatePolicy, today: date, division: str, after: Rank | None = None, limit: int | None = None
) -> list[Renewal]:
    """The queue behind the place `after`. All of it is ranked for every page: the rank is known to no index, and the queue is short."""
    ranked = queue(await queries.expiring(conn, *span(policy, today), division), policy, today)
    return [row for row in ranked if after is None or row.rank > tuple(after)][:limit]


async def _forecast(call: Call, division: str, months: int | None) -> Forecast:
    policy, today, mine = call.runtime.service.policy, call.context.today, call.principal.division
    if not (inside(division, mine) or inside(mine, division)):
        raise Forbidden("foreign_division", "不在您的辖区")
    sight = max(mine, division, key=len)
    count = months or policy.capacity.one("capacity", today, mine).forecast_months
    since = today.replace(day=1)
    span = (since, add_months(since, count) - timedelta(days=1))
    async with call.reading() as conn:
        cards, seats = await queries.expiring(conn, *span, division), await queries.seats(conn, *span)
    return forecast(cards, seats, policy, today, months_ahead(today, count), sight, call.has(SINGLE_CARDS))
