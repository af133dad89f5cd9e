"""Figures with a baseline from the same run: medians, ratios, a table, and `.local/bench.json`."""

import asyncio
import gc
import json
import multiprocessing
import resource
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One measured value. `ratio` is value / baseline where there is one; `at_least` is what it must reach (or stay under: `<`)."""

    name: str
    value: float
    unit: str
    baseline: float | None
    ratio: float | None
    at_least: float
    below: bool = False

    @property
    def reached(self) -> bool:
        """Whether the target is met."""
        return self.value < self.at_least if self.below else (self.ratio or 0) >= self.at_least


async def in_a_process(work: Callable[..., Any], *given: Any) -> Any:
    """What a new process makes of it that has nothing else to do."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return await asyncio.to_thread(pool.apply, work, given)


def megabytes() -> float:
    """The most that this process has had of memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def compared(
    name: str, at_least: float, ours: Callable[[], Awaitable[float]], theirs: Callable[[], Awaitable[float]], runs: int = 3
) -> Figure:
    """Medians of `runs` rates each (a second), taken in turns so that both meet the same machine."""
    mine, base = [], []
    for _ in range(runs):
        gc.collect()
        base.append(await theirs())
        gc.collect()
        mine.append(await ours())
    return Figure(name, round(median(mine)), "1/s", round(median(base)), round(median(mine) / median(base), 2), at_least)


def reported(figures: list[Figure], path: Path) -> bool:
    """Print the table, write the file; whether every target was met."""
    table = Table("what", "value", "baseline", "ratio", "at least", "reached")
    for f in figures:
        limit = f"< {f.at_least:g}" if f.below else f"{f.at_least:g} ×"
        ratio = "" if f.ratio is None else f"{f.ratio} ×"
        table.add_row(
            f.name, f"{f.value:,} {f.unit}", f"{f.baseline:,}" if f.baseline else "", ratio, limit, "yes" if f.reached else "NO"
        )
    Console().print(table)
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = [{k: v for k, v in asdict(f).items() if k != "below"} for f in figures]
    path.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
    return all(f.reached for f in figures)
