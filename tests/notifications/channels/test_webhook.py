"""The webhook sender against a real HTTPS receiver: signatures, answers, silence, and who is asked on the way."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from services.engine.settings import Settings
from services.notifications.channels.letter import Letter, Outcome, Receipt
from services.notifications.channels.open import opened
from services.notifications.channels.webhook import ANSWER, Webhook
from services.notifications.subscription.addresses import Signing, new_key
from tests.notifications.channels.receiver import HOST, Certificates, certificates, receiver, verified

SECRET = new_key(Signing.HMAC)[0]


@pytest.fixture
def files(tmp_path: Path) -> Certificates:
    """A throw-away CA."""
    return certificates(tmp_path)


async def here(_: str, __: int) -> Sequence[str]:
    """Every host is this machine."""
    return ["127.0.0.1"]


@pytest.fixture
async def webhook(files: Certificates) -> AsyncIterator[Webhook]:
    """A sender that trusts the CA and may call this machine, with a short patience."""
    made = Webhook(files.ca, loopback=True, lookup=here, total=1.0)
    yield made
    await made.close()


def letter(to: str, keys: tuple[str, ...] = (SECRET,), reference: str = "msg-1") -> Letter:
    """A letter to a URL."""
    return Letter(reference, to, "a subject", "words", {"type": "notices", "data": {"notices": [{"text": "走访"}]}}, keys)


def answer(status: int, **headers: str) -> Any:
    """An answer with headers."""

    async def answering(_: web.Request, __: bytes) -> web.StreamResponse:
        return web.Response(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return answering


async def test_a_letter_arrives_signed_and_only_the_right_key_verifies_it(files: Certificates, webhook: Webhook) -> None:
    async with receiver(files) as there:
        assert await webhook.send(letter(there.url)) == Receipt(Outcome.DELIVERED)
        assert there.bodies == ['{"type":"notices","data":{"notices":[{"text":"走访"}]}}'.encode()]
        assert (there.headers[0]["webhook-id"], there.headers[0]["host"]) == ("msg-1", f"{HOST}:{there.port}")
        assert there.headers[0]["shouwang-attempt"] == "1"
        now = time.time()
        assert verified(there.headers[0], there.bodies[0], SECRET, now)
        assert not verified(there.headers[0], there.bodies[0] + b" ", SECRET, now)
        assert not verified(there.headers[0], there.bodies[0], new_key(Signing.HMAC)[0], now)


async def test_during_a_rotation_either_key_verifies_also_of_another_kind(files: Certificates, webhook: Webhook) -> None:
    ours, shown = new_key(Signing.ED25519)
    async with receiver(files) as there:
        await webhook.send(letter(there.url, (ours, SECRET)))
        assert [s.partition(",")[0] for s in there.headers[0]["webhook-signature"].split(" ")] == ["v1a", "v1"]
        for key in (shown, SECRET):
            assert verified(there.headers[0], there.bodies[0], key, time.time())
        assert not verified(there.headers[0], there.bodies[0], new_key(Signing.ED25519)[1], time.time())


@pytest.mark.parametrize("keys", [(), ("whsec_not base64",), ("whsk_c2hvcnQ=",), ("other_aaaa",)])
async def test_without_a_usable_key_nothing_is_sent(files: Certificates, webhook: Webhook, keys: tuple[str, ...]) -> None:
    async with receiver(files) as there:
        assert await webhook.send(letter(there.url, keys)) == Receipt(Outcome.REFUSED, reason="key_unusable")
        assert there.headers == []


@pytest.mark.parametrize(
    ("answering", "receipt"),
    [
        (answer(204), Receipt(Outcome.DELIVERED)),
        (answer(410), Receipt(Outcome.GONE, reason="http_410")),
        (answer(404), Receipt(Outcome.LATER, reason="http_404")),
        (answer(500), Receipt(Outcome.LATER, reason="http_500")),
        (answer(429, Retry_After="120"), Receipt(Outcome.LATER, reason="http_429", retry_after=120.0)),
        (answer(503, Retry_After="soon"), Receipt(Outcome.LATER, reason="http_503")),
        (answer(307, Location="/elsewhere"), Receipt(Outcome.LATER, reason="http_307")),
    ],
    ids=["204", "410", "404", "500", "429", "503", "307"],
)
async def test_what_an_answer_means(files: Certificates, webhook: Webhook, answering: Any, receipt: Receipt) -> None:
    async with receiver(files, answering) as there:
        assert await webhook.send(letter(there.url)) == receipt
        assert len(there.headers) == 1


async def test_a_date_in_retry_after_is_seconds_from_now(files: Certificates, webhook: Webhook) -> None:
    at = datetime.now(UTC) + timedelta(hours=1)
    async with receiver(files, answer(503, Retry_After=format_datetime(at, usegmt=True))) as there:
        got = await webhook.send(letter(there.url))
    assert got.outcome == Outcome.LATER
    assert 3590 < (got.retry_after or 0) < 3601


async def test_silence_after_the_request_left_is_unknown(files: Certificates, webhook: Webhook) -> None:
    async def silent(_: web.Request, __: bytes) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    async def cut(request: web.Request, _: bytes) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    for answering in (silent, cut):
        async with receiver(files, answering) as there:
            assert await webhook.send(letter(there.url)) == Receipt(Outcome.UNKNOWN, reason="no_answer")
            assert len(there.headers) == 1


async def test_a_huge_or_slow_answer_costs_its_connection_and_nothing_else(files: Certificates, webhook: Webhook) -> None:
    written = 0

    async def huge(request: web.Request, _: bytes) -> web.StreamResponse:
        nonlocal written
        stream = web.StreamResponse()
        await stream.prepare(request)
        for _times in range(4000):
            await stream.write(b"x" * 16384)
            written += 16384
        return stream

    async def slow(request: web.Request, _: bytes) -> web.StreamResponse:
        stream = web.StreamResponse()
        await stream.prepare(request)
        await stream.write(b"x")
        await asyncio.Event().wait()
        return stream

    for answering in (huge, slow):
        async with receiver(files, answering) as there:
            async with asyncio.timeout(30):
                assert await webhook.send(letter(there.url)) == Receipt(Outcome.DELIVERED)
    assert written < 4000 * 16384 / 4 + ANSWER


async def test_where_nobody_listens_or_the_certificate_is_a_strangers_nothing_has_left(
    files: Certificates, webhook: Webhook, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    async with receiver(certificates(tmp_path / "other")) as stranger:
        assert await webhook.send(letter(stranger.url)) == Receipt(Outcome.LATER, reason="tls_failed")
        assert stranger.headers == []
    async with receiver(files) as there:
        other_name = f"https://other.test:{there.port}/hook"
        assert await webhook.send(letter(other_name)) == Receipt(Outcome.LATER, reason="tls_failed")
        assert there.headers == []
    assert await webhook.send(letter(there.url)) == Receipt(Outcome.LATER, reason="no_connection")


async def test_a_name_is_looked_up_once_a_connection_and_a_change_of_its_address_is_judged_again(files: Certificates) -> None:
    asked, addresses = [], [["127.0.0.1"], ["10.0.0.1"]]

    async def changing(host: str, _: int) -> Sequence[str]:
        asked.append(host)
        return addresses[len(asked) - 1]

    async def closing(_: web.Request, __: bytes) -> web.StreamResponse:
        return web.Response(headers={"Connection": "close"})

    sender = Webhook(files.ca, loopback=True, lookup=changing)
    async with receiver(files, closing) as there:
        assert await sender.send(letter(there.url)) == Receipt(Outcome.DELIVERED)
        assert asked == [HOST]
        assert await sender.send(letter(there.url)) == Receipt(Outcome.REFUSED, reason="address_forbidden")
        assert (asked, len(there.headers)) == ([HOST, HOST], 1)
    await sender.close()


async def test_no_proxy_of_the_environment_is_asked(files: Certificates, webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiver(None) as proxy, receiver(files) as there:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        assert await webhook.send(letter(there.url)) == Receipt(Outcome.DELIVERED)
        assert (len(proxy.headers), len(there.headers)) == (0, 1)


async def test_plain_http_goes_to_this_machine_alone_and_only_where_a_setting_says_so(
    files: Certificates, webhook: Webhook
) -> None:
    async with receiver(None) as there:
        url = f"http://127.0.0.1:{there.port}/hook"
        assert await webhook.send(letter(url)) == Receipt(Outcome.DELIVERED)
        assert await webhook.send(letter("http://agency.example/")) == Receipt(Outcome.REFUSED, reason="address_forbidden")
        strict = Webhook(files.ca)
        assert await strict.send(letter(url)) == Receipt(Outcome.REFUSED, reason="address_forbidden")
        await strict.close()
        assert len(there.headers) == 1


async def test_in_production_the_rules_of_addresses_cannot_be_weakened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_WEBHOOK_LOOPBACK", "true")
    with pytest.raises(SystemExit, match="refused in the production profile"):
        async with opened(Settings(profile="production")):
            raise AssertionError
    async with opened(Settings(profile="development")) as senders:
        assert len(senders) > 0


async def test_neither_address_nor_content_nor_key_shows_in_a_letter_or_receipt(files: Certificates, webhook: Webhook) -> None:
    async with receiver(files, answer(500)) as there:
        one = letter(there.url)
        shown = repr(one) + repr(await webhook.send(one))
    assert [word for word in (HOST, SECRET, "走访", "words") if word in shown] == []
