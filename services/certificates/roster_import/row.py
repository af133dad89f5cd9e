"""A row of the national register's roster (残疾人证名册) as what a card is, or why it cannot be used. Pure; shows nobody's data.

Nothing is repaired by guess (domain reference, 8.4): a citizen id that a spreadsheet made a number is refused, a last valid day that is
only a month is refused, a grade in words that could mean two is refused. Reported, but used: a village that is not named (the township's
code with 000), an issue day that is missing (ten years before the last valid day), a sex or birth day that disagrees with the id, a
first-generation id of 15 digits (only where the certificate number of the same row confirms what it converts to).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter
from typing import Any

from services.certificates import vocabulary
from services.certificates.certificate import numbers
from services.certificates.policy.load import CertificatePolicy
from services.certificates.roster_import.cells import CardState, CellWords
from services.documents import sheet_header
from services.documents.places import CountyPlaces
from services.documents.sheet_cell import day, is_error, text, written
from services.domain import citizen_id as citizen_ids
from services.domain import names, phones
from services.domain.characters import digits
from services.domain.divisions import only_township_known
from services.domain.months import add_months
from services.kernel.errors import Malformed

_ADDRESSES = ("address", "residence", "township")  # the first that a sheet has is asked, for all of its rows


@dataclass(frozen=True, slots=True)
class Entry:
    """A usable row: the person, the number as printed, and what the roster says of the card."""

    row: int
    name: str
    citizen_id: str
    number: str
    suffix: int
    division: str
    category: vocabulary.Category
    grade: int
    valid_from: date
    valid_to: date
    phone: str | None
    frozen: bool
    cancelled: vocabulary.CancellationReason | None
    lost: bool

    def __repr__(self) -> str:
        return f"Entry(row {self.row})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Entry, _FIELDS(self)  # a third of the time that the default takes


_FIELDS = attrgetter(*(field.name for field in fields(Entry)))


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a row, by its code; `rejected` rows are not used."""

    row: int
    code: str
    rejected: bool


@dataclass(frozen=True, slots=True)
class RowRules:
    """By what the rows of a county's sheet are read on a day: where its people live, what cells may say, until when a card can be valid."""

    divisions: CountyPlaces
    words: CellWords
    latest: date
    today: date

    @staticmethod
    def of(policy: CertificatePolicy, county: str, today: date) -> "RowRules":
        """The rules of the policy in force. A card that is renewed as early as it can be is valid longest."""
        months = policy.validity.one("validity", today, county).months
        early = policy.renewal.one("renewal", today, county).opens_months_before
        return RowRules(
            CountyPlaces(policy.places, county, today), CellWords(policy, county, today), add_months(today, months + early), today
        )


def name_of(line: Sequence[Any], places: Mapping[str, int]) -> str:
    """The name of a row's person as it is kept. Raises `Malformed`: name_missing, name_unreadable (the cell shows an error)."""
    found = sheet_header.cell(line, places, "name")
    if is_error(found):
        raise Malformed("name_unreadable")
    if name := names.displayed_name(text(found)):
        return name
    raise Malformed("name_missing")


def named(line: Sequence[Any], places: Mapping[str, int], today: date) -> set[str]:
    """The citizen ids that a row shows although it cannot be used: of its id cell, and inside its certificate number."""
    shown = (citizen_ids.within(text(sheet_header.cell(line, places, column)), today) for column in ("citizen_id", "number"))
    return set().union(*shown)


def read(number: int, line: Sequence[Any], places: Mapping[str, int], rules: RowRules) -> tuple[Entry | None, list[Finding]]:
    """One row below the header that is no total, signature or empty line: what it says, or a rejecting finding that says why not."""
    notes: list[Finding] = []
    try:
        return _entry(number, line, places, rules, notes), notes
    except Malformed as unusable:
        return None, [*notes, Finding(number, unusable.code, True)]


def _entry(row: int, line: Sequence[Any], places: Mapping[str, int], rules: RowRules, notes: list[Finding]) -> Entry:
    def said(name: str) -> str:
        return text(sheet_header.cell(line, places, name))

    citizen_id = id_of(row, sheet_header.cell(line, places, "citizen_id"), said("number"), rules.today, notes)
    name = name_of(line, places)
    remarks(row, citizen_id, line, places, rules, notes)
    number = _number(said("number"), said("category"), said("grade"), citizen_id, rules)
    valid_from, valid_to = _period(row, line, places, citizen_id, rules, notes)
    division = division_of(row, line, places, rules, notes)
    state = rules.words.state(said("status")) if said("status") else CardState()
    if state is None:
        notes.append(Finding(row, "status_unknown", False))
        state = CardState()
    return Entry(
        row=row,
        name=name,
        citizen_id=citizen_id,
        number=citizen_ids.normalised(said("number")),
        suffix=number.suffix,
        division=division,
        category=number.category,
        grade=number.grade,
        valid_from=valid_from,
        valid_to=valid_to,
        phone=phone_of(row, said("phone"), notes),
        frozen=state.frozen,
        cancelled=state.cancelled,
        lost=state.lost,
    )


def _period(
    row: int, line: Sequence[Any], places: Mapping[str, int], citizen_id: str, rules: RowRules, notes: list[Finding]
) -> tuple[date, date]:
    """First and last valid day. Raises `Malformed`: what `day` says of either, and what no card can be."""
    valid_to = day(sheet_header.cell(line, places, "valid_to"), "valid_to")
    valid_from = day(sheet_header.cell(line, places, "valid_from"), "valid_from")
    if valid_to is None:
        raise Malformed("valid_to_missing")
    if valid_to > rules.latest:
        raise Malformed("valid_to_too_late")
    if valid_from is None:
        notes.append(Finding(row, "issue_date_missing", False))
        valid_from = add_months(valid_to, -120)
    if valid_to <= valid_from:
        raise Malformed("valid_to_before_issue")
    if valid_from > rules.today:
        raise Malformed("issue_in_future")
    born = citizen_ids.birth_date(citizen_id)
    if born and valid_from < born:
        raise Malformed("issue_before_birth")
    return valid_from, valid_to


def division_of(row: int, line: Sequence[Any], places: Mapping[str, int], rules: RowRules, notes: list[Finding]) -> str:
    """Where the row's person belongs. Raises `Malformed("division_unknown")`; a code that is none is a remark (division_code_unknown)."""
    code = text(sheet_header.cell(line, places, "division"))
    division = rules.divisions.division(code, text(_address(line, places)))
    if division is None:
        raise Malformed("division_unknown")
    if code and division != code:
        notes.append(Finding(row, "division_code_unknown", False))
    if only_township_known(division):
        notes.append(Finding(row, "village_unknown", False))
    return division


def id_of(row: int, cell: Any, number: str, today: date, notes: list[Finding]) -> str:
    """A citizen id in its normal form. Raises `Malformed`: id_not_text, id_missing, or the first finding of §8.1.

    One of the first generation (15 digits) is used only when the certificate's `number` on the same row confirms what it became.
    """
    if not isinstance(cell, str):
        raise Malformed("id_not_text" if text(cell) else "id_missing")
    if not (citizen_id := citizen_ids.normalised(cell)):
        raise Malformed("id_missing")
    if len(citizen_id) == 15 and digits(citizen_id) and citizen_ids.normalised(number)[:18] == citizen_ids.converted(citizen_id):
        notes.append(Finding(row, "id_first_generation", False))
        citizen_id = citizen_ids.converted(citizen_id)
    if wrong := citizen_ids.faults(citizen_id, today):
        raise Malformed(wrong[0].lower())
    return citizen_id


def phone_of(row: int, given: str, notes: list[Finding]) -> str | None:
    """The number of a cell in its one form; what is no number is a finding and not kept, for nobody can be reached by it."""
    if given and phones.normal(given) is None:
        notes.append(Finding(row, "phone_not_a_number", False))
    return phones.normal(given)


def remarks(
    row: int, citizen_id: str, line: Sequence[Any], places: Mapping[str, int], rules: RowRules, notes: list[Finding]
) -> None:
    """What is reported and used all the same (§8.1, §8.3)."""
    if sex := text(sheet_header.cell(line, places, "sex")):
        male = rules.words.male(sex)
        if male is None:
            notes.append(Finding(row, "sex_unknown", False))
        elif (int(citizen_id[16]) % 2 == 1) != male:
            notes.append(Finding(row, "id_sex_mismatch", False))
    try:
        born = day(sheet_header.cell(line, places, "birth_date"), "birth_date")
        if born and born != citizen_ids.birth_date(citizen_id):
            notes.append(Finding(row, "id_birth_mismatch", False))
    except Malformed as unclear:
        notes.append(Finding(row, unclear.code, False))
    name = written(sheet_header.cell(line, places, "name"))
    notes += [Finding(row, fault.lower(), False) for fault in names.name_faults(name)]


def _number(printed: str, category: str, grade: str, citizen_id: str, rules: RowRules) -> numbers.Number:
    """The number taken apart, and in agreement with the person and the columns; columns that are empty say nothing."""
    number = numbers.parsed(printed)
    if number.citizen_id != citizen_id:
        raise Malformed("cert_id_mismatch")
    said_category, said_grade = rules.words.conclusion(category, grade)
    if said_category not in (None, number.category) or said_grade not in (None, number.grade):
        raise Malformed("cert_conclusion_mismatch")
    return number


def _address(line: Sequence[Any], places: Mapping[str, int]) -> Any:
    """The cell that says where the row's person belongs: the registered address, else where he lives, else the township alone."""
    name = next((column for column in _ADDRESSES if column in places), "address")
    return sheet_header.cell(line, places, name)
