"""What the operator's commands for rosters have in common: their options."""

from datetime import datetime
from typing import Annotated

import typer

County = Annotated[str, typer.Option(help="the county, six digits")]
AsOf = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="the day of which the roster is")]
Clerk = Annotated[str, typer.Option(help="the official who answers for it, as in his token")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="only say what would happen")]
