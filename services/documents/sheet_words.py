"""The words of sheets: labels in their usual form, headings that say whose a column is, and what a column may hold.

Lists are closed: a heading or a cell means something when it is on its list as a whole. A word contained in another one (未注销) is not
that word.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from services.domain.characters import clean, half_width
from services.kernel.errors import Malformed
from services.kernel.policy import Rules

HEADINGS = Path(__file__).with_name("headings.toml")  # counts into the version of every policy that has columns
_LONGEST = 40  # of a heading
_GRADED = re.compile("(.+?)[(]?((?:[一二三四壹贰叁肆ⅠⅡⅢⅣ1-4]|I{1,3}|IV)级)[)]?")
_SEVERAL = re.compile(r"(?P<all>[^()]+)\((?P<parts>[^()]+)\)")
_BETWEEN = re.compile("[、,;/]")
C = TypeVar("C", bound=str)


@dataclass(frozen=True, slots=True)
class Words:
    """The words that have one meaning in a column; the row's id is the column and the meaning (status.FROZEN)."""

    words: tuple[str, ...]


def plain(cell: Any) -> str:
    """A header's or label's text in its usual form: half width, without spaces, invisible characters, and marks around it."""
    return _plain(str(cell))


@lru_cache(1 << 14)  # the same few words stand in every row of a sheet
def _plain(text: str) -> str:
    return "".join(half_width(clean(text)).split()).strip("*:")


def meanings(words: Rules[Words], column: str, day: date, division: str) -> dict[str, str]:
    """The words that a column may hold there on a day, in their `plain` form, each with its meaning. No other word has one."""
    head = f"{column}."
    rows = (row for row in words.rows if row.holds(day, division) and row.id.startswith(head))
    return {plain(word): row.id.removeprefix(head) for row in rows for word in row.value.words}


def conclusion(category: str, grade: str, categories: Mapping[str, C], grades: Mapping[str, int]) -> tuple[C | None, int | None]:
    """Category and grade of a disability, None for what is empty; both may stand in one cell, whichever it is (肢体二级).

    Raises `Malformed`: category_unknown, grade_unknown, cert_conclusion_mismatch when two are said.
    """
    first, second = plain(category), plain(grade)
    joined, other = _GRADED.fullmatch(first), None if second in grades else _GRADED.fullmatch(second)
    kinds = {_category(text, categories) for text in (joined[1] if joined else first, other[1] if other else "") if text}
    said = [text for text in (joined[2] if joined else "", other[2] if other else second) if text]
    found = {grades.get(text) for text in said}
    if None in found:
        raise Malformed("grade_unknown")
    if len(found) > 1 or len(kinds) > 1:
        raise Malformed("cert_conclusion_mismatch")  # no number agrees with both
    return next(iter(kinds), None), next(iter(found), None)


def _category(text: str, categories: Mapping[str, C]) -> C:
    found = categories.get(text)
    if several := _SEVERAL.fullmatch(text):  # 多重(肢体、智力): what it is made of must be known, too
        whole, parts = categories.get(several["all"]), {categories.get(part) for part in _BETWEEN.split(several["parts"])}
        found = whole if whole == "MULTIPLE" and None not in parts else None
    if found is None:
        raise Malformed("category_unknown")
    return found


def is_own(heading: str, more: Sequence[str] = ()) -> bool:
    """Whether the columns under a heading belong to the person whom the row is about; `more`: words that say so on this sheet."""
    return _made_of(heading, [*_words()["own"], *more])


def is_another_persons(heading: str) -> bool:
    """Whether the columns under a heading belong to somebody else (监护人, 代领人)."""
    return not is_own(heading) and _made_of(heading, _words()["own"] + _words()["others"])


def says_own(label: str) -> bool:
    """Whether a label itself says that its column is the row's own person's: 本人电话."""
    return label.startswith(tuple(_words()["person"])) and not tells_of_another(label)


def names_another(label: str) -> bool:
    """Whether a column holds somebody else's name: 监护人, 户主姓名."""
    return is_another_persons(label.removesuffix("姓名"))


def tells_of_another(label: str) -> bool:
    """Whether a column says something else of another person, or how he is related: 监护人电话, 与残疾人关系."""
    return "关系" in label or any(is_another_persons(label[:end]) for end in range(1, len(label)))


@cache
def _words() -> dict[str, list[str]]:
    return tomllib.loads(HEADINGS.read_text(encoding="utf-8"))


def _made_of(heading: str, words: Iterable[str]) -> bool:
    """Whether a heading is nothing but such words, numbers aside."""
    text = "".join(c for c in heading if not ("0" <= c <= "9"))
    if len(text) > _LONGEST:
        return False
    reached = {0}
    for end in range(1, len(text) + 1):
        if any(text.endswith(word, 0, end) and end - len(word) in reached for word in words):
            reached.add(end)
    return bool(text) and len(text) in reached
