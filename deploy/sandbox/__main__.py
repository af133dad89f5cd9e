"""`python -m deploy.sandbox demo | score | up | down`: play a county's year and check it, score what comparisons find in a county of errors,
or leave everything running to look around."""

import asyncio
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
import uvloop
from rich.console import Console

from deploy.local import resolve
from deploy.local.part import REPOSITORY, command_line
from deploy.local.resolve import Backend
from deploy.local.stack import Urls, default_data
from deploy.sandbox.county.writing import Order, written
from deploy.sandbox.prefecture import made
from deploy.sandbox.progress import Lines, Shown, shown
from deploy.sandbox.review.printing import printed
from deploy.sandbox.review.reviewing import Review, reviewed
from deploy.sandbox.running import running
from deploy.sandbox.scoring import table
from deploy.sandbox.scoring.play import scored
from deploy.sandbox.year import Year

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
UP = default_data() / "up"
Servers = Annotated[
    Backend,
    typer.Option(
        envvar="SHOUWANG_BACKEND", help="where Kafka, registry and PostgreSQL come from; auto: containers if they can be had"
    ),
]


@contextmanager
def _servers(wanted: Backend, lasting: bool) -> Iterator[Urls]:
    """The servers; ends the command with 1 and a line when they cannot be had."""
    with ExitStack() as running:
        try:
            urls = running.enter_context(resolve.backend(default_data() / "stack", wanted=wanted, lasting=lasting))
        except resolve.BackendError as error:
            typer.echo(f"no servers: {error}", err=True)
            raise typer.Exit(1) from None
        yield urls


async def played(urls: Urls, folder: Path, seed: int, households: int, days: int, show: Shown) -> Review:
    """Play and review."""
    prefecture = made(seed, households, days)
    show.phase("the four services are prepared and started")
    async with running(urls, folder) as (doors, quiet, world):
        year = Year(prefecture, doors, quiet, world)
        show.phase("certificates of earlier years are issued")
        await year.past()
        show.phase("the county's year begins")
        for number in range(days):
            day = prefecture.first + timedelta(days=number)
            await year.day(day)
            await show.played(number + 1, day, doors)
        show.phase("the last letters go out")
        await year.rest()
        show.phase("what came out is compared with what was put in")
        return await reviewed(year, doors)


@app.command()
def demo(
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1)] = 1,
    households: Annotated[int, typer.Option(min=1, max=100_000)] = 60,
    days: Annotated[int, typer.Option(min=1, max=3_650)] = 365,
    backend: Servers = Backend.AUTO,
) -> None:
    """Play a county's year, print the year in review, and compare it with what was put in."""
    folder = default_data() / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))  # not each migration
    since = time.monotonic()
    with shown(days) as show:
        show.phase("Kafka, the registry and PostgreSQL start")
        with _servers(backend, lasting=False) as urls:
            review = uvloop.run(played(urls, folder, seed, households, days, show))
    report = {
        "seed": seed,
        "households": households,
        "days": days,
        "seconds": round(time.monotonic() - since),
        "agrees": review.agrees,
    }
    text = json.dumps({**report, "figures": review.figures, "checks": review.checks}, ensure_ascii=False, indent=2, default=str)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    printed(review, Console())
    print(f"{report['seconds']} s; every figure and check is in {folder / 'report.json'}")
    raise typer.Exit(0 if review.agrees else 1)


@app.command()
def score(
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1)] = 1,
    households: Annotated[int, typer.Option(min=50, max=20_000)] = 600,
    months: Annotated[int, typer.Option(min=1, max=12)] = 4,
    backend: Servers = Backend.AUTO,
) -> None:
    """Write a county with errors, play it through the doors, and score what the comparisons find; ends with 1 when a type falls short."""
    folder = default_data() / "score"
    shutil.rmtree(folder, ignore_errors=True)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))  # not each migration
    since, show = time.monotonic(), Lines(months)
    show.phase("a county with errors and its answer key are written")
    written(Order(seed, households, months), folder / "county")
    with _servers(backend, lasting=False) as urls:
        sheet = uvloop.run(_scored(urls, folder, show))
    about = {"seed": seed, "households": households, "months": months, "seconds": round(time.monotonic() - since)}
    report = {**about, "short": table.short(sheet), **sheet}
    file = default_data() / "score.json"
    file.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    table.printed(report, Console())
    print(f"{about['seconds']} s; {file}")
    raise typer.Exit(1 if report["short"] else 0)


async def _scored(urls: Urls, folder: Path, show: Shown) -> dict[str, Any]:
    async with running(urls, folder / "services") as (doors, quiet, _):
        return await scored(folder / "county", doors, quiet, show)


@app.command()
def up(backend: Servers = Backend.AUTO) -> None:
    """Start servers and services, leave them running, print URLs and a token."""
    if not _alive():
        shutil.rmtree(UP, ignore_errors=True)
        UP.mkdir(parents=True)
        with (UP / "up.log").open("wb") as out:
            command = [sys.executable, "-m", "deploy.sandbox", "hold", "--backend", backend]
            holder = subprocess.Popen(command, cwd=REPOSITORY, stdout=out, stderr=out, start_new_session=True)
        while not (UP / "up.json").exists():
            if holder.poll() is not None:
                typer.echo((UP / "up.log").read_text(), err=True)
                raise typer.Exit(1)
            time.sleep(0.2)
    print((UP / "up.json").read_text())


@app.command()
def down() -> None:
    """Stop what `up` started."""
    if pid := _alive():
        os.kill(pid, signal.SIGTERM)
        while _alive():
            time.sleep(0.2)
    print("down")


@app.command(hidden=True)
def hold(backend: Servers = Backend.AUTO) -> None:
    """The process behind `up`."""
    (UP / "pid").write_text(str(os.getpid()))
    try:
        with _servers(backend, lasting=True) as urls:
            asyncio.run(_hold(urls))
    finally:
        (UP / "pid").unlink(missing_ok=True)


async def _hold(urls: Urls) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with running(urls, UP) as (doors, _, world):
        processes = doors.processes
        token = processes.issuer.token(
            "somebody", "CL", "5334", ["clerk", "official", "liaison", "steward", "downstream", "operator"]
        )
        said = {"services": {s: processes.base(s) for s in processes.ports}, "kafka": urls.kafka, "registry": urls.registry}
        fresh = UP / "up.json.new"
        fresh.write_text(
            json.dumps({**said, "outside": world.house.urls(), "topic_prefix": processes.prefix, "token": token}, indent=2)
        )
        fresh.replace(UP / "up.json")
        await stop.wait()


def _alive() -> int | None:
    try:
        pid = int((UP / "pid").read_text())
        os.kill(pid, 0)
    except (FileNotFoundError, ValueError, ProcessLookupError, PermissionError):
        return None
    return pid if "deploy.sandbox hold" in command_line(pid) else None


if __name__ == "__main__":
    app()
