"""The text gateway's receipts at the service's own endpoint: what a text that was taken becomes, in whatever order it is said."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from deploy.sandbox.providers import gateway
from deploy.sandbox.providers.control import Do, Step
from deploy.sandbox.providers.house import House
from services.notifications.channels.settings import Channels
from services.notifications.channels.sms import SmsSender
from services.notifications.delivery.engine import Parcel
from services.notifications.delivery.receipts import Settled
from services.notifications.notice.events import NoticeDelivered, NoticeFailed, NoticeSent
from services.notifications.subscription import fanout
from services.notifications.vocabulary import Channel, DisablingReason
from tests.notifications.delivery.outside import Outside, about, engine_of, outside
from tests.notifications.delivery.told import configured
from tests.world import World

MOBILE, NOON = "13800000000", datetime(2026, 3, 2, 4, tzinfo=UTC)  # in Shanghai


@dataclass
class Texted:
    """An office that is told by text, the gateway that tells it, and our endpoint for its receipts."""

    office: Outside
    house: House

    async def receipt(self, reference: str, status: str = "delivered", secret: str = gateway.RECEIPT_SECRET, **more: Any) -> int:
        """Bring a receipt as the gateway would; the answer's status."""
        stamp = more.pop("stamp", None)
        body = json.dumps({"reference": reference, "provider_ref": "gw-1", "status": status, **more}).encode()
        headers = gateway.signed(body, stamp, secret)
        async with aiohttp.ClientSession() as session, session.post(self.url, data=body, headers=headers) as answer:
            return answer.status

    @property
    def url(self) -> str:
        """Our endpoint."""
        return f"{self.office.base}/receipts/sms"

    async def parcel(self, text: str = "一") -> Parcel:
        """A notice that is on its way: claimed, not yet sent."""
        await self.office.queue(about(text))
        while await fanout.take(self.office.runtime):
            pass
        (parcel,) = await self.office.engine.claim(Channel.SMS)
        return parcel

    async def sent(self, text: str = "一") -> str:
        """A notice that the gateway took, which brings no receipt of its own; its reference."""
        self.house.gateway.receipts_url = None
        parcel = await self.parcel(text)
        await self.office.engine.deliver(Channel.SMS, parcel)
        return parcel.letter.reference


@pytest.fixture
async def texted(
    place: World, house: House, channels: Channels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Texted]:
    """See `Texted`; by day, for texts keep quiet hours."""
    configured(house, monkeypatch)
    place.set_clock(NOON)
    assert channels.sms is not None
    sms = SmsSender(channels.sms)
    async with outside(place, tmp_path) as office:
        office.engine = engine_of(office.runtime, {Channel.SMS: sms}, jitter=lambda: 0.0)
        await office.subscribe(channel="SMS", address=MOBILE)
        made = Texted(office, house)
        house.gateway.receipts_url = made.url
        yield made
    await sms.close()


async def test_a_receipt_that_overtakes_our_own_record_is_brought_again_and_counts_then(texted: Texted) -> None:
    office, parcel = texted.office, await texted.parcel()
    receipt, _ = await office.engine.attempt(Channel.SMS, parcel)  # the gateway has it and we have not written so yet
    await texted.house.control.met("sms.receipt")
    assert await office.rows("state") == [("sending",)]
    await office.engine.settle([Settled(Channel.SMS, parcel.group, receipt)])
    await texted.house.gateway.settled()
    answers = [m["answer"] for m in texted.house.control.records("sms.receipt")]
    assert (answers[0], answers[-1], set(answers[:-1])) == (404, 204, {404})
    assert await office.rows("state, attempt, reason") == [("delivered", 1, None)]
    assert await office.events("NoticeSent") == [NoticeSent(channel=Channel.SMS, attempt=1)]
    assert await office.events("NoticeDelivered") == [NoticeDelivered(channel=Channel.SMS, attempt=1)]


async def test_receipts_come_twice_late_and_out_of_order_and_count_once(texted: Texted) -> None:
    office = texted.office
    texted.house.control.plan("sms", Step(Do.TWICE), Step(Do.LATE, seconds=0.2), Step(Do.SWAP))
    await office.queue(about("一"), about("二"), about("三"))
    assert await office.deliver(Channel.SMS) == 3
    await texted.house.gateway.settled()
    assert await office.rows("state, attempt") == [("delivered", 1)] * 3
    assert await office.events("NoticeDelivered") == [NoticeDelivered(channel=Channel.SMS, attempt=1)] * 3
    assert await office.events("NoticeFailed") == []


async def test_a_text_that_did_not_arrive_fails_and_a_number_that_has_ended_disables_the_subscription(texted: Texted) -> None:
    office = texted.office
    texted.house.control.plan("sms", Step(Do.FAIL, "not_reachable"), Step(Do.FAIL, "number_ended"))
    for text in ("一", "二"):
        await office.queue(about(text))
        assert await office.deliver(Channel.SMS) == 1
        await texted.house.gateway.settled()
    assert await office.rows("state, reason") == [("failed", "not_reachable"), ("failed", "gone")]
    failed = await office.events("NoticeFailed")
    assert failed == [NoticeFailed(channel=Channel.SMS, reason=reason) for reason in ("not_reachable", "gone")]
    assert [e.reason for e in await office.events("SubscriptionDisabled")] == [DisablingReason.GONE]


async def test_what_was_said_first_of_the_end_holds(texted: Texted) -> None:
    reference = await texted.sent()
    said = [("accepted", {}), ("failed", {"code": "expired"}), ("delivered", {}), ("failed", {"code": "number_ended"})]
    assert [await texted.receipt(reference, status, **more) for status, more in said] == [204] * 4
    assert await texted.office.rows("state, reason") == [("failed", "expired")]
    assert await texted.office.events("NoticeDelivered") == []
    assert await texted.office.events("SubscriptionDisabled") == []


async def test_the_same_receipt_many_times_at_once_counts_once(texted: Texted) -> None:
    reference = await texted.sent()
    answers = await asyncio.gather(*(texted.receipt(reference) for _ in range(8)))
    assert set(answers) <= {204, 412}
    assert 204 in answers
    assert await texted.office.events("NoticeDelivered") == [NoticeDelivered(channel=Channel.SMS, attempt=1)]


async def test_a_receipt_settles_a_text_of_unknown_fate_so_that_it_does_not_go_out_again(texted: Texted) -> None:
    office = texted.office
    texted.house.gateway.receipts_url = None
    texted.house.control.plan("sms", Step(Do.CUT))
    parcel = await texted.parcel()
    await office.engine.deliver(Channel.SMS, parcel)
    assert await office.rows("state") == [("unknown",)]
    assert await texted.receipt(parcel.letter.reference) == 204
    await office.due()
    assert await office.deliver(Channel.SMS) == 0
    assert await office.rows("state, flagged, unknowns") == [("delivered", False, 1)]


async def test_a_receipt_during_the_next_attempt_waits_for_its_end(texted: Texted) -> None:
    office = texted.office
    texted.house.gateway.receipts_url = None
    texted.house.control.plan("sms", Step(Do.LIMIT))
    first = await texted.parcel()
    await office.engine.deliver(Channel.SMS, first)
    assert await office.rows("state, reason") == [("due", "rate_limited")]
    assert await texted.receipt(first.letter.reference) == 404
    await office.due()
    (again,) = await office.engine.claim(Channel.SMS)
    assert (again.letter.reference, await texted.receipt(first.letter.reference)) == (first.letter.reference, 404)
    await office.engine.deliver(Channel.SMS, again)
    assert await texted.receipt(first.letter.reference) == 204
    assert await office.events("NoticeDelivered") == [NoticeDelivered(channel=Channel.SMS, attempt=2)]


async def test_what_is_forged_unreadable_or_about_nothing_of_ours_changes_nothing(texted: Texted) -> None:
    reference = await texted.sent()
    webhook = uuid4()
    await texted.office.runtime.pool.execute(
        """INSERT INTO delivery (delivery_id, source, stream_id, recipient, cause_id, correlation_id, agency, division, channel, urgent,
           state, letter_id, attempt) VALUES ($1, 'TEST', $1, $1, $1, $1, 'CL', '533401', 'WEBHOOK', true, 'sent', $1, 1)""",
        webhook,
    )
    assert [
        await texted.receipt(reference, secret="another"),
        await texted.receipt(reference, stamp=1_000_000),
        await texted.receipt(reference, "flown"),
        await texted.receipt("n-1"),
        await texted.receipt(str(UUID(int=7))),
        await texted.receipt(str(webhook)),
    ] == [401, 401, 400, 404, 404, 404]
    assert await texted.office.rows("state") == [("sent",), ("sent",)]


async def test_the_refusals_are_named_and_without_a_gateway_there_is_no_endpoint(
    texted: Texted, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with aiohttp.ClientSession() as session:

        async def title() -> tuple[int, str]:
            async with session.post(texted.url, data=b"{}") as answer:
                return answer.status, (await answer.json(content_type=None))["title"]

        assert await title() == (401, "signature_not_right")
        texted.house.channels.write_text("")
        assert await title() == (404, "not_configured")
        monkeypatch.delenv("SHOUWANG_CHANNELS_FILE")
        assert await title() == (404, "not_configured")


async def test_an_exchanged_secret_holds_at_once(texted: Texted) -> None:
    reference = await texted.sent()
    (texted.house.folder / "secrets" / "sms_receipt_secret").write_text("exchanged\n")
    assert await texted.receipt(reference) == 401
    assert await texted.receipt(reference, secret="exchanged") == 204
