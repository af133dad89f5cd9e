"""What each channel makes of the same notices: counts for a group, a sealed day for a bureau, links in mail and webhooks and nowhere else."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from deploy.sandbox.providers.authority import Authority
from deploy.sandbox.providers.folder import Opened, opened
from deploy.sandbox.providers.house import House
from services.kernel.settings import Settings
from services.notifications import fanout
from services.notifications.channels import opening
from services.notifications.channels.bundle import Case, Day
from services.notifications.composing import day
from services.notifications.delivering import Engine
from services.notifications.events import Channel, NoticeDelivered, NoticeSent, SuppressionReason
from services.notifications.notice import Escalate, Remind, Suppress
from services.notifications.policy import load_policy
from tests.notifications.outside import COUNTY, HIGH, NOTICE_OF, OFFICE, Outside, about, outside
from tests.world import World

MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)  # ten in the morning in Shanghai; digests went out at nine
NINE = datetime(2026, 3, 3, 1, 0, 1, tzinfo=UTC)
TODAY = NINE.date()
SITE, OWN = "https://notices.example.cn", f"{OFFICE}:{COUNTY}"


@dataclass
class Told:
    """An office that is told by every channel that the house of providers offers."""

    office: Outside
    house: House

    @property
    def certificates(self) -> Path:
        """Where the office keeps its certificates."""
        return self.house.folder / "certificates"

    async def wants_drops(self) -> str:
        """A drop subscription of the office, with a certificate of its own; its path."""
        certificate = self.house.authority.issue("office")[0].read_text()
        path, _ = await self.office.subscribe(channel="DROP", address=OWN, keys=[certificate])
        return path

    async def at(self, hour: datetime) -> None:
        """What was published by now is taken, it is that hour, and every channel may send again."""
        while await fanout.take(self.office.runtime):
            pass
        await self.office.runtime.pool.execute("UPDATE pace SET at = at - interval '1 minute'")
        self.office.place.set_clock(hour)

    def drops(self) -> list[Opened]:
        """What the office finds in its folder, in the order of names, opened with its key."""
        files = sorted((self.house.folder / "drops" / OFFICE / COUNTY).glob("*"))
        pair = self.certificates / "office.pem", self.certificates / "office.key"
        return [opened(file, *pair, self.house.authority.file) for file in files]

    def texts(self, provider: str) -> list[str]:
        """The texts that a provider met."""
        return [m["text"] for m in self.house.control.records(provider)]

    async def seqs(self) -> list[int]:
        """The places of all notices in the order of publishing."""
        rows = await self.office.runtime.pool.fetch(
            "SELECT seq FROM feed JOIN events USING (position) WHERE type = 'NoticeQueued' ORDER BY seq"
        )
        return [r["seq"] for r in rows]


@pytest.fixture
async def told(place: World, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Told]:
    """See `Told`: the senders are those that a worker opens from the channels file."""
    monkeypatch.setenv("SHOUWANG_CHANNELS_FILE", str(house.channels))
    monkeypatch.setenv("SHOUWANG_SECRETS_DIR", str(house.folder / "secrets"))
    monkeypatch.setenv("SHOUWANG_SITE", f"{SITE}/")
    place.set_clock(MONDAY)
    async with outside(place, tmp_path) as office, opening.opened(office.runtime.settings) as senders:
        office.engine = Engine(office.runtime, {**senders, **office.engine._senders}, jitter=lambda: 0.0)
        yield Told(office, house)


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
    )  # fmt: skip
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
    await office.place.until(office._published)
    await told.at(NINE + timedelta(days=1))
    assert await office.deliver(Channel.WECOM) == 1
    assert told.texts("wecom")[1].partition("。")[0] == "守望：待办 2 件，临近期限 1 件"


async def test_a_test_of_a_robot_says_how_much_waits(told: Told) -> None:
    office = told.office
    path, _ = await office.subscribe(channel="WECOM", address="wecom")
    await told.office.runtime.pool.execute(
        """INSERT INTO delivery (delivery_id, source, stream_id, recipient, cause_id, correlation_id, agency, division, channel, urgent)
           VALUES ($1, 'TEST', $1, $2, $1, $1, $3, $4, 'WECOM', true)""",
        uuid4(), UUID(path.rpartition("/")[2]), OFFICE, COUNTY,
    )  # fmt: skip
    assert await office.deliver(Channel.WECOM) == 1
    assert told.texts("wecom") == ["守望：待办 0 件。\n[登录查看](https://shouwang.example.cn)"]


async def test_a_robot_that_the_settings_do_not_know_is_named_and_its_url_is_no_address(told: Told) -> None:
    office = told.office
    await office.subscribe(channel="WECOM", address="dingtalk")  # that one is of the other kind
    await office.queue(due("一", 9))
    await told.at(NINE)
    assert await office.deliver(Channel.WECOM) == 1
    assert await office.rows("state, reason") == [("failed", "robot_not_configured")]
    wish = {"channel": "DINGTALK", "address": "https://oapi.dingtalk.com/robot/send?access_token=geheim"}
    refused = await office.clerk.post(f"{office.path}/subscriptions", wish, 422)
    assert (refused["title"], "geheim" in str(refused)) == ("address_not_a_robot", False)


async def test_a_bureau_finds_its_day_sealed_for_the_certificate_that_it_entered(told: Told) -> None:
    office = told.office
    await told.wants_drops()
    one, two = uuid4(), uuid4()
    for notice in (
        about("张三", replace(NOTICE_OF, route="risk-detected", acknowledge_by=date(2026, 3, 9)), one),
        about("邻县", replace(HIGH, division="533422")),
        about("李四", replace(HIGH, route="certificate-expired", acknowledge_by=date(2026, 3, 6)), two),
        about("张三又", replace(NOTICE_OF, route="risk-detected", acknowledge_by=date(2026, 3, 5)), one),
    ):
        await office.queue(notice)
    assert await office.deliver(Channel.DROP) == 0
    await told.at(NINE)
    assert await office.deliver(Channel.DROP) == 1
    (found,), seqs = told.drops(), await told.seqs()
    assert {k: v for k, v in found.manifest.items() if k != "files"} == {
        "office": OWN, "day": "2026-03-03", "first": seqs[0], "last": seqs[3],
    }  # fmt: skip
    assert found.rows == [
        [str(one), "risk-detected", date(2026, 3, 5), 2.0],
        [str(two), "certificate-expired", date(2026, 3, 6), 1.0],
    ]
    assert await office.rows("state, attempt") == [("delivered", 1)] * 3
    assert await office.events("NoticeDelivered") == [NoticeDelivered(channel=Channel.DROP, attempt=1)] * 3


async def test_the_next_day_begins_behind_the_last_and_a_renewed_certificate_seals_it(told: Told) -> None:
    office = told.office
    path = await told.wants_drops()
    await office.queue(about("一", replace(NOTICE_OF, route="risk-detected")))
    await told.at(NINE)
    await office.deliver(Channel.DROP)
    first = told.drops()[0].manifest
    renewed = told.house.authority.issue("office")[0].read_text()  # with a new key
    await office.clerk.post(f"{path}/rotate", {"keys": [renewed]})
    await office.queue(about("二", replace(NOTICE_OF, route="risk-detected")))
    await told.at(NINE + timedelta(days=1))
    await office.deliver(Channel.DROP)
    (file,) = (told.house.folder / "drops" / OFFICE / COUNTY).glob("2026-03-04-*")
    pair = told.certificates / "office.pem", told.certificates / "office.key"
    second = opened(file, *pair, told.house.authority.file).manifest
    assert (second["day"], first["last"] < second["first"] == second["last"]) == ("2026-03-04", True)


async def test_a_file_that_was_written_before_its_sender_died_is_asked_for_and_not_written_again(told: Told) -> None:
    office = told.office
    await told.wants_drops()
    notice = replace(NOTICE_OF, route="risk-detected")
    ids = await office.queue(*(about(text, notice) for text in ("一", "二", "三")))
    await told.at(NINE)
    (parcel,) = await office.engine.claim(Channel.DROP)
    await office.engine._attempt(Channel.DROP, parcel)  # it is there, and the process is gone
    await office.order([(ids[1], Suppress(SuppressionReason.NO_LONGER_TRUE))])
    await office.due()
    await told.at(NINE)
    assert await office.deliver(Channel.DROP) == 1
    assert [o.manifest["files"][0]["rows"] for o in told.drops()] == [3]
    assert sorted(await office.rows("state, coalesce(reason, ''), flagged")) == [
        ("delivered", "", False), ("delivered", "", False), ("suppressed", "no_longer_open", False),
    ]  # fmt: skip


async def test_what_cannot_be_a_drop_is_refused_when_it_is_entered(told: Told, tmp_path: Path) -> None:
    office, path = told.office, await told.wants_drops()
    good = (told.certificates / "office.pem").read_text()
    other = Authority(tmp_path / "other")
    old = other.issue("old", timedelta(days=-1))[0].read_text()
    wishes: list[tuple[dict[str, Any], int, str]] = [
        ({"address": "MZ:533401", "keys": [good]}, 422, "address_not_the_office"),
        ({"address": OWN, "keys": [good]}, 409, "drop_already_subscribed"),
        ({"address": OWN}, 422, "one_certificate"),
        ({"address": OWN, "keys": [good, good]}, 422, "one_certificate"),
        ({"address": OWN, "keys": ["-----BEGIN"]}, 422, "certificate_unreadable"),
        ({"address": OWN, "keys": [old]}, 422, "certificate_expired"),
    ]
    clerk = await office.place.client(office.base, "MZ", "533422", "clerk")
    fresh = (await clerk.post("/subscribers"))["id"]
    for wish, status, title in wishes:
        by, to = (office.clerk, office.path) if status == 409 else (clerk, f"/subscribers/{fresh}")
        said = await by.post(f"{to}/subscriptions", {"channel": "DROP", **wish}, status)
        assert (said["title"], "BEGIN" in str(said)) == (title, False)
    assert (await office.clerk.post(f"{path}/rotate", {"keys": [old]}, 422))["title"] == "certificate_expired"
    assert (await office.clerk.post(f"{path}/change", {"address": "MZ:533401"}, 422))["title"] == "address_not_the_office"


async def test_what_gathers_is_a_digest_whatever_is_wished(told: Told) -> None:
    path = await told.wants_drops()
    before = len(await told.office.events("SubscriptionChanged"))
    await told.office.clerk.post(f"{path}/change", {"digest": False})
    (shown,) = (await told.office.clerk.get(told.office.path))["subscriptions"]
    assert (shown["digest"], len(await told.office.events("SubscriptionChanged"))) == (True, before)


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


@pytest.mark.parametrize("site", ["http://notices.example.cn", "notices.example.cn", "https://a:b@notices.example.cn"])
async def test_a_site_that_cannot_be_one_stops_the_start(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_SITE", site)
    with pytest.raises(ValueError, match="SHOUWANG_SITE"):
        async with opening.opened(Settings(profile="development")):
            pass


def test_the_matters_of_a_day_are_one_line_each_and_a_sample_has_none() -> None:
    on, one, two = date(2026, 3, 3), uuid4(), uuid4()
    rows = [
        {"seq": 7, "subject_id": one, "route": "a", "acknowledge_by": date(2026, 3, 9)},
        {"seq": 9, "subject_id": two, "route": "a", "acknowledge_by": date(2026, 3, 4)},
        {"seq": 12, "subject_id": one, "route": "b", "acknowledge_by": date(2026, 3, 4)},
        {"seq": 15, "subject_id": one, "route": "a", "acknowledge_by": date(2026, 3, 12)},
    ]
    cases = (Case(one, "a", date(2026, 3, 9), 2), Case(two, "a", date(2026, 3, 4)), Case(one, "b", date(2026, 3, 4)))
    assert day(rows, on) == Day(on, 7, 15, cases)
    assert day([], on) == Day(on, 0, 0, ())


def test_every_route_has_a_name_that_a_drop_may_carry() -> None:
    assert [row.id for row in load_policy().routes.rows if not re.fullmatch(r"[a-z][a-z-]{0,60}", row.id)] == []
