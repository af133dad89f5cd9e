"""Signed links by which an office takes note without a login: bound to one notice and one office, expiring, good for nothing else. Pure.

Whoever sends a letter to an office may put one in. The key follows from the site key, so a link made elsewhere is no link here.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from uuid import UUID

from services.kernel.errors import NotFound

_MAC = 16


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link is for: this notice, as this office "agency:division"."""

    notice_id: UUID
    office: str


class Links:
    """Makes and reads links under one site's key. Times are seconds since 1970, of the system's clock, as all expiry is."""

    def __init__(self, site_key: str) -> None:
        self._key = hashlib.sha256(b"acknowledge by link" + site_key.encode()).digest()

    def give(self, linked: Linked, until: int) -> str:
        """The token of a link that is good until then."""
        plain = until.to_bytes(5, "big") + linked.notice_id.bytes + linked.office.encode()
        return urlsafe_b64encode(self._signed(plain) + plain).decode().rstrip("=")

    def take(self, token: str, now: float) -> Linked:
        """What the token is for. Raises `NotFound` for one that is not ours, was changed, or is too old."""
        try:
            raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            raise NotFound("link_unknown", "链接无效") from None
        plain = raw[_MAC:]
        if not hmac.compare_digest(raw[:_MAC], self._signed(plain)):
            raise NotFound("link_unknown", "链接无效")
        if int.from_bytes(plain[:5], "big") < now:
            raise NotFound("link_expired", "链接已过期，请登录处理")
        return Linked(UUID(bytes=plain[5:21]), plain[21:].decode())

    def _signed(self, plain: bytes) -> bytes:
        return hmac.digest(self._key, plain, "sha256")[:_MAC]
