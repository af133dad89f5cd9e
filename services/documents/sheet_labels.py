"""The rows of a header as columns, each with the labels that stand over it. Pure; knows no word."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labelled:
    """One column's labels, from the uppermost heading down to its own, and where it stands."""

    place: int
    labels: tuple[str, ...]

    def __str__(self) -> str:
        return f"{letters(self.place)}列“{'/'.join(self.labels)}”"


def labelled(block: Sequence[Sequence[str]]) -> list[Labelled]:
    """Every column of a header's rows with its labels. A heading reaches to the right as far as cells beside it are empty (merged)."""
    width = max((len(row) for row in block), default=0)
    rows = [[*row, *[""] * (width - len(row))] for row in block]
    found = []
    for place in range(width):
        own = max((number for number, row in enumerate(rows) if row[place]), default=None)
        if own is not None:
            labels = [_over(rows, number, place) for number in range(own)] + [rows[own][place]]
            found.append(Labelled(place, tuple(label for label in labels if label)))
    return found


def _over(rows: Sequence[Sequence[str]], number: int, place: int) -> str:
    """The label of a row over a column below it: its own cell, or the group's to its left; "" when no group reaches so far."""
    start = next((left for left in range(place, -1, -1) if rows[number][left]), None)
    if start is None or start == place:
        return rows[number][place]
    group = any(row[start] for row in rows[number + 1 :])
    parted = any(row[between] for row in rows[:number] for between in range(start + 1, place + 1))
    return rows[number][start] if group and not parted else ""


def letters(place: int) -> str:
    """A column's name in a spreadsheet: A, B … Z, AA."""
    before, here = divmod(place, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + here)
