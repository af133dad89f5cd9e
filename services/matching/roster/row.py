"""One line of a list, read by itself: what each column says, whose row it is, and what is odd about it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from services.documents import sheet_header
from services.documents.places import CountyPlaces
from services.documents.sheet_cell import is_error, text, written
from services.documents.sheet_words import conclusion, plain
from services.domain import citizen_id as citizen_ids
from services.domain import divisions, names
from services.domain.divisions import only_township_known
from services.kernel.errors import Malformed
from services.matching.policy.rosters import Cell, Roster, RosterColumn, table_of
from services.matching.roster.cells import Said, said
from services.matching.roster.problem import Problem

_SEXES = {"男": True, "男性": True, "女": False, "女性": False}
_CERTIFICATE = re.compile("([0-9]{17}[0-9X])[1-7][1-4](?:B[0-9]{1,2})?")  # a number on a card begins with its holder's citizen id
_REMEMBERED = 4096  # cells of a column: the same few words and amounts stand in all rows
_OF_THE_ROW = (Cell.ID, Cell.NAME, Cell.SEX, Cell.BIRTH, Cell.PLACE, Cell.GRADE, Cell.CATEGORY)  # that one cell alone does not say


@dataclass(slots=True)
class Line:
    """One line: its cells, what the kind's columns say by their names, and what is odd. `broken_id`: the cell of an id that
    cannot be used; `elsewhere`: it is of another county."""

    number: int
    cells: Sequence[Any]
    values: dict[str, Any]
    citizen_id: str | None = None
    name: str | None = None
    birth: date | None = None
    male: bool | None = None
    broken_id: Any = None
    elsewhere: bool = False
    problems: list[Problem] = field(default_factory=list)

    def tell(self, code: str, rejected: bool = False) -> None:
        """Report the line."""
        self.problems.append(Problem(self.number, code, rejected))


class _Identity(NamedTuple):
    """Whose row it is, or why nobody can say."""

    citizen_id: str | None
    fault: str = ""


class RowReader:
    """Reads lines of one list, each by itself."""

    def __init__(self, roster: Roster, columns: Mapping[str, int], places: CountyPlaces, today: date, period: str) -> None:
        """`columns`: where each stands in the sheet; `period`: see `typed.typed`."""
        self.roster, self._columns, self._places = roster, columns, places
        self._today, self._period = today, period
        self._kept = table_of(roster)
        self._known: dict[str, dict[tuple[type, Any], Said]] = {name: {} for name in roster.columns}
        self._meanings = {
            name: {plain(word).upper(): meaning for meaning, words in meant.items() for word in words}
            for name, meant in roster.words.items()
        }
        self._grades = {word: int(grade) for word, grade in self._meanings.get("grade", {}).items() if "grade" in self._kept}
        self.plain = [(name, column) for name, column in roster.columns.items() if column.type not in _OF_THE_ROW]
        self.of_persons = "citizen_id" in roster.columns

    def read(self, number: int, cells: Sequence[Any]) -> Line:
        """What a line says."""
        line = Line(number, cells, dict.fromkeys(self._kept))
        for name, column in self.plain:
            self._read(line, name, column)
        self._read_places(line)
        self._read_conclusion(line)
        self._read_name(line)
        if self.of_persons:
            line.citizen_id, fault = self._identity(line)
            if fault:
                line.tell(fault, rejected=True)
                line.broken_id = self.cell(line.cells, "citizen_id")
            self._read_birth(line)
        _check_amount(line)
        return line

    def cell(self, cells: Sequence[Any], name: str) -> Any:
        """A named cell of a line."""
        return sheet_header.cell(cells, self._columns, name)

    def said(self, cells: Sequence[Any], name: str) -> Said:
        """What the cell of a column says."""
        cell = self.cell(cells, name)
        known, key = self._known[name], (type(cell), cell)  # a number is no truth value, though 1 == True
        if (found := known.get(key)) is None:
            column = self.roster.columns[name]
            found = said(column.type, cell, name, self._meanings.get(name, {}), self._period, self._today)
            if len(known) < _REMEMBERED:
                known[key] = found
        return found

    def _read(self, line: Line, name: str, column: RosterColumn) -> None:
        """A column that one cell says. One that the list is for is wanted in every row."""
        value, odd = self.said(line.cells, name)
        line.values[name] = value
        if odd:
            line.tell(odd, rejected=value is None and (column.required or name == "outcome"))
        elif value is None and column.required:
            line.tell(f"{name}_missing", rejected=True)

    def _read_places(self, line: Line) -> None:
        """The township and the village, each as twelve digits; a village by its name alone counts within the township beside it."""
        township = text(self.cell(line.cells, "township"))
        address = text(self.cell(line.cells, "place"))
        code = self._places.division(township, township) if township else None
        found = self._places.division(address, address) if address else None
        if address and code and (found is None or only_township_known(found)):
            found = self._places.in_township(code, address) or found
        if "township" in line.values:
            line.values["township"] = code or (found and divisions.as_village(divisions.township(found)))
        if "place" in line.values:
            line.values["place"] = found or code
        if (township or address) and not (code or found):
            line.elsewhere = self._places.is_of_another_county(township or address)
            line.tell("place_of_another_county" if line.elsewhere else "place_unknown", rejected=not self.of_persons)
        elif not self.of_persons and not code:
            line.tell("township_missing", rejected=True)

    def _read_conclusion(self, line: Line) -> None:
        """Category and grade, which an office may write into one cell (肢体二级)."""
        if "grade" not in line.values:
            return
        category, grade = (text(self.cell(line.cells, name)).upper() for name in ("category", "grade"))
        try:
            line.values["category"], line.values["grade"] = conclusion(category, grade, self._meanings["category"], self._grades)
        except Malformed as unclear:
            line.tell(unclear.code)

    def _identity(self, line: Line) -> _Identity:
        """Whose row it is. On a card's number the citizen id comes first (8.2: 证件类型 says which of the two a cell holds)."""
        raw = self.cell(line.cells, "citizen_id")
        if line.values.get("id_kind") == "OTHER":
            return _Identity(None, "id_of_another_paper")
        if is_error(raw):
            return _Identity(None, "id_error")
        if not isinstance(raw, str):
            return _Identity(None, "id_not_text")
        number = citizen_ids.normalised(raw)
        if not number:
            return _Identity(None, "id_missing")
        if on_card := _CERTIFICATE.fullmatch(number):
            number = on_card[1]
        elif line.values.get("id_kind") == "CERTIFICATE":
            if citizen_ids.faults(number, self._today):
                return _Identity(None, "cert_format")
            line.tell("cert_format")  # the citizen id alone: who is meant is certain all the same
        found = citizen_ids.faults(number, self._today)
        return _Identity(None, found[0].lower()) if found else _Identity(number)

    def _read_birth(self, line: Line) -> None:
        """The day of birth, and whether it and the sex are those of the id (8.1)."""
        line.birth, odd = self.said(line.cells, "birth")
        if odd:
            line.tell(odd)
        line.male = _SEXES.get(plain(text(self.cell(line.cells, "sex"))))
        if line.citizen_id:
            for code in citizen_ids.contradictions(line.citizen_id, line.male, line.birth):
                line.tell(code.lower())

    def _read_name(self, line: Line) -> None:
        raw = self.cell(line.cells, "name")
        for fault in names.name_faults(written(raw)):
            line.tell(fault.lower())
        line.name = names.displayed_name(text(raw)) or None


def _check_amount(line: Line) -> None:
    """Tell of an amount that is not rate times months, where all three are said."""
    amount, rate, months = (line.values.get(name) for name in ("amount", "rate", "months"))
    if amount is not None and amount > 0 and rate is not None and months is not None and rate * months != amount:
        line.tell("amount_mismatch")
