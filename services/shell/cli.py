"""The command line of a service: `python -m services.<name> …`, for its processes and for the operator."""

import asyncio
import json
import os
from dataclasses import asdict
from typing import Annotated, Any

import typer
import uvloop

from services.engine import quarantine, settings
from services.engine.rebuild import Rebuild
from services.engine.runtime import Runtime
from services.kernel.service import Service
from services.shell import log, migrate
from services.shell.process import ROLES, opened, serve

Roles = Annotated[list[str], typer.Argument(help="any of: " + " ".join(ROLES))]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]


def cli(service: Service) -> None:
    """The command line of one service."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, help=f"Shouwang {service.name}")
    posts = typer.Typer(no_args_is_help=True, help="messages set aside")
    app.add_typer(posts, name="letters")

    @app.command()
    def run(roles: Roles) -> None:
        """Run roles until SIGTERM."""
        if unknown := set(roles) - set(ROLES):
            raise typer.BadParameter(f"unknown roles {sorted(unknown)}; there are {', '.join(ROLES)}")
        config = _configured(service, "+".join(roles))
        uvloop.run(serve(service, config, roles))
        os._exit(0)  # Faust's consumer thread may outlive the loop; everything is committed and closed

    @app.command(name="migrate")
    def migrate_() -> None:
        """Bring the database up to date."""
        config = _configured(service, "migrate")
        done = asyncio.run(migrate.migrate(config.migrator_url.get_secret_value(), service.name, service.folder / "migrations"))
        typer.echo(f"{service.name}: {len(done)} migrations applied")

    @app.command()
    def rebuild(table: str) -> None:
        """Rebuild one projection beside the live one and swap."""
        config = _configured(service, "rebuild")

        async def work(runtime: Runtime) -> int:
            return await Rebuild(runtime, table, config.rebuild_url.get_secret_value()).run()

        typer.echo(f"{table}: {_with_runtime(service, config, work)} rows")

    @posts.command(name="list")
    def list_(closed: bool = False, as_json: AsJson = False) -> None:
        """Open letters (with --closed: all)."""
        found = _with_runtime(service, _configured(service, "letters"), lambda r: quarantine.listed(r, closed))
        for letter in found:
            row = asdict(letter)
            typer.echo(json.dumps(row, default=str) if as_json else "  ".join(str(v) for v in row.values()))

    @posts.command()
    def show(letter_id: int) -> None:
        """One letter, without its content."""
        found = _with_runtime(service, _configured(service, "letters"), lambda r: quarantine.listed(r, True))
        typer.echo(json.dumps(next(asdict(x) for x in found if x.id == letter_id), default=str, indent=2))

    @posts.command()
    def retry(letter_id: int) -> None:
        """Handle a letter and what waits behind it."""
        typer.echo(f"{_with_runtime(service, _configured(service, 'letters'), lambda r: quarantine.retry(r, letter_id))} handled")

    @posts.command()
    def discard(letter_id: int, reason: Annotated[str, typer.Option()]) -> None:
        """Give up on a letter; the reason is kept."""
        done = _with_runtime(service, _configured(service, "letters"), lambda r: quarantine.discard(r, letter_id, reason))
        typer.echo(f"discarded; {done} behind it handled")

    app()


def _configured(service: Service, role: str) -> settings.Settings:
    config = settings.load()
    log.configure(service.name, role, config.log_level)
    return config


def _with_runtime(service: Service, config: settings.Settings, work: Any) -> Any:
    async def go() -> Any:
        async with opened(service, config) as runtime:
            return await work(runtime)

    return asyncio.run(go())
