"""`python -m deploy.local up | down | status | reset`: the three servers, kept up by a detached supervisor."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from deploy.local import downloads, postgres
from deploy.local.downloads import DownloadError
from deploy.local.part import REPOSITORY, NotReadyError, command_line
from deploy.local.stack import Stack, default_data

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
Data = Annotated[Path, typer.Option(help="where data and ports are kept")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]
_DATA = default_data() / "stack"


def running(data: Path) -> int | None:
    """The supervisor's process id, if it lives. A file left by a crash may name a process that is somebody else's by now."""
    try:
        pid = int((data / "supervisor.pid").read_text())
        os.kill(pid, 0)
    except (FileNotFoundError, ValueError, ProcessLookupError, PermissionError):
        return None
    return pid if "deploy.local supervise" in command_line(pid) else None


@app.command()
def up(data: Data = _DATA, brokers: int = 1, as_json: AsJson = False) -> None:
    """Start and leave running."""
    data = data.resolve()
    if running(data) is None:
        data.mkdir(parents=True, exist_ok=True)
        (data / "urls.json").unlink(missing_ok=True)
        _downloaded()
        command = [sys.executable, "-m", "deploy.local", "supervise", "--data", str(data), "--brokers", str(brokers)]
        with (data / "supervisor.out").open("wb") as out:
            process = subprocess.Popen(command, cwd=REPOSITORY, stdout=out, stderr=out, start_new_session=True)
        try:
            while not (data / "urls.json").exists():
                if process.poll() is not None:
                    typer.echo((data / "supervisor.out").read_text(), err=True)
                    raise typer.Exit(1)
                time.sleep(0.1)
        except KeyboardInterrupt:
            process.terminate()
            raise
    status(data, as_json)


def _downloaded() -> None:
    """Fetch here, where progress can be seen, not in the supervisor."""
    try:
        downloads.kafka_classpath(default_data() / "cache")
        downloads.registry_jar(default_data() / "cache")
    except DownloadError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@app.command()
def down(data: Data = _DATA) -> None:
    """Stop everything; data stay."""
    pid = running(data)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        while running(data) is not None:
            time.sleep(0.1)
    typer.echo("down")


@app.command()
def status(data: Data = _DATA, as_json: AsJson = False) -> None:
    """Whether it runs, and where."""
    if running(data) is None or not (data / "urls.json").exists():
        typer.echo(json.dumps({"running": False}) if as_json else "not running")
        raise typer.Exit(3)
    urls = json.loads((data / "urls.json").read_text())
    typer.echo(json.dumps({"running": True, **urls}) if as_json else "\n".join(f"{k:9} {v}" for k, v in urls.items()))


@app.command()
def reset(data: Data = _DATA) -> None:
    """Stop and delete the data; downloads stay."""
    down(data)
    postgres.forget(data / "postgres")
    shutil.rmtree(data, ignore_errors=True)


@app.command(hidden=True)
def supervise(data: Data = _DATA, brokers: int = 1) -> None:
    """The process behind `up`: holds the servers until SIGTERM, also while they are still starting."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: sys.exit(0))
    (data / "supervisor.pid").write_text(str(os.getpid()))
    try:
        with Stack(data, default_data() / "cache", brokers):
            while True:
                signal.pause()
    except (DownloadError, NotReadyError, RuntimeError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    finally:
        (data / "supervisor.pid").unlink(missing_ok=True)


if __name__ == "__main__":
    app()
