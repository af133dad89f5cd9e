"""`python -m services.matching.intake.reading_child`: a process that forks for each list that is to be read; `nursery.py` starts it.

It loads what reads a list, and waits; it ends with its input. A byte of it means that a list comes: a fork takes it, reads it and ends.
That fork confines itself first: memory, seconds of a processor, how large a file it may write, no core left behind (a core would hold a
county's citizen ids). The bytes of the file it hands on to a process that may even less (`documents/sheet_child.py`).

In: what is asked as a line of JSON, and the file. Out, each a line of JSON: how many lines are read, how that ended, and with which status
the fork ended (below zero: by which signal). What was made lies in the folder that was named: typed rows without a name or number, and the
report of rows, by number and code.
"""

import contextlib
import csv
import gc
import json
import os
import resource
import sys
import traceback
from collections.abc import Mapping
from dataclasses import astuple
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from services.documents.places import CountyPlaces, Places, load_places
from services.domain.citizen_id import blind_index
from services.kernel.errors import Malformed
from services.kernel.policy import Rules
from services.matching.county_facts.likeness import KEPT
from services.matching.intake.copying import copied
from services.matching.intake.reading import CONTENT, COPY, INDEXES, REPORT
from services.matching.policy.rosters import Cell as Kind
from services.matching.policy.rosters import Period, Roster, load_rosters, table_of
from services.matching.roster.typed import Kept, TypedSheet, read, who

_MEMORY, _SECONDS, _LARGEST = 4 << 30, 240, 1 << 29  # bytes of address space, seconds of a processor, bytes of a file


def wait() -> None:
    """Fork for each list until the input ends."""
    _rosters()
    _places()
    gc.freeze()  # what is loaded is there for every fork: none of them looks through it, so none copies it
    while os.read(sys.stdin.fileno(), 1):
        if (child := os.fork()) == 0:
            confine()
            serve()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        _say("ended", os.waitstatus_to_exitcode(status))


def confine() -> None:
    """Limit this process for good."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST, _LARGEST))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
        score.write("1000")


def serve() -> None:
    """Do what is asked, and say how it ended. A fault is told by its place, never by its words: they may hold what stands in a cell."""
    try:
        asked = json.loads(sys.stdin.buffer.readline())
        data = sys.stdin.buffer.read(asked["size"])
        {"read": _read, "annotate": _annotate}[asked["do"]](asked, data)
        _say("done")
    except Malformed as refused:
        _say("refused", refused.code, refused.detail)
    except MemoryError:
        _say("refused", "sheet_too_large", "读取此文件所需的内存超过上限")
    except Exception as fault:
        last = traceback.extract_tb(fault.__traceback__)[-1]
        _say("failed", f"{type(fault).__name__} at {Path(last.filename).name}:{last.lineno}")


@cache
def _rosters() -> Rules[Roster]:
    return load_rosters()


@cache
def _places() -> Places:
    return load_places()


def _read(asked: Mapping[str, Any], data: bytes) -> None:
    today, division, folder = date.fromisoformat(asked["today"]), asked["division"], Path(asked["folder"])
    roster = _rosters().one(asked["kind"], today, division)
    month = asked["period"] if roster.period is Period.MONTH else None
    places = CountyPlaces(_places(), division, today)
    sheet = read(data, roster, places, today, month, asked["max_rows"], lambda lines: _say("read", lines))
    cells, empty = _write(sheet, roster, asked["site_key"], today, folder)
    report = {
        "rows": len(sheet.rows),
        "rejected": sheet.rejected,
        "identified": sum(row.citizen_id is not None for row in sheet.rows),
        "cells": cells,
        "empty_cells": empty,
        "left_out": sheet.left_out,
        "problems": [astuple(problem) for problem in sheet.problems],
    }
    (folder / REPORT).write_text(json.dumps(report), encoding="utf-8")


def _write(sheet: TypedSheet, roster: Roster, site_key: str, today: date, folder: Path) -> tuple[int, int]:
    """The content as CSV and then, by the engine that compares it, as Parquet; how many cells its columns have, and how many are empty."""
    kept = Kept(roster, site_key)
    lists = [place for place, name in enumerate(kept.names) if roster.columns[name].type is Kind.MONTHS]
    plain, indexes, empty = folder / "content.csv", list[str](), 0
    with plain.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        for row in sheet.rows:
            index = str(blind_index(site_key, row.citizen_id)) if row.citizen_id else None
            indexes += [index] if index else []
            values = kept.values(row)
            empty += values.count(None)
            for place in lists:
                values[place] = values[place] and _field(values[place])
            features = who(row, site_key, today)
            out.writerow([row.number, index, *values, *(_field(features.get(name)) for name in KEPT)])
    (folder / INDEXES).write_text(",".join(indexes), encoding="ascii")
    _to_parquet(plain, {"row": "BIGINT", "index": "UUID", **table_of(roster), **KEPT}, folder)
    plain.unlink()
    return len(kept.names) * len(sheet.rows), empty


def _field(value: Any) -> Any:
    """A value as the engine reads it from CSV; unknown is empty."""
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else value


def _to_parquet(plain: Path, columns: Mapping[str, str], folder: Path) -> None:
    kinds = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    with duckdb.connect(config={"memory_limit": "400MB", "threads": 1, "temp_directory": str(folder)}) as engine:
        engine.execute(
            f"""COPY (SELECT * FROM read_csv('{plain}', header = false, auto_detect = false, delim = ',', quote = '"', columns = {{{kinds}}}))
                TO '{folder / CONTENT}' (FORMAT parquet, COMPRESSION zstd)"""  # noqa: S608
        )


def _annotate(asked: Mapping[str, Any], data: bytes) -> None:
    roster = _rosters().one(asked["kind"], date.fromisoformat(asked["today"]), asked["division"])
    content = copied(data, roster.columns, [(row, words) for row, words in asked["marks"]], asked["max_rows"])
    (Path(asked["folder"]) / COPY).write_bytes(content)


def _say(word: str, *said: Any) -> None:
    sys.stdout.write(json.dumps([word, *said]) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if len(sys.argv) != 1:
        sys.stdout.write(f"usage: {__doc__}")
        sys.exit(0 if "--help" in sys.argv else 2)
    wait()
