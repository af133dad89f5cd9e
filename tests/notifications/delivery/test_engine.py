"""From a published notice to an office's own system: taken once, sent once, and what happens when it does not work."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from aiohttp import web

from services.engine.rebuild import Rebuild
from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.notifications.channels.letter import Letter, Outcome, Receipt
from services.notifications.delivery.engine import NOT_SENT, RESENT, UNKNOWN
from services.notifications.delivery.queue import Delivery
from services.notifications.delivery.receipts import Settled
from services.notifications.delivery.source import Content
from services.notifications.notice.commands import Remind, Suppress
from services.notifications.notice.events import NoticeDelivered, NoticeFailed
from services.notifications.outbound.sources import SOURCES
from services.notifications.subscription import fanout
from services.notifications.subscription.addresses import Signing, new_key
from services.notifications.vocabulary import Channel, NoticeSeverity, SuppressionReason
from tests.notifications.channels.receiver import verified
from tests.notifications.delivery.outside import COUNTY, HIGH, NOTICE_OF, Outside, about, answering, conducting, engine_of, outside
from tests.world import World


async def test_a_notice_arrives_signed_once_and_says_that_it_arrived(office: Outside) -> None:
    path, secret = await office.subscribe()
    ids = await office.queue(about("一"), about("二"))
    assert await office.deliver() == 2
    assert sorted(office.texts()) == [["一"], ["二"]]
    assert all(verified(h, b, secret, time.time()) for h, b in zip(office.there.headers, office.there.bodies, strict=True))
    assert set(office.there.ids.values()) == {1}
    assert await office.events("NoticeDelivered") == [NoticeDelivered(channel=Channel.WEBHOOK, attempt=1)] * 2
    states = await office.place.sql("notifications", "SELECT state, sent FROM views.notice WHERE notice_id = ANY($1)", ids)
    assert [(r["state"], json.loads(r["sent"])) for r in states] == [("SENT", ["WEBHOOK"])] * 2
    assert await office.rows("state, attempt, flagged") == [("delivered", 1, False)] * 2
    await office.queue(about("三"))
    (shown,) = (await office.clerk.get(office.path))["subscriptions"]
    assert (shown["state"], shown["behind"] > 0, shown["open"]) == ("ACTIVE", True, 0)
    await office.deliver()
    (shown,) = (await office.clerk.get(office.path))["subscriptions"]
    assert (shown["last_state"], shown["failing_since"], path.endswith(shown["subscription_id"])) == ("delivered", None, True)


async def test_only_what_is_wanted_and_only_the_offices_own_is_told(office: Outside) -> None:
    await office.queue(about("before it subscribed"))
    await office.subscribe(event_types=["RiskDetected"], least_severity="MEDIUM")
    await office.queue(
        about("wanted", replace(NOTICE_OF, severity=NoticeSeverity.MEDIUM)),
        about("too low"),
        about("another kind", replace(HIGH, cause_type="CaseOpened")),
        about("another office", replace(HIGH, agency="MZ")),
        about("another county", replace(HIGH, division="533422")),
        about("a township", replace(HIGH, division="533401102")),
    )
    await office.deliver()
    assert office.texts() == [["wanted"]]


async def test_a_rebuild_or_a_second_look_sends_nothing(office: Outside) -> None:
    await office.subscribe()
    await office.queue(about("一"), about("二"))
    assert await office.deliver() == 2
    for table in ("notice", "subscription", "subscriber"):
        await Rebuild(office.runtime, table, office.runtime.settings.rebuild_url.get_secret_value()).run()
    assert await office.deliver() == 0
    await office.runtime.pool.execute("UPDATE reading SET seq = 0")  # as if the cursor had been lost
    assert await office.deliver() == 0
    assert (len(office.there.headers), len(await office.rows())) == (2, 2)


async def test_several_fan_outs_at_once_make_each_delivery_once(office: Outside) -> None:
    for _ in range(3):
        await office.subscribe()
    await office.queue(*(about(str(n)) for n in range(40)))
    await asyncio.gather(*(fanout.take(office.runtime, at_once=7) for _ in range(20)))
    while await fanout.take(office.runtime):
        pass
    assert len(await office.rows()) == 120


async def test_after_a_rewind_everything_from_there_goes_out_again_as_something_new(office: Outside) -> None:
    path, _ = await office.subscribe()
    await office.queue(about("一"))
    await office.deliver()
    (row,) = await office.place.sql(
        "notifications", "SELECT max(seq) AS last FROM feed JOIN events USING (position) WHERE type = 'NoticeQueued'"
    )
    await office.clerk.post(f"{path}/rewind", {"to_seq": row["last"]})
    assert await office.deliver() == 1
    assert (office.texts(), sorted(office.there.ids.values())) == ([["一"], ["一"]], [1, 1])
    assert await office.rows("generation, state") == [(0, "delivered"), (1, "delivered")]
    for to, code in ((0, "before_the_log"), (-5, "before_the_log"), (10_000, "beyond_the_log")):
        assert (await office.clerk.post(f"{path}/rewind", {"to_seq": to}, 409))["title"] == code
    assert await office.deliver() == 0


async def test_what_comes_during_a_pause_is_told_after_it(office: Outside) -> None:
    path, _ = await office.subscribe()
    await office.queue(about("一"))
    await fanout.take(office.runtime)
    await office.clerk.post(f"{path}/pause")
    await office.queue(about("二"))
    assert await office.deliver() == 0
    await office.clerk.post(f"{path}/resume")
    assert await office.deliver() == 2
    assert sorted(office.texts()) == [["一"], ["二"]]


async def test_a_sender_that_died_leaves_an_unknown_letter_which_goes_out_again_flagged_and_under_its_id(office: Outside) -> None:
    await office.subscribe()
    await office.queue(about("一"))
    await fanout.take(office.runtime)
    (parcel,) = await office.engine.claim(Channel.WEBHOOK)
    await office.engine.attempt(Channel.WEBHOOK, parcel)  # it went out, and the process is gone
    assert await office.rows("state, attempt") == [("sending", 1)]
    assert await office.deliver() == 0
    unknown, resent = (c.labels("WEBHOOK")._value.get() for c in (UNKNOWN, RESENT))
    await office.leases_end()
    assert await office.engine.claim(Channel.MAIL) == []
    assert await office.rows() == [("sending",)]
    assert await office.deliver() == 0  # lost, and not tried again at once
    await office.due()
    assert await office.deliver() == 1
    assert await office.rows("state, attempt, unknowns, flagged") == [("delivered", 2, 1, True)]
    assert list(office.there.ids.values()) == [2]
    assert [h["shouwang-attempt"] for h in office.there.headers] == ["1", "2"]
    assert [c.labels("WEBHOOK")._value.get() for c in (UNKNOWN, RESENT)] == [unknown + 1, resent + 1]


async def test_a_receipt_that_an_outage_kept_is_written_before_its_letter_goes_out_again(office: Outside) -> None:
    await office.subscribe()
    await office.queue(about("一"))
    await fanout.take(office.runtime)
    (parcel,) = await office.engine.claim(Channel.WEBHOOK)
    receipt, answered = await office.engine.attempt(Channel.WEBHOOK, parcel)
    await office.leases_end()  # the database was away for that long, and the first to be back looks for lost letters
    assert await office.deliver() == 0
    assert await office.rows("state, unknowns") == [("unknown", 1)]
    assert await office.engine.settle([Settled(Channel.WEBHOOK, parcel.group, receipt, answered)]) == 1
    await office.due()
    assert await office.deliver() == 0
    assert (await office.rows(), list(office.there.ids.values())) == ([("delivered",)], [1])


async def test_a_receipt_counts_once_and_a_late_one_only_for_its_own_attempt(office: Outside) -> None:
    await office.subscribe()
    await office.queue(about("一"))
    await fanout.take(office.runtime)
    (parcel,) = await office.engine.claim(Channel.WEBHOOK)
    await office.due()
    (again,) = await office.engine.claim(Channel.WEBHOOK)
    arrived = Receipt(Outcome.DELIVERED)
    assert await office.engine.settle([Settled(Channel.WEBHOOK, parcel.group, arrived)]) == 0
    assert await office.engine.settle([Settled(Channel.WEBHOOK, again.group, arrived)]) == 1
    assert await office.engine.settle([Settled(Channel.WEBHOOK, again.group, arrived)]) == 0
    assert await office.engine.settle([Settled(Channel.WEBHOOK, again.group, Receipt(Outcome.REFUSED))]) == 0
    assert await office.events("NoticeDelivered") == [NoticeDelivered(channel=Channel.WEBHOOK, attempt=2)]
    assert await office.events("NoticeFailed") == []


async def test_a_fate_that_stays_unknown_ends_as_failed_after_the_resends_of_the_policy(place: World, tmp_path: Path) -> None:
    async with outside(place, tmp_path, conducting(resends=1)) as office:
        await office.subscribe()
        await office.queue(about("一"))
        await fanout.take(office.runtime)
        for _ in range(2):
            (parcel,) = await office.engine.claim(Channel.WEBHOOK)
            await office.engine.settle([Settled(Channel.WEBHOOK, parcel.group, Receipt(Outcome.UNKNOWN, reason="no_answer"))])
            await office.due()
        assert await office.rows("state, reason, attempt, unknowns") == [("failed", "fate_unknown", 2, 1)]
        assert await office.events("NoticeFailed") == [NoticeFailed(channel=Channel.WEBHOOK, reason="fate_unknown")]


async def test_what_is_over_when_it_would_go_out_is_not_sent_and_counted(office: Outside) -> None:
    await office.subscribe()
    ids = await office.queue(about("一"), about("二"))
    await fanout.take(office.runtime)
    await office.order([(ids[0], Suppress(SuppressionReason.NO_LONGER_TRUE))])
    before = NOT_SENT.labels("WEBHOOK", "no_longer_open")._value.get()
    assert await office.deliver() == 1
    assert office.texts() == [["二"]]
    assert sorted(await office.rows("state, reason"), key=str) == [("delivered", None), ("suppressed", "no_longer_open")]
    assert NOT_SENT.labels("WEBHOOK", "no_longer_open")._value.get() == before + 1


async def test_a_reminder_goes_out_as_a_letter_of_its_own_also_of_what_was_promised_but_not_of_what_is_done(
    office: Outside,
) -> None:
    await office.subscribe()
    day = today(office.runtime.clock)
    asked = replace(about("一"), reminders=(day,), remind_days=(0, 0), accept_days=1, act_days=1)
    (asked_id, promised_id) = await office.queue(asked, replace(asked, subject_id=uuid4()))
    assert await office.deliver() == 2
    await office.order([(asked_id, Remind())])
    await office.clerk.post(f"/notices/{promised_id}/acknowledge")
    await office.order([(promised_id, Remind())])
    await office.place.until(office.published)
    assert await office.deliver() == 2
    await office.order([(asked_id, Suppress(SuppressionReason.NO_LONGER_TRUE))])
    assert await office.deliver() == 0
    assert set(office.there.ids.values()) == {1}
    assert [len(texts) for texts in office.texts()] == [1] * 4


async def test_a_delivery_that_cannot_be_made_stops_none_of_the_others(office: Outside) -> None:
    await office.subscribe()
    ids = await office.queue(about("一"), about("二"))
    await fanout.take(office.runtime)
    await office.place.sql("notifications", "UPDATE events SET schema_fp = '\\x0000000000000000' WHERE stream_id = $1", ids[0])
    assert await office.deliver() == 1
    assert office.texts() == [["二"]]
    assert sorted(await office.rows("state, reason"), key=str) == [("delivered", None), ("suppressed", "not_made")]


async def test_the_engine_runs_by_itself_and_finishes_what_is_under_way(office: Outside) -> None:
    path, _ = await office.subscribe()
    running = [asyncio.create_task(office.engine.run()), asyncio.create_task(fanout.run(office.runtime))]
    tried = await office.clerk.post(f"{path}/test")
    assert (tried["state"], tried["reason"], tried["attempt"]) == ("delivered", None, 1)
    assert office.texts() == [["这是一条测试通知，不涉及任何人。"]]
    office.there.answering = answering(500)
    tried = await office.clerk.post(f"{path}/test")
    assert (tried["state"], tried["reason"]) == ("due", "http_500")
    started, release = asyncio.Event(), asyncio.Event()

    async def slow(_: web.Request, __: bytes) -> web.StreamResponse:
        started.set()
        await release.wait()
        return web.Response()

    office.there.answering = slow
    await office.queue(about("一"))
    await asyncio.wait_for(started.wait(), 60)
    for task in running:
        task.cancel()
    release.set()
    await asyncio.gather(*running, return_exceptions=True)
    assert (await office.rows("state"))[-1] == ("delivered",)


async def test_an_office_sees_what_became_of_its_deliveries_and_of_no_others(office: Outside) -> None:
    await office.subscribe()
    office.there.answering = answering(500)
    await office.queue(about("一"))
    await office.deliver()
    page = await office.clerk.get("/deliveries", state="due")
    assert [(d["state"], d["reason"], d["channel"]) for d in page["items"]] == [("due", "http_500", "WEBHOOK")]
    other = await office.place.client(office.base, "MZ", COUNTY, "clerk")
    assert (await other.get("/deliveries"))["items"] == []


class Reminders:
    """Another source, whose address is looked up elsewhere at the last moment."""

    def __init__(self, to: str, keys: tuple[str, ...]) -> None:
        self._to, self._keys, self.ends = to, keys, list[tuple[UUID, str]]()

    async def prepare(self, runtime: Runtime, conn: Any, claimed: Sequence[Delivery]) -> Sequence[Content | str]:
        """Always the same words."""
        return [Content("", self._keys, "换证提醒", "请换证", {"text": "请换证"}) for _ in claimed]

    async def addressed(self, _: Runtime, __: Channel, ___: Sequence[Content], letter: Letter) -> Letter | Receipt:
        """Always the same address."""
        return replace(letter, to=self._to)

    async def settled(
        self, runtime: Runtime, conn: Any, done: Sequence[Delivery], channel: Channel, state: str, reason: str
    ) -> None:
        """Keep what became of them."""
        self.ends += [(d.recipient, state) for d in done]


async def test_the_engine_carries_another_source_to_recipients_that_are_no_subscriptions(office: Outside) -> None:
    key, shown = new_key(Signing.ED25519)
    reminders, persons = Reminders(office.there.url, (key,)), [uuid4(), uuid4()]
    engine = engine_of(office.runtime, office.engine.senders, {**SOURCES, "REMINDER": reminders})
    for person in persons:
        await office.runtime.pool.execute(
            """INSERT INTO delivery (delivery_id, source, stream_id, recipient, cause_id, correlation_id, agency, division, channel, urgent)
               VALUES ($1, 'REMINDER', $1, $2, $1, $1, 'CL', '533401102001', 'WEBHOOK', true)""",
            uuid4(),
            person,
        )
    parcels = await engine.claim(Channel.WEBHOOK)
    await asyncio.gather(*(engine.deliver(Channel.WEBHOOK, p) for p in parcels))
    assert sorted(reminders.ends) == sorted((person, "delivered") for person in persons)
    assert office.texts() == [["请换证"], ["请换证"]]
    assert all(verified(h, b, shown, time.time()) for h, b in zip(office.there.headers, office.there.bodies, strict=True))
