"""Cursors of lists: opaque, signed positions, each good for the path that gave it."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from services.kernel.errors import Malformed


class Cursors:
    """Opaque, signed positions in the list of a path: what comes back is what we gave for it, or `Malformed`."""

    def __init__(self, key: str) -> None:
        self._key = hashlib.sha256(b"cursor" + key.encode()).digest()

    def give(self, path: str, position: Any) -> str:
        """A position as text."""
        plain = json.dumps(position, default=str).encode()
        return urlsafe_b64encode(self._signed(path, plain) + plain).decode()

    def take(self, path: str, cursor: str | None) -> Any:
        """The position behind a cursor; None for the beginning."""
        if not cursor:
            return None
        try:
            raw = urlsafe_b64decode(cursor.encode())
        except ValueError:
            raise Malformed("cursor_unknown", "请原样使用上一页给出的游标") from None
        if not hmac.compare_digest(raw[:12], self._signed(path, raw[12:])):
            raise Malformed("cursor_unknown", "请原样使用上一页给出的游标")
        return json.loads(raw[12:])

    def _signed(self, path: str, plain: bytes) -> bytes:
        return hmac.digest(self._key, f"{path}\n".encode() + plain, "sha256")[:12]
