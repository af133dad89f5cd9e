"""Places and sheets of the stories."""

import asyncio
from typing import Any

from tests.world import Client

VILLAGE, ELSEWHERE = "533401102001", "533422101001"
_LONGEST = 60.0  # seconds until a file is read


async def upload(client: Client, data: bytes, status: int | None = 202, attempt: str = "first", **params: str) -> Any:
    """Send a list, and wait until a worker has read it: what the door answers, the job, the roster, and the first of its row report. Another
    `attempt` is another request for the same."""
    headers = {
        "Idempotency-Key": f"{attempt}{hash(data)}{params}"[:100],
        "Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    async with client.session.post("/rosters", params=params, data=data, headers=headers) as answer:
        body = await answer.json(content_type=None)
        assert answer.status == status, body
    if status != 202:
        return body
    async with asyncio.timeout(_LONGEST):
        while True:
            job = await client.get(f"/roster-jobs/{body['job_id']}")
            if job["finished_at"]:
                break
            await asyncio.sleep(0.05)
    roster = await client.get(f"/rosters/{body['roster_id']}")
    problems = await client.get(f"/rosters/{body['roster_id']}/problems")
    return body | job | roster | {"problems": problems["items"]}
