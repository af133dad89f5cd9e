"""A bureau without a link finds its day: one sealed file, once, for the certificate that it entered itself."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from deploy.sandbox.providers.authority import Authority
from deploy.sandbox.providers.folder import opened
from services.domain.file_number import file_number
from services.notifications.channels.bundle import Case, Day
from services.notifications.notice.commands import Suppress
from services.notifications.notice.events import NoticeDelivered
from services.notifications.policy.load import POLICY
from services.notifications.subscription.letter_forms import day
from services.notifications.vocabulary import Channel, SuppressionReason
from tests.notifications.delivery.outside import COUNTY, HIGH, OFFICE, about
from tests.notifications.delivery.told import NINE, OWN, RISK, Told


async def test_a_bureau_finds_its_day_sealed_for_the_certificate_that_it_entered(told: Told) -> None:
    office = told.office
    await told.wants_drops()
    one, two = uuid4(), uuid4()
    for notice in (
        about("张三", replace(RISK, acknowledge_by=date(2026, 3, 9)), one),
        about("邻县", replace(HIGH, division="533422")),
        about("李四", replace(HIGH, route="certificate-expired", acknowledge_by=date(2026, 3, 6)), two),
        about("张三又", replace(RISK, acknowledge_by=date(2026, 3, 5)), one),
    ):
        await office.queue(notice)
    assert await office.deliver(Channel.DROP) == 0
    await told.at(NINE)
    assert await office.deliver(Channel.DROP) == 1
    (found,), seqs = told.drops(), await told.seqs()
    assert {k: v for k, v in found.manifest.items() if k != "files"} == {
        "office": OWN,
        "day": "2026-03-03",
        "first": seqs[0],
        "last": seqs[3],
    }
    assert found.rows == [
        [file_number(one), str(one), "返贫致贫风险线索", "risk-detected", date(2026, 3, 5), 2.0],
        [file_number(two), str(two), "返贫致贫风险线索", "certificate-expired", date(2026, 3, 6), 1.0],
    ]
    assert await office.rows("state, attempt") == [("delivered", 1)] * 3
    assert await office.events("NoticeDelivered") == [NoticeDelivered(channel=Channel.DROP, attempt=1)] * 3


async def test_the_next_day_begins_behind_the_last_and_a_renewed_certificate_seals_it(told: Told) -> None:
    office = told.office
    path = await told.wants_drops()
    await office.queue(about("一", RISK))
    await told.at(NINE)
    await office.deliver(Channel.DROP)
    first = told.drops()[0].manifest
    renewed = told.house.authority.issue("office")[0].read_text()  # with a new key
    await office.clerk.post(f"{path}/rotate", {"keys": [renewed]})
    await office.queue(about("二", RISK))
    await told.at(NINE + timedelta(days=1))
    await office.deliver(Channel.DROP)
    (file,) = (told.house.folder / "drops" / OFFICE / COUNTY).glob("2026-03-04-*")
    pair = told.certificates / "office.pem", told.certificates / "office.key"
    second = opened(file, *pair, told.house.authority.file).manifest
    assert (second["day"], first["last"] < second["first"] == second["last"]) == ("2026-03-04", True)


async def test_a_file_that_was_written_before_its_sender_died_is_asked_for_and_not_written_again(told: Told) -> None:
    office = told.office
    await told.wants_drops()
    ids = await office.queue(*(about(text, RISK) for text in ("一", "二", "三")))
    await told.at(NINE)
    (parcel,) = await office.engine.claim(Channel.DROP)
    await office.engine.attempt(Channel.DROP, parcel)  # it is there, and the process is gone
    await office.order([(ids[1], Suppress(SuppressionReason.NO_LONGER_TRUE))])
    await office.due()
    await told.at(NINE)
    assert await office.deliver(Channel.DROP) == 1
    assert [o.manifest["files"][0]["rows"] for o in told.drops()] == [3]
    assert sorted(await office.rows("state, coalesce(reason, ''), flagged")) == [
        ("delivered", "", False),
        ("delivered", "", False),
        ("suppressed", "no_longer_open", False),
    ]


async def test_a_certificate_that_has_expired_disables_the_drop_and_after_its_renewal_nothing_is_missing(told: Told) -> None:
    office = told.office
    path = await told.wants_drops()
    expired = told.house.authority.issue("old", timedelta(days=-1))[0].read_text()
    await office.runtime.pool.execute("UPDATE subscription_address SET keys = $1", [expired])  # time has passed
    await office.queue(about("一", RISK))
    await told.at(NINE)
    assert await office.deliver(Channel.DROP) == 1
    assert await office.rows("state, reason") == [("failed", "gone")]
    await office.queue(about("二", RISK))
    await office.clerk.post(f"{path}/rotate", {"keys": [(told.certificates / "office.pem").read_text()]})
    await office.clerk.post(f"{path}/resume")
    await office.clerk.post(f"{path}/rewind", {"to_seq": (await told.seqs())[0]})
    await told.at(NINE + timedelta(days=1))
    assert await office.deliver(Channel.DROP) == 1
    (found,) = told.drops()
    assert [found.manifest[end] for end in ("first", "last")] == await told.seqs()


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


def test_the_matters_of_a_day_are_one_line_each_and_a_sample_has_none() -> None:
    on, one, two = date(2026, 3, 3), uuid4(), uuid4()
    rows = [
        {"seq": 7, "subject_id": one, "route": "a", "cause_type": "RiskDetected", "acknowledge_by": date(2026, 3, 9)},
        {"seq": 9, "subject_id": two, "route": "a", "cause_type": "RiskDetected", "acknowledge_by": date(2026, 3, 4)},
        {"seq": 12, "subject_id": one, "route": "b", "cause_type": "RiskDetected", "acknowledge_by": date(2026, 3, 4)},
        {"seq": 15, "subject_id": one, "route": "a", "cause_type": "RiskDetected", "acknowledge_by": date(2026, 3, 12)},
    ]
    risk = "RiskDetected"
    cases = (
        Case(one, "a", risk, date(2026, 3, 9), 2),
        Case(two, "a", risk, date(2026, 3, 4)),
        Case(one, "b", risk, date(2026, 3, 4)),
    )
    assert day(rows, on) == Day(on, 7, 15, cases)
    assert day([], on) == Day(on, 0, 0, ())


def test_every_route_has_a_name_that_a_drop_may_carry() -> None:
    assert [row.id for row in POLICY.routes.rows if not re.fullmatch(r"[a-z][a-z-]{0,60}", row.id)] == []
