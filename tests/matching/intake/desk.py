"""A county's desk that sends lists through the door, and reads what came of them."""

from typing import Any

from deploy.sandbox.sheets import workbook
from tests.matching.county import COUNTY, DAY, County, citizen
from tests.world import Client

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIST = {"kind": "SUBSISTENCE_ALLOWANCE", "division": COUNTY, "as_of": str(DAY), "period": "2026-01"}
PAYMENT = {"kind": "SUBSIDY_PAYMENT", "period": "2025-12"}


def listing(*numbers: int, broken: int = 0) -> bytes:
    """A list of the allowance with these persons and so many rows whose id was turned into a number."""
    ids: list[Any] = [citizen(number) for number in numbers]
    return workbook(["姓名", "身份证号码"], [["测试", each] for each in ids + [5.3e17] * broken])


async def send(client: Client, data: bytes, key: str, **params: str) -> tuple[int, str | None, dict[str, Any]]:
    """Send a list under a key: status, whether it is a replay, body."""
    headers = {"Idempotency-Key": key, "Content-Type": KIND}
    async with client.session.post("/rosters", params=LIST | params, data=data, headers=headers) as answer:
        return answer.status, answer.headers.get("Idempotency-Replayed"), await answer.json(content_type=None)


class Desk:
    """A county, and who sends its lists."""

    def __init__(self, county: County, steward: Client) -> None:
        self.county, self.steward, self._sent = county, steward, 0

    async def sends(self, data: bytes, **params: str) -> Any:
        """A list that the door takes, read: the job, the roster, its report."""
        self._sent += 1
        status, _, asked = await send(self.steward, data, f"file-number-{self._sent}", **params)
        assert status == 202, asked
        return await self.county.read(self.steward, asked)
