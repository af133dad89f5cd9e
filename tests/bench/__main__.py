"""`make bench`: every figure against a baseline of the same run, over the real servers; ends with 1 when a target is missed.

`python -m tests.bench NAME …` measures some of them.
"""

import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
import uvloop

from deploy import schemas
from deploy.job import parser
from deploy.local.resolve import BackendError, backend
from deploy.local.stack import Urls
from tests.bench.comparing import comparing
from tests.bench.delivering import delivering, rebuilding
from tests.bench.figures import Figure, reported
from tests.bench.intake import staging
from tests.bench.joining import joining
from tests.bench.latency import latency
from tests.bench.linking import linking
from tests.bench.reaching import reaching_them
from tests.bench.registering import registering
from tests.bench.sending import sending
from tests.bench.storing import appending, relaying
from tests.bench.telling import telling
from tests.world import World, world

BENCHES = {"append": appending, "relay": relaying, "deliver": delivering, "rebuild": rebuilding, "telling": telling}
# In worlds that they make themselves.
ALONE: dict[str, Callable[[Urls, Path], Awaitable[list[Figure]]]] = {"latency": latency, "reaching": reaching_them}

# Without any server.
UNSERVED: dict[str, Callable[[], Awaitable[list[Figure]]]] = {"sending": sending, "joining": joining, "candidates": linking}

# Several figures over one world.
LONG: dict[str, Callable[[World], Awaitable[list[Figure]]]] = {"register": registering, "staging": staging, "compare": comparing}

ALL = [*BENCHES, *LONG, *UNSERVED, *ALONE]


async def measured(names: list[str]) -> list[Figure]:
    """Run the named benches, each in a world of its own."""
    figures = []
    with backend(Path(".local/bench/stack")) as urls:
        await schemas.register(urls.registry)
        for name in names:
            print(f"measuring {name} …", file=sys.stderr)
            with tempfile.TemporaryDirectory() as folder:
                if name in ALONE:
                    figures += await ALONE[name](urls, Path(folder))
                    continue
                if name in UNSERVED:
                    figures += await UNSERVED[name]()
                    continue
                async with world(urls, Path(folder), partitions=12) as place:
                    await place.topics()
                    figures += await LONG[name](place) if name in LONG else [await BENCHES[name](place)]
    return figures


if __name__ == "__main__":
    line = parser("tests.bench", __doc__)
    line.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(ALL)}; without a name all of them")
    asked = line.parse_args()
    if unknown := sorted(set(asked.names) - set(ALL)):
        line.error(f"there is no {', '.join(unknown)}; there are {', '.join(ALL)}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    try:
        done = uvloop.run(measured(asked.names or ALL))
    except BackendError as error:
        sys.exit(f"no servers: {error}")
    sys.exit(0 if reported(done, Path(".local/bench.json")) else 1)
