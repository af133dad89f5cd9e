"""The places of an addition: those that `services/README.md` lists are all that it takes, and each of them is missed.

A made-up event and its command are written into a copy of the tree, piece by piece as `places.toml` says. With all of them every check
passes; without any one of them the check that the README names beside it fails.
"""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from deploy.databases import SERVICES
from services.kernel.language import folder_of

ROOT = Path(__file__).resolve().parents[2]
PLACES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("places.toml").read_text(encoding="utf-8"))["place"]
EXAMPLE = {"CertificateHandedOver": "CertificateReportedLost"}  # the made-up event, and the one that the README shows
GENERATED = {  # by the test that asks for it: the module that `make` runs
    "test_a_change_of_a_schema_file_shows_in_the_fingerprints": "tests.contract.make_golden",
    "test_the_document_is_frozen_until_make_asyncapi": "deploy.asyncapi",
    "test_a_document_is_frozen_until_make_openapi": "deploy.openapi",
    "test_the_document_is_what_the_code_decides": "tests.certificates.certificate.transitions",
}
BESIDE = {"test_a_class_agrees_with_its_schema", "test_every_golden_message_belongs_to_a_schema_version"}
ALL = sorted({place["check"] for place in PLACES} | GENERATED.keys() | BESIDE)


@pytest.mark.server  # a program of its own, over a copy of the tree
@pytest.mark.long
def test_all_places_together_are_enough_and_each_of_them_is_missed(tmp_path: Path) -> None:
    whole = written(PLACES)
    plan = [
        {"files": whole, "generators": [], "checks": list(GENERATED), "compile": True},
        {"files": {}, "generators": list(GENERATED.values()), "checks": ALL, "compile": True},
    ]
    for left_out in PLACES:
        name = left_out["file"]
        without = written([place for place in PLACES if place is not left_out], of=name)
        plan.append({"files": without, "generators": [], "checks": [left_out["check"]], "compile": False})
        plan.append({"files": {name: whole[name]}, "generators": [], "checks": [], "compile": False})
    not_generated, together, *others = carried_out(tmp_path, plan)
    assert sorted(not_generated) == sorted(GENERATED), "a generated file is not asked for"
    assert together == [], "a place is missing from the list in services/README.md"
    not_missed = [place for place, failed in zip(PLACES, others[::2], strict=True) if failed != [place["check"]]]
    assert [(place["file"], place["put"]) for place in not_missed] == []


def test_the_readme_lists_these_places_and_the_check_that_misses_each() -> None:
    listed = re.findall(
        r"^\| `([\w./]+)` \|.*\| `(\w+)`[^|]*\|$", section("An event, and the command that leads to it"), re.MULTILINE
    )
    tried = [(place["file"], place["check"]) for place in PLACES]
    real = [(re.sub("|".join(EXAMPLE), lambda found: EXAMPLE[found[0]], file), check) for file, check in tried]
    assert listed == real


@cache
def module_of(check: str) -> str:
    """Where a test stands; of several with one name the register's."""
    paths = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py"))
    found = [path for path in paths if re.search(rf"^def {check}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)]
    assert found, f"there is no test {check}"
    return next((path for path in found if path.startswith("tests/certificates/")), found[0])


def section(title: str) -> str:
    """What stands below a heading of `services/README.md`."""
    text = (ROOT / "services" / "README.md").read_text(encoding="utf-8")
    return text.partition(f"### {title}\n")[2].partition("\n### ")[0]


def written(places: list[dict[str, Any]], of: str = "") -> dict[str, str | None]:
    """The files (or that one) with these places in them; None for a file that is not there without its place."""
    files: dict[str, str | None] = {}
    for name in [of] if of else dict.fromkeys(place["file"] for place in places):
        path = ROOT / name
        text = path.read_text(encoding="utf-8") if path.exists() else None
        for place in places:
            if place["file"] == name:
                for piece in place["put"]:
                    text = put(name, text, piece)
        files[name] = text
    return files


def put(name: str, text: str | None, piece: dict[str, str]) -> str:
    """A file with one more piece: its text in front of the line that it names."""
    new = piece["text"].removeprefix("\n")
    if text is None:
        return new
    head, below, rest = text.partition("\n" + piece["below"]) if "below" in piece else ("", "", text)
    found = re.search(f"^{re.escape(piece['before'])}", rest, re.MULTILINE)
    assert found, f"{name} has no line {piece['before']!r} below {piece.get('below')!r}: places.toml follows the code"
    return head + below + rest[: found.start()] + new + rest[found.start() :]


def carried_out(folder: Path, plan: list[dict[str, Any]]) -> list[list[str]]:
    """What failed in each step of a plan, in a copy of the tree."""
    for name in ("services", "schemas", "deploy", "tests"):
        shutil.copytree(ROOT / name, folder / "copy" / name)
    steps = [{**step, "checks": [f"{module_of(check)}::{check}" for check in step["checks"]]} for step in plan]
    (folder / "plan.json").write_text(json.dumps(steps), encoding="utf-8")
    command = [sys.executable, "-P", str(Path(__file__).with_name("places.py")), str(folder / "copy"), str(folder / "plan.json")]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    print(done.stderr[-20_000:])
    assert done.returncode == 0
    answer: list[list[str]] = json.loads(done.stdout)
    return [[failed.rpartition("::")[2] for failed in step] for step in answer]


@cache
def tables(service: str) -> dict[str, set[str]]:
    """The tables of a service's read models by their scripts, each with its columns; only those that row security guards."""
    scripts = [ROOT / "services" / "kernel" / "schema.sql", *sorted((folder_of(service) / "migrations").glob("*.sql"))]
    sql = "\n".join(path.read_text(encoding="utf-8") for path in scripts)
    guarded = set(re.findall(r"guard\('(\w+)'\)", sql))
    made = re.findall(r"^CREATE TABLE views\.(\w+) \(\n(.*?)^\)", sql, re.MULTILINE | re.DOTALL)
    return {table: set(re.findall(r"^    ([a-z_]+) ", columns, re.MULTILINE)) for table, columns in made if table in guarded}


@pytest.mark.parametrize("service", SERVICES)
def test_every_projection_has_its_table_its_columns_and_its_guard(service: str) -> None:
    projections = importlib.import_module(f"services.{service}.service").SERVICE.projections
    rows = {projection.table: {column.name for column in projection.columns} for projection in projections}
    assert {"due": tables(service)["due"]} | rows == tables(service)


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_of_a_policy_is_loaded(service: str) -> None:
    folder = folder_of(service) / "policy"
    code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    found = {table for path in folder.glob("*.toml") for table in tomllib.loads(path.read_text(encoding="utf-8"))}
    assert found
    assert {table for table in found if f'"{table}"' not in code} == set()
