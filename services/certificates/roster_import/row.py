"""A row of the national register's roster (残疾人证名册) as what a card is, or why it cannot be used. Pure; shows nobody's data.

Nothing is repaired by guess (domain reference, 8.4): a citizen id that a spreadsheet made a number is refused, a last valid day that is
only a month is refused, a grade in words that could mean two is refused. Reported, but used: a village that is not named (the township's
code with 000), an issue day that is missing (ten years before the last valid day), a sex or birth day that disagrees with the id, a
first-generation id of 15 digits (only where the certificate number of the same row confirms what it converts to).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any

from services.certificates import vocabulary
from services.certificates.certificate import numbers
from services.certificates.policy.load import CertificatePolicy
from services.documents import sheet_reader
from services.domain import citizen_id as citizen_ids
from services.domain import divisions
from services.domain.divisions import Level, as_village, inside, level, only_township_known
from services.domain.months import add_months
from services.kernel.errors import Malformed

_CATEGORIES = {
    "视力": vocabulary.Category.VISUAL,
    "听力": vocabulary.Category.HEARING,
    "言语": vocabulary.Category.SPEECH,
    "肢体": vocabulary.Category.PHYSICAL,
    "智力": vocabulary.Category.INTELLECTUAL,
    "精神": vocabulary.Category.MENTAL,
    "多重": vocabulary.Category.MULTIPLE,
}
_GRADES = {
    **dict.fromkeys(("1", "一", "壹", "Ⅰ", "I"), 1),
    **dict.fromkeys(("2", "二", "贰", "Ⅱ", "II"), 2),
    **dict.fromkeys(("3", "三", "叁", "Ⅲ", "III"), 3),
    **dict.fromkeys(("4", "四", "肆", "Ⅳ", "IV"), 4),
}
_DAY = re.compile(r"(\d{4})[-./年]?(\d{1,2})[-./月]?(\d{1,2})日?(?: .*)?")
_MONTH = re.compile(r"(\d{4})[-./年]?(\d{1,2})月?")
_LEAVES = {
    "死亡": vocabulary.CancellationReason.DEATH,
    "自愿": vocabulary.CancellationReason.VOLUNTARY,
    "迁": vocabulary.CancellationReason.NOT_TRANSFERRED,
}
_NUMERIC = re.compile(r"\d+(\.\d+)?E\+?\d+", re.IGNORECASE)
_SEPARATORS = str.maketrans(dict.fromkeys("•．.・-", "·"))  # in names; U+00B7 is the official one (domain reference, 8.3)
_PUA = re.compile("[\ue000-\uf8ff?□A-Za-z]")


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


class Places:
    """From the words of an address, or a code, to a division code of the county on a day."""

    def __init__(self, policy: CertificatePolicy, county: str, day: date) -> None:
        rows = [row for row in policy.townships.rows if row.holds(day, "") and row.value.code_system == "STATISTICAL"]
        self._townships = {row.id for row in rows if inside(row.id, county)}
        named = [(name, row.id) for row in rows if inside(row.id, county) for name in _names(row.value.name)]
        self._names = sorted(named, key=lambda pair: -len(pair[0]))
        self._villages = {
            township: sorted(_villages(policy, township, day), key=lambda v: -len(v[0])) for township in self._townships
        }

    def division(self, code: str, address: str) -> str | None:
        """Twelve digits, ending in 000 when only the township is known; None when not even that.

        A village's name counts only behind its township's: many villages of different townships are called alike.
        """
        if level(code) is Level.VILLAGE and divisions.township(code) in self._townships:
            return code
        for name, township in self._names:
            _, found, rest = address.partition(name)
            if found:
                return next((village for word, village in self._villages[township] if rest.startswith(word)), as_village(township))
        return None


def _names(official: str) -> set[str]:
    """The official name and its short form without the nationality (domain reference, 8.4: 拖顶乡, 三坝乡)."""
    short = re.sub("(傈僳族|纳西族|藏族|普米族)", "", official)
    return {official, short}


def _villages(policy: CertificatePolicy, township: str, day: date) -> list[tuple[str, str]]:
    """The villages of a township by the words that begin them in an address: 汤满村…, 建塘社区…"""
    rows = (row for code, rows in policy.villages.items() if code.startswith(township) for row in rows if row.holds(day, ""))
    return [(re.sub("居?民委员会$", "", row.value.name), row.id) for row in rows]


def letters(name: str) -> str:
    """A name for comparison: without separators and spaces (domain reference, 8.3)."""
    return "".join(c for c in name if c not in "·•．.・- 　")


def name_of(text: str) -> str:
    """A name with the official separator. Raises `Malformed("name_missing")`."""
    if not text:
        raise Malformed("name_missing")
    return text.translate(_SEPARATORS)


def named(line: Sequence[Any], places: Mapping[str, int], today: date) -> set[str]:
    """The citizen ids that a row shows although it cannot be used: of its id cell, and inside its certificate number."""
    found = (citizen_ids.normalised(str(sheet_reader.cell(line, places, column)))[:18] for column in ("citizen_id", "number"))
    return {citizen_id for citizen_id in found if not citizen_ids.faults(citizen_id, today)}


def read(
    number: int, line: Sequence[Any], places: Mapping[str, int], divisions: Places, today: date
) -> tuple[Entry | None, list[Finding]]:
    """One row below the header. (None, []) for a total, a signature or an empty line."""
    if not sheet_reader.filled(line) or sheet_reader.beside_data(line, places):
        return None, []
    notes: list[Finding] = []
    try:
        return _entry(number, line, places, divisions, today, notes), notes
    except Malformed as unusable:
        return None, [*notes, Finding(number, unusable.code, True)]


def _entry(row: int, line: Sequence[Any], places: Mapping[str, int], divisions: Places, today: date, notes: list[Finding]) -> Entry:
    def text(name: str) -> str:
        value = sheet_reader.cell(line, places, name)
        return " ".join(str(value).split()) if value is not None else ""

    citizen_id = id_of(row, sheet_reader.cell(line, places, "citizen_id"), text("number"), today, notes)
    name = name_of(text("name"))
    remarks(row, name, citizen_id, text("sex"), sheet_reader.cell(line, places, "birth_date"), notes)
    number = _number(text("number"), text("category"), text("grade"), citizen_id)
    valid_to = _day(sheet_reader.cell(line, places, "valid_to"), "valid_to")
    valid_from = _day(sheet_reader.cell(line, places, "valid_from"), "valid_from", required=False)
    if valid_to is None:
        raise Malformed("valid_to_missing")
    if valid_from is None:
        notes.append(Finding(row, "issue_date_missing", False))
        valid_from = add_months(valid_to, -120)
    if valid_to <= valid_from or valid_from > today:
        raise Malformed("valid_to_before_issue" if valid_to <= valid_from else "issue_in_future")
    division = divisions.division(text("division"), text("address"))
    if division is None:
        raise Malformed("division_unknown")
    if only_township_known(division):
        notes.append(Finding(row, "village_unknown", False))
    status = _status(text("status"), row, notes)
    return Entry(
        row=row,
        name=name,
        citizen_id=citizen_id,
        number=citizen_ids.normalised(text("number")),
        suffix=number.suffix,
        division=division,
        category=number.category,
        grade=number.grade,
        valid_from=valid_from,
        valid_to=valid_to,
        phone=text("phone") or None,
        frozen=status.frozen,
        cancelled=status.cancelled,
        lost=status.lost,
    )


def id_of(row: int, cell: Any, number: str, today: date, notes: list[Finding]) -> str:
    """A citizen id in its normal form. Raises `Malformed`: id_not_text, id_missing, or the first finding of §8.1.

    One of the first generation (15 digits) is used only when the certificate's `number` on the same row confirms what it became.
    """
    if not isinstance(cell, str):
        raise Malformed("id_not_text" if sheet_reader.filled([cell]) else "id_missing")
    if not (citizen_id := citizen_ids.normalised(cell)):
        raise Malformed("id_missing")
    if _NUMERIC.fullmatch(cell.strip()):
        raise Malformed("id_not_text")
    if len(citizen_id) == 15 and citizen_id.isdigit() and citizen_ids.normalised(number)[:18] == citizen_ids.converted(citizen_id):
        notes.append(Finding(row, "id_first_generation", False))
        citizen_id = citizen_ids.converted(citizen_id)
    if wrong := citizen_ids.faults(citizen_id, today):
        raise Malformed(wrong[0].lower())
    return citizen_id


def remarks(row: int, name: str, citizen_id: str, sex: str, born: Any, notes: list[Finding]) -> None:
    """What is reported and used all the same (§8.1, §8.3)."""
    if sex in ("男", "女") and (int(citizen_id[16]) % 2 == 1) != (sex == "男"):
        notes.append(Finding(row, "id_sex_mismatch", False))
    try:
        if (day := _day(born, "birth_date", required=False)) and day != citizen_ids.birth_date(citizen_id):
            notes.append(Finding(row, "id_birth_mismatch", False))
    except Malformed:
        notes.append(Finding(row, "id_birth_mismatch", False))
    if _PUA.search(name):
        notes.append(Finding(row, "name_charset", False))


def _number(printed: str, category: str, grade: str, citizen_id: str) -> numbers.Number:
    """The number taken apart, and in agreement with the person and the columns; columns that are empty say nothing."""
    number = numbers.parsed(printed)
    if number.citizen_id != citizen_id:
        raise Malformed("cert_id_mismatch")
    words = category + grade
    named = next((known for word, known in _CATEGORIES.items() if category.startswith(word)), None)
    if category and not (named or category.isdigit()):
        raise Malformed("category_unknown")
    if (named and named is not number.category) or (category.isdigit() and int(category) != number.category_digit):
        raise Malformed("cert_conclusion_mismatch")
    column = grade.removesuffix("级").strip() or (re.search(r"([一二三四1-4])级", words) or ["", ""])[1]
    if column and column not in _GRADES:
        raise Malformed("grade_unknown")
    if column and _GRADES[column] != number.grade:
        raise Malformed("cert_conclusion_mismatch")
    return number


def _day(cell: Any, what: str, required: bool = True) -> date | None:
    """A day in one of the usual spellings, or as the spreadsheet's own. Raises `Malformed`: <what>_imprecise, _open, _invalid."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        if 10_000 < cell < 80_000:
            return date(1899, 12, 30) + timedelta(days=int(cell))  # a spreadsheet's serial
        cell = str(int(cell))
    text = str(cell or "").strip()
    if not text:
        if required:
            raise Malformed(f"{what}_missing")
        return None
    if text == "长期":
        raise Malformed(f"{what}_open")
    if found := _DAY.fullmatch(text):
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            raise Malformed(f"{what}_invalid") from None
    raise Malformed(f"{what}_imprecise" if _MONTH.fullmatch(text) else f"{what}_invalid")


@dataclass(frozen=True, slots=True)
class _Status:
    """What the column of the card's state says."""

    frozen: bool = False
    cancelled: vocabulary.CancellationReason | None = None
    lost: bool = False


def _status(status: str, row: int, notes: list[Finding]) -> _Status:
    if "注销" in status:
        reason = next((why for word, why in _LEAVES.items() if word in status), vocabulary.CancellationReason.NOT_ON_ROSTER)
        return _Status(cancelled=reason)
    if status and not any(word in status for word in ("有效", "正常", "冻结", "挂失", "过期", "到期")):
        notes.append(Finding(row, "status_unknown", False))
    return _Status(frozen="冻结" in status, lost="挂失" in status)
