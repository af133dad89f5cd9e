"""Townships and villages in words, as papers and sheets name them, by dated rows of two files; a policy that names places counts both into
its version; and from such words back to the code. Decides nothing."""

import csv
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from services.domain import divisions
from services.domain.divisions import Level, as_village, inside, level
from services.domain.townships import FILE as TOWNSHIPS
from services.domain.townships import VILLAGES, CodeSystem, Township, Village
from services.kernel.policy import PolicyError, Row, Rules, load

PLACES = (TOWNSHIPS, VILLAGES)  # the files
_NATIONALITIES = re.compile("(傈僳族|纳西族|藏族|普米族)")
_ABOVE = ("云南省", "云南", "迪庆藏族自治州", "迪庆州", "迪庆")
_ELSEWHERE = re.compile("[省州市县区]")  # what stands before a township's name and is not its own county's is another county


@dataclass(frozen=True, slots=True)
class Places:
    """Both lists; villages by their codes."""

    townships: Rules[Township]
    villages: Mapping[str, tuple[Row[Village], ...]]

    def is_there(self, division: str, day: date) -> bool:
        """Whether a code (statistical system) names a county, a township or a village of one that is there on that day; of a village that
        its township is there says enough, for not every list of villages is complete."""
        if divisions.level(division) not in (divisions.Level.COUNTY, divisions.Level.TOWNSHIP, divisions.Level.VILLAGE):
            return False
        wanted = divisions.township(division)
        there = (row for row in self.townships.rows if row.value.code_system is CodeSystem.STATISTICAL and row.holds(day, ""))
        return any(divisions.inside(row.id, wanted) for row in there)

    def township(self, division: str, day: date) -> Township | None:
        """The township of a village code (twelve digits, statistical system) in force on that day; None when there is none."""
        if divisions.level(division) is not divisions.Level.VILLAGE:
            return None
        rows = (row for row in self.townships.rows if row.id == divisions.township(division) and row.holds(day, ""))
        return next((row.value for row in rows if row.value.code_system is CodeSystem.STATISTICAL), None)

    def place(self, division: str, day: date) -> str:
        """A village in words, like 香格里拉市尼西乡汤满村民委员会; only its township where no more is known (000)."""
        township = self.township(division, day)
        if township is None:
            return f"村码{division}"
        unknown = "" if divisions.only_township_known(division) else f"（村码{division}）"
        return f"{township.county}{township.name}{self._village(division, day) or unknown}"

    def beside_its_code(self, division: str, day: date) -> str:
        """The same without the county, for a column beside the code: 尼西乡汤满村民委员会; of a code that has no row as much as is
        known: its township, or nothing."""
        township = self.township(division, day)
        return "" if township is None else f"{township.name}{self._village(division, day) or ''}"

    def area(self, division: str, day: date) -> str:
        """Where an office of this division is, as it is said before its name: 州, 香格里拉市, 尼西乡, 尼西乡汤满村民委员会; the code of a
        place that has no row."""
        level = divisions.level(division)
        if level is divisions.Level.PREFECTURE:
            return "州"
        near = (row for row in self.townships.rows if divisions.inside(row.id, divisions.township(division)) and row.holds(day, ""))
        town = next((row.value for row in near if row.value.code_system is CodeSystem.STATISTICAL), None)
        if town is None:
            return division
        if level is divisions.Level.COUNTY:
            return town.county
        unknown = "" if level is divisions.Level.TOWNSHIP or divisions.only_township_known(division) else division
        return f"{town.name}{self._village(division, day) or unknown}"

    def _village(self, division: str, day: date) -> str | None:
        return next((row.value.name for row in self.villages.get(division, ()) if row.holds(day, "")), None)


class CountyPlaces:
    """From the words of an address, or a code, to a division code of the county on a day."""

    def __init__(self, places: Places, county: str, day: date) -> None:
        rows = [row for row in places.townships.rows if row.holds(day, "") and row.value.code_system is CodeSystem.STATISTICAL]
        own = [row for row in rows if inside(row.id, county)]
        self._townships = {row.id: row.value.name for row in own}
        named = [(name, row.id) for row in own for name in _names(row.value.name)]
        self._names = sorted(named, key=lambda pair: -len(pair[0]))
        self._others = {name for row in rows if row not in own for name in _names(row.value.name)} - {name for name, _ in named}
        self._above = sorted({*_ABOVE, *(word for row in own for word in _county_names(row.value.county))}, key=len, reverse=True)
        self._villages = {
            township: sorted(_village_words(places, township, day), key=lambda v: -len(v[0])) for township in self._townships
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

    def in_township(self, code: str, address: str) -> str | None:
        """The same of words that stand beside their township's: a village there by its name alone, or a whole address of that township."""
        whole = self.division("", address)
        if whole is not None and inside(whole, divisions.township(code)):
            return whole
        found = self.division("", f"{self._townships[divisions.township(code)]}{address}")
        return found if found is not None and not divisions.only_township_known(found) else None

    def knows(self, code: str) -> bool:
        """Whether it is the code of a village, or of a whole township, of the county."""
        return level(code) is Level.VILLAGE and divisions.township(code) in self._townships

    def is_of_another_county(self, address: str) -> bool:
        """Whether words begin with a township that another county of the prefecture has, and this one has not."""
        return any(address.startswith(name) for name in self._others)

    def _is_elsewhere(self, before: str) -> bool:
        for word in self._above:
            before = before.replace(word, "")
        return _ELSEWHERE.search(before) is not None


def _names(official: str) -> set[str]:
    """The official name and its short form without the nationality (domain reference, 8.4: 拖顶乡, 三坝乡)."""
    return {official, _NATIONALITIES.sub("", official)}


def _county_names(official: str) -> set[str]:
    """The county's official name, and the short ones: 维西傈僳族自治县, 维西县."""
    short = _NATIONALITIES.sub("", official).replace("自治县", "县")
    return {official, short, *([f"{short[:-1]}县"] if short.endswith("市") else [])}


def _village_words(places: Places, township: str, day: date) -> list[tuple[str, str]]:
    """The villages of a township by the words that begin them in an address: 汤满村…, 建塘社区…"""
    rows = (row for code, rows in places.villages.items() if code.startswith(township) for row in rows if row.holds(day, ""))
    return [(re.sub("居?民委员会$", "", row.value.name), row.id) for row in rows]


def load_places(villages: Path = VILLAGES) -> Places:
    """Load and check both files. Raises `PolicyError`, naming file and row."""
    return Places(load(TOWNSHIPS, "township", Township), _villages(villages))


def _villages(path: Path) -> dict[str, tuple[Row[Village], ...]]:
    """The list of villages by code: lines `code,name,from,until` below comments; the comments say where it comes from."""
    lines = path.read_text(encoding="utf-8").splitlines()
    source = " ".join(line.lstrip("# ") for line in lines if line.startswith("#"))
    found = defaultdict[str, list[Row[Village]]](list)
    for line in csv.DictReader(line for line in lines if not line.startswith("#")):
        try:
            until = date.fromisoformat(line["until"]) if line["until"] else None
            row = Row(line["code"], date.fromisoformat(line["from"]), until, "", source, Village(line["name"]))
        except (KeyError, TypeError, ValueError) as error:
            raise PolicyError(f"{path.name} {line.get('code')}: {error}") from None
        if divisions.level(row.id) is not divisions.Level.VILLAGE or not row.value.name:
            raise PolicyError(f"{path.name} {row.id}: a village has twelve digits and a name")
        found[row.id].append(row)
    return {code: tuple(rows) for code, rows in found.items()}
