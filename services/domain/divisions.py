"""Codes of administrative divisions: four digits a prefecture, six a county, nine a township, twelve a village. Pure.

A code begins with the codes of everything it lies in. That a code has the right form does not say that there is such a place.
"""

from enum import IntEnum

from services.domain.characters import digits


class Level(IntEnum):
    """A level of administration; its value is the number of digits of a code. What is narrower is greater."""

    PREFECTURE = 4
    COUNTY = 6
    TOWNSHIP = 9
    VILLAGE = 12


_DIGITS = frozenset(Level)
BY_NAME = {each.name.lower(): each for each in Level}  # like "county", as policy rows name levels
WORDS = {Level.PREFECTURE: "州", Level.COUNTY: "县", Level.TOWNSHIP: "乡镇", Level.VILLAGE: "村"}
OWN_PREFECTURE = "5334"  # 迪庆藏族自治州
# How an endpoint asks for a code of one level or several; OpenAPI documents carry these texts. \d would take digits of any script.
COUNTY_PATTERN, VILLAGE_PATTERN = r"^[0-9]{6}$", r"^[0-9]{12}$"
COUNTY_OR_PREFECTURE = r"([0-9]{4}|[0-9]{6})"
COUNTY_OR_PREFECTURE_PATTERN, COUNTY_PREFECTURE_OR_NOTHING_PATTERN = f"^{COUNTY_OR_PREFECTURE}$", f"^{COUNTY_OR_PREFECTURE}?$"
OWN_COUNTY_PATTERN = rf"^{OWN_PREFECTURE}[0-9]{{2}}$"
TOWNSHIP_OR_VILLAGE_PATTERN = r"^([0-9]{9}|[0-9]{12})$"
ANY_LEVEL_PATTERN = r"^([0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$"
PREFIX_PATTERN = r"^[0-9]{0,12}$"  # the beginning of codes; empty means everywhere
PREFIX_IN_A_PREFECTURE_PATTERN = r"^[0-9]{4,12}$"
WHOLE_TOWNSHIP = "000"  # ends the twelve digits of somebody of whom only the township is known


def level(code: str) -> Level | None:
    """The level of a code; None when the text is no code."""
    return Level(len(code)) if len(code) in _DIGITS and digits(code) else None


def reaches(code: str, down_to: Level) -> bool:
    """Whether the code names a unit of this level or a narrower one, so that it lies in one unit of the level."""
    return len(code) >= down_to


def narrower(code: str, than: Level) -> bool:
    """Whether the code, or the beginning of one, names a part of a unit of this level."""
    return len(code) > than


def within(code: str, of: Level) -> str:
    """The unit of this level that the code lies in; a wider code stays as it is."""
    return code[:of]


def prefecture(code: str) -> str:
    """The prefecture of a code."""
    return within(code, Level.PREFECTURE)


def county(code: str) -> str:
    """The county of a code; the code of a prefecture stays as it is."""
    return within(code, Level.COUNTY)


def township(code: str) -> str:
    """The township of a code; the code of a county or a prefecture stays as it is."""
    return within(code, Level.TOWNSHIP)


def inside(code: str, prefix: str) -> bool:
    """Whether the code's unit is the other one or lies in it; everything lies in "" (everywhere)."""
    return code.startswith(prefix)


def as_village(code: str) -> str:
    """A code of twelve digits: the village's own, or a township's, filled up to say that no village is known."""
    return code.ljust(Level.VILLAGE, "0")


def only_township_known(code: str) -> bool:
    """Whether a village code stands for its township as a whole: no village is known."""
    return code.endswith(WHOLE_TOWNSHIP)
