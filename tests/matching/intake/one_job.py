"""One job read, in a process that a test may kill: `python -c "from tests.matching.intake.one_job import main; main()"`."""

import asyncio

from services.engine import settings
from services.matching.intake.work import work
from services.matching.service import SERVICE
from services.shell.process import opened


def main() -> None:
    """Read the file of the job that waits the longest."""
    asyncio.run(_work())


async def _work() -> None:
    async with opened(SERVICE, settings.load("one_job", "database_url", "site_key")) as runtime:
        await work(runtime)
