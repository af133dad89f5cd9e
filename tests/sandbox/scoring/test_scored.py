"""A very small county through the doors of all four services: what is found is what was put in."""

from collections import Counter
from pathlib import Path

from deploy.local.stack import Urls
from deploy.sandbox.county.writing import Order, written
from deploy.sandbox.progress import Lines
from deploy.sandbox.running import running
from deploy.sandbox.scoring.play import scored
from deploy.sandbox.scoring.table import short


async def test_what_was_put_in_is_found_through_the_doors_and_nothing_else(registered: Urls, tmp_path: Path) -> None:
    key = written(Order(seed=1, households=20, months=1, faults=0.1), tmp_path / "county")
    async with running(registered, tmp_path / "services") as (doors, quiet, _):
        try:
            sheet = await scored(tmp_path / "county", doors, quiet, Lines(1))
        finally:
            doors.processes.stop()
            await doors.processes.forget()
    wanted = Counter(row["type"] for row in key["findings"])
    assert {"DELIVERY_OVERDUE", "DUPLICATE", "ENTITLED_NOT_RECEIVING", "RISK_SIGNAL"} <= set(wanted)
    found = {row["type"]: (row["wanted"], row["found"], row["precision"], row["recall"]) for row in sheet["types"]}
    assert found == {type: (count, count, 1.0, 1.0) for type, count in wanted.items()}
    assert sheet["states"] == {"known": len(key["findings"]), "agree": len(key["findings"])}
    assert short(sheet) == []
