"""`python -m deploy.sandbox.providers --folder DIR`: start all providers, print where they are as JSON, run until told to stop."""

import asyncio
import json
import signal
from pathlib import Path
from typing import Annotated

import typer

from deploy.sandbox.providers.house import open_house


def main(folder: Annotated[Path, typer.Option(help="certificates, record, drops and a fitting channels file go here")]) -> None:
    """Start all providers and print their URLs as one JSON object."""
    asyncio.run(_open(folder))


async def _open(folder: Path) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    async with open_house(folder) as house:
        print(json.dumps(house.urls(), indent=2), flush=True)
        await stop.wait()


if __name__ == "__main__":
    typer.run(main)
