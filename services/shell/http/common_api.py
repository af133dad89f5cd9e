"""The endpoints that every service has: health, version, metrics, the feed for downstream services, the operator's status."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import generate_latest

from services.engine import timekeeping
from services.kernel.clock import today
from services.kernel.events import Recorded, avro_name
from services.shell.http.app import problem
from services.shell.http.call import Call, Page, query
from services.shell.http.fields import WRITTEN, Cursor

router = APIRouter()
MISSING = {
    "database": "数据库没有响应",
    "write": "数据库无法写入",
    "migrations": "数据库尚未升级",
    "broker": "Kafka没有响应",
    "registry": "模式注册中心没有响应",
    "relay": "事件发布进程停止",
    "held_back": "有事件因模式或主题缺失暂缓发布",
    "outbox": "事件积压未发布",
    "worker": "事件接收进程停止",
    "lag": "接收的事件停滞未处理",
    "scheduler": "定时任务进程停止",
    "clock": "系统时钟有疑，待运维人员确认",
}


@dataclass(frozen=True, slots=True)
class Published:
    """An event of the feed: `seq` orders it, `type` is its Avro name and `data` its fields; the rest is the envelope (`Recorded`)."""

    seq: int
    type: str
    data: dict[str, Any]
    event_id: UUID
    stream_id: UUID
    version: int
    service: str
    division: str
    actor: str
    occurred_at: datetime
    recorded_at: datetime
    correlation_id: UUID
    causation_id: UUID | None
    policy_version: str


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """Domain day; rows of the outbox, due and own pending work, open letters; the last event's position; the worker's offsets.

    `clocks_in_doubt` says which roles wait because their clock is in doubt, and why. While this process's is, nobody knows `today` or `due`.
    """

    today: date | None
    clocks_in_doubt: dict[str, str]
    outbox: int
    due: int | None
    pending: int
    letters: int
    events: int
    progress: dict[str, int]


@router.get("/livez")
async def livez() -> dict[str, str]:
    """Alive: the loop answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """Ready: what comes in is kept and gets on (`readiness.py`). If not, 503 names what is missing; both give the figures."""
    found = asdict(await request.app.state.readiness.fitness())
    missing = found.pop("missing")
    if missing:
        return problem(
            503,
            "not_ready",
            f"服务尚不能正常工作：{'、'.join(MISSING.get(name, f'后台任务停滞（{name}）') for name in missing)}",
            missing=missing,
            **found,
        )
    return JSONResponse({"status": "ok", **found})


@router.get("/version")
async def version(request: Request) -> dict[str, str]:
    """Which service and which policy rows are running."""
    runtime = request.app.state.runtime
    return {"service": runtime.service.name, "policy_version": runtime.service.policy.version}


@router.get("/metrics", response_class=PlainTextResponse)
async def prometheus() -> PlainTextResponse:
    """Prometheus metrics; no labels about persons, divisions or offices."""
    return PlainTextResponse(generate_latest(), media_type="text/plain; version=0.0.4")


@router.get("/status")
async def status(call: Call = query("operator.status")) -> OnItsWay:
    """What is still on its way."""
    runtime = call.runtime
    day = None if runtime.clock.doubt else today(runtime.clock)
    doubts = {each.role: each.doubt for each in await timekeeping.in_doubt(runtime) if each.fresh}
    async with runtime.pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        kinds = [duty.kind for duty in runtime.service.duties]
        due = "SELECT count(*) FROM views.due WHERE due_on <= $1 AND split_part(kind, '/', 1) = ANY($2::text[])"
        places = await conn.fetch("SELECT topic, partition, next FROM progress ORDER BY 1, 2")
        return OnItsWay(
            today=day,
            clocks_in_doubt=doubts,
            outbox=await conn.fetchval("SELECT count(*) FROM outbox"),
            due=None if day is None else await conn.fetchval(due, day, kinds),
            pending=await conn.fetchval(runtime.service.pending),
            letters=await conn.fetchval("SELECT count(*) FROM quarantine WHERE closed_at IS NULL"),
            events=await conn.fetchval("SELECT coalesce(max(position), 0) FROM events"),
            progress={f"{place['topic']}/{place['partition']}": place["next"] for place in places},
        )


@router.get("/events")
async def feed(
    call: Call = query("events.read"), after: Cursor | None = None, limit: Annotated[int, Query(ge=1, le=1000), WRITTEN] = 500
) -> Page[Published]:
    """Events in the order in which they were published, without gaps; for named downstream services of the caller's division."""
    return await call.page(_published, call, after=after, limit=limit, place=attrgetter("seq"))


async def _published(conn: Any, call: Call, after: int | None, limit: int) -> list[Published]:
    rows = await conn.fetch(
        """SELECT f.seq, e.* FROM feed f JOIN events e USING (position)
           WHERE f.seq > $1 AND starts_with(e.division, $2) ORDER BY f.seq LIMIT $3""",
        after or 0,
        call.principal.division,
        limit,
    )
    return [_published_as(row["seq"], call.runtime.store.recorded(row)) for row in rows]


def _published_as(seq: int, recorded: Recorded) -> Published:
    return Published(
        seq=seq,
        type=avro_name(type(recorded.event)),
        data=asdict(recorded.event),
        event_id=recorded.event_id,
        stream_id=recorded.stream_id,
        version=recorded.version,
        service=recorded.service,
        division=recorded.division,
        actor=recorded.actor,
        occurred_at=recorded.occurred_at,
        recorded_at=recorded.recorded_at,
        correlation_id=recorded.correlation_id,
        causation_id=recorded.causation_id,
        policy_version=recorded.policy_version,
    )
