"""Make a county and write it: every file that an agency would send, what the register and monitoring know, and the answer key."""

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.sandbox.county import register
from deploy.sandbox.county.assembly import assembled, summarised
from deploy.sandbox.county.injections.cast import Injected
from deploy.sandbox.county.injections.play import injected
from deploy.sandbox.county.key import entries, sums
from deploy.sandbox.county.life import lived
from deploy.sandbox.county.lists import County
from deploy.sandbox.county.people import made
from deploy.sandbox.county.sheets.faults import spoiled
from deploy.sandbox.county.sheets.files import Written, write
from deploy.sandbox.county.world import COUNTY


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for. `first`: the first month; `share`: of those to whom an error could happen; `faults`: of a list's rows."""

    seed: int
    households: int
    months: int = 4
    first: str = "2026-03"
    share: float = 0.005
    faults: float = 0.02


class UnseenError(Exception):
    """The reference does not find an error that was put in: the county contradicts itself."""


def county(order: Order) -> tuple[County, list[Injected]]:
    """The county with its errors, not yet with the faults of its files."""
    world, fates = made(order.seed, order.households, order.first, order.months)
    lived(world, fates)
    found = assembled(world)
    errors = injected(found, order.share) if order.share else []
    summarised(found)
    return found, errors


def written(order: Order, folder: Path) -> dict[str, Any]:
    """Write everything into an empty folder. Returns the key. Raises UnseenError, and FileExistsError for a folder with something in it."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    with _without_collection():
        found, errors = county(order)
        spoiled(found, order.faults)
        files = list(_files(order, found, folder))
        key = _key(order, found, errors, files)
    _json(folder / "key.json", key)
    return key


def _files(order: Order, found: County, folder: Path) -> Iterator[Written]:
    world = found.world
    for name in ("register", "monitoring", *world.months):
        (folder / name).mkdir()
    write(order.seed, register.cards(world), folder / "register", plain=True)
    for month, events in register.events(world).items():
        _json(folder / "register" / f"{month}.json", events)
    _json(folder / "monitoring" / "households.json", register.households(world))
    for month, sheets in zip(world.months, found.sheets, strict=True):
        for sheet in sheets.values():
            yield write(order.seed, sheet, folder / month, plain=not order.faults)


def _key(order: Order, found: County, errors: list[Injected], files: list[Written]) -> dict[str, Any]:
    rows = [entry.row(found.world.months) for entry in entries(found)]
    seen = {(row["rule"], row["subject"]) for row in rows}
    if unseen := sorted({f"{error.rule} of {error.subject}" for error in errors if (error.rule, error.subject) not in seen}):
        raise UnseenError(f"not found by the reference: {', '.join(unseen)}")
    unusable = [_unusable(file, code, lines) for file in files for code, lines in file.unusable.items()]
    rows += [_quality(found, file, code) for file in files for code in file.unusable]
    return {
        "seed": order.seed,
        "households": order.households,
        "county": COUNTY,
        "months": found.world.months,
        "injected": [{"rule": error.rule, "subject": error.subject} for error in errors],
        "sums": sums(rows),
        "findings": rows,
        "unusable": unusable,
        "candidates": _candidates(found, files),
    }


def _name(file: Written) -> str:
    return f"{file.path.parent.name}/{file.path.name}"


def _unusable(file: Written, code: str, lines: list[int]) -> dict[str, Any]:
    return {"file": _name(file), "code": code, "rows": len(lines), "lines": lines}


def _quality(found: County, file: Written, code: str) -> dict[str, Any]:
    """The finding about a list with rows that no rule can use."""
    return {
        "rule": "ROW_UNUSABLE",
        "type": "DATA_QUALITY",
        "owner": file.sheet.agency,
        "subject_kind": "roster",
        "subject": _name(file),
        "object": code,
        "period": file.sheet.month,
        "lasting": "MONTH",
        "stands_in": found.world.months[found.world.months.index(file.sheet.month) :],
        "opens": found.world.months.index(file.sheet.month),
        "closes": None,
        "closes_by": "",
        "reopens": [],
    }


def _candidates(found: County, files: list[Written]) -> list[dict[str, Any]]:
    """Rows without a usable id of persons whom the register knows, with who is truly meant."""
    known = {person.number: person for person in found.world.persons if person.registered}
    rows = []
    for file in files:
        lines = sorted((line, code) for code, of_code in file.unusable.items() for line in of_code)
        broken = [row for row in file.sheet.rows if "unusable" in row]
        for (line, code), row in zip(lines, broken, strict=True):
            if person := known.get(row["person"]):
                rows.append({"file": _name(file), "line": line, "code": code, "subject": person.citizen_id})
    return rows


def _json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@contextmanager
def _without_collection() -> Iterator[None]:
    """Millions of rows that all live to the end: looking for garbage among them costs more than writing them."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
