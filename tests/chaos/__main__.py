"""`make chaos SEED=…`: a long storm, then a sender killed in a burst, then the verdict; ends with 1 when anything is lost."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from deploy import schemas
from deploy.local.resolve import backend
from tests.chaos.run import storm_of
from tests.notifications.delivery.burst import Tally, burst
from tests.world import world


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=180)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shouwang-chaos-") as folder:
        verdict, _ = asyncio.run(storm_of(Path(folder), asked.seed, asked.seconds, pause=1.0, outages=3, rounds=3))
        burst = asyncio.run(_burst(Path(folder) / "burst"))
    print(burst)
    return 1 if verdict.faults or not burst.faultless else 0


async def _burst(folder: Path) -> Tally:
    """2,000 notices to one office outside, its sender killed 50 times."""
    folder.mkdir()
    with backend(folder / "stack") as urls:
        await schemas.register(urls.registry)
        async with world(urls, folder) as place:
            await place.topics()
            return await burst(place, folder, notices=2000, kills=50)


if __name__ == "__main__":
    sys.exit(main())
