"""Lists as agencies keep them, before they become files: rows of named values, month by month, and what the county consists of besides."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from deploy.sandbox.county.life import as_of
from deploy.sandbox.county.world import Person, World

Row = dict[str, Any]  # of a column's name; "person": whose row it truly is; "unusable": the code why nobody can use it


@dataclass(slots=True)
class Sheet:
    """One agency's list of a kind as of the last day of a month. Rows are shared between months: change a copy only."""

    kind: str
    agency: str
    month: str
    rows: list[Row]
    _places: dict[int, list[int]] | None = None

    @property
    def as_of(self) -> date:
        """The day as of which it is."""
        return as_of(self.month)

    def of(self, person: Person) -> list[Row]:
        """The rows of a person."""
        return [self.rows[place] for place in self._index().get(person.number, []) if self.rows[place]]

    def drop(self, person: Person, **having: Any) -> None:
        """Take the person's rows away: all, or those with these values."""
        for place in self._index().get(person.number, []):
            row = self.rows[place]
            if row and all(row[name] == value for name, value in having.items()):
                self.rows[place] = {}

    def change(self, person: Person, _having: Row | None = None, **values: Any) -> None:
        """Give other values to the person's rows: to all, or to those that have some values."""
        for place in self._index().get(person.number, []):
            row = self.rows[place]
            if row and all(row[name] == value for name, value in (_having or {}).items()):
                self.rows[place] = row | values

    def add(self, row: Row) -> None:
        """One row more."""
        self._index().setdefault(row["person"], []).append(len(self.rows))
        self.rows.append(row)

    def tidy(self) -> None:
        """Let the places of rows that were taken away go."""
        self.rows = [row for row in self.rows if row]
        self._places = None

    def _index(self) -> dict[int, list[int]]:
        if self._places is None:
            self._places = {}
            for place, row in enumerate(self.rows):
                if row:
                    self._places.setdefault(row["person"], []).append(place)
        return self._places


@dataclass(slots=True)
class County:
    """The county and all lists; `sheets[n]` are those of the n-th month, by kind and agency."""

    world: World
    sheets: list[dict[tuple[str, str], Sheet]] = field(default_factory=list)

    def sheet(self, month: int, kind: str) -> Sheet:
        """The first list of a kind in a month, by agency."""
        return next(self.of_kind(month, kind))

    def of_kind(self, month: int, kind: str) -> Iterator[Sheet]:
        """All agencies' lists of a kind in a month."""
        return (sheet for (each, _), sheet in self.sheets[month].items() if each == kind)

    def everywhere(self, kind: str, span: Iterable[int]) -> Iterator[Sheet]:
        """All lists of a kind in these months."""
        for month in span:
            yield from self.of_kind(month, kind)


def row_of(person: Person, **values: Any) -> Row:
    """A person's row: who it is and where he lives, and the columns of the kind."""
    home = person.home
    return {
        "person": person.number,
        "citizen_id": person.citizen_id,
        "name": person.name,
        "birth": person.born,
        "township": home.township,
        "village": home.village_name,
    } | values
