"""What single cells of a row say: a day, the state of a card, its category and grade, a sex. Pure.

Nothing is guessed: a month is no day, and a word that is not on its column's list (`layouts.toml`) has no meaning here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services.certificates import vocabulary
from services.certificates.policy.load import CertificatePolicy
from services.documents.sheet_words import meanings, plain
from services.domain.characters import half_width
from services.kernel.errors import Malformed

_TIME = "(?:[T ]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?))?"  # that a spreadsheet puts behind a day
_MIDNIGHT_IN_UTC = re.compile("16:00[:.0]*")  # of the day after: what a program writes that does not know where it is
_DAYS = tuple(
    re.compile(form + _TIME)
    for form in (
        "([0-9]{4})([0-9]{2})([0-9]{2})",
        "([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})",
        "([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})",
        "([0-9]{4})[.]([0-9]{1,2})[.]([0-9]{1,2})",
        "([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日?",
    )
)
_NO_DAY = re.compile(  # a year, a month, digits that could be two days; a month and a day of no year
    "[0-9]{4}(年|[-/.年]?[0-9]{1,3}月?)?[-/.]?|[0-9]{1,2}[-/.月][0-9]{1,2}[日号]?"
)
_SERIALS = 10_000, 80_000  # a spreadsheet's days since its first: from 1927 to 2119
_FIRST = datetime.fromisoformat("1899-12-30")
_GRADED = re.compile("(.+?)[(]?((?:[一二三四壹贰叁肆ⅠⅡⅢⅣ1-4]|I{1,3}|IV)级)[)]?")
_SEVERAL = re.compile(r"(?P<all>[^()]+)\((?P<parts>[^()]+)\)")
_BETWEEN = re.compile("[、,;/]")
_PLAIN_STATES = ("VALID", "EXPIRED")  # that the dates say, too


@dataclass(frozen=True, slots=True)
class CardState:
    """What the column of a card's state says."""

    frozen: bool = False
    cancelled: vocabulary.CancellationReason | None = None
    lost: bool = False


class CellWords:
    """The words that cells may hold in a county on a day."""

    def __init__(self, policy: CertificatePolicy, county: str, day: date) -> None:
        def of(column: str) -> Mapping[str, str]:
            return meanings(policy.cell_words, column, day, county)

        self._status, self._sex, self._marked = of("status"), of("sex"), of("marked")
        self._categories = {word: vocabulary.Category(name) for word, name in of("category").items()}
        self._grades = {word: int(grade) for word, grade in of("grade").items()}

    def state(self, cell: str) -> CardState | None:
        """What a cell says of a card; None for what is not on the list. Of several words each must be, and they must go together."""
        said = {self._status.get(word) for word in _BETWEEN.split(plain(cell))}
        if None in said:
            return None
        if said <= {"FROZEN", "LOST"}:
            return CardState(frozen="FROZEN" in said, lost="LOST" in said)
        (state, *others) = said
        if others or state is None:
            return None
        return CardState() if state in _PLAIN_STATES else CardState(cancelled=vocabulary.CancellationReason(state))

    def conclusion(self, category: str, grade: str) -> tuple[vocabulary.Category | None, int | None]:
        """Category and grade, None for what is empty; the grade may stand behind the category (肢体二级).

        Raises `Malformed`: category_unknown, grade_unknown, cert_conclusion_mismatch when two grades are said.
        """
        joined = _GRADED.fullmatch(plain(category))
        kind = joined[1] if joined else plain(category)
        said = [text for text in (joined[2] if joined else "", plain(grade)) if text]
        grades = {self._grades.get(text) for text in said}
        if None in grades:
            raise Malformed("grade_unknown")
        if len(grades) > 1:
            raise Malformed("cert_conclusion_mismatch")  # no number agrees with both
        return (self._category(kind) if kind else None), next(iter(grades), None)

    def _category(self, text: str) -> vocabulary.Category:
        found = self._categories.get(text)
        if several := _SEVERAL.fullmatch(text):  # 多重(肢体、智力): what it is made of must be known, too
            whole = self._categories.get(several["all"])
            parts = {self._categories.get(part) for part in _BETWEEN.split(several["parts"])}
            found = whole if whole is vocabulary.Category.MULTIPLE and None not in parts else None
        if found is None:
            raise Malformed("category_unknown")
        return found

    def male(self, cell: str) -> bool | None:
        """Whether a cell says male; None for a word that is not on the list."""
        return {"MALE": True, "FEMALE": False}.get(self._sex.get(plain(cell), ""))

    def marked(self, cell: Any) -> bool | None:
        """Whether a person is marked as disabled, an empty cell meaning no; None for a word that is not on the list."""
        text = plain("" if cell is None else cell)
        return {"YES": True, "NO": False}.get(self._marked.get(text, "" if text else "NO"))


def day(cell: Any, what: str) -> date | None:
    """A day in one of the usual spellings, or as the spreadsheet's own; None for an empty cell.

    Raises `Malformed`: <what>_imprecise (a year, a month, digits that could mean two days, no year, 16:00, which is midnight of the next
    day to a program that counts in UTC), <what>_open (长期), <what>_invalid.
    """
    if isinstance(cell, datetime):
        return _day_of(cell, what)
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        if _SERIALS[0] <= cell < _SERIALS[1]:
            return _day_of(_FIRST + timedelta(days=cell), what)
        cell = f"{cell:.0f}" if float(cell).is_integer() else cell
    text = half_width("" if cell is None else str(cell)).strip()
    if not text:
        return None
    if text == "长期":
        raise Malformed(f"{what}_open")
    if found := next((match for form in _DAYS if (match := form.fullmatch(text))), None):
        if _MIDNIGHT_IN_UTC.fullmatch(found[4] or ""):
            raise Malformed(f"{what}_imprecise")
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            raise Malformed(f"{what}_invalid") from None
    raise Malformed(f"{what}_imprecise" if _NO_DAY.fullmatch(text) else f"{what}_invalid")


def _day_of(moment: datetime, what: str) -> date:
    """The day of a spreadsheet's moment, whose fractions of a day leave some milliseconds too many or too few."""
    whole = moment + timedelta(seconds=0.5)
    if _MIDNIGHT_IN_UTC.fullmatch(f"{whole:%H:%M:%S}"):
        raise Malformed(f"{what}_imprecise")
    return whole.date()
