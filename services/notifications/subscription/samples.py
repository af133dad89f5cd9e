"""Test deliveries: one under way for a subscription, a few a day for it and for its office, so that no number is sent samples at will."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.kernel.errors import Rejected, ShouwangError
from services.notifications.delivery.queue import Delivery, insert_test
from services.notifications.delivery.source import Content
from services.notifications.policy.rows import Sampling
from services.notifications.subscription import addresses
from services.notifications.subscription.notice_source import Subscribed, fared
from services.notifications.vocabulary import Channel, NoticeSeverity

# Tests of one office one after the other: each sees those before it.
_ALONE = "SELECT FROM views.subscriber WHERE subscriber_id = $1 FOR UPDATE"
_KNOWN = """SELECT count(*) FILTER (WHERE recipient = $1) AS mine, count(*) AS office,
    (SELECT count(*) FROM delivery WHERE recipient = $1 AND source = 'TEST'
        AND state IN ('due', 'sending', 'unknown') AND (state <> 'due' OR attempt = 0)) AS under_way
FROM delivery WHERE source = 'TEST' AND agency = $2 AND division = $3 AND created_at > now() - interval '1 day'"""
# One that was tried and waits for its next try has said what it can: whoever mended the address tests again.
_AGAIN = """UPDATE delivery SET state = 'suppressed', reason = 'tested_again', settled_at = now()
    WHERE recipient = $1 AND source = 'TEST' AND state = 'due'"""


class TooManyTests(ShouwangError):
    """As many as the policy allows went out within a day. HTTP 429."""

    status = 429


async def make(conn: Any, delivery_id: UUID, subscription: Any, command_id: UUID, rule: Sampling) -> None:
    """A sample for a subscription (its row). Raises `Rejected` while one is under way, `TooManyTests`."""
    await conn.execute(_ALONE, subscription["subscriber_id"])
    known = await conn.fetchrow(_KNOWN, subscription["subscription_id"], subscription["agency"], subscription["division"])
    if known["under_way"]:
        raise Rejected("test_under_way", "上一条测试尚无结果，请稍候")
    if known["mine"] >= rule.a_day or known["office"] >= rule.office_a_day:
        raise TooManyTests("too_many_tests", f"一天内每个订阅最多测试{rule.a_day}次，每个单位最多{rule.office_a_day}次")
    await conn.execute(_AGAIN, subscription["subscription_id"])
    await insert_test(conn, delivery_id, subscription, command_id)


class Tests(Subscribed):
    """A sample for an office that wants to see whether its address works. Says nothing about anybody."""

    async def prepare(self, runtime: Runtime, conn: Any, claimed: Sequence[Delivery]) -> Sequence[Content | str]:
        """See `Source`."""
        known = await addresses.of(conn, [d.recipient for d in claimed])
        day = today(runtime.clock)
        return [
            "no_address"
            if d.recipient not in known
            else Content(
                known[d.recipient].to,
                known[d.recipient].keys,
                "守望测试通知",
                "这是一条测试通知，不涉及任何人。",
                {
                    "notice_id": str(d.stream_id),
                    "kind": "Test",
                    "subject_id": None,
                    "person_id": None,
                    "division": d.division,
                    "severity": NoticeSeverity.LOW.value,
                    "text": "这是一条测试通知，不涉及任何人。",
                    "acknowledge_by": day.isoformat(),
                    "stage": 0,
                    "trail": [],
                },
            )
            for d in claimed
        ]

    async def settled(
        self, runtime: Runtime, conn: Any, done: Sequence[Delivery], channel: Channel, state: str, reason: str
    ) -> None:
        """A test that arrives shows that the address works again; one that does not proves nothing yet."""
        if state in ("sent", "delivered"):
            await fared(runtime, conn, done, channel, state, reason)
