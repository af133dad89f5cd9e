"""A county compared once, in a process that a test may kill: `python -c "from tests.matching.comparison.one_run import main; main(…)"`."""

import asyncio

from services.engine import settings
from services.matching.comparison.rules import load_rulebook
from services.matching.comparison.run import compare
from services.matching.service import SERVICE
from services.shell.process import opened


def main(division: str) -> None:
    """Compare it."""
    asyncio.run(_compare(division))


async def _compare(division: str) -> None:
    async with opened(SERVICE, settings.load("one_run", "database_url", "site_key")) as runtime:
        await compare(runtime, load_rulebook(SERVICE.policy.rosters), division)
