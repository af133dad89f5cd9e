"""`python -m services.certificates.roster_import FILE`: take in a roster of the national register, with a progress bar.

The database, site key and schemas come from the service's own settings; the clerk who answers for the file is named.
"""

import asyncio
import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from services.certificates.roster_import.importer import Intake
from services.certificates.roster_import.options import AsOf, Clerk, County, DryRun
from services.certificates.roster_import.validation import Report, counted
from services.certificates.service import SERVICE
from services.engine import settings
from services.kernel.errors import ShouwangError
from services.shell import log, stopping
from services.shell.cli import refusals
from services.shell.process import opened

PartOnly = Annotated[bool, typer.Option("--part-only", help="not the whole county is on it: its silence says nothing")]


def main(file: Path, county: County, as_of: AsOf, clerk: Clerk, dry_run: DryRun = False, part_only: PartOnly = False) -> None:
    """Judge the file, then take it in; ends with 1 when it is refused or interrupted, with 2 when there is no such file."""
    config = settings.load("roster_import", "database_url", "site_key")
    log.configure(SERVICE.name, "import", config.log_level)
    if not file.is_file():
        typer.echo(f"no such file: {file}", err=True)
        raise typer.Exit(2)
    try:
        work = _run(file.read_bytes(), config, county, as_of, f"CL:{county}:{clerk}", not dry_run, not part_only)
        report = stopping.run_command(work)
    except ShouwangError as refused:
        typer.echo(f"refused: {refused.code}: {refused.detail}", err=True)
        raise typer.Exit(1) from None
    typer.echo(json.dumps(counted(report), ensure_ascii=False, indent=1))


async def _run(data: bytes, config: settings.Settings, county: str, as_of: date, actor: str, keep: bool, complete: bool) -> Report:
    async with opened(SERVICE, config) as runtime:
        intake = Intake(runtime, data, county, as_of, actor)
        report = await asyncio.to_thread(intake.judge)  # the loop hears signals meanwhile
        with typer.progressbar(length=report.usable + report.rejected, label="roster", show_pos=True, file=sys.stderr) as bar:
            return await intake.take(report, keep, bar.update, complete)


if __name__ == "__main__":
    with refusals():
        typer.run(main)
