"""After the storm: an independent look at stores and topics only. Says what was lost, doubled or out of order."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from deploy.reading import whole
from services.certificates.renewal_queue.projection import HOUSEHOLD, MONITORED_CASE
from services.kernel.avro import Codec
from services.kernel.events import Recorded
from services.kernel.projection import Projection, fold_into
from services.kernel.service import Service
from services.kernel.store import EventStore
from services.matching.service import SERVICE as MATCHING
from services.monitoring.service import SERVICE as MONITORING
from services.notifications.service import SERVICE as NOTIFICATIONS
from services.notifications.vocabulary import Channel
from tests.chaos.storm import Storm, Weather
from tests.world import contents


@dataclass
class Verdict:
    """`faults` must be empty; `lost` counts what is missing somewhere and is one of them.

    `doubles` are repeats of the same message on a topic, which are allowed and counted.
    """

    events: int = 0
    notices: int = 0
    doubles: int = 0
    lost: int = 0
    faults: list[str] = field(default_factory=list)


async def judged(weather: Weather) -> Verdict:
    """Look at both victims' stores, topics, projections, effects and quarantine."""
    verdict = Verdict()
    stored: dict[str, Any] = {}
    heard: list[Recorded] = []  # what monitoring and matching said, which the next ones have followed
    for service in (MONITORING, MATCHING, NOTIFICATIONS):
        conn = await asyncpg.connect(weather.processes.dsn[service.name]["superuser"])
        try:
            rows = await conn.fetch("SELECT * FROM events ORDER BY position")
            verdict.events += len(rows)
            stored[service.name] = {str(r["event_id"]) for r in rows}
            await _topic(verdict, weather, service, rows)
            log = list(map(EventStore(service.name, Codec(service.own)).recorded, rows))
            await _projections(verdict, conn, service.name, service.projections, [*heard, *log])
            if service is MONITORING:
                await _followed(verdict, weather, log)
            heard += log
            if await conn.fetchval("SELECT count(*) FROM quarantine"):
                verdict.faults.append(f"{service.name}: messages were set aside")
            if service is NOTIFICATIONS:
                await _effects(verdict, conn, rows)
                await _told(verdict, weather, rows)
        finally:
            await conn.close()
    _answered(verdict, weather.storm, stored["monitoring"])
    return verdict


def _answered(verdict: Verdict, storm: Storm, stored: set[str]) -> None:
    lost = [path for path, _, events in storm.answered if not set(events) <= stored]
    if lost:
        verdict.lost += len(lost)
        verdict.faults.append(f"{len(lost)} commands were answered with 2xx and are not stored")
    if len({events[0] for _, _, events in storm.answered}) != len(storm.answered):
        verdict.faults.append("one event answers two commands")


async def _topic(verdict: Verdict, weather: Weather, service: Service, rows: list[Any]) -> None:
    """Every stored event is on the topic; first occurrences come in the order of their stream."""
    seen: Counter[str] = Counter()
    last: dict[bytes, int] = defaultdict(int)
    async for message in whole(weather.stack.urls.kafka, f"{service.name}.events.v1"):
        headers = {name: value.decode() for name, value in message.headers}
        seen[headers["ce_id"]] += 1
        version = int(headers["ce_streamversion"])
        if seen[headers["ce_id"]] == 1:
            if version != last[message.key] + 1:
                verdict.faults.append(f"{service.name}: version {version} after {last[message.key]} on a topic")
            last[message.key] = version
    missing = {str(r["event_id"]) for r in rows} - set(seen)
    invented = set(seen) - {str(r["event_id"]) for r in rows}
    if missing or invented:
        verdict.lost += len(missing)
        verdict.faults.append(f"{service.name}: {len(missing)} events are not on the topic, {len(invented)} are only there")
    verdict.doubles += sum(count - 1 for count in seen.values())


async def _followed(verdict: Verdict, weather: Weather, log: list[Recorded]) -> None:
    """What the register follows of households, rebuilt in the storm, is what monitoring says."""
    conn = await asyncpg.connect(weather.processes.dsn["certificates"]["superuser"])
    try:
        await _projections(verdict, conn, "certificates", (HOUSEHOLD, MONITORED_CASE), log)
    finally:
        await conn.close()


async def _projections(
    verdict: Verdict, conn: asyncpg.Connection, name: str, projections: Sequence[Projection[Any]], log: list[Recorded]
) -> None:
    """Each projection equals a naive fold of the logs it is made of."""
    for projection in projections:
        folded: dict[Any, Any] = {}
        for recorded in log:
            fold_into(projection, folded, recorded)
        wanted = sorted((projection.to_record(r) for r in folded.values() if r is not None), key=str)
        if sorted(await contents(conn, projection), key=str) != wanted:
            verdict.faults.append(f"{name}: {projection.table} is not the fold of the log")


async def _effects(verdict: Verdict, conn: asyncpg.Connection, rows: list[Any]) -> None:
    """One settled effect per queued notice, and one `NoticeSent` per notice and channel."""
    queued = {r["stream_id"] for r in rows if r["type"] == "NoticeQueued"}
    verdict.notices = len(queued)
    effects = await conn.fetch("SELECT notice_id, state FROM effect")
    if {e["notice_id"] for e in effects} != queued or {e["state"] for e in effects} - {"sent", "suppressed"}:
        verdict.faults.append("effects and queued notices differ, or an effect is not settled")
    sent = Counter((r["stream_id"], r["data"]) for r in rows if r["type"] == "NoticeSent")
    if any(count > 1 for count in sent.values()):
        verdict.faults.append("a channel took a notice twice")


async def _told(verdict: Verdict, weather: Weather, rows: list[Any]) -> None:
    """Each notice sent to a topic is one message there (repeats, if any, carry the same id), and no other notice is."""
    published: dict[UUID, set[str]] = defaultdict(set)
    async for message in whole(weather.stack.urls.kafka, pattern=r"^agency\..*\.notices\.v1$"):
        published[UUID(message.key.decode())].add(dict(message.headers)["ce_id"].decode())
    log = map(EventStore(NOTIFICATIONS.name, Codec(NOTIFICATIONS.own)).recorded, (r for r in rows if r["type"] == "NoticeSent"))
    sent = {recorded.stream_id for recorded in log if recorded.event.channel is Channel.TOPIC}
    if missing := sent - set(published):
        verdict.lost += len(missing)
        verdict.faults.append(f"{len(missing)} notices were sent and are not on a topic")
    if set(published) - sent or any(len(ids) > 1 for ids in published.values()):
        verdict.faults.append("an office's topic has a notice that was not sent, or has it twice")
