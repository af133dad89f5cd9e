"""Replies: what agencies say on their own topics → the same commands as the HTTP endpoints.

The topic's name says who answers: only that office may write to it. A reply, its row in `reply` and the events commit together, then
the offset; a reply that comes twice finds its row and does nothing. Refusals are rows with a code. Nothing that an office can write
stops the loop (`engine/inbound`).
"""

import asyncio
import contextlib
import re
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka.errors import KafkaError

from services.domain.divisions import COUNTY_OR_PREFECTURE
from services.engine.inbound.arrived import Arrived, arrived
from services.engine.inbound.fetch import FetchGuard, plain_consumer
from services.engine.inbound.progress import DEATHS, Attempts, move_on
from services.engine.inbound.skips import Skips
from services.engine.kafka_client import running
from services.engine.retry import TRANSIENT, Outage, passes
from services.engine.runtime import Runtime
from services.kernel.errors import Conflict, Rejected, ShouwangError, Unreadable
from services.kernel.events import Context, stream_id
from services.notifications.agency_reply.events import AgencyReply, ReplyKind
from services.notifications.notice.commands import Accept, Acknowledge, Reject, ReportActed
from services.notifications.notice.decider import NOTICE
from services.notifications.vocabulary import Channel, ReturnReason, WorkOutcome

log = structlog.get_logger()
JOB = "replies"
CONSUMER = "notifications.replies"
_AT_ONCE, _FIRST_YEAR = 200, 1900  # an endpoint takes no earlier day either; Avro's first day is that of the year 1
TOPICS = rf"agency\.([a-z0-9]+)\.{COUNTY_OR_PREFECTURE}\.replies\.v1"
_TAKE = """INSERT INTO reply (agency, division, reply_id, notice_id, state, reason) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT DO NOTHING RETURNING seq"""
_REFUSE = "UPDATE reply SET state = 'REFUSED', reason = $4 WHERE agency = $1 AND division = $2 AND reply_id = $3"


@dataclass(frozen=True, slots=True)
class Office:
    """Who answers, as the topic says."""

    agency: str
    division: str


async def run(runtime: Runtime) -> None:
    """Handle replies until cancelled; after any trouble with the broker the consumer is made anew."""
    outage = Outage("replies_interrupted", 1.0)
    runtime.pulse.beat(JOB)
    while True:
        try:
            await Replies(runtime, outage).consume()
        except (KafkaError, *TRANSIENT) as error:
            await asyncio.sleep(outage.failed(error))


class Replies:
    """One consumer of all offices' reply topics; `outage` is the broker's, over at the first look that succeeds."""

    def __init__(self, runtime: Runtime, outage: Outage) -> None:
        self.runtime, self._skips, self._outage = runtime, Skips(CONSUMER), outage
        self._attempts = Attempts(CONSUMER, runtime.settings.batch_size)

    async def consume(self) -> None:
        """Handle replies until cancelled. Raises the broker's trouble."""
        prefix = self.runtime.settings.topic_prefix
        await self._skips.look(self.runtime)
        consumer = plain_consumer(
            self.runtime.settings,
            group_id=f"{prefix}{CONSUMER}",
            auto_offset_reset="earliest",
            metadata_max_age_ms=60_000,  # a new office's topic is found within a minute
        )
        FetchGuard(prefix, self._skips).guard(consumer)
        consumer.subscribe(pattern=f"^{re.escape(prefix)}{TOPICS}$")
        async with running(consumer):
            while True:
                fetched = [
                    each for some in (await consumer.getmany(timeout_ms=500, max_records=_AT_ONCE)).values() for each in some
                ]
                if fetched:
                    await self._skips.look(self.runtime)
                for record in fetched:
                    await self._until_handled(arrived(record, prefix))
                await consumer.commit()
                self._outage.over()
                self.runtime.pulse.beat(JOB)

    async def _until_handled(self, message: Arrived) -> None:
        outage, deaths = Outage("reply_retried", 0.05, place=message.place), None
        while not (message.says_nothing or message.offset in self._skips.at(message.topic, message.partition)):
            try:
                if deaths is None:
                    deaths = await self._attempts.begin(self.runtime.pool, [message])
                if deaths < DEATHS:
                    await handle(self.runtime, message)
                else:
                    await _refuse(self.runtime, message, "internal_fault")
                outage.over()
                self._attempts.finished([message])
                return
            except Exception as error:
                if not passes(error):
                    raise
                delay = outage.failed(error)
            await asyncio.sleep(delay)
            with contextlib.suppress(*TRANSIENT):
                await self._skips.look(self.runtime)


async def handle(runtime: Runtime, message: Arrived) -> None:
    """One message in one transaction. Raises only what passes by itself; a fault of ours becomes a row, and stops nobody else."""
    try:
        if (reply := await _read(runtime, message)) is None:
            await _refuse(runtime, message, "unreadable")
            return
        async with runtime.pool.acquire() as conn, conn.transaction():
            await _answer(runtime, conn, _office(message), reply)
            await move_on(conn, CONSUMER, [message])
    except Exception as error:
        if passes(error):
            raise
        log.exception("reply_not_handled", place=message.place, error=type(error).__name__)
        await _refuse(runtime, message, "internal_fault")


async def _read(runtime: Runtime, message: Arrived) -> AgencyReply | None:
    if message.mark is not None:
        return None
    try:
        found = await runtime.registry.decode(message.value)
    except Unreadable:
        return None
    return found if isinstance(found, AgencyReply) else None


def _office(message: Arrived) -> Office:
    found = re.fullmatch(TOPICS, message.topic)
    assert found is not None  # of no other topic are messages read
    return Office(found[1].upper(), found[2])


async def _refuse(runtime: Runtime, message: Arrived, reason: str) -> None:
    """A row named after the message's place: it has no id that could be trusted."""
    office, place = _office(message), stream_id("reply", message.topic, message.partition, message.offset)
    async with runtime.pool.acquire() as conn, conn.transaction():
        await conn.fetchval(_TAKE, office.agency, office.division, place, None, "REFUSED", reason)
        await move_on(conn, CONSUMER, [message])


async def _answer(runtime: Runtime, conn: Any, office: Office, reply: AgencyReply) -> None:
    key = (office.agency, office.division, reply.reply_id)
    if await conn.fetchval(_TAKE, *key, reply.notice_id, "DONE", None) is None:
        return
    seed = stream_id("reply", *key)
    context = Context(
        actor=f"{office.agency}:{office.division}:topic",
        now=runtime.clock(),
        seed=seed,
        correlation_id=seed,
        scope=office.division,
    )
    try:
        async with conn.transaction():
            await runtime.executor.execute(conn, NOTICE, reply.notice_id, command(reply), context)
    except Conflict:
        raise
    except ShouwangError as error:
        await conn.execute(_REFUSE, *key, error.code)


def command(reply: AgencyReply) -> Acknowledge | Accept | Reject | ReportActed:
    """What the reply asks for. Raises `Rejected` when a part is missing, or a word is one that we do not know yet."""
    match reply.what:
        case ReplyKind.ACKNOWLEDGE:
            return Acknowledge(Channel.TOPIC)
        case ReplyKind.ACCEPT:
            return Accept(reply.by_on)
        case ReplyKind.REJECT:
            if reply.reason in (None, ReturnReason.UNKNOWN):
                raise Rejected("reason_missing", "退回须说明原因")
            return Reject(reply.reason)
        case ReplyKind.REPORT:
            if reply.outcome in (None, WorkOutcome.UNKNOWN) or reply.acted_on is None:
                raise Rejected("outcome_missing", "反馈须说明结果和办理日期")
            if reply.acted_on.year < _FIRST_YEAR:
                raise Rejected("acted_on_impossible", f"办理日期不能早于{_FIRST_YEAR}年")
            return ReportActed(reply.outcome, reply.acted_on)
        case ReplyKind.UNKNOWN:
            raise Rejected("reply_kind_unknown", "无法识别的答复类型")
