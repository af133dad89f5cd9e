"""What the deployment's jobs have in common: `--help`, missing settings by name, signals, one line instead of a traceback.

A job's settings are variables of the environment. Each may be given as a file instead, which `<name>_FILE` names.
"""

import argparse
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from services.engine.settings import missing, refuse
from services.shell.stopping import run_command

T = TypeVar("T")


def parser(module: str, doc: str | None) -> argparse.ArgumentParser:
    """A command line that knows `--help`, which shows the module's own words and does nothing else."""
    return argparse.ArgumentParser(f"python -m {module}", description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)


def given(job: str, **meanings: str) -> list[str]:
    """The settings of a job in this order, `POSTGRES="what it is"`. Ends the process with 2 when one is missing, and names all that are."""
    values, faults = [], []
    for name, meaning in meanings.items():
        variable = f"SHOUWANG_{name}"
        try:
            file = os.environ.get(f"{variable}_FILE")
            value = Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(variable, "")
        except (OSError, UnicodeDecodeError) as error:
            faults.append(f"{variable}_FILE names {file}, which cannot be read ({type(error).__name__}): it is the {meaning}")
            continue
        if not value:
            faults.append(missing(variable, meaning, f"name a file with it in {variable}_FILE"))
        values.append(value)
    if faults:
        refuse(f"deploy.{job}", faults)
    return values


def done(job: str, work: Coroutine[Any, Any, T], faults: tuple[type[Exception], ...]) -> T:
    """Run the job's work. One of the `faults`, or a server that does not answer, ends the process with 1 and one line."""
    told: tuple[type[Exception], ...] = (OSError, *faults)
    try:
        return run_command(work)
    except told as error:
        text = str(error) or type(error).__name__
        raise SystemExit(f"deploy.{job}: {text}") from None
