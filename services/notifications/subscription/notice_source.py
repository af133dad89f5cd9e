"""What a delivery is about, by its source: whether it is still true, where it goes, what it says, and what its end means for us.

The engine knows none of it. Offices' subscriptions stand here, messages to persons in `person_message/source.py`.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.kernel.events import Recorded
from services.kernel.execute import Order
from services.notifications.channels.letter import Letter, Receipt
from services.notifications.delivery.queue import Delivery
from services.notifications.delivery.source import Content, about
from services.notifications.notice.ack_link import Linked
from services.notifications.notice.ack_link_settings import NoteLinks
from services.notifications.notice.commands import MarkDelivered, MarkFailed, MarkSent
from services.notifications.notice.decider import NOTICE
from services.notifications.notice.escalation_chain import steps
from services.notifications.notice.events import NoticeQueued
from services.notifications.notice.states import Queued, Waiting
from services.notifications.subscription import addresses
from services.notifications.subscription.commands import Disable
from services.notifications.subscription.decider import SUBSCRIBER, subscriber_id
from services.notifications.vocabulary import Channel, DisablingReason, TrailStep


class Subscribed:
    """Deliveries whose address the subscription has."""

    async def addressed(self, _: Runtime, __: Channel, ___: Sequence[Content], letter: Letter) -> Letter | Receipt:
        """See `Source`. The letter is whole."""
        return letter


class Notices(Subscribed):
    """Notices to an office's subscriptions."""

    async def prepare(self, runtime: Runtime, conn: Any, claimed: Sequence[Delivery]) -> Sequence[Content | str]:
        """See `Source`. A notice that was acknowledged or withdrawn is not told any more."""
        histories = await runtime.store.read_many(conn, {d.stream_id for d in claimed})
        known = await addresses.of(conn, [d.recipient for d in claimed])
        links = NoteLinks(runtime)
        return [_notice(d, histories[d.stream_id], known.get(d.recipient), links) for d in claimed]

    async def settled(
        self, runtime: Runtime, conn: Any, done: Sequence[Delivery], channel: Channel, state: str, reason: str
    ) -> None:
        """The notice says that it was told, or could not be; of one that need not be told it knows why."""
        if state == "suppressed":
            return
        orders = [
            Order(NOTICE, d.stream_id, command, about(runtime, d, state))
            for d in done
            if (command := _command(d, channel, state, reason))
        ]
        await runtime.executor.execute_many(conn, orders)
        await fared(runtime, conn, done, channel, state, reason)


def _notice(delivery: Delivery, past: Sequence[Recorded], address: addresses.Address | None, links: NoteLinks) -> Content | str:
    state, first = NOTICE.fold(r.event for r in past), delivery.cause_id == past[0].event_id
    if not isinstance(state, Queued if first else Waiting):  # a reminder may also be of what was promised
        return "no_longer_open"
    if address is None:
        return "no_address"
    notice = state.notice
    by, title = notice.acknowledge_by.isoformat(), "守望通知" if first else "守望催办"
    linked = Linked(delivery.stream_id, f"{notice.agency}:{notice.division}") if isinstance(state, Queued) else None
    link = links.of(linked, delivery.created_at) if linked else None  # of what was promised nobody takes note again
    return Content(address.to, address.keys, f"{title} {by}前", notice.text, as_json(delivery.stream_id, notice), link)


def _command(delivery: Delivery, channel: Channel, state: str, reason: str) -> MarkSent | MarkDelivered | MarkFailed | None:
    """What the notice is told of an attempt; nothing of one that will be repeated."""
    match state:
        case "sent":
            return MarkSent(channel, delivery.attempt + 1)
        case "delivered":
            return MarkDelivered(channel, delivery.attempt + 1)
        case "failed":
            return MarkFailed(channel, reason)
    return None


def as_json(notice_id: UUID, notice: NoticeQueued) -> dict[str, Any]:
    """The notice as machines outside receive it: what the agency's own topic carries (`AgencyNotice`), and nothing more."""
    return {
        "notice_id": str(notice_id),
        "kind": notice.cause_type,
        "subject_id": str(notice.subject_id),
        "person_id": str(notice.person_id) if notice.person_id else None,
        "division": notice.subject_division,
        "severity": notice.severity.value,
        "text": notice.text,
        "acknowledge_by": notice.acknowledge_by.isoformat(),
        "stage": notice.stage,
        "trail": [_in_trail(step) for step in steps(notice.trail)],
    }


def _in_trail(step: TrailStep) -> dict[str, Any]:
    reason = step.reason.value if step.reason else None
    return {
        "agency": step.agency,
        "division": step.division,
        "stage": step.stage,
        "what": step.what.value,
        "reason": reason,
        "on": step.on.isoformat(),
    }


async def fared(runtime: Runtime, conn: Any, done: Sequence[Delivery], channel: Channel, state: str, reason: str) -> None:
    """How subscriptions fare; one whose address has ended, or that failed for as long as the policy allows, is disabled."""
    rows = await conn.fetch(
        """UPDATE reading SET last_state = $2, last_reason = $3, last_at = now(),
               failing_since = CASE WHEN $4 THEN NULL ELSE coalesce(failing_since, now()) END
           WHERE subscription_id = ANY($1::uuid[]) RETURNING subscription_id, now() - failing_since AS failing""",
        sorted({d.recipient for d in done}),
        state,
        reason or None,
        state in ("sent", "delivered"),
    )
    allowed = runtime.service.policy.conduct.one(channel, today(runtime.clock)).fail_days
    ended = DisablingReason.GONE if reason == "gone" else DisablingReason.LONG_FAILURE
    recipients = {d.recipient: d for d in done}
    for row in rows:
        if ended == DisablingReason.GONE or (row["failing"] is not None and row["failing"].days >= allowed):
            found = recipients[row["subscription_id"]]
            context = about(runtime, found, f"disabled/{found.recipient}")
            stream = subscriber_id(found.agency, found.division)
            await runtime.executor.execute(conn, SUBSCRIBER, stream, Disable(found.recipient, ended), context)
