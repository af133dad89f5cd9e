"""The loop that begins to try a person: asks the register how a holder is reached, and makes a delivery per phone.

A row of `to_reach` is made by the database with each `ReminderTried` and `PolicyTellingBegun`; a fold or a rebuild makes none. Holds no
connection while the register is asked; to be asked twice, by a process that died or by two, does no harm: a delivery is made once. Whoever
cannot be told in person gives a reminder back to its ladder at once, and the next rung is tried. Sends nothing (`delivering.py` does).
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

import structlog

from services.kernel.clock import today
from services.kernel.deliver import TRANSIENT
from services.kernel.events import NAMESPACE
from services.kernel.execute import Order
from services.kernel.service import Runtime
from services.notifications.channels import settings
from services.notifications.directory import AT_ONCE, Directory, Silent, Way, directory
from services.notifications.events import Channel
from services.notifications.reminder import NoteOutcome
from services.notifications.tellable import Tellable, tellable

log = structlog.get_logger()
IDLE, LEASE, LATER = 0.1, 60.0, 30.0  # seconds: between looks, for a question, until a silent register is asked again
FEDERATION = "CL"  # whose duty it is to remind, and who sees what became of a message
_CLAIM = """UPDATE to_reach SET due_at = now() + make_interval(secs => $2) WHERE cause_id IN (
    SELECT cause_id FROM to_reach WHERE state = 'due' AND due_at <= now() ORDER BY due_at, cause_id LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING cause_id, stream_id"""
_SETTLE = """UPDATE to_reach t SET state = u.state, reason = u.reason, settled_at = now()
    FROM unnest($1::uuid[], $2::text[], $3::text[]) AS u(cause_id, state, reason) WHERE t.cause_id = u.cause_id AND t.state = 'due'"""
_PUT_OFF = "UPDATE to_reach SET due_at = now() + make_interval(secs => $2) WHERE cause_id = ANY($1::uuid[]) AND state = 'due'"
_MAKE = """INSERT INTO delivery (delivery_id, source, stream_id, subject_id, recipient, cause_id, correlation_id, agency, division, channel,
    urgent) SELECT u.id, 'PERSON', u.stream_id, u.subject_id, u.recipient, u.cause_id, u.correlation_id, u.agency, u.division, u.channel,
    u.urgent FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[],
    $10::boolean[]) AS u(id, stream_id, subject_id, recipient, cause_id, correlation_id, agency, division, channel, urgent)
    ORDER BY u.id ON CONFLICT (delivery_id) DO NOTHING"""
_ADDRESS = """INSERT INTO to_person (delivery_id, person_id, owner, proves) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[],
    $4::boolean[]) AS u(id, person_id, owner, proves) ORDER BY u.id ON CONFLICT (delivery_id) DO NOTHING"""


async def run(runtime: Runtime) -> None:
    """Begin what waits until cancelled; several may run."""
    sends = phones(settings.load())
    async with directory() as register:
        while True:
            try:
                if await take(runtime, register, sends) == 0:
                    await asyncio.sleep(IDLE)
            except TRANSIENT as error:
                log.warning("reaching_interrupted", error=type(error).__name__)
                await asyncio.sleep(0.5)


def phones(channels: settings.Channels) -> frozenset[Channel]:
    """The channels to a phone that this machine has."""
    has = {Channel.SMS: channels.sms, Channel.VOICE: channels.voice}
    return frozenset(channel for channel, table in has.items() if table is not None)


async def take(runtime: Runtime, register: Directory, sends: frozenset[Channel], at_once: int = AT_ONCE) -> int:
    """Begin up to `at_once` tries; how many rows were claimed."""
    async with runtime.pool.acquire() as conn:
        claimed = {r["cause_id"]: r["stream_id"] for r in await conn.fetch(_CLAIM, at_once, LEASE)}
        histories = await runtime.store.read_many(conn, sorted(set(claimed.values()))) if claimed else {}
    policy, day = runtime.service.policy, today(runtime.clock)
    known = {cause: tellable(histories[stream], day, policy) for cause, stream in claimed.items()}
    # Still the person's turn: nothing was tried after it, and it is owed.
    asked = {cause: found for cause, found in known.items() if found and found.turn and found.begun.event_id == cause}
    over = [(cause, "ended", "not_the_persons_turn") for cause in claimed if cause not in asked]
    try:
        ways = await _ways(register, list(asked.values()))
    except Silent:
        async with runtime.pool.acquire() as conn:
            await conn.execute(_PUT_OFF, list(asked), LATER)
        asked, ways = {}, {}
    begun = {cause: _open(register, ways.get(each.person_id, ()), sends) for cause, each in asked.items()}
    if over or begun:
        await _write(runtime, over, [(asked[cause], found) for cause, found in begun.items()])
    return len(claimed)


async def _ways(register: Directory, asked: Sequence[Tellable]) -> Mapping[UUID, tuple[Way, ...]]:
    persons = sorted({each.person_id for each in asked})
    return await register.ways(persons) if persons and register.known else {}


def _open(register: Directory, ways: Sequence[Way], sends: frozenset[Channel]) -> list[Way] | str:
    """The ways by which this machine can tell, or why there is none."""
    if not register.known:
        return "no_register"
    return [way for way in ways if way.channel in sends] or ("no_channel" if ways else "no_phone")


async def _write(
    runtime: Runtime, over: Sequence[tuple[UUID, str, str]], begun: Sequence[tuple[Tellable, list[Way] | str]]
) -> None:
    made = [_delivery(each, way) for each, found in begun if not isinstance(found, str) for way in found]
    ended = [(each, found) for each, found in begun if isinstance(found, str)]
    settled = [*over, *((each.begun.event_id, "ended", why) for each, why in ended)]
    settled += [(each.begun.event_id, "sending", "") for each, found in begun if not isinstance(found, str)]
    now = runtime.clock()
    orders = [
        Order(each.decider, each.begun.stream_id, NoteOutcome(False, why), each.begun.cause("notifications.reaching", 0, now))
        for each, why in ended
    ]
    async with runtime.pool.acquire() as conn, conn.transaction():
        await conn.execute(_SETTLE, *_columns(settled))
        if made:
            await conn.execute(_MAKE, *_columns([d for d, _ in made]))
            await conn.execute(_ADDRESS, *_columns([a for _, a in made]))
        await runtime.executor.execute_many(conn, orders)


def _delivery(each: Tellable, way: Way) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    cause, person = each.begun, each.person_id
    id, recipient = uuid5(cause.event_id, way.owner), uuid5(NAMESPACE, f"{way.owner} of {person}")
    delivery = (
        id, cause.stream_id, each.subject_id, recipient, cause.event_id, cause.correlation_id, FEDERATION, each.division,
        way.channel.value, each.urgent,
    )  # fmt: skip
    return delivery, (id, person, way.owner, way.proves)


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
