"""`python -m deploy.sandbox.county write`: everything that nine agencies of a county would send over some months, and the answer key."""

import re
from pathlib import Path
from typing import Annotated

import typer

from deploy.sandbox.county.writing import Order
from deploy.sandbox.county.writing import written as write_county
from services.domain.months import MONTH_PATTERN

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)


@app.callback()
def main() -> None:
    """A county of nobody."""


@app.command()
def write(
    out: Annotated[Path, typer.Option(help="a folder that is empty or not yet there")],
    seed: Annotated[int, typer.Option(help="the same seed and arguments write the same bytes")] = 1,
    households: Annotated[int, typer.Option(min=50, help="20000 are about 75,000 persons, 18,000 of them with a card")] = 600,
    months: Annotated[int, typer.Option(min=1, max=12)] = 4,
    first: Annotated[str, typer.Option(help="the first month, 2026-01 or later")] = "2026-03",
    error_share: Annotated[float, typer.Option(min=0, max=0.05, help="errors, of those to whom one could happen; 0: none")] = 0.005,
    fault_rate: Annotated[
        float, typer.Option(min=0, max=0.5, help="rows written oddly; a quarter as many are unusable; 0: plain files")
    ] = 0.02,
) -> None:
    """Write the county."""
    if not re.fullmatch(MONTH_PATTERN, first) or first < "2026-01":
        raise typer.BadParameter("a month like 2026-03, 2026-01 or later", param_hint="--first")
    try:
        key = write_county(Order(seed, households, months, first, error_share, fault_rate), out)
    except FileExistsError as error:
        raise typer.BadParameter(str(error), param_hint="--out") from None
    typer.echo(
        f"{len(key['findings'])} findings of {len(key['sums'])} rules, {len(key['candidates'])} rows without a usable id: {out}/key.json"
    )


if __name__ == "__main__":
    app()
