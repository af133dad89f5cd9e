"""What a cell shows of the day that it holds, by its number format. Pure.

A spreadsheet makes a day of whatever looks like a part of one: who types 2031-12 gets 1 December 2031, who types 3-5 the fifth of March of
the year in which he types. Both see what they typed, by a format without the day, or without the year. What is seen is what was meant.
"""

import re
from datetime import date

_BUILT_IN = {  # formats that have a number and no code in the file; from 27 on those of Chinese programs (ECMA-376, 18.8.30)
    16: "d-mmm",
    17: "mmm-yy",
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56), "h:mm"),
    **dict.fromkeys((27, 36, 50, 52, 57), "yyyy-m"),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), "m-d"),
}
_NO_CODE = re.compile(
    r'"[^"]*"|\[[^]]*\]|[\\_*].|General|G/通用格式|AM/PM|A/P|e(?=[+-])', re.IGNORECASE
)  # texts, colours, exponents
_PARTS = (("year", "y+|e+"), ("month", "m+"), ("day", "(?<!d)d{1,2}(?!d)"))  # ddd is a day of the week
_MINUTES = re.compile("h+[^a-z]*m+|m+[^a-z]*s+", re.IGNORECASE)
_DATE = re.compile("[ymdhs]", re.IGNORECASE)


def parts(number: int, code: str | None) -> tuple[str, ...] | None:
    """What a format shows, of "year", "month" and "day"; None for one that shows all of a day, or no day at all but a number.

    `number` as the file has it, `code` where it has one. A format of hours alone shows no part.
    """
    positive = _NO_CODE.sub("", _BUILT_IN.get(number, "") if code is None else code).partition(";")[0]
    positive = _MINUTES.sub("h", positive)
    if not _DATE.search(positive):
        return None
    found = tuple(name for name, letters in _PARTS if re.search(letters, positive, re.IGNORECASE))
    return None if len(found) == len(_PARTS) else found


def shown(day: date, said: tuple[str, ...]) -> str:
    """These parts of a day: 2031-12, 2031, 03-05; "0:00" when there are none."""
    return "-".join(f"{getattr(day, part):02}" for part in said) or "0:00"
