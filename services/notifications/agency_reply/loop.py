"""Replies: what agencies say on their own topics → the same commands as the HTTP endpoints.

The topic's name says who answers: only that office may write to it. A reply, its row in `reply` and the events commit together, then
the offset; a reply that comes twice finds its row and does nothing. Refusals are rows with a code. Nothing here stops the loop.
"""

import asyncio
import re
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from services.domain.divisions import COUNTY_OR_PREFECTURE
from services.engine.deliver import TRANSIENT
from services.engine.kafka_client import running
from services.engine.registry import RegistryError
from services.engine.runtime import Runtime
from services.kernel.errors import Conflict, Rejected, ShouwangError, Unreadable
from services.kernel.events import Context, stream_id
from services.notifications.agency_reply.events import AgencyReply, ReplyKind
from services.notifications.notice.commands import Accept, Acknowledge, Reject, ReportActed
from services.notifications.notice.decider import NOTICE
from services.notifications.vocabulary import Channel, ReturnReason, WorkOutcome

log = structlog.get_logger()
_TOPIC = rf"agency\.([a-z0-9]+)\.{COUNTY_OR_PREFECTURE}\.replies\.v1"
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
    while True:
        try:
            await _consume(runtime)
        except (KafkaError, *TRANSIENT) as error:
            log.warning("replies_interrupted", error=type(error).__name__)
            await asyncio.sleep(1)


async def _consume(runtime: Runtime) -> None:
    prefix = runtime.settings.topic_prefix
    consumer = AIOKafkaConsumer(
        bootstrap_servers=runtime.settings.kafka,
        group_id=f"{prefix}notifications.replies",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        metadata_max_age_ms=60_000,  # a new office's topic is found within a minute
    )
    consumer.subscribe(pattern=f"^{re.escape(prefix)}{_TOPIC}$")
    async with running(consumer):
        while True:
            for records in (await consumer.getmany(timeout_ms=500, max_records=200)).values():
                for record in records:
                    await _until_handled(runtime, record)
            await consumer.commit()


async def _until_handled(runtime: Runtime, record: Any) -> None:
    delay = 0.05
    while True:
        try:
            return await handle(runtime, record)
        except (RegistryError, *TRANSIENT) as error:
            log.warning("reply_retried", error=type(error).__name__, retry_in=delay)
        await asyncio.sleep(delay)
        delay = min(delay * 2, 5)


async def handle(runtime: Runtime, record: Any) -> None:
    """One message in one transaction. Raises only what is worth another try; a fault of ours becomes a row, and stops nobody else."""
    try:
        if (reply := await _read(runtime, record)) is None:
            await _set_aside(runtime, record, "unreadable")
        else:
            async with runtime.pool.acquire() as conn, conn.transaction():
                await _answer(runtime, conn, _office(runtime, record), reply)
    except (RegistryError, *TRANSIENT):
        raise
    except Exception as error:
        log.exception("reply_not_handled", error=type(error).__name__)
        await _set_aside(runtime, record, "internal_fault")


async def _read(runtime: Runtime, record: Any) -> AgencyReply | None:
    try:
        found = await runtime.registry.decode(record.value)
    except Unreadable:
        return None
    return found if isinstance(found, AgencyReply) else None


def _office(runtime: Runtime, record: Any) -> Office:
    found = re.fullmatch(_TOPIC, record.topic.removeprefix(runtime.settings.topic_prefix))
    assert found is not None  # of no other topic are messages read
    return Office(found[1].upper(), found[2])


async def _set_aside(runtime: Runtime, record: Any, reason: str) -> None:
    """A row named after the message's place: it has no id that could be trusted."""
    office = _office(runtime, record)
    place = stream_id("reply", record.topic.removeprefix(runtime.settings.topic_prefix), record.partition, record.offset)
    async with runtime.pool.acquire() as conn, conn.transaction():
        await conn.fetchval(_TAKE, office.agency, office.division, place, None, "REFUSED", reason)


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
            return ReportActed(reply.outcome, reply.acted_on)
        case ReplyKind.UNKNOWN:
            raise Rejected("reply_kind_unknown", "无法识别的答复类型")
