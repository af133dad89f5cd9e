"""When a letter goes out: shut channels, quiet hours, ceilings, digests, shares, the schedule of tries, and the end of a subscription."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from services.notifications.delivery.queue import HELD
from services.notifications.notice.events import NoticeFailed
from services.notifications.policy.rows import Switch
from services.notifications.subscription import fanout
from services.notifications.vocabulary import Channel
from tests.notifications.delivery.outside import COUNTY, HIGH, NOTICE_OF, OFFICE, Outside, about, answering, conducting, outside
from tests.world import World


def held(why: str, channel: Channel = Channel.WEBHOOK) -> dict[str, float]:
    """How many deliveries were delayed so far for a reason, the urgent and the others."""
    return {urgent: HELD.labels(channel, why, urgent)._value.get() for urgent in ("false", "true")}


async def test_a_shut_channel_keeps_everything_and_an_open_one_lets_it_go(office: Outside) -> None:
    await office.subscribe()
    await office.queue(about("一"))
    policy, service = office.runtime.service.policy, office.runtime.service
    shut = tuple(replace(r, value=Switch(False)) if r.id == "WEBHOOK" else r for r in policy.channels.rows)
    office.runtime.service = replace(service, policy=replace(policy, channels=type(policy.channels)(shut)))
    assert await office.deliver() == 0
    assert await office.rows() == [("due",)]
    office.runtime.service = service
    assert await office.deliver() == 1


async def test_in_quiet_hours_everything_waits_for_the_morning_and_is_counted(place: World, tmp_path: Path) -> None:
    place.set_clock(datetime(2026, 3, 2, 14, tzinfo=UTC))  # 22:00 in Shanghai
    async with outside(place, tmp_path, conducting(quiet_from=21, quiet_until=8)) as office:
        await office.subscribe()
        await office.queue(about("一"), about("二", HIGH))
        before = held("quiet_hours")
        assert await office.deliver() == 0
        assert held("quiet_hours") == {"false": before["false"] + 1, "true": before["true"] + 1}
        assert set(await office.rows("held_until, held_for")) == {(datetime(2026, 3, 3, 0, tzinfo=UTC), "quiet_hours")}
        place.set_clock(datetime(2026, 3, 2, 23, 59, tzinfo=UTC))
        assert await office.deliver() == 0
        place.set_clock(datetime(2026, 3, 3, 0, 0, 1, tzinfo=UTC))
        assert await office.deliver() == 2


async def test_over_the_days_ceiling_the_urgent_waits_for_tomorrow_and_the_rest_is_not_sent(place: World, tmp_path: Path) -> None:
    place.set_clock(datetime(2026, 3, 2, 2, tzinfo=UTC))
    async with outside(place, tmp_path, conducting(ceiling=1)) as office:
        await office.subscribe()
        await office.queue(about("first"))
        await office.deliver()
        reminder = replace(NOTICE_OF, reminder="ONE_MONTH")
        await office.queue(about("low"), about("urgent", HIGH), about("last reminder", reminder))
        before = held("ceiling")
        assert await office.deliver() == 0
        assert held("ceiling") == {"false": before["false"], "true": before["true"] + 2}
        reasons = {("delivered", None, None), ("suppressed", "ceiling", None), ("due", None, "ceiling")}
        assert set(await office.rows("state, reason, held_for")) == reasons
        place.set_clock(datetime(2026, 3, 2, 16, 0, 1, tzinfo=UTC))  # midnight in Shanghai
        assert await office.deliver() == 1
        place.set_clock(datetime(2026, 3, 3, 16, 0, 1, tzinfo=UTC))
        assert await office.deliver() == 1
        assert sorted(office.texts()) == [["first"], ["last reminder"], ["urgent"]]


async def test_a_digest_is_one_letter_at_its_hour_and_the_urgent_does_not_wait(place: World, tmp_path: Path) -> None:
    place.set_clock(datetime(2026, 3, 2, 2, tzinfo=UTC))
    async with outside(place, tmp_path) as office:
        await office.subscribe(digest=True)
        await office.queue(about("一"), about("二"), about("urgent", HIGH), about("三"))
        before = held("digest")
        assert await office.deliver() == 1
        assert office.texts() == [["urgent"]]
        assert held("digest") == {"false": before["false"] + 3, "true": before["true"]}
        place.set_clock(datetime(2026, 3, 3, 1, 0, 1, tzinfo=UTC))  # nine in the morning
        office.there.answering = answering(500)
        assert await office.deliver() == 1
        office.there.answering = answering(200)
        await office.due()
        await office.queue(about("later"))
        assert await office.deliver() == 1
        assert sorted(office.texts()[1]) == sorted(office.texts()[2]) == sorted(["一", "二", "三"])
        assert len({h["webhook-id"] for h in office.there.headers}) == 2
        assert len(await office.events("NoticeDelivered")) == 4


async def test_what_a_group_reads_at_its_hour_is_counted_as_delayed_once_the_urgent_too(office: Outside) -> None:
    await office.subscribe(channel="WECOM", address="robot")
    await office.queue(about("一"), about("urgent", HIGH), about("last reminder", replace(NOTICE_OF, reminder="ONE_MONTH")))
    before = held("digest", Channel.WECOM)
    while await fanout.take(office.runtime):
        pass
    assert held("digest", Channel.WECOM) == {"false": before["false"] + 1, "true": before["true"] + 2}
    await office.runtime.pool.execute("UPDATE reading SET seq = 0")  # taken once more, without a rewind: the same deliveries
    while await fanout.take(office.runtime):
        pass
    assert held("digest", Channel.WECOM) == {"false": before["false"] + 1, "true": before["true"] + 2}


async def test_several_notices_about_one_subject_are_one_letter(office: Outside) -> None:
    await office.subscribe()
    one = uuid4()
    await office.queue(about("一", subject=one), about("二", subject=one), about("三"))
    assert await office.deliver() == 2
    assert sorted(sorted(t) for t in office.texts()) == [["一", "二"], ["三"]]


async def test_an_address_that_has_ended_disables_its_subscription_and_the_office_and_operators_are_told(office: Outside) -> None:
    path, _ = await office.subscribe()
    await office.place.start(office.runtime, "worker")
    office.there.answering = answering(410)
    await office.queue(about("一"))
    assert await office.deliver() == 1
    await office.queue(about("二"))
    assert await office.deliver() == 0
    (shown,) = (await office.clerk.get(office.path))["subscriptions"]
    assert (shown["state"], shown["disabled_for"]) == ("DISABLED", "GONE")

    async def told() -> list[Any]:
        return await office.place.sql(
            "notifications", "SELECT agency, division FROM views.notice WHERE route = 'subscription-disabled' ORDER BY agency"
        )

    assert [tuple(r) for r in await office.place.until(told)] == [(OFFICE, COUNTY), ("OPS", "5334")]
    office.there.answering = answering(200)
    assert (await office.clerk.post(f"{path}/pause", status=409))["title"] == "subscription_disabled"
    await office.clerk.post(f"{path}/resume")
    assert await office.deliver() >= 1
    assert ["二"] in office.texts()


async def test_days_of_failure_disable_too_and_a_success_in_between_begins_anew(office: Outside) -> None:
    await office.subscribe()
    await office.queue(about("一"), about("二"))
    office.there.answering = answering(500)
    await office.deliver()
    await office.runtime.pool.execute("UPDATE reading SET failing_since = now() - interval '4 days'")
    await office.due()
    await office.deliver()
    assert await office.events("SubscriptionDisabled") == []
    await office.runtime.pool.execute("UPDATE reading SET failing_since = now() - interval '5 days'")
    await office.due()
    await office.deliver()
    assert [e.reason.value for e in await office.events("SubscriptionDisabled")] == ["LONG_FAILURE"]


async def test_a_receivers_retry_after_is_honoured_and_the_schedule_ends(place: World, tmp_path: Path) -> None:
    async with outside(place, tmp_path, conducting(retry=(0, 10, 20))) as office:
        await office.subscribe()
        await office.queue(about("一"))
        waits = "state, reason, tries, round(extract(epoch FROM due_at - now()))::int"
        office.there.answering = answering(503, Retry_After="700")
        await office.deliver()
        ((state, reason, tries, wait),) = await office.rows(waits)
        assert (state, reason, tries, 695 <= wait <= 700) == ("due", "http_503", 1, True)
        office.there.answering = answering(500)
        await office.due()
        await office.deliver()
        ((state, reason, tries, wait),) = await office.rows(waits)
        assert (state, reason, tries, 15 <= wait <= 20) == ("due", "http_500", 2, True)
        await office.due()
        await office.deliver()
        assert await office.rows("state, reason, attempt") == [("failed", "given_up", 3)]
        assert await office.events("NoticeFailed") == [NoticeFailed(channel=Channel.WEBHOOK, reason="given_up")]


async def test_a_slow_office_takes_its_share_and_leaves_the_rest_to_others(place: World, tmp_path: Path) -> None:
    async with outside(place, tmp_path, conducting(concurrency=6, per_recipient=2)) as office:
        await office.subscribe()
        await office.subscribe()
        await office.queue(*(about(str(n)) for n in range(8)))
        while await fanout.take(office.runtime):  # a round serves those that stand at or behind the one it begins with
            pass
        parcels = await office.engine.claim(Channel.WEBHOOK)
        assert sorted([p.group.recipient for p in parcels].count(r) for r in {p.group.recipient for p in parcels}) == [2, 2]
        assert await office.engine.claim(Channel.WEBHOOK) == []
        await office.engine.deliver(Channel.WEBHOOK, parcels[0])
        (following,) = await office.engine.claim(Channel.WEBHOOK)
        assert following.group.recipient == parcels[0].group.recipient


async def test_no_more_letters_a_minute_than_the_policy_says(place: World, tmp_path: Path) -> None:
    async with outside(place, tmp_path, conducting(per_minute=120, per_recipient=50)) as office:
        await office.subscribe()
        await office.queue(*(about(str(n)) for n in range(9)))
        await fanout.take(office.runtime)
        assert len(await office.engine.claim(Channel.WEBHOOK)) == 2
        assert len(await office.engine.claim(Channel.WEBHOOK)) <= 1
