"""Places and sheets of the stories."""

from typing import Any

from tests.world import Client

VILLAGE, ELSEWHERE = "533401102001", "533422101001"


async def upload(client: Client, data: bytes, status: int | None = 201, attempt: str = "first", **params: str) -> Any:
    """Send a sheet; another `attempt` is another request for the same."""
    headers = {
        "Idempotency-Key": f"{attempt}{hash(data)}{params}"[:100],
        "Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    async with client.session.post("/rosters", params=params, data=data, headers=headers) as answer:
        body = await answer.json(content_type=None)
        assert answer.status == status, body
        return body
