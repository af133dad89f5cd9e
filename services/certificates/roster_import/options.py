"""What the operator's commands for rosters are told. It gets into events and records for ever, so it has the forms that doors ask for."""

import re
from datetime import date
from typing import Annotated

import typer

from services.domain.divisions import COUNTY_PATTERN
from services.domain.personal import names_somebody
from services.shell.cli import day
from services.shell.http.access import FORMS


def _county(code: str) -> str:
    if not re.fullmatch(COUNTY_PATTERN, code):
        raise typer.BadParameter("a county has six digits, like 533423")
    return code


def _subject(clerk: str) -> str:
    if not FORMS["sub"].fullmatch(clerk) or names_somebody(clerk):
        raise typer.BadParameter("say the pseudonym that stands in the official's token, no name, citizen id or phone")
    return clerk


County = Annotated[str, typer.Option(callback=_county, help="the county, six digits")]
AsOf = Annotated[date, typer.Option(parser=day, metavar="YYYY-MM-DD", help="the day of which the roster is")]
Clerk = Annotated[str, typer.Option(callback=_subject, help="the official who answers for it, as in his token")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="only say what would happen")]
