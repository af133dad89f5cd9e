"""The loop that begins to try a person: asks the register how a holder is reached, and makes a delivery per phone.

A row of `to_reach` is made by the database with each `ReminderTried` and `PolicyTellingBegun`; a fold or a rebuild makes none. Holds no
connection while the register is asked; to be asked twice, by a process that died or by two, does no harm: a delivery is made once. Whoever
cannot be told in person gives a reminder back to its ladder at once, and the next rung is tried. Sends nothing (`delivery/engine.py` does).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import structlog

from services.engine.loop import looped
from services.engine.retry import passes
from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.kernel.events import NAMESPACE
from services.kernel.execute import Order
from services.kernel.projection import turned
from services.notifications.channels import settings
from services.notifications.person_message.register_client import AT_ONCE, Directory, Silent, Way, directory
from services.notifications.person_message.tellable import Tellable, tellable
from services.notifications.policy.ladder_rows import FEDERATION
from services.notifications.reminder.commands import NoteOutcome
from services.notifications.vocabulary import Channel

log = structlog.get_logger()
IDLE, LONGEST_IDLE = 0.02, 0.1  # seconds between looks
LEASE, LATER = 60.0, 30.0  # seconds for a question, and until a silent register is asked again
_CLAIM = """UPDATE to_reach SET due_at = now() + make_interval(secs => $2) WHERE cause_id IN (
    SELECT cause_id FROM to_reach WHERE state = 'due' AND due_at <= now() ORDER BY due_at, cause_id LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING cause_id, stream_id"""
# Whoever writes first has begun a try; a second one, whose lease ran out, makes nothing.
_SETTLE = """UPDATE to_reach t SET state = u.state, reason = u.reason, settled_at = now()
    FROM unnest($1::uuid[], $2::text[], $3::text[]) AS u(cause_id, state, reason) WHERE t.cause_id = u.cause_id AND t.state = 'due'
    RETURNING t.cause_id"""
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
        await looped(
            "reaching",
            lambda: take(runtime, register, sends),
            IDLE,
            LONGEST_IDLE,
            bell=runtime.bell,
            rings=runtime.outward,
            pulse=runtime.pulse,
        )


def phones(channels: settings.Channels) -> frozenset[Channel]:
    """The channels to a phone that this machine has."""
    has = {Channel.SMS: channels.sms, Channel.VOICE: channels.voice}
    return frozenset(channel for channel, table in has.items() if table is not None)


async def take(runtime: Runtime, register: Directory, sends: frozenset[Channel], at_once: int = AT_ONCE) -> int:
    """Begin up to `at_once` tries; how many rows were claimed. Of a batch that fails each is begun by itself, and what cannot be ends."""
    async with runtime.pool.acquire() as conn:
        claimed = [(r["cause_id"], r["stream_id"]) for r in await conn.fetch(_CLAIM, at_once, LEASE)]
    try:
        await begin(runtime, register, sends, claimed)
    except Exception as error:
        if passes(error):
            raise
        log.exception("tries_not_begun", tries=len(claimed), error=type(error).__name__)
        for one in claimed:
            await _alone(runtime, register, sends, one)
    return len(claimed)


async def _alone(runtime: Runtime, register: Directory, sends: frozenset[Channel], one: tuple[UUID, UUID]) -> None:
    try:
        await begin(runtime, register, sends, [one])
    except Exception as error:
        if passes(error):
            raise
        log.exception("try_not_begun", stream=str(one[1]), error=type(error).__name__)
        async with runtime.pool.acquire() as conn:
            await conn.fetch(_SETTLE, [one[0]], ["ended"], ["not_handled"])


async def begin(runtime: Runtime, register: Directory, sends: frozenset[Channel], claimed: Sequence[tuple[UUID, UUID]]) -> None:
    """Begin these tries (cause, stream): ask the register, make a delivery for each phone, or give the reminder back to its ladder."""
    if not claimed:
        return
    async with runtime.pool.acquire() as conn:
        histories = await runtime.store.read_many(conn, sorted({stream for _, stream in claimed}))
    policy, day = runtime.service.policy, today(runtime.clock)
    known = {cause: tellable(histories[stream], day, policy) for cause, stream in claimed}
    # Still the person's turn: nothing was tried after it, and it is owed.
    asked = {cause: found for cause, found in known.items() if found and found.turn and found.begun.event_id == cause}
    over = [(cause, "ended", "not_the_persons_turn") for cause, _ in claimed if cause not in asked]
    try:
        ways = await _ways(register, list(asked.values()))
    except Silent:
        async with runtime.pool.acquire() as conn:
            await conn.execute(_PUT_OFF, list(asked), LATER)
        asked, ways = {}, {}
    tries = [_try(each, register, ways.get(each.person_id, ()), sends) for each in asked.values()]
    if over or tries:
        await _write(runtime, over, tries)


async def _ways(register: Directory, asked: Sequence[Tellable]) -> Mapping[UUID, tuple[Way, ...]]:
    persons = sorted({each.person_id for each in asked})
    return await register.ways(persons) if persons and register.known else {}


@dataclass(frozen=True, slots=True)
class _Try:
    """What begins: a message by each of these ways; without one it ends at once, and `why_not` says why."""

    matter: Tellable
    ways: tuple[Way, ...] = ()
    why_not: str = ""

    @property
    def row(self) -> tuple[UUID, str, str]:
        """As `to_reach` has it: cause, state, reason."""
        return self.matter.begun.event_id, "begun" if self.ways else "ended", self.why_not


def _try(matter: Tellable, register: Directory, ways: Sequence[Way], sends: frozenset[Channel]) -> _Try:
    """By which of the person's ways this machine can tell."""
    if not register.known:
        return _Try(matter, why_not="no_register")
    if not ways:
        return _Try(matter, why_not="no_phone")
    sending = tuple(way for way in ways if way.channel in sends)
    return _Try(matter, sending) if sending else _Try(matter, why_not="no_channel")


async def _write(runtime: Runtime, over: Sequence[tuple[UUID, str, str]], tries: Sequence[_Try]) -> None:
    async with runtime.pool.acquire() as conn, conn.transaction():
        rows = await conn.fetch(_SETTLE, *turned([*over, *(each.row for each in tries)]))
        mine = {row["cause_id"] for row in rows}
        ours = [each for each in tries if each.matter.begun.event_id in mine]
        made = [_delivery(each.matter, way) for each in ours for way in each.ways]
        if made:
            await conn.execute(_MAKE, *turned([delivery for delivery, _ in made]))
            await conn.execute(_ADDRESS, *turned([address for _, address in made]))
        orders = [_given_back(runtime, each.matter, each.why_not) for each in ours if not each.ways]
        await runtime.executor.execute_many(conn, orders)


def _given_back(runtime: Runtime, each: Tellable, why: str) -> Order:
    cause = each.begun.cause("notifications.reaching", 0, runtime.clock())
    return Order(each.decider, each.begun.stream_id, NoteOutcome(False, why), cause)


def _delivery(each: Tellable, way: Way) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    # The recipient is the phone: a ceiling holds for it, whoever has it. The subject keeps apart what is said to one of several persons.
    cause, person = each.begun, each.person_id
    id, recipient = uuid5(cause.event_id, way.owner), uuid5(NAMESPACE, f"phone {way.phone_id}")
    subject = uuid5(each.subject_id, f"{way.owner} of {person}")
    delivery = (
        id,
        cause.stream_id,
        subject,
        recipient,
        cause.event_id,
        cause.correlation_id,
        FEDERATION,
        each.division,
        way.channel.value,
        each.urgent,
    )
    return delivery, (id, person, way.owner, way.proves)
