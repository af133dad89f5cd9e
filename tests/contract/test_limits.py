"""The limits of the house, counted. An exception stands here and in `services/DECISIONS.md`, or it does not exist."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE, FUNCTION = 300, 40
PACKAGES = {"kernel": 1800, "shell": 1400}
LONGER_FILES: dict[str, str] = {}
LONGER_FUNCTIONS = {
    "services/shell/run.py:cli",  # the command line of a service: seven small commands in one closure (DECISIONS 9)
    "deploy/sandbox/review.py:reviewed",  # a list of figures and a list of checks (DECISIONS 9)
    "tests/bench/storing.py:relaying",
    "tests/bench/delivering.py:rebuilding",
    "tests/bench/delivering.py:delivering",
    "tests/bench/storing.py:appending",
}


def sources() -> list[Path]:
    """Every Python file of the project, tracked or about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [ROOT / name for name in listed if (ROOT / name).exists()]


def lines(path: Path) -> int:
    """How many lines a file has."""
    return path.read_text(encoding="utf-8").count("\n")


def test_no_file_is_longer_than_the_limit() -> None:
    found = {str(p.relative_to(ROOT)): lines(p) for p in sources() if lines(p) > FILE}
    assert found.keys() == LONGER_FILES.keys()


def test_no_function_is_longer_than_the_limit() -> None:
    found = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= FUNCTION:
                found.add(f"{path.relative_to(ROOT)}:{node.name}")
    assert found <= LONGER_FUNCTIONS


@pytest.mark.parametrize(("package", "limit"), PACKAGES.items())
def test_what_all_services_share_stays_small(package: str, limit: int) -> None:
    assert sum(lines(p) for p in sources() if p.parent == ROOT / "services" / package) <= limit


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(p.relative_to(ROOT)) for p in sources() if lines(p) and not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))
    ]
    assert silent == []
