"""`make chaos SEED=…`: a long storm, a sender killed in a burst, hostile HTTP, fields and messages, a storm of clocks.

Ends with 1 when anything is lost, told too early, or a request was answered with a fault. `--only PART` runs one of them.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from argparse import Namespace as Asked
from collections.abc import Callable, Coroutine
from pathlib import Path

from deploy import schemas
from deploy.local.resolve import backend
from tests.chaos.clocks import storm_of_clocks
from tests.chaos.hostile_http import attacked, doors
from tests.chaos.run import storm_of
from tests.contract.endpoints.hostile_fields import SERVICES, refused, storm
from tests.engine.inbound.volley import FOLLOWED, volley
from tests.notifications.delivery.burst import burst
from tests.world import world

Verdict = tuple[bool, str]  # whether something was wrong, and what to say of it


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser("python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=180, help="how long things break at random in the storm")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    asked = parser.parse_args()
    wrong = []
    for name in [asked.only] if asked.only else PARTS:
        with tempfile.TemporaryDirectory(prefix=f"shouwang-chaos-{name}-") as folder:
            began = time.monotonic()
            fault, told = asyncio.run(PARTS[name](Path(folder), asked))
            print(f"{name}: {told} ({time.monotonic() - began:.0f} s)", flush=True)
            wrong += [name] if fault else []
    print(f"wrong: {', '.join(wrong)}" if wrong else "nothing is wrong")
    return 1 if wrong else 0


async def _storm(folder: Path, asked: Asked) -> Verdict:
    """Roles killed at every named point, then at random, and broker and database beside them, under load."""
    found, _ = await storm_of(folder, asked.seed, asked.seconds, pause=1.0, outages=3, rounds=3)
    return bool(found.faults), "see above"


async def _clocks(folder: Path, asked: Asked) -> Verdict:
    """Times set four hundred times."""
    with backend(folder / "stack") as urls:
        async with world(urls, folder) as place:
            found = (await storm_of_clocks(place, asked.seed, rounds=40)).faults
    return bool(found), str(found or "nothing told or deleted too early, nothing lost")


async def _burst(folder: Path, _: Asked) -> Verdict:
    """2,000 notices to one office outside, its sender killed 50 times."""
    with backend(folder / "stack") as urls:
        await schemas.register(urls.registry)
        async with world(urls, folder) as place:
            await place.topics()
            found = await burst(place, folder, notices=2000, kills=50)
    return not found.faultless, str(found)


async def _http(folder: Path, asked: Asked) -> Verdict:
    """5,000 hostile requests to each service."""
    found = {}
    with backend(folder / "stack") as urls:
        async with world(urls, folder) as place:
            for service in SERVICES:
                base = await place.serve(await place.open(service, patience_seconds=1))
                token = place.issuer.token("x", "CL", "533401", [*service.roles])
                found[service.name] = await attacked(base, token, doors(service.name), asked.seed, requests=5_000, patience=1)
    return any(each.faults or each.logged or each.left_open for each in found.values()), str(found)


async def _fields(folder: Path, asked: Asked) -> Verdict:
    """Every value that a field can never hold in each field of every service, and 3,000 made-up requests to each."""
    found: list[str] = []
    with backend(folder / "stack") as urls:
        async with world(urls, folder) as place:
            for service in SERVICES:
                base = await place.serve(await place.open(service))
                session = (await place.client(base, "CL", "5334", *sorted(service.roles))).session
                found += await refused(session, service.name) + await storm(session, service.name, asked.seed, requests=3000)
    return bool(found), str(found or "whatever no field can hold was refused, and nothing was a fault")


async def _messages(folder: Path, asked: Asked) -> Verdict:
    """Hostile messages of every kind, many times, at the consumers of all services."""
    found: list[str] = []
    with backend(folder / "stack") as urls:
        await schemas.register(urls.registry)
        for name in FOLLOWED:
            async with world(urls, folder) as place:
                found += (await volley(place, name, asked.seed, rounds=20)).faults
    return bool(found), str(found or "all hostile ones were set aside, all good ones delivered")


PARTS: dict[str, Callable[[Path, Asked], Coroutine[None, None, Verdict]]] = {
    "storm": _storm,
    "burst": _burst,
    "http": _http,
    "fields": _fields,
    "messages": _messages,
    "clocks": _clocks,
}


if __name__ == "__main__":
    sys.exit(main())
