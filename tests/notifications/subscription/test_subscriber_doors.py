"""The endpoints of subscribers: who gets in, what is shown once and never again, and that no secret stands anywhere else."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.engine.rebuild import Rebuild
from services.notifications.policy.load import POLICY
from services.notifications.policy.rows import Sampling
from services.notifications.subscription.decider import subscriber_id
from tests.notifications.channels.receiver import HOST, verified
from tests.notifications.delivery.outside import COUNTY, NOTICE_OF, OFFICE, Outside, outside
from tests.world import World

WISH = {"channel": "WEBHOOK", "address": f"https://{HOST}/hook"}


async def everything(office: Outside, but: str) -> str:
    """All rows of all tables but one, as text."""
    conn = await asyncpg.connect(office.place.database["notifications"]["superuser"])
    try:
        names = (
            "SELECT format('%I.%I', table_schema, table_name) AS t FROM information_schema.tables "
            "WHERE table_schema IN ('public', 'views') AND table_type = 'BASE TABLE'"
        )
        found = []
        for (name,) in await conn.fetch(names):
            if name != f"public.{but}":
                found += [r["t"] for r in await conn.fetch(f"SELECT to_jsonb(x)::text || coalesce(x::text, '') AS t FROM {name} x")]
        encoded = await conn.fetch("SELECT encode(body, 'escape') AS t FROM idempotency")
        return "\n".join(found + [str(r["t"]) for r in encoded])
    finally:
        await conn.close()


async def test_a_secret_is_shown_once_and_stands_in_one_table_alone(office: Outside) -> None:
    await office.clerk.post("/subscribers")
    key = str(uuid4())
    made = await office.clerk.post(f"{office.path}/subscriptions", WISH, 201, Idempotency_Key=key)
    assert made["secret"].startswith("whsec_")
    again = await office.clerk.post(f"{office.path}/subscriptions", WISH, 201, Idempotency_Key=key)
    assert again == {name: value for name, value in made.items() if name != "secret"}
    path = f"{office.path}/subscriptions/{made['subscription_id']}"
    rotated = await office.clerk.post(f"{path}/rotate", {"signing": "ED25519"})
    assert rotated["secret"].startswith("whpk_")
    assert (await office.clerk.post(f"{path}/rotate", {"keys": ["whsec_mine"]}, 422))["title"] == "keys_are_ours"
    shown = str(await office.clerk.get(office.path)) + await everything(office, "subscription_address")
    secrets = [made["secret"], rotated["secret"], HOST]
    assert [s for s in secrets if s in shown or s.partition("_")[2] in shown.split()] == []
    (kept,) = await office.place.sql("notifications", "SELECT keys, former_keys, address FROM subscription_address")
    assert (kept["former_keys"], kept["address"]) == ([made["secret"]], WISH["address"])
    changes = await office.place.sql("notifications", "SELECT what, actor FROM address_change ORDER BY change_id")
    assert [tuple(r) for r in changes] == [("SET", "CL:533401:cl-533401"), ("KEYS", "CL:533401:cl-533401")]


async def test_after_a_rotation_letters_carry_both_signatures_until_the_former_key_has_ended(office: Outside) -> None:
    path, former = await office.subscribe()
    current = (await office.clerk.post(f"{path}/rotate"))["secret"]
    await office.queue(NOTICE_OF)
    await office.deliver()
    await office.runtime.pool.execute("UPDATE subscription_address SET former_until = now()")
    await office.queue(NOTICE_OF)
    await office.deliver()
    arrived = list(zip(office.there.headers, office.there.bodies, strict=True))
    now = int(arrived[0][0]["webhook-timestamp"])
    assert [[verified(h, b, key, now) for key in (current, former)] for h, b in arrived] == [[True, True], [True, False]]


async def test_a_new_address_is_where_letters_go_from_then_on(office: Outside) -> None:
    path, _ = await office.subscribe(address=f"https://{HOST}:1/nobody")
    await office.queue(NOTICE_OF)
    assert await office.deliver() == 1
    assert await office.rows("state, reason") == [("due", "no_connection")]
    await office.clerk.post(f"{path}/change", {"address": office.there.url})
    await office.due()
    assert await office.deliver() == 1
    assert await office.rows() == [("delivered",)]


async def test_another_office_neither_sees_nor_changes_a_subscriber(office: Outside) -> None:
    path, _ = await office.subscribe()
    for agency, division, refused in (("MZ", COUNTY, 404), ("CL", "533422", 404), ("CL", "5334", 403), ("CL", "533401102", 404)):
        other = await office.place.client(office.base, agency, division, "clerk")
        for what in ("pause", "resume", "rotate", "test"):
            await other.post(f"{path}/{what}", {}, refused)
        await other.post(f"{path}/change", {"address": "https://attacker.example/"}, refused)
        await other.post(f"{path}/rewind", {"to_seq": 1}, refused)
        await other.post(f"{office.path}/subscriptions", WISH, refused)
        seen = agency == "CL" and COUNTY.startswith(division)  # the prefecture's federation sees how its counties fare
        await other.get(office.path, 200 if seen else 404)
    liaison = await office.place.client(office.base, OFFICE, COUNTY, "liaison")
    await liaison.get("/subscribers", 403)
    await liaison.post("/subscribers", {}, 403)
    (kept,) = await office.place.sql("notifications", "SELECT address FROM subscription_address")
    assert kept["address"] == office.there.url


async def test_an_office_cannot_register_another_but_an_operator_can_and_serves_it_without_seeing_its_secret(
    office: Outside,
) -> None:
    await office.clerk.post("/subscribers", {"agency": "MZ", "division": COUNTY}, 403)
    operator = await office.place.client(office.base, "OPS", "5334", "operator")
    made = await operator.post("/subscribers", {"agency": "MZ", "division": COUNTY}, 201)
    assert made["id"] == str(subscriber_id("MZ", COUNTY))
    path, secret = await office.subscribe()
    await operator.post(f"{path}/pause")
    seen = await operator.get(office.path)
    assert [s["state"] for s in seen["subscriptions"]] == ["PAUSED"]
    assert {(i["agency"], i["division"]) for i in (await operator.get("/subscribers"))["items"]} == {
        ("MZ", COUNTY),
        (OFFICE, COUNTY),
    }
    assert secret not in str(seen)
    elsewhere = await office.place.client(office.base, "OPS", "533422", "operator")
    await elsewhere.get(office.path, 404)
    await elsewhere.post(f"{path}/resume", {}, 404)


async def test_an_address_row_is_seen_by_nobody_who_did_not_say_for_whom_he_reads(office: Outside) -> None:
    await office.subscribe()
    assert await office.runtime.views.fetch("SELECT * FROM subscription_address") == []
    assert await office.runtime.views.fetch("SELECT * FROM delivery") == []
    conn = await asyncpg.connect(office.place.database["notifications"]["rebuild"])
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.fetch("SELECT * FROM subscription_address")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute("INSERT INTO delivery DEFAULT VALUES")
    finally:
        await conn.close()


@pytest.mark.parametrize(
    "body",
    [
        {**WISH, "address": ""},
        {**WISH, "channel": "PIGEON"},
        {**WISH, "secret": "mine"},
        {"channel": "WEBHOOK"},
        {**WISH, "address": "ftp://x.example/"},
        {**WISH, "address": "https://a:b@x.example/"},
        {**WISH, "address": "x" * 2001},
    ],
)
async def test_a_wish_that_cannot_be_right_is_refused_without_repeating_it(office: Outside, body: dict[str, Any]) -> None:
    await office.clerk.post("/subscribers")
    problem = await office.clerk.post(f"{office.path}/subscriptions", body, 422)
    assert str(body.get("address") or "no address") not in str(problem)
    assert await office.place.sql("notifications", "SELECT * FROM subscription_address") == []


async def test_an_office_wants_divisions_and_sees_and_changes_them(office: Outside) -> None:
    path, _ = await office.subscribe(divisions=["533401102"])
    shown = (await office.clerk.get(office.path))["subscriptions"]
    assert [s["divisions"] for s in shown] == [["533401102"]]
    refused = await office.clerk.post(f"{path}/change", {"divisions": ["533422"]}, 409)
    assert refused["title"] == "division_outside_the_office"
    await office.clerk.post(f"{path}/change", {})
    assert [s["divisions"] for s in (await office.clerk.get(office.path))["subscriptions"]] == [[]]
    await Rebuild(office.runtime, "subscription", office.runtime.settings.rebuild_url.get_secret_value()).run()
    assert [s["divisions"] for s in (await office.clerk.get(office.path))["subscriptions"]] == [[]]


@pytest.mark.parametrize("divisions", [["53340"], [""], ["53340a"], ["533401 "], "533401", [533401], ["533401"] * 201])
async def test_what_is_no_division_is_refused_at_the_endpoint(office: Outside, divisions: Any) -> None:
    await office.clerk.post("/subscribers")
    await office.clerk.post(f"{office.path}/subscriptions", {**WISH, "divisions": divisions}, 422)


@pytest.fixture
async def limited(place: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Outside]:
    """The county federation, which may test a subscription twice and all its subscriptions three times a day; no worker runs."""
    monkeypatch.setattr("services.notifications.subscription.api.PATIENCE", 0.1)
    rows = tuple(replace(r, value=Sampling(a_day=2, office_a_day=3)) for r in POLICY.sampling.rows)
    async with outside(place, tmp_path, replace(POLICY, sampling=type(POLICY.sampling)(rows))) as made:
        yield made


async def test_a_test_without_a_worker_waits_and_no_second_one_is_made_meanwhile(limited: Outside) -> None:
    path, _ = await limited.subscribe()
    tried = await limited.clerk.post(f"{path}/test")
    assert (tried["state"], tried["attempt"]) == ("due", 0)
    assert (await limited.clerk.post(f"{path}/test", {}, 409))["title"] == "test_under_way"
    assert await limited.rows("source, state") == [("TEST", "due")]


async def test_tests_that_are_asked_for_at_once_are_one(limited: Outside) -> None:
    path, _ = await limited.subscribe()
    given = await asyncio.gather(*(limited.clerk.post(f"{path}/test") for _ in range(3)), return_exceptions=True)
    assert sorted(isinstance(answer, AssertionError) for answer in given) == [False, True, True]
    assert await limited.rows("source, state") == [("TEST", "due")]


async def test_a_test_that_failed_is_made_anew_and_a_day_has_only_so_many(limited: Outside) -> None:
    path, _ = await limited.subscribe(address=f"https://{HOST}:1/nobody")
    await limited.clerk.post(f"{path}/test")
    await limited.deliver()
    await limited.clerk.post(f"{path}/change", {"address": limited.there.url})
    await limited.clerk.post(f"{path}/test")
    await limited.deliver()
    assert await limited.rows("state, reason") == [("suppressed", "tested_again"), ("delivered", None)]
    assert (await limited.clerk.post(f"{path}/test", {}, 429))["title"] == "too_many_tests"
    other, _ = await limited.subscribe()
    await limited.clerk.post(f"{other}/test")
    await limited.deliver()
    third, _ = await limited.subscribe()
    assert (await limited.clerk.post(f"{third}/test", {}, 429))["title"] == "too_many_tests"
    assert len(await limited.rows()) == 3
    await limited.runtime.pool.execute("UPDATE delivery SET created_at = created_at - interval '1 day'")
    await limited.clerk.post(f"{third}/test")


async def test_an_address_is_refused_or_kept_in_its_one_form_at_the_door(office: Outside) -> None:
    await office.clerk.post("/subscribers")
    wish = {"channel": "MAIL", "address": "a@example.cn\u00a0"}
    assert (await office.clerk.post(f"{office.path}/subscriptions", wish, 422))["title"] == "address_not_a_mailbox"
    nul = await office.clerk.post(f"{office.path}/subscriptions", WISH | {"address": "https://x.example/\x00"}, 422)
    assert [error["pointer"] for error in nul["errors"]] == ["/body/address"]
    keys = {"channel": "SMS", "address": "13900000003", "keys": ["whsec_mine"]}
    assert (await office.clerk.post(f"{office.path}/subscriptions", keys, 422))["title"] == "keys_not_wanted"
    made = await office.clerk.post(f"{office.path}/subscriptions", {"channel": "SMS", "address": "139 0000 0003"}, 201)
    path = f"{office.path}/subscriptions/{made['subscription_id']}"
    assert (await office.clerk.post(f"{path}/change", {"address": "0887-8220000"}, 422))["title"] == "address_not_a_mobile"
    (kept,) = await office.place.sql("notifications", "SELECT address FROM subscription_address")
    assert kept["address"] == "13900000003"
