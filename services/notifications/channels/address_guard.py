"""Which hosts we may connect to for somebody else: public ones. The guard of every sender whose address is given by an office.

A host name is resolved once per connection; every address found is judged, and the connection goes to exactly those. Knows nothing of
what is sent. The only exception is this machine itself, for development, and only when told so.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE, _6TO4, _TEREDO = IPv6Network("::/96"), IPv6Network("2002::/16"), IPv6Network("2001::/32")


class ForbiddenAddress(OSError):
    """A host is, or resolves to, an address that no letter may go to."""


def allowed(text: str, loopback: bool = False) -> bool:
    """Whether a letter may go to this IP address: public unicast, also after what it carries inside (mapped, NAT64, 6to4 …)."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if loopback and address.is_loopback:
        return True
    if isinstance(address, IPv4Address):
        return _public(address)
    inside = carried(address)
    return _public(inside) and (address.ipv4_mapped is not None or _public(address)) if inside else _public(address)


def _public(address: IPv4Address | IPv6Address) -> bool:
    """Neither loopback, link-local, private, shared, unique- or site-local, documentation, multicast, reserved nor unspecified."""
    special = address.is_multicast or address.is_unspecified or address.is_loopback or address.is_link_local
    if isinstance(address, IPv6Address):
        return address.is_global and not special and not address.is_site_local
    return address.is_global and not special and not address.is_reserved


def carried(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to, if it leads to one."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    value = int(address)
    if address in _6TO4:
        return IPv4Address(value >> 80 & 0xFFFFFFFF)
    if address in _TEREDO:
        return IPv4Address(~value & 0xFFFFFFFF)
    if address in _COMPATIBLE or any(address in network for network in _NAT64):
        return IPv4Address(value & 0xFFFFFFFF)
    return None


async def system_lookup(host: str, port: int) -> Sequence[str]:
    """All addresses of a host as this machine resolves it."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class Guarded(AbstractResolver):
    """aiohttp's resolver: looks up once, refuses the host when any address is forbidden, and gives exactly what was judged."""

    def __init__(self, lookup: Lookup = system_lookup, loopback: bool = False) -> None:
        self._lookup, self._loopback = lookup, loopback

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[ResolveResult]:
        """The addresses to connect to. Raises `ForbiddenAddress`, or OSError when there is none."""
        found = list(dict.fromkeys(await self._lookup(host, port)))
        if not found:
            raise OSError("no address")
        if not all(allowed(address, self._loopback) for address in found):
            raise ForbiddenAddress("address forbidden")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                proto=0,
                flags=socket.AI_NUMERICHOST,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
            )
            for address in found
        ]

    async def close(self) -> None:
        """Nothing is held."""


def callable_url(to: str) -> bool:
    """Whether this may be called as far as its form says: https without credentials; plain http only on this machine, for development.

    A character that cannot be seen is part of no address: whoever copied it along would never find it again.
    """
    if not to.isprintable() or any(c.isspace() for c in to):
        return False
    try:
        url = urlsplit(to)
        secure = url.scheme == "https" or (url.scheme == "http" and url.hostname in ("localhost", "127.0.0.1", "::1"))
        plain = not url.username and not url.password and not url.fragment
        return secure and plain and bool(url.hostname) and url.port != 0
    except ValueError:
        return False
