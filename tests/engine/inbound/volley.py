"""One volley of hostile messages at one service's consumer, and what came of it: used by the tests and, for longer, by `make chaos`."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import aiohttp

from services.certificates.certificate.card.events import CertificateExpired
from services.certificates.person.events import PersonIndexState
from services.certificates.service import SERVICE as CERTIFICATES
from services.engine.rebuild import Rebuild
from services.engine.runtime import Runtime
from services.kernel.events import avro_name, service_of, topic_of
from services.kernel.service import Service
from services.matching.service import SERVICE as MATCHING
from services.monitoring.household.events import HouseholdRegistered
from services.monitoring.service import SERVICE as MONITORING
from services.notifications.service import SERVICE as NOTIFICATIONS
from tests.contract.golden import sample
from tests.engine.inbound.hostile import Good, Headers, Hostile, Shot, array_bomb
from tests.engine.inbound.raw import RawProducer, let_through
from tests.world import World, contents, with_loops

# Of each service one message that it follows: on events of another service, on a state topic, by projections, by reactions.
FOLLOWED: dict[str, tuple[Service, type]] = {
    "certificates": (CERTIFICATES, HouseholdRegistered),
    "monitoring": (MONITORING, CertificateExpired),
    "matching": (MATCHING, PersonIndexState),
    "notifications": (NOTIFICATIONS, HouseholdRegistered),
}
_ITEMS = 300_000_000
_AT = "2026-03-02T02:00:00+00:00"


@dataclass
class Outcome:
    """What went wrong: hostile messages that are nowhere, good ones that were not delivered, good ones that were set
    aside, tables that a rebuild makes differ."""

    service: str
    lost: list[str] = field(default_factory=list)
    undelivered: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    rebuilt_otherwise: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """All of it."""
        return self.lost + self.undelivered + self.refused + self.rebuilt_otherwise


async def volley(place: World, name: str, seed: int, rounds: int) -> Outcome:
    """Fire, wait until the worker stands at the end, look."""
    service, cls = FOLLOWED[name]
    runtime = await place.open(with_loops(service), batch_size=50)
    topic = topic_of(cls)
    await let_through(place, topic)
    await place.start(runtime, "worker")
    hostile = Hostile(seed, await good(runtime, cls), array_bomb(await foreign(place, avro_name(cls)), _ITEMS))
    shots: list[tuple[int, Shot]] = []
    async with RawProducer(place.urls.kafka) as producer:
        for shot in hostile.shots(rounds):
            code, offset = await producer.put(place.prefix + topic, 0, shot.written)
            assert code == 0, f"the broker does not take {shot.name}: {code}"
            shots.append((offset, shot))
    end = shots[-1][0] + shots[-1][1].count
    reached = f"SELECT 1 FROM progress WHERE consumer = '{name}.worker' AND topic = '{topic}' AND partition = 0 AND next >= {end}"
    await place.until(lambda: place.sql(name, reached))
    outcome = await _looked_at(place, name, topic, shots)
    outcome.rebuilt_otherwise = await _rebuilt_otherwise(place, runtime, cls)
    return outcome


async def _rebuilt_otherwise(place: World, runtime: Runtime, cls: type) -> list[str]:
    """Tables that are not what they were when they are made of the same topic, hostile messages and all, once more."""
    found = []
    for projection in runtime.service.projections:
        if cls in projection.keys:
            live = await contents(runtime.pool, projection)
            await Rebuild(runtime, projection.table, place.database[runtime.service.name]["rebuild"]).run()
            found += [projection.table] if not live or await contents(runtime.pool, projection) != live else []
    return found


async def _looked_at(place: World, name: str, topic: str, shots: list[tuple[int, Shot]]) -> Outcome:
    known = {row["event_id"] for row in await place.sql(name, "SELECT event_id FROM inbox")}
    letters = 'SELECT coalesce(first, "offset") AS first, "offset" AS last, reason FROM quarantine WHERE topic = $1'
    aside = {
        offset: row["reason"] for row in await place.sql(name, letters, topic) for offset in range(row["first"], row["last"] + 1)
    }
    outcome = Outcome(name)
    for start, shot in shots:
        offsets = range(start, start + shot.count)
        if shot.good:
            outcome.undelivered += [shot.name for event_id in shot.good if event_id not in known]
            outcome.refused += [f"{shot.name}: {aside[offset]}" for offset in offsets if offset in aside]
        else:
            outcome.lost += [f"{shot.name} at {offset}" for offset in offsets if offset not in aside]
    return outcome


async def good(runtime: Runtime, cls: type) -> Good:
    """A message of this class as its service sends it."""
    fp, body = runtime.codec.encode(sample(cls))
    value = await runtime.registry.prefix(topic_of(cls), fp) + body

    def headers(stream: UUID, event_id: UUID) -> Headers:
        said = {
            "ce_id": event_id,
            "ce_source": f"/shouwang/{service_of(cls)}",
            "ce_type": avro_name(cls),
            "ce_time": _AT,
            "ce_recordedtime": _AT,
            "ce_correlationid": event_id,
            "ce_streamversion": 1,
            "ce_division": "533401102001",
            "ce_actor": "CL:5334:x",
            "ce_policyversion": "toy",
        }
        return [(key.encode(), str(value).encode()) for key, value in said.items()]

    return Good(value, headers)


async def foreign(place: World, record: str) -> int:
    """The id of a schema of somebody else's making under the name of one of ours: an array of what takes no room."""
    namespace, _, name = record.rpartition(".")
    items = {"name": "items", "type": {"type": "array", "items": "null"}}
    schema: dict[str, Any] = {"type": "record", "name": name, "namespace": namespace, "fields": [items]}
    where = f"{place.urls.registry}/subjects/{place.prefix}foreign-{uuid4().hex}/versions"
    async with aiohttp.ClientSession() as session, session.post(where, json={"schema": json.dumps(schema)}) as answer:
        assert answer.status == 200, await answer.text()
        return int((await answer.json(content_type=None))["id"])
