"""`make chaos SEED=…`: a long storm, a sender killed in a burst, hostile HTTP, fields and messages, a storm of clocks, then the verdict.

Ends with 1 when anything is lost, told too early, or a request was answered with a fault.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from deploy import schemas
from deploy.local.resolve import backend
from services.monitoring.service import SERVICE as MONITORING
from tests.chaos.clocks import storm_of_clocks
from tests.chaos.hostile_http import Attack, attacked, doors
from tests.chaos.run import storm_of
from tests.contract.endpoints.hostile_fields import SERVICES, refused, storm
from tests.engine.inbound.volley import FOLLOWED, volley
from tests.notifications.delivery.burst import Tally, burst
from tests.world import world


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser("python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=180)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shouwang-chaos-") as folder:
        verdict, _ = asyncio.run(storm_of(Path(folder), asked.seed, asked.seconds, pause=1.0, outages=3, rounds=3))
        burst = asyncio.run(_burst(Path(folder) / "burst"))
        attack = asyncio.run(_attack(Path(folder) / "attack", asked.seed))
        fields = asyncio.run(_fields(Path(folder) / "fields", asked.seed))
        messages = asyncio.run(_messages(Path(folder) / "messages", asked.seed))
        clocks = asyncio.run(_clocks(Path(folder) / "clocks", asked.seed))
    print(burst)
    print(attack)
    print(f"fields: {fields or 'whatever no field can hold was refused, and nothing was a fault'}")
    print(f"messages: {messages or 'all hostile ones were set aside, all good ones delivered'}")
    print(f"clocks: {clocks or 'nothing told or deleted too early, nothing lost'}")
    wrong = verdict.faults or attack.faults or attack.left_open or fields or messages or clocks
    return 1 if wrong or not burst.faultless else 0


async def _clocks(folder: Path, seed: int) -> list[str]:
    """Times set four hundred times; what went wrong."""
    folder.mkdir()
    with backend(folder / "stack") as urls:
        async with world(urls, folder) as place:
            return (await storm_of_clocks(place, seed, rounds=40)).faults


async def _burst(folder: Path) -> Tally:
    """2,000 notices to one office outside, its sender killed 50 times."""
    folder.mkdir()
    with backend(folder / "stack") as urls:
        await schemas.register(urls.registry)
        async with world(urls, folder) as place:
            await place.topics()
            return await burst(place, folder, notices=2000, kills=50)


async def _attack(folder: Path, seed: int) -> Attack:
    """20,000 hostile requests to monitoring."""
    folder.mkdir()
    with backend(folder / "stack") as urls:
        async with world(urls, folder) as place:
            base = await place.serve(await place.open(MONITORING, patience_seconds=1))
            token = place.issuer.token("x", "CUN", "533401102001", ["liaison"])
            return await attacked(base, token, doors("monitoring"), seed, requests=20_000, patience=1)


async def _fields(folder: Path, seed: int) -> list[str]:
    """Every value that a field can never hold in each field of every service, and 3,000 made-up requests to each; what went wrong."""
    folder.mkdir()
    found: list[str] = []
    with backend(folder / "stack") as urls:
        async with world(urls, folder) as place:
            for service in SERVICES:
                base = await place.serve(await place.open(service))
                session = (await place.client(base, "CL", "5334", *sorted(service.roles))).session
                found += await refused(session, service.name) + await storm(session, service.name, seed, requests=3000)
    return found


async def _messages(folder: Path, seed: int) -> list[str]:
    """Hostile messages of every kind, many times, at the consumers of all services; what went wrong."""
    folder.mkdir()
    found: list[str] = []
    with backend(folder / "stack") as urls:
        await schemas.register(urls.registry)
        for name in FOLLOWED:
            async with world(urls, folder) as place:
                found += (await volley(place, name, seed, rounds=20)).faults
    return found


if __name__ == "__main__":
    sys.exit(main())
