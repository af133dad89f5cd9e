"""Take in a list of persons who are said to be disabled and have no certificate.

`python -m services.certificates.roster_import.lead_list_cli FILE --source JT_SCHOOL_ROLL …`.

The database, site key and schemas come from the service's own settings; the clerk who answers for the file is named.
"""

import asyncio
import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from services.certificates.outreach.events import LeadSource
from services.certificates.roster_import.lead_list import LeadList
from services.certificates.roster_import.options import AsOf, Clerk, County, DryRun
from services.certificates.roster_import.row import Finding
from services.certificates.roster_import.validation import Report, counted
from services.certificates.service import SERVICE
from services.engine import settings
from services.kernel.errors import Malformed
from services.shell import log, stopping
from services.shell.cli import refusals
from services.shell.process import opened

Source = Annotated[LeadSource, typer.Option(help="whose list it is")]


def main(file: Path, county: County, source: Source, as_of: AsOf, clerk: Clerk, dry_run: DryRun = False) -> None:
    """Judge the list, then take it in; ends with 1 when it is refused, with 2 when there is no such file."""
    config = settings.load("lead list", "database_url", "site_key")
    log.configure(SERVICE.name, "leads", config.log_level)
    if not file.is_file():
        typer.echo(f"no such file: {file}", err=True)
        raise typer.Exit(2)
    about = (county, source, as_of, f"CL:{county}:{clerk}")
    try:
        report, findings = stopping.run_command(_run(file.read_bytes(), config, *about, dry_run))
    except Malformed as refused:
        typer.echo(f"refused: {refused.code}: {refused.detail}", err=True)
        raise typer.Exit(1) from None
    rows = [{"row": note.row, "code": note.code, "used": not note.rejected} for note in findings]
    typer.echo(json.dumps(counted(report) | {"rows": rows}, ensure_ascii=False, indent=1))


async def _run(
    data: bytes, config: settings.Settings, county: str, source: LeadSource, as_of: date, actor: str, dry_run: bool
) -> tuple[Report, list[Finding]]:
    async with opened(SERVICE, config) as runtime:
        leads = LeadList(runtime, data, county, source, as_of, actor)
        report = await asyncio.to_thread(leads.judge)  # the loop hears signals meanwhile
        with typer.progressbar(length=report.usable + report.rejected, label="leads", show_pos=True, file=sys.stderr) as bar:
            return report, await leads.take(report, not dry_run, bar.update)


if __name__ == "__main__":
    with refusals():
        typer.run(main)
