"""Pages of the front desk as its tests read them."""

from typing import Any
from uuid import uuid4

from tests.world import Client


async def page(client: Client, path: str, body: Any = None, key: str = "") -> str:
    """A page, which must be one that nothing keeps and that can run nothing."""
    async with client.session.post(path, json=body or {}, headers={"Idempotency-Key": key or str(uuid4())}) as answer:
        assert answer.status == 200, await answer.text()
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        return await answer.text()
