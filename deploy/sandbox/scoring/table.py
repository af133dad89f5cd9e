"""The score sheet as a table, and which types fall short."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

RECALL, PRECISION = 0.99, 0.98  # the least


def short(sheet: Mapping[str, Any]) -> list[str]:
    """The types of which too much was not found, or of which too much that was found is none."""
    return [row["type"] for row in sheet["types"] if _below(row["recall"], RECALL) or _below(row["precision"], PRECISION)]


def printed(report: Mapping[str, Any], console: Console) -> None:
    """A line for each type; then how many states agree, and how often a row without an id leads to whom it means."""
    table = Table("finding type", "precision", "recall", "wanted", "found")
    for row in report["types"]:
        table.add_row(row["type"], _rate(row["precision"]), _rate(row["recall"]), str(row["wanted"]), str(row["found"]))
    console.print(table)
    states, candidates = report["states"], report["candidates"]
    console.print(f"{states['agree']} of {states['known']} are open or closed as they should be")
    console.print(
        f"rows without a usable citizen id: {candidates['wanted']}, of which {_rate(candidates['within_three'])} have whom they mean "
        f"among the first three candidates, {_rate(candidates['first'])} as the first"
    )
    if report["short"]:
        console.print(f"too little (recall {RECALL}, precision {PRECISION}): {', '.join(report['short'])}")


def _below(rate: float | None, least: float) -> bool:
    """A rate of nothing is neither good nor bad."""
    return rate is not None and rate < least


def _rate(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:.4f}"
