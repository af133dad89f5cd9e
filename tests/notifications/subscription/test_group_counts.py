"""A group's robot says once, at its hour, how much waits for the office: counted when it is sent, and not a word of a notice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notifications.notice.commands import Escalate, Remind, Suppress
from services.notifications.notice.events import NoticeSent
from services.notifications.vocabulary import Channel, SuppressionReason
from tests.notifications.delivery.outside import COUNTY, HIGH, NOTICE_OF, OFFICE, about
from tests.notifications.delivery.told import NINE, Told

TODAY = NINE.date()


def due(text: str, days: int, notice: Any = NOTICE_OF) -> Any:
    """A notice of which note is to be taken by so many days from the day of the digest."""
    return about(text, replace(notice, acknowledge_by=TODAY + timedelta(days=days)))


async def test_a_group_reads_once_at_its_hour_how_much_waits_and_not_a_word_more(told: Told) -> None:
    office = told.office
    await office.queue(due("张三家，未订阅时", -1))
    await office.subscribe(channel="WECOM", address="wecom")
    chained, nearby = replace(HIGH, chain=("CGW:533401",)), replace(HIGH, division="533422")
    ids = await office.queue(
        due("张三家，急", 0, chained), due("李四家", 9), due("王五家", 2), due("赵六家", 9), due("邻县", 1, nearby)
    )
    assert await office.deliver(Channel.WECOM) == 0
    await told.at(NINE)
    await office.order([(ids[0], Escalate()), (ids[3], Suppress(SuppressionReason.NO_LONGER_TRUE))])
    assert await office.deliver(Channel.WECOM) == 1
    said = "守望：新增 3 件，待办 4 件，临近期限 2 件，已逾期 1 件，已上报 1 件。\n[登录查看](https://shouwang.example.cn)"
    assert told.texts("wecom") == [said]
    assert sorted(await office.rows("state, coalesce(reason, '')")) == [("sent", "")] * 3 + [("suppressed", "no_longer_open")]
    sent = [NoticeSent(channel=Channel.WECOM, attempt=1)] * 3
    assert await office.events("NoticeSent") == sent
    assert await office.deliver(Channel.WECOM) == 0


async def test_however_much_there_is_a_robot_says_it_once_and_each_office_hears_of_its_own(told: Told) -> None:
    office = told.office
    await office.subscribe(channel="DINGTALK", address="dingtalk")
    clerk = await office.place.client(office.base, "MZ", COUNTY, "clerk")
    made = await clerk.post("/subscribers")
    await clerk.post(f"/subscribers/{made['id']}/subscriptions", {"channel": "DINGTALK", "address": "dingtalk"}, 201)
    await office.queue(*(due(str(n), 9) for n in range(70)), *(due(str(n), 9, replace(NOTICE_OF, agency="MZ")) for n in range(2)))
    await told.at(NINE)
    await office.runtime.pool.execute("INSERT INTO pace VALUES ('DINGTALK', 9) ON CONFLICT (channel) DO UPDATE SET allowance = 9")
    assert await office.deliver(Channel.DINGTALK) == 1  # no more than the provider allows a minute
    await office.runtime.pool.execute("UPDATE pace SET at = at - interval '1 minute'")
    assert await office.deliver(Channel.DINGTALK) == 1
    said = sorted(text.partition("。")[0] for text in told.texts("dingtalk"))
    assert said == ["守望：新增 2 件，待办 2 件", "守望：新增 70 件，待办 70 件"]
    assert await office.rows() == [("sent",)] * 72


async def test_what_is_only_reminded_of_is_not_new_and_what_was_noted_meanwhile_is_still_to_be_done(told: Told) -> None:
    office = told.office
    await office.subscribe(channel="WECOM", address="wecom")
    asked = replace(NOTICE_OF, reminders=(TODAY,), remind_days=(0, 0), accept_days=1, act_days=1)
    (first, second) = await office.queue(due("一", 9, asked), due("二", 9, asked))
    await told.at(NINE)
    await office.clerk.post(f"/notices/{first}/acknowledge")
    assert await office.deliver(Channel.WECOM) == 1
    assert [text.partition("。")[0] for text in told.texts("wecom")] == ["守望：新增 1 件，待办 2 件，临近期限 1 件"]
    await office.order([(second, Remind())])
    await office.place.until(office.published)
    await told.at(NINE + timedelta(days=1))
    assert await office.deliver(Channel.WECOM) == 1
    assert told.texts("wecom")[1].partition("。")[0] == "守望：待办 2 件，临近期限 1 件"


async def test_a_test_of_a_robot_says_how_much_waits(told: Told) -> None:
    office = told.office
    path, _ = await office.subscribe(channel="WECOM", address="wecom")
    await told.office.runtime.pool.execute(
        """INSERT INTO delivery (delivery_id, source, stream_id, recipient, cause_id, correlation_id, agency, division, channel, urgent)
           VALUES ($1, 'TEST', $1, $2, $1, $1, $3, $4, 'WECOM', true)""",
        uuid4(),
        UUID(path.rpartition("/")[2]),
        OFFICE,
        COUNTY,
    )
    assert await office.deliver(Channel.WECOM) == 1
    assert told.texts("wecom") == ["守望：待办 0 件。\n[登录查看](https://shouwang.example.cn)"]


async def test_a_robot_that_the_settings_do_not_know_is_named_and_its_url_is_no_address(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, other = told.office, {"channel": "WECOM", "address": "dingtalk"}  # that one is of the other kind
    await office.clerk.post("/subscribers")
    refused = await office.clerk.post(f"{office.path}/subscriptions", other, 422)
    assert refused["title"] == "robot_not_for_the_office"
    monkeypatch.delenv("SHOUWANG_CHANNELS_FILE")  # an API that has no channels cannot say; the sender can
    await office.subscribe(**other)
    await office.queue(due("一", 9))
    await told.at(NINE)
    assert await office.deliver(Channel.WECOM) == 1
    assert await office.rows("state, reason") == [("failed", "robot_not_configured")]
    wish = {"channel": "DINGTALK", "address": "https://oapi.dingtalk.com/robot/send?access_token=geheim"}
    refused = await office.clerk.post(f"{office.path}/subscriptions", wish, 422)
    assert (refused["title"], "geheim" in str(refused)) == ("address_not_a_robot", False)
