"""The limits of the house, counted. There is no exception."""

import ast
import subprocess
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE, TABLE, FUNCTION, FOLDER = 300, 400, 40, 15
TABLES = ("commands.py", "states.py")  # nothing but classes one after the other
PACKAGES = {"kernel": 1730, "engine": 3180, "shell": 2730, "domain": 1280, "documents": 2680}


@cache
def sources() -> list[Path]:
    """Every Python file of the project, tracked or about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [ROOT / name for name in listed if (ROOT / name).exists()]


def lines(path: Path) -> int:
    """How many lines a file has."""
    return path.read_text(encoding="utf-8").count("\n")


@dataclass(frozen=True)
class Outline:
    """What the limits ask of a file: its docstring, and each function with its number of lines."""

    docstring: str | None
    functions: list[tuple[str, int]]


@cache
def outline(path: Path) -> Outline:
    """Read once: parsing the whole house is most of what these tests cost."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return Outline(ast.get_docstring(tree), [(node.name, (node.end_lineno or 0) - node.lineno + 1) for node in found])


def test_no_file_is_longer_than_the_limit() -> None:
    assert [str(p.relative_to(ROOT)) for p in sources() if lines(p) > (TABLE if p.name in TABLES else FILE)] == []


def test_no_folder_holds_more_modules_than_a_reader_can_take_in() -> None:
    modules = Counter(p.parent for p in sources() if p.name != "__init__.py")
    assert {str(folder.relative_to(ROOT)): count for folder, count in modules.items() if count > FOLDER} == {}


def test_no_function_is_longer_than_the_limit() -> None:
    found = {f"{p.relative_to(ROOT)}:{name}" for p in sources() for name, length in outline(p).functions if length > FUNCTION}
    assert found == set()


@pytest.mark.parametrize(("package", "limit"), PACKAGES.items())
def test_what_all_services_share_stays_small(package: str, limit: int) -> None:
    assert sum(lines(p) for p in sources() if p.is_relative_to(ROOT / "services" / package)) <= limit


def test_every_module_says_what_it_is_for() -> None:
    silent = [str(p.relative_to(ROOT)) for p in sources() if lines(p) and not outline(p).docstring]
    assert silent == []
