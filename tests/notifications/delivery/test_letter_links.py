"""The link by which an office takes note: in mail and webhooks to offices, as long as the policy says, and nowhere else."""

import json
from dataclasses import replace
from uuid import uuid4

import aiohttp
import pytest

from services.notifications.outbound import loop
from services.notifications.subscription import fanout
from services.notifications.vocabulary import Channel
from tests.notifications.delivery.outside import NOTICE_OF, Outside, about
from tests.notifications.delivery.told import SITE, Told


async def test_the_link_in_a_mail_takes_note_and_in_a_webhook_it_stands_beside_the_notice(told: Told) -> None:
    office = told.office
    await office.subscribe(channel="MAIL", address="office@example.cn")
    await office.subscribe()
    (queued,) = await office.queue(about("请办理"))
    assert [await office.deliver(channel) for channel in (Channel.MAIL, Channel.WEBHOOK)] == [1, 1]
    (mail,) = told.house.control.records("mail")
    lines = mail["text"].splitlines()
    assert (lines[0], len(lines), lines[1].startswith(f"签收：{SITE}/a/")) == ("请办理", 2, True)
    (notice,) = json.loads(office.there.bodies[0])["data"]["notices"]
    assert (notice["notice_id"], notice["link"].startswith(f"{SITE}/a/")) == (str(queued), True)
    for link in (lines[1].removeprefix("签收："), notice["link"]):
        async with aiohttp.ClientSession() as session, session.post(link.replace(SITE, office.base)) as answer:
            assert (answer.status, "已签收" in await answer.text()) == (200, True)
    (row,) = await office.events("NoticeAcknowledged")
    assert row.channel == Channel.INBOX


async def test_no_text_to_a_telephone_carries_a_link_and_without_a_site_nothing_does(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = told.office
    await office.subscribe(channel="SMS", address="13800000000")
    await office.queue(about("请办理"))
    assert await office.deliver(Channel.SMS) == 1
    assert told.texts("sms") == ["请办理"]
    monkeypatch.delenv("SHOUWANG_SITE")
    await office.subscribe(channel="MAIL", address="office@example.cn")
    await office.subscribe()
    await office.queue(about("请再办理"))
    assert [await office.deliver(channel) for channel in (Channel.MAIL, Channel.WEBHOOK)] == [1, 1]
    assert [text.splitlines() for text in told.texts("mail")] == [["请再办理"]]
    (notice,) = json.loads(office.there.bodies[0])["data"]["notices"]
    assert "link" not in notice


async def test_a_link_serves_for_as_long_as_the_policy_says_from_the_making_of_its_delivery(told: Told) -> None:
    office = told.office
    await office.subscribe(channel="MAIL", address="office@example.cn")
    await office.queue(about("请办理"))
    while await fanout.take(office.runtime):
        pass
    await office.runtime.pool.execute("UPDATE delivery SET created_at = now() - interval '31 days'")
    assert await office.deliver(Channel.MAIL) == 1
    link = told.texts("mail")[0].splitlines()[1].removeprefix(f"签收：{SITE}")
    async with aiohttp.ClientSession() as session, session.post(office.base + link) as answer:
        assert (answer.status, (await answer.json(content_type=None))["title"]) == (404, "link_expired")


@pytest.mark.parametrize(
    "site", ["http://notices.example.cn", "notices.example.cn", "https://a:b@notices.example.cn", "https://a.cn/?b"]
)
async def test_a_site_that_cannot_be_one_stops_the_start(site: str, office: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_SITE", site)
    with pytest.raises(ValueError, match="SHOUWANG_SITE"):
        await loop.run(office.runtime)


async def test_a_webhook_and_a_mail_carry_the_offices_that_had_the_matter_before(told: Told) -> None:
    office = told.office
    await office.subscribe()
    await office.subscribe(channel="MAIL", address="office@example.cn")
    trail = ("XCZX:533401:0:NOT_ACCEPTED:2026-03-02", "MZ:533401:1:REJECTED.NOT_OUR_AREA:2026-03-05")
    await office.queue(about("一"), about("二", replace(NOTICE_OF, stage=2, trail=trail)))
    assert [await office.deliver(channel) for channel in (Channel.WEBHOOK, Channel.MAIL)] == [2, 2]
    assert sorted(len(text.splitlines()) for text in told.texts("mail")) == [2, 3]
    (mail,) = [text.splitlines() for text in told.texts("mail") if text.startswith("二")]
    assert mail[1] == "经过：香格里拉市乡村振兴局未按时受理2026年3月2日；香格里拉市民政局退回（不属本辖区）2026年3月5日。"
    said = {n["text"]: n["trail"] for body in office.there.bodies for n in json.loads(body)["data"]["notices"]}
    assert said == {
        "一": [],
        "二": [
            {"agency": "XCZX", "division": "533401", "stage": 0, "what": "NOT_ACCEPTED", "reason": None, "on": "2026-03-02"},
            {"agency": "MZ", "division": "533401", "stage": 1, "what": "REJECTED", "reason": "NOT_OUR_AREA", "on": "2026-03-05"},
        ],
    }


async def test_several_notices_of_one_mail_are_numbered_and_set_apart(told: Told) -> None:
    office = told.office
    await office.subscribe(channel="MAIL", address="office@example.cn")
    one = uuid4()
    await office.queue(about("请办理", subject=one), about("请核实", subject=one))
    assert await office.deliver(Channel.MAIL) == 1
    (mail,) = told.house.control.records("mail")
    first, link, between, second, *_ = mail["text"].splitlines()
    assert (first[:3], link[:3], between, second[:3]) == ("1. ", "签收：", "", "2. ")
    assert {first[3:], second[3:]} == {"请办理", "请核实"}
