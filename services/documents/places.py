"""Townships and villages in words, as papers and sheets name them, by dated rows of two files; a policy that names places counts both into
its version. Decides nothing."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from services.domain import divisions
from services.domain.townships import FILE as TOWNSHIPS
from services.domain.townships import VILLAGES, CodeSystem, Township, Village
from services.kernel.policy import PolicyError, Row, Rules, load

PLACES = (TOWNSHIPS, VILLAGES)  # the files


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
