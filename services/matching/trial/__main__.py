"""`python -m services.matching.trial …`: what rules find as of a past day, and what other rows of rules would find. Counts only."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.domain import divisions
from services.domain.months import add_months, first_day, month_of
from services.engine import settings
from services.kernel import clock
from services.kernel.policy import PolicyError, Row
from services.matching.comparison.rules import Rule
from services.matching.county_facts.sources import AS_OF_TODAY
from services.matching.service import SERVICE
from services.matching.trial.replay import Tried
from services.matching.trial.runs import rows_to_try, tried
from services.shell import log, stopping
from services.shell.cli import AsJson, refusals
from services.shell.process import opened


def _county(code: str) -> str:
    if divisions.level(code) is not divisions.Level.COUNTY:
        raise typer.BadParameter("a county has six digits")
    return code


def _month(month: str) -> str:
    try:
        return month_of(first_day(month))
    except ValueError:
        raise typer.BadParameter("a month is written like 2026-03") from None


County = Annotated[str, typer.Argument(callback=_county, help="the county's code")]
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Rules of comparisons, tried")


@app.command("as-of")
def as_of(
    county: County,
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="lists that came later count for nothing")],
    as_json: AsJson = False,
) -> None:
    """What all rules in force find for the month of a past day, by what was known then; stderr says what is known as of today alone."""
    typer.echo(f"known as it stands today only: {'; '.join(AS_OF_TODAY)}", err=True)
    _printed(_tried(None, county, [month_of(day.date())], day.date()), as_json)


@app.command("replay")
def replay(
    county: County,
    file: Annotated[Path, typer.Argument(help="a TOML file with rows [[comparison]]", exists=True, dir_okay=False)],
    first: Annotated[str, typer.Option(callback=_month, help="the first month")],
    last: Annotated[str, typer.Option(callback=_month, help="the last month")],
    as_json: AsJson = False,
) -> None:
    """How many findings more and fewer a new or changed row would make of these months; ends with 2 when a row cannot be used."""
    if last < first:
        raise typer.BadParameter("the last month is before the first one")
    try:
        rows = rows_to_try(file, SERVICE.policy)
    except PolicyError as refused:
        typer.echo(f"refused: {refused}", err=True)
        raise typer.Exit(2) from None
    months = [first]
    while months[-1] < last:
        months.append(month_of(add_months(first_day(months[-1]), 1)))
    _printed(_tried(rows, county, months, None), as_json)


def _tried(rows: Sequence[Row[Rule]] | None, county: str, months: Sequence[str], day: date | None) -> list[Tried]:
    config = settings.load("matching trial", "database_url", "site_key")
    log.configure(SERVICE.name, "trial", config.log_level)

    async def go() -> list[Tried]:
        async with opened(SERVICE, config) as runtime:
            return await tried(runtime, rows, county, months, day or clock.today(runtime.clock))

    return stopping.run_command(go())


def _printed(found: Sequence[Tried], as_json: bool) -> None:
    for each in found:
        if as_json:
            typer.echo(json.dumps(asdict(each)))
        elif each.suspended:
            typer.echo(f"{each.period}  {each.rule}  not comparable: lacks {', '.join(each.suspended)}")
        else:
            typer.echo(f"{each.period}  {each.rule}  now {each.now}, tried {each.tried}: {each.more} more, {each.fewer} fewer")


if __name__ == "__main__":
    with refusals():
        app()
