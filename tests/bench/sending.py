"""Texts through a gateway that takes 200 ms: 20,000 letters, so many at once as the caller says, and none lost or doubled.

One of `make bench`; with other numbers `python -m tests.bench.sending [letters] [at once]`.
"""

import asyncio
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import uvloop

from deploy.job import parser
from deploy.sandbox.providers.control import Do, Step
from deploy.sandbox.providers.house import open_house
from services.notifications.channels.letter import Letter, Outcome
from services.notifications.channels.settings import read
from services.notifications.channels.sms import SmsSender
from tests.bench.figures import Figure, reported

LETTERS, TOOK, AT_ONCE = 20_000, 0.2, 200


async def sending(letters: int = LETTERS, at_once: int = AT_ONCE) -> list[Figure]:
    """Send them; the baseline is the gateway's own time divided by how many are under way."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_house(Path(folder)) as house:
            house.control.always["sms"] = Step(Do.DELAY, seconds=TOOK)
            given = read(house.channels, house.folder / "secrets").sms
            assert given is not None
            sms, outcomes = SmsSender(given), Counter[Outcome]()
            waiting = iter(Letter(f"n-{n}", "13800000000", "", "【守望】1件待办") for n in range(letters))
            since = time.perf_counter()
            await asyncio.gather(*[_worker(sms, waiting, outcomes) for _ in range(at_once)])
            rate = letters / (time.perf_counter() - since)
            await sms.close()
            met = Counter(record["reference"] for record in house.control.records("sms"))
    if outcomes != {Outcome.SENT: letters} or len(met) != letters or set(met.values()) != {1}:
        raise AssertionError(f"lost or doubled: {outcomes}, {len(met)} at the gateway, {met.most_common(1)}")
    best, memory = at_once / TOOK, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    name = f"{letters:,} texts, {at_once} at once, gateway answers in {TOOK * 1000:.0f} ms (in the same process)"
    return [
        Figure(name, round(rate), "1/s", round(best), round(rate / best, 2), 0.3),
        Figure("memory of both together", round(memory), "MB", None, None, 500, True),
    ]


async def _worker(sms: SmsSender, waiting: Iterator[Letter], outcomes: Counter[Outcome]) -> None:
    for letter in waiting:
        outcomes[(await sms.send(letter)).outcome] += 1


if __name__ == "__main__":
    line = parser("tests.bench.sending", __doc__)
    line.add_argument("numbers", nargs="*", type=int, help="how many texts, how many at once")
    done = uvloop.run(sending(*line.parse_args().numbers))
    sys.exit(0 if reported(done, Path(".local/sending.json")) else 1)
