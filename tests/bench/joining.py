"""A list of a million rows against a million rows of the register by their ids, from csv files on: what is the same, what differs, and who
stands on one side alone. The comparing engine, as a county has it, against dictionaries of rows."""

import csv
import random
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import UUID

from services.matching.county_facts.opened import County
from tests.bench.figures import Figure, in_a_process, megabytes

ROWS, RUNS = 1_000_000, 3
_MISSING, _DIFFERENT = 20, 33  # every so many rows of the list names nobody of the register, or says another grade
_COLUMNS = {"index": "UUID", "birth_month": "VARCHAR", "category": "VARCHAR", "grade": "BIGINT", "division": "VARCHAR"}
_VALUES = [name for name in _COLUMNS if name != "index"]
_SAME = " AND ".join(f"listed.{name} IS NOT DISTINCT FROM registered.{name}" for name in _VALUES)
_COUNTED = f"""SELECT count(*) FILTER (same), count(*) FILTER (NOT same), count(*) FILTER (there IS NULL), count(*) FILTER (here IS NULL)
    FROM (SELECT listed.index AS here, registered.index AS there, CASE WHEN here = there THEN {_SAME} END AS same
        FROM listed FULL JOIN registered ON listed.index = registered.index)"""

Counts = tuple[int, int, int, int]  # the same, different, only in the list, only in the register
Measured = tuple[float, float, Counts]  # seconds, MB, what was found


async def joining() -> list[Figure]:
    """Seconds and memory, each in a process that does nothing else; medians of turns."""
    ours, theirs = list[Measured](), list[Measured]()
    with TemporaryDirectory() as folder:
        files = Path(folder) / "listed.csv", Path(folder) / "registered.csv"
        for file in files:
            _write(file)
        for _ in range(RUNS):
            theirs.append(await in_a_process(_measured, _by_dictionaries, *files))
            ours.append(await in_a_process(_measured, _by_engine, *files))
    assert {counts for *_, counts in ours + theirs} == {_expected()}, "the same was found"
    took, baseline = median(each[0] for each in ours), median(each[0] for each in theirs)
    what = "1,000,000 × 1,000,000 rows by id, csv included"
    return [
        Figure(what, round(1 / took, 2), "1/s", round(1 / baseline, 2), round(baseline / took, 2), 5),
        Figure(f"{what}, time", round(took, 2), "s", None, None, 1.5, True),
        Figure(f"{what}, memory", round(max(each[1] for each in ours)), "MB", None, None, 600, True),
    ]


def _write(file: Path) -> None:
    numbers = [*range(ROWS)]
    random.Random(file.stem).shuffle(numbers)
    with file.open("w", encoding="ascii", newline="") as out:
        csv.writer(out).writerows(map(_listed if file.stem == "listed" else _row, numbers))


def _row(number: int) -> list[object]:
    index = UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128))
    return [index, f"19{50 + number % 50}-{1 + number % 12:02}", f"{number % 7}", 1 + number % 4, f"5334{number % 97:08}"]


def _listed(number: int) -> list[object]:
    if number % _MISSING == 0:
        return _row(number + ROWS)
    index, birth_month, category, grade, division = _row(number)
    return [index, birth_month, category, 9 if number % _DIFFERENT == 0 else grade, division]


def _expected() -> Counts:
    missing = len(range(0, ROWS, _MISSING))
    different = sum(number % _MISSING > 0 for number in range(0, ROWS, _DIFFERENT))
    return ROWS - missing - different, different, missing, missing


def _measured(work: Callable[[Path, Path], Counts], listed: Path, registered: Path) -> Measured:
    begun = time.perf_counter()
    counts = work(listed, registered)
    return time.perf_counter() - begun, megabytes(), counts


def _by_engine(listed: Path, registered: Path) -> Counts:
    with TemporaryDirectory() as folder, County(Path(folder), {"listed": _COLUMNS, "registered": _COLUMNS}) as county:
        county.load("listed", listed)
        county.load("registered", registered)
        ((same, different, here, there),) = county.ask(_COUNTED)
    return same, different, here, there


def _by_dictionaries(listed: Path, registered: Path) -> Counts:
    rows = {row[0]: row for row in _rows(registered)}
    same = different = here = 0
    for row in _rows(listed):
        other = rows.pop(row[0], None)
        here += other is None
        same += other == row
        different += other is not None and other != row
    return same, different, here, len(rows)


def _rows(file: Path) -> list[list[str]]:
    with file.open(encoding="ascii", newline="") as lines:
        return list(csv.reader(lines))
