"""The endpoints that every service has: health, version, metrics, the feed for downstream services, the operator's status."""

import json
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import generate_latest

from services.kernel.clock import today
from services.kernel.events import avro_name
from services.shell.http import Call, dumped, problem, query

router = APIRouter()


@router.get("/livez")
async def livez() -> dict[str, str]:
    """Alive: the loop answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """Ready: the database answers."""
    try:
        await request.app.state.runtime.pool.fetchval("SELECT 1", timeout=2)
    except Exception:
        return problem(503, "not_ready", "the database does not answer")
    return Response('{"status":"ok"}', media_type="application/json")


@router.get("/version")
async def version(request: Request) -> dict[str, str]:
    """Which service and which policy rows are running."""
    runtime = request.app.state.runtime
    return {"service": runtime.service.name, "policy_version": runtime.service.policy.version}


@router.get("/metrics")
async def prometheus() -> PlainTextResponse:
    """Prometheus metrics; no labels about persons, divisions or offices."""
    return PlainTextResponse(generate_latest(), media_type="text/plain; version=0.0.4")


@router.get("/status")
async def status(call: Call = query("operator.status")) -> dict[str, Any]:
    """What is still on its way: outbox rows, due rows, own pending work, open letters, and how far the worker has read."""
    runtime = call.runtime
    async with runtime.pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        kinds = [duty.kind for duty in runtime.service.duties]
        due = "SELECT count(*) FROM views.due WHERE due_on <= $1 AND split_part(kind, '/', 1) = ANY($2::text[])"
        places = await conn.fetch("SELECT topic, partition, next FROM progress ORDER BY 1, 2")
        return {
            "today": today(runtime.clock),
            "outbox": await conn.fetchval("SELECT count(*) FROM outbox"),
            "due": await conn.fetchval(due, today(runtime.clock), kinds),
            "pending": await conn.fetchval(runtime.service.pending),
            "letters": await conn.fetchval("SELECT count(*) FROM quarantine WHERE closed_at IS NULL"),
            "events": await conn.fetchval("SELECT coalesce(max(position), 0) FROM events"),
            "progress": {f"{r['topic']}/{r['partition']}": r["next"] for r in places},
        }


@router.get("/events")
async def feed(request: Request, call: Call = query("events.read"), after: str | None = None, limit: int = 500) -> Response:
    """Events in the order in which they were published, without gaps; for named downstream services of the caller's division."""
    runtime, cursors = call.runtime, request.app.state.cursors
    since, size = cursors.take(after) or 0, max(1, min(limit, 1000))
    async with call.reading() as conn:
        rows = await conn.fetch(
            """SELECT f.seq, e.* FROM feed f JOIN events e USING (position)
               WHERE f.seq > $1 AND starts_with(e.division, $2) ORDER BY f.seq LIMIT $3""",
            since,
            call.principal.division,
            size,
        )
    found = []
    for row in rows:
        recorded = runtime.store.recorded(row)
        envelope = {k: v for k, v in asdict(recorded).items() if k not in ("event", "position")}
        found.append(envelope | {"type": avro_name(type(recorded.event)), "data": asdict(recorded.event)})
    cursor = cursors.give(rows[-1]["seq"] if rows else since)
    return Response(dumped({"events": found, "cursor": cursor, "more": len(rows) == size}), media_type="application/json")


def openapi_text(app: Any) -> str:
    """The frozen OpenAPI document of an application."""
    return json.dumps(app.openapi(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
