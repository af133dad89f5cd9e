"""The loop that reads what was sent, a file after the other. Several workers may run: each job is claimed by one."""

from services.engine.loop import looped
from services.engine.runtime import Runtime
from services.matching.intake.nursery import Nursery
from services.matching.intake.work import work

PAUSE, LONGEST = 0.1, 1.0  # seconds between looks


async def run(runtime: Runtime) -> None:
    """Read until cancelled."""
    async with Nursery() as nursery:
        await looped("rosters", lambda: work(runtime, nursery), PAUSE, LONGEST, bell=runtime.bell, pulse=runtime.pulse)
