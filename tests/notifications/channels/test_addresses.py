"""Addresses that no letter may go to, in every way in which they can be written; the sender is a real one."""

from collections.abc import Sequence

import pytest

from services.notifications.channels.address_guard import allowed
from services.notifications.channels.letter import Letter, Outcome, Receipt
from services.notifications.channels.webhook import Webhook
from services.notifications.subscription.addresses import Signing, new_key

SECRET = new_key(Signing.HMAC)[0]


def letter(to: str) -> Letter:
    """A letter to a URL."""
    return Letter("msg-1", to, "a subject", "words", {"type": "notices"}, (SECRET,))


FORBIDDEN = [
    "127.0.0.1",
    "127.8.9.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::10.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:a00:1::",
    "2002:7f00:1::1",
    "2001:0:0:0:0:0:f5ff:fffe",
    "not an address",
]


@pytest.mark.parametrize("address", FORBIDDEN)
async def test_no_letter_goes_to_an_address_that_is_not_public(address: str) -> None:
    async def lookup(_: str, __: int) -> Sequence[str]:
        return ["8.8.8.8", address]

    assert not allowed(address)
    sender = Webhook(None, lookup=lookup)
    for to in (f"https://{f'[{address}]' if ':' in address else address}:9/x", "https://agency.example/x"):
        assert await sender.send(letter(to)) == Receipt(Outcome.REFUSED, reason="address_forbidden")
    await sender.close()


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_a_public_address_is_allowed(address: str) -> None:
    assert allowed(address)


@pytest.mark.parametrize(
    "to",
    [
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://127.0.0.1./",
        "https://0/",
        "https://127。0。0。1/",
        "https://１２７.０.０.１/",
        "https://①②⑦.⓪.⓪.①/",
        "https://[::ffff:7f00:1]/",
        "https://[0:0:0:0:0:ffff:127.0.0.1]/",
        "https://localhost/",
        "https://ⓛocalhost/",
        "https://agency.example@127.0.0.1/",
        "https://127.0.0.1:443#@agency.example/",
        "https://127.0.0.1?@agency.example/",
        "https://127.0.0.1\\@agency.example/",
    ],
)
async def test_this_machine_is_refused_however_it_is_written(to: str) -> None:
    sender = Webhook(None)
    got = await sender.send(letter(to))
    await sender.close()
    assert got == Receipt(Outcome.REFUSED, reason="address_forbidden")


@pytest.mark.parametrize("to", ["https://%31%32%37.0.0.1/", "https://LOCALHOST./"])
async def test_what_only_a_resolver_could_take_for_this_machine_is_not_connected_to(to: str) -> None:
    sender = Webhook(None)
    got = await sender.send(letter(to))
    await sender.close()
    assert got.reason in ("address_forbidden", "host_not_found")


@pytest.mark.parametrize(
    "to", ["http://agency.example/", "ftp://agency.example/", "https://a:b@agency.example/", "https:///x", "//x", ""]
)
async def test_only_https_without_credentials_is_called(to: str) -> None:
    sender = Webhook(None)
    assert await sender.send(letter(to)) == Receipt(Outcome.REFUSED, reason="address_forbidden")
    await sender.close()
