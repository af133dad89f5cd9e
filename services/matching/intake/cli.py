"""`python -m services.matching roster …`: a file of an agency looked at on this machine alone, or sent as its office would send it."""

import json
import sys
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from services.engine.runtime import Runtime
from services.kernel.errors import Malformed
from services.kernel.events import SHANGHAI, Context
from services.kernel.service import Service
from services.matching.intake import reading
from services.matching.intake.jobs import JobRow, JobState
from services.matching.intake.reading import Unusable, Usable
from services.matching.intake.sent import LARGEST, Sent, sent
from services.matching.intake.work import sent_and_read
from services.matching.policy.load import MatchingPolicy
from services.matching.policy.problem_words import words_of
from services.matching.vocabulary import RosterKind
from services.shell import stopping
from services.shell.cli import with_runtime
from services.shell.http.call import uuid7

_FILE = Annotated[Path, typer.Argument(help="xlsx, xls or csv")]
_KIND = Annotated[RosterKind, typer.Option(help="which list it is")]
_COUNTY = Annotated[str, typer.Option(help="the county that it covers, six digits")]
_AS_OF = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="the day as of which it is")]
_PERIOD = Annotated[str | None, typer.Option(help="the month (2026-03) or the year (2026) that it is of, by the kind of list")]
_AGENCY = Annotated[str, typer.Option(help="the agency that sends it, as MZ")]
_CLERK = Annotated[str, typer.Option(help="the official who answers for it, as in his token")]
_NO_KEY = "no blind index leaves this process"  # what is read offline is thrown away


def roster_commands(service: Service) -> typer.Typer:
    """The commands under `roster`."""
    app = typer.Typer(no_args_is_help=True, help="files of agencies: looked at on this machine alone, or sent")

    @app.command()
    def validate(file: _FILE, kind: _KIND, division: _COUNTY, as_of: _AS_OF, period: _PERIOD = None) -> None:
        """Say what would become of a file, by the same rules and without any server; ends with 1 when it would be refused, with 2 when there
        is no such file."""
        data = _bytes(file)
        policy: MatchingPolicy = service.policy
        today = datetime.now(SHANGHAI).date()
        agency = policy.rosters.one(kind, today, division).senders[0]
        file_sent = sent(kind, division, as_of.date(), period, data, policy, _context(agency, division, "offline"))
        report = stopping.run_command(_validated(data, file_sent, policy, today))
        typer.echo(json.dumps(report, ensure_ascii=False, indent=1))
        raise typer.Exit(0 if report["outcome"] == "usable" else 1)

    @app.command()
    def send(
        file: _FILE, kind: _KIND, division: _COUNTY, as_of: _AS_OF, agency: _AGENCY, clerk: _CLERK, period: _PERIOD = None
    ) -> None:
        """Send a file in the name of an office, and wait until it is read; ends with 1 when it is refused."""
        data = _bytes(file)

        async def go(runtime: Runtime) -> JobRow:
            context = Context(f"{agency}:{division}:{clerk}", runtime.clock(), seed := uuid7(), seed, scope=division)
            return await sent_and_read(
                runtime, data, sent(kind, division, as_of.date(), period, data, service.policy, context), context
            )

        job = with_runtime(service, "roster send", go)
        typer.echo(json.dumps({name: str(getattr(job, name)) for name in ("job_id", "roster_id", "state", "code", "rows_read")}))
        raise typer.Exit(job.state is JobState.REJECTED)

    return app


async def _validated(data: bytes, file: Sent, policy: MatchingPolicy, today: date) -> dict[str, Any]:
    most = policy.intake.one("roster", today, file.division).max_rows
    with TemporaryDirectory(prefix="shouwang-roster-") as folder, typer.progressbar(length=most, file=sys.stderr) as bar:
        found = await reading.read(data, file, policy, _NO_KEY, today, Path(folder), lambda lines: bar.update(lines - bar.pos))
    return _report(found, policy, file, today)


def _report(found: Usable | Unusable, policy: MatchingPolicy, file: Sent, today: date) -> dict[str, Any]:
    roster = policy.rosters.one(file.kind, today, file.division)
    problems = [
        {"row": problem.row, "code": problem.code, "rejected": problem.rejected, "words": words_of(problem.code, roster)}
        for problem in found.problems
    ]
    counts: dict[str, Any] = {"rows": found.rows, "rejected": found.rejected}
    if isinstance(found, Usable):
        return {"outcome": "usable", **counts, "left_out": found.left_out, "problems": problems}
    return {"outcome": "refused", "code": found.reason, "detail": found.detail, **counts, "problems": problems}


def _context(agency: str, division: str, who: str) -> Context:
    return Context(f"{agency}:{division}:{who}", datetime.now(SHANGHAI), seed := uuid7(), seed, scope=division)


def _bytes(file: Path) -> bytes:
    if not file.is_file():
        typer.echo(f"no such file: {file}", err=True)
        raise typer.Exit(2)
    if file.stat().st_size > LARGEST:
        raise Malformed("file_too_large", f"文件不超过{LARGEST >> 20}MB")
    return file.read_bytes()
