"""Messages to persons as the delivery engine's source: whether they are still owed, what they say, what their end proves.

The number, and what may be said there, is asked of the register when a letter goes out (`register_client.py`). To a person: no link, nothing
that asks for a number, the office's fixed telephone; 残疾人证 is named on a phone alone that its owner confirmed (domain reference 7.2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import structlog

from services.domain import divisions
from services.domain.audience import Receiver
from services.domain.file_number import spoken
from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.kernel.errors import ShouwangError
from services.kernel.execute import Order
from services.notifications.channels.letter import Letter, Outcome, Receipt
from services.notifications.delivery.queue import Delivery
from services.notifications.delivery.source import Content, about
from services.notifications.person_message.register_client import Directory, Silent, Way
from services.notifications.person_message.tellable import Tellable, decider_of, tellable
from services.notifications.policy.ladder_rows import FEDERATION
from services.notifications.policy.load import NoticePolicy
from services.notifications.policy.templates import CASE_ONLY
from services.notifications.reminder.commands import NoteOutcome
from services.notifications.vocabulary import Channel

log = structlog.get_logger()
_ADDRESSED = "SELECT * FROM to_person WHERE delivery_id = ANY($1::uuid[])"
# Of each try, whether something under way or arrived may still prove it. The rows are locked first: who writes the last end sees all.
_LOCK = "SELECT FROM to_reach WHERE cause_id = ANY($1::uuid[]) ORDER BY cause_id FOR UPDATE"
_HOPE = """SELECT DISTINCT d.cause_id FROM delivery d JOIN to_person p USING (delivery_id)
    WHERE d.cause_id = ANY($1::uuid[]) AND d.source = 'PERSON' AND p.proves
        AND d.state IN ('due', 'sending', 'sent', 'unknown', 'delivered')"""
_END = "UPDATE to_reach SET state = 'ended', reason = $2, settled_at = now() WHERE cause_id = ANY($1::uuid[]) AND state = 'begun'"
_NOT_TOLD = frozenset({"ceiling", "not_made"})  # reasons of ours for which nothing was sent although it was owed


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message to a person needs beside the register's answer."""

    person_id: UUID
    owner: str
    proves: bool
    texts: tuple[str, str]  # for a phone that is theirs for sure, and for any other
    facts: Mapping[str, str]  # of its text


class Persons:
    """See the module. Without a directory it settles what was sent, and can send nothing."""

    def __init__(self, directory: Directory | None = None) -> None:
        self._directory = directory

    async def prepare(self, runtime: Runtime, conn: Any, claimed: Sequence[Delivery]) -> Sequence[Content | str]:
        """See `Source`. What it is about may be over; while it is owed, a late message still helps."""
        histories = await runtime.store.read_many(conn, {d.stream_id for d in claimed})
        owners = {r["delivery_id"]: r for r in await conn.fetch(_ADDRESSED, [d.delivery_id for d in claimed])}
        policy, day = runtime.service.policy, today(runtime.clock)
        told = [tellable(histories[d.stream_id], day, policy, beside=d.cause_id) for d in claimed]
        return [_content(runtime, each, owners[d.delivery_id]) for d, each in zip(claimed, told, strict=True)]

    async def addressed(self, runtime: Runtime, channel: Channel, contents: Sequence[Content], letter: Letter) -> Letter | Receipt:
        """See `Source`. Nothing is told where less may be said or proved than when the try began: then the village goes."""
        if self._directory is None or not self._directory.known:
            return Receipt(Outcome.REFUSED, reason="no_register")
        wanted: Asked = contents[0].item["asked"]
        try:
            ways = await self._directory.one(wanted.person_id)
        except Silent as silent:
            return Receipt(Outcome.NOT_TRIED, reason=silent.reason)
        way = next((w for w in ways if (w.owner, w.channel) == (wanted.owner, channel)), None)
        if way is None or way.proves < any(c.item["asked"].proves for c in contents):  # some began before others
            return Receipt(Outcome.REFUSED, reason="contact_changed")
        try:
            texts = dict.fromkeys(text_to(way, c.item["asked"], runtime) for c in contents)
        except ShouwangError as error:
            log.error("message_not_made", error=error.code)
            return Receipt(Outcome.REFUSED, reason="not_made")
        return replace(letter, to=way.phone, subject="", text="\n".join(texts), data={})

    async def settled(
        self, runtime: Runtime, conn: Any, done: Sequence[Delivery], channel: Channel, state: str, reason: str
    ) -> None:
        """What arrived where it proves something is the proof; when no phone is left that may, a reminder's next rung is tried."""
        if state == "delivered":
            proving = {r["delivery_id"] for r in await conn.fetch(_ADDRESSED, [d.delivery_id for d in done]) if r["proves"]}
            arrived = [d for d in done if d.delivery_id in proving]
            await conn.execute(_END, [d.cause_id for d in arrived], "arrived")
            await self._note(runtime, conn, arrived, state, NoteOutcome(True))
        elif state == "failed" or (state == "suppressed" and reason in _NOT_TOLD):
            await conn.execute(_LOCK, causes := sorted({d.cause_id for d in done}))
            hope = {r["cause_id"] for r in await conn.fetch(_HOPE, causes)}
            lost = list({d.cause_id: d for d in done if d.cause_id not in hope}.values())
            await conn.execute(_END, [d.cause_id for d in lost], reason)
            await self._note(runtime, conn, lost, state, NoteOutcome(False, reason))

    async def _note(self, runtime: Runtime, conn: Any, done: Sequence[Delivery], state: str, outcome: NoteOutcome) -> None:
        past = await runtime.store.read_many(conn, {d.stream_id for d in done})
        orders = [Order(decider_of(past[d.stream_id]), d.stream_id, outcome, about(runtime, d, state)) for d in done]
        await runtime.executor.execute_many(conn, orders)


def _content(runtime: Runtime, told: Tellable | None, row: Any) -> Content | str:
    if told is None:
        return "no_longer_owed"
    policy: NoticePolicy = runtime.service.policy
    day, county = today(runtime.clock), divisions.county(told.division)
    office = {
        "office_name": policy.name(f"{FEDERATION}:{county}", day),
        "office_phone": policy.phones.one(FEDERATION, day, county).number,
    }
    texts = (told.confirmed, told.unconfirmed)
    asked = Asked(row["person_id"], row["owner"], row["proves"], texts, {**told.facts(day), **office})
    return Content(to="", keys=(), subject="", text="", item={"asked": asked})  # the rest is asked for when it goes out


def text_to(way: Way, asked: Asked, runtime: Runtime) -> str:
    """What may be said on this phone, in the words that are sent or spoken there: of a child the case alone; what it is about, where its
    owner confirmed it; else to call us."""
    policy: NoticePolicy = runtime.service.policy
    note = next((r.value.text for r in policy.languages.rows if r.id == way.language and r.holds(today(runtime.clock), "")), "")
    facts = {**asked.facts, "language_note": note if way.confirmed else ""}
    text = policy.templates.render(_template(way, asked), Receiver.PERSON, facts).text
    return spoken(text) if way.channel is Channel.VOICE else text


def _template(way: Way, asked: Asked) -> str:
    if way.case_only:
        return CASE_ONLY
    confirmed, unconfirmed = asked.texts
    return confirmed if way.confirmed else unconfirmed
