"""Where a row's person belongs: from a code, or the words of an address, to a division code of the county. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.certificates.policy.load import CertificatePolicy
from services.documents import sheet_header
from services.domain import divisions
from services.domain.divisions import Level, as_village, inside, level

_NATIONALITIES = re.compile("(傈僳族|纳西族|藏族|普米族)")
_ABOVE = ("云南省", "云南", "迪庆藏族自治州", "迪庆州", "迪庆")
_ELSEWHERE = re.compile("[省州市县区]")  # what stands before a township's name and is not its own county's is another county
_ADDRESSES = ("address", "residence", "township")  # the first that a sheet has is asked, for all of its rows


class Places:
    """From the words of an address, or a code, to a division code of the county on a day."""

    def __init__(self, policy: CertificatePolicy, county: str, day: date) -> None:
        rows = [row for row in policy.townships.rows if row.holds(day, "") and row.value.code_system == "STATISTICAL"]
        own = [row for row in rows if inside(row.id, county)]
        self._townships = {row.id for row in own}
        named = [(name, row.id) for row in own for name in _names(row.value.name)]
        self._names = sorted(named, key=lambda pair: -len(pair[0]))
        self._above = sorted({*_ABOVE, *(word for row in own for word in _county_names(row.value.county))}, key=len, reverse=True)
        self._villages = {
            township: sorted(_villages(policy, township, day), key=lambda v: -len(v[0])) for township in self._townships
        }

    def division(self, code: str, address: str) -> str | None:
        """Twelve digits, ending in 000 when only the township is known; None when not even that.

        A village's name counts only behind its township's, and a township's only behind its county's or at the beginning: many villages
        of different townships, and townships of different counties, are called alike.
        """
        if self.knows(code):
            return code
        for name, township in self._names:
            before, found, rest = address.partition(name)
            if found and not self._is_elsewhere(before):
                return next((village for word, village in self._villages[township] if rest.startswith(word)), as_village(township))
        return None

    def knows(self, code: str) -> bool:
        """Whether it is the code of a village, or of a whole township, of the county."""
        return level(code) is Level.VILLAGE and divisions.township(code) in self._townships

    def _is_elsewhere(self, before: str) -> bool:
        for word in self._above:
            before = before.replace(word, "")
        return _ELSEWHERE.search(before) is not None


def address_of(line: Sequence[Any], places: Mapping[str, int]) -> Any:
    """The cell that says where the row's person belongs: the registered address, else where he lives, else the township alone."""
    name = next((column for column in _ADDRESSES if column in places), "address")
    return sheet_header.cell(line, places, name)


def _names(official: str) -> set[str]:
    """The official name and its short form without the nationality (domain reference, 8.4: 拖顶乡, 三坝乡)."""
    return {official, _NATIONALITIES.sub("", official)}


def _county_names(official: str) -> set[str]:
    """The county's official name, and the short ones: 维西傈僳族自治县, 维西县."""
    short = _NATIONALITIES.sub("", official).replace("自治县", "县")
    return {official, short, *([f"{short[:-1]}县"] if short.endswith("市") else [])}


def _villages(policy: CertificatePolicy, township: str, day: date) -> list[tuple[str, str]]:
    """The villages of a township by the words that begin them in an address: 汤满村…, 建塘社区…"""
    rows = (row for code, rows in policy.villages.items() if code.startswith(township) for row in rows if row.holds(day, ""))
    return [(re.sub("居?民委员会$", "", row.value.name), row.id) for row in rows]
