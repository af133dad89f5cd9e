"""The command line of a service: `python -m services.<name> …`, for its processes and for the operator."""

import contextlib
import json
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from functools import partial, update_wrapper
from inspect import signature
from typing import Annotated, Any, TypeVar

import typer
from aiokafka.errors import KafkaError
from pydantic import TypeAdapter, ValidationError

from services.engine import quarantine, settings, timekeeping
from services.engine.inbound import skips
from services.engine.inbound.arrived import Partition
from services.engine.inbound.lag import lag
from services.engine.rebuild import rebuilt
from services.engine.runtime import Runtime
from services.kernel.errors import ShouwangError, Unknown
from services.kernel.events import topics_of
from services.kernel.service import Service
from services.shell import log, stopping
from services.shell import migrate as migrations
from services.shell.database import DatabaseRefuses, connected
from services.shell.http import fields
from services.shell.process import ROLES, opened, serve

T = TypeVar("T")
_DAY = TypeAdapter(fields.Day)
LONGEST = 500  # characters of a reason
LARGEST = 2**63 - 2  # the largest number of a letter, and the largest offset


def _said(words: str) -> str:
    """What can be kept and read: something, printable, and no essay."""
    if not words.strip() or len(words) > LONGEST or not words.isprintable():
        raise typer.BadParameter(f"say it in one line of at most {LONGEST} characters")
    return words


def day(words: str) -> date:
    """A day, as it is written at every door: strptime would take "2026-3-2" and digits of other scripts."""
    try:
        return _DAY.validate_python(words)
    except ValidationError:
        raise typer.BadParameter("a day is written YYYY-MM-DD, of the years 1900 to 2999") from None


Roles = Annotated[list[str], typer.Argument(help="any of: " + " ".join(ROLES))]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]
LetterId = Annotated[int, typer.Argument(min=1, max=LARGEST)]
Reason = Annotated[str, typer.Option(callback=_said, help="why; it is kept")]


def cli(service: Service, **groups: typer.Typer) -> None:
    """The command line of one service; `groups`: commands of its own, under these names."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=f"Shouwang {service.name}")
    letters = typer.Typer(no_args_is_help=True, help="messages set aside")
    app.add_typer(letters, name="letters")
    clock = typer.Typer(no_args_is_help=True, help="what day it is, when a clock is in doubt")
    app.add_typer(clock, name="clock")
    _add(app, service, run, migrate, rebuild)
    _add(letters, service, list_, show, retry, discard, skip, positions)
    _add(clock, service, doubts, confirm)
    for name, group in groups.items():
        app.add_typer(group, name=name)
    with refusals():
        app()


@contextmanager
def refusals() -> Iterator[None]:
    """What an operator can mend ends a command with one line, and 1, or 2 when a setting is wrong; only our own faults have a traceback."""
    try:
        yield
    except DatabaseRefuses as refused:
        settings.refuse("database", [f"{refused}: see SHOUWANG_DATABASE_URL, SHOUWANG_MIGRATOR_URL, SHOUWANG_REBUILD_URL"])
    except ShouwangError as refused:
        typer.echo(f"refused: {refused.code}: {refused.detail}", err=True)
        raise SystemExit(1) from None
    except migrations.MigrationError as refused:
        typer.echo(f"refused: {refused}", err=True)
        raise SystemExit(1) from None
    except (OSError, KafkaError) as error:
        typer.echo(f"failed: {type(error).__name__}: {error}", err=True)
        raise SystemExit(1) from None


def _add(app: typer.Typer, service: Service, *commands: Callable[..., None]) -> None:
    """Add commands, each by the name of its function, for this service."""
    for command in commands:
        app.command(name=command.__name__.rstrip("_"))(_bound(command, service))


def _bound(command: Callable[..., None], service: Service) -> Callable[..., None]:
    """The command with the parameters that are left to whoever calls it."""
    made = partial(command, service)
    bound = signature(made)
    made.__signature__ = bound  # type: ignore[attr-defined]
    return update_wrapper(made, command)


def run(service: Service, roles: Roles) -> None:
    """Run roles until SIGTERM."""
    if unknown := set(roles) - set(ROLES):
        raise typer.BadParameter(f"unknown roles {sorted(unknown)}; there are {', '.join(ROLES)}")
    needed = ("database_url", "site_key", "jwks_file") if "api" in roles else ("database_url", "site_key")
    config = _configured(service, "run " + " ".join(roles), "+".join(roles), *needed)
    with contextlib.suppress(stopping.Stopped):  # being told to stop is no fault
        stopping.run(serve(service, config, roles))
    os._exit(0)  # Faust's consumer thread may outlive the loop; everything is committed and closed


def migrate(service: Service) -> None:
    """Bring the database up to date."""
    config = _configured(service, "migrate", "migrate", "migrator_url")
    url, folder = config.migrator_url.get_secret_value(), service.folder / "migrations"
    done = stopping.run_command(connected(url, lambda: migrations.migrate(url, service.name, folder)))
    typer.echo(f"{service.name}: {len(done)} migrations applied")


def rebuild(service: Service, table: str) -> None:
    """Rebuild one projection beside the live one and swap."""

    async def work(runtime: Runtime) -> int:
        return await rebuilt(runtime, table, runtime.settings.rebuild_url.get_secret_value())

    typer.echo(f"{table}: {with_runtime(service, 'rebuild', work, 'rebuild_url')} rows")


def list_(service: Service, closed: bool = False, as_json: AsJson = False) -> None:
    """Open letters (with --closed: all)."""
    for letter in with_runtime(service, "letters", lambda runtime: quarantine.listed(runtime, closed)):
        _row(asdict(letter), as_json)


def show(service: Service, letter_id: LetterId) -> None:
    """One letter, without its content."""
    letter = with_runtime(service, "letters", lambda runtime: quarantine.shown(runtime, letter_id))
    if letter is None:
        typer.echo(f"there is no letter {letter_id}; `letters list --closed` shows all", err=True)
        raise typer.Exit(1)
    typer.echo(json.dumps(asdict(letter), default=str, indent=2))


def retry(service: Service, letter_id: LetterId) -> None:
    """Handle a letter and what waits behind it; also one that was skipped, once the worker has come past it."""
    typer.echo(f"{with_runtime(service, 'letters', lambda runtime: quarantine.retry(runtime, letter_id))} handled")


def discard(service: Service, letter_id: LetterId, reason: Reason) -> None:
    """Give up on a letter; the reason is kept."""
    done = with_runtime(service, "letters", lambda runtime: quarantine.discard(runtime, letter_id, reason))
    typer.echo(f"discarded; {done} behind it handled")


def skip(
    service: Service,
    topic: Annotated[str, typer.Argument(help="as in deploy/topics.toml, without the deployment's prefix")],
    partition: Annotated[int, typer.Argument(min=0, max=2**31 - 1)],
    offset: Annotated[int, typer.Argument(min=0, max=LARGEST)],
    reason: Reason,
    to: Annotated[
        int | None, typer.Option(min=0, max=LARGEST, help="the last offset, when a whole batch is to be passed over")
    ] = None,
) -> None:
    """Pass over a message of a topic that is not handled yet: for when a process dies of it. Takes effect within seconds."""
    offsets = range(offset, (offset if to is None else to) + 1)

    async def work(runtime: Runtime) -> int:
        return await skips.skip(runtime, service.consumer_of(topic), topic, partition, offsets, reason)

    try:
        typer.echo(f"{with_runtime(service, 'letters', work)} skipped")
    except (skips.NotSkipped, Unknown) as error:
        typer.echo(f"nothing skipped: {error}", err=True)
        raise typer.Exit(2) from None


def positions(service: Service, as_json: AsJson = False) -> None:
    """Where the worker stands in each partition: the offset that it handles next, and how many messages wait from there on."""

    async def work(runtime: Runtime) -> dict[Partition, tuple[int, int]]:
        return await lag(runtime, f"{service.name}.worker", topics_of(service.followed))

    for (topic, partition), (following, waiting) in sorted(with_runtime(service, "letters", work).items()):
        _row({"topic": topic, "partition": partition, "next": following, "waiting": waiting}, as_json)


def doubts(service: Service, as_json: AsJson = False) -> None:
    """The processes that wait because their clock is in doubt; ends with 1 when there are any."""
    found = [each for each in with_runtime(service, "clock", timekeeping.in_doubt) if each.fresh]
    for each in found:
        _row(asdict(each), as_json)
    raise typer.Exit(bool(found))


def confirm(
    service: Service,
    today: Annotated[date, typer.Argument(parser=day, metavar="YYYY-MM-DD", help="what day it is in Shanghai, by your own watch")],
    by: Annotated[str, typer.Option(callback=_said, help="who confirms it; it is kept")],
    reason: Reason,
) -> None:
    """Say what day it is: processes in doubt go on, and who said so is kept. Ends with 1 when nothing was confirmed."""

    async def work(runtime: Runtime) -> datetime:
        return await timekeeping.confirm(runtime, today, by, reason)

    try:
        at = with_runtime(service, "clock", work)
    except timekeeping.NotConfirmed as error:
        typer.echo(f"not confirmed: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"confirmed: {at.isoformat()}")


def _configured(service: Service, command: str, role: str, *needed: str) -> settings.Settings:
    config = settings.load(f"{service.name} {command}", *needed)
    log.configure(service.name, role, config.log_level)
    return config


def _row(row: dict[str, Any], as_json: bool) -> None:
    """A line of a list."""
    typer.echo(json.dumps(row, default=str) if as_json else "  ".join(str(value) for value in row.values()))


def with_runtime(service: Service, command: str, work: Callable[[Runtime], Awaitable[T]], *needed: str) -> T:
    """What an operator's command finds or does, with the settings that it needs beside those of every one."""
    config = _configured(service, command, command, "database_url", *needed, "site_key")

    async def go() -> T:
        async with opened(service, config) as runtime:
            return await work(runtime)

    return stopping.run_command(go())
