"""What the operator's commands for rosters have in common: their options, and how a report is printed."""

from datetime import datetime
from typing import Annotated, Any

import typer

from services.certificates.roster_import.validation import Report

County = Annotated[str, typer.Option(help="the county, six digits")]
AsOf = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="the day of which the roster is")]
Clerk = Annotated[str, typer.Option(help="the official who answers for it, as in his token")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="only say what would happen")]


def shown(report: Report) -> dict[str, Any]:
    """A report for people: numbers and codes."""
    findings, outcomes = dict(sorted(report.findings.items())), dict(sorted(report.outcomes.items()))
    return {"usable": report.usable, "rejected": report.rejected, "findings": findings, "outcomes": outcomes}
