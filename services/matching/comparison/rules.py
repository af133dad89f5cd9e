"""The rules of comparisons as rows: each one SELECT over the facts of a county. Loading checks that it runs, and what it can say."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from services.domain.audience import Receiver, unsayable
from services.domain.months import first_day
from services.kernel.policy import PolicyError, Row, Rules, load, version_of
from services.matching.county_facts.opened import FACTS as FACTS_FOLDER
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import tables
from services.matching.policy.rosters import Roster
from services.matching.vocabulary import Finding

FOLDER = Path(__file__).parent / "rules"
KEY = {"subject_kind": "VARCHAR", "subject": "UUID", "object": "VARCHAR", "period": "VARCHAR"}
BESIDE = {"owner": "VARCHAR", "since": "DATE"}  # that of each finding, where not all are of one agency; since when it can be known
FACTS = {  # what may go with a finding: codes, days, months, yuan, numbers; no text that a person wrote
    "certificate_id": "UUID",
    "grade": "BIGINT",
    "grade_on_list": "BIGINT",
    "yuan": "DECIMAL",
    "paid": "DECIMAL",
    "rows": "BIGINT",
    "person_times": "BIGINT",
    "person_times_on_list": "BIGINT",
    "benefit": "VARCHAR",
    "reason": "VARCHAR",
    "category": "VARCHAR",
    "category_on_list": "VARCHAR",
    "house_grade": "VARCHAR",
    "own_cost": "DECIMAL",
    "valid_to": "DATE",
    "assessed_on": "DATE",
    "asked_on": "DATE",
    "day": "DATE",
    "due_on": "DATE",
    "died_on": "DATE",
    "moved_on": "DATE",
    "unchecked": "VARCHAR[]",
    "lists": "VARCHAR[]",
    "missing": "VARCHAR[]",
}


class Lasting(StrEnum):
    """What a finding of a rule is about."""

    MONTH = "MONTH"  # one month, which later lists of other months do not change
    DAY = "DAY"  # how things stand: one finding from the month in which it first was so until the newest lists say otherwise
    YEAR = "YEAR"  # the same of one calendar year


@dataclass(frozen=True, slots=True)
class Rule:
    """What one rule finds, and what follows.

    `title`: what it finds, in official words for the offices that are told. `owner` answers for it, unless the SELECT names another one:
    `verify_days` working days to look, `act_days` after it is verified. Without a usable list of each kind in `needs` it says nothing of a
    month. `measure`: what would help (domain reference 5.4); `clue`: a verified finding is a lead for monitoring. `arrived`: a SELECT of
    (period, subject, object) for which the fact that was missing is there. `lag_days`: how long it takes until lists show what happened
    (the SELECT's `since`); what was found is told when the newest lists are of so many days after it.
    """

    title: str
    finding: Finding
    owner: str
    verify_days: int
    act_days: int
    needs: tuple[str, ...]
    sql: str
    measure: str = ""
    clue: bool = False
    on: bool = True
    arrived: str = ""
    lasting: Lasting = Lasting.MONTH
    lag_days: int = 0


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rows of rules, and the version of what they say and are asked over."""

    rows: tuple[Row[Rule], ...]
    version: str

    def speaking(self, rule: str, month: str, division: str) -> Row[Rule] | None:
        """The row of a rule that speaks for a month in a county: of those in force on its first day the most local one, if it is on."""
        return speaking([row for row in self.rows if row.id == rule], month, division)


def speaking(rows: Sequence[Row[Rule]], month: str, division: str) -> Row[Rule] | None:
    """Of the rows of one rule the one that speaks for a month in a county."""
    held = [row for row in rows if row.holds(first_day(month), division)]
    found = max(held, key=lambda row: (len(row.division), row.since), default=None)
    return found if found and found.value.on else None


def load_rulebook(rosters: Rules[Roster]) -> Rulebook:
    """All rows, checked. Raises `PolicyError`, naming file and row."""
    return Rulebook(load_rules(rosters).rows, version_of(*sorted(FOLDER.glob("*.toml")), *sorted(FACTS_FOLDER.glob("*.sql"))))


def load_rules(rosters: Rules[Roster], folder: Path = FOLDER) -> Rules[Rule]:
    """All rows of all files, in the order of names. Raises `PolicyError`, naming file and row."""
    rows: list[Row[Rule]] = []
    for file in sorted(folder.glob("*.toml")):
        rows += load(file, "comparison", Rule).rows
    check(rows, rosters)
    return Rules(tuple(rows))


def check(rows: Sequence[Row[Rule]], rosters: Rules[Roster]) -> None:
    """Raises `PolicyError` for a rule that cannot run over the facts, lacks a column of the key, or says what no finding may carry."""
    with TemporaryDirectory() as folder, County(Path(folder), tables(rosters)) as county:
        county.derive()
        for row in rows:
            where = f"[[comparison]] {row.id}"
            if not row.value.title or (word := unsayable(Receiver.AGENCY, row.value.title)):
                raise PolicyError(f"{where}: no title, or one that offices may not be told: {word}")
            try:
                said = county.columns(row.value.sql)
            except duckdb.Error as error:
                raise PolicyError(f"{where}: {str(error).splitlines()[0]}") from None
            if wrong := [name for name, kind in KEY.items() if said.get(name) != kind]:
                raise PolicyError(f"{where}: lacks {', '.join(wrong)} of the right type")
            facts = {name: kind.partition("(")[0] for name, kind in said.items() if name not in KEY}
            if stray := sorted(name for name, kind in facts.items() if (FACTS | BESIDE).get(name) != kind):
                raise PolicyError(f"{where}: {', '.join(stray)}: no fact that a finding may carry, or of another type")
            if ("since" in said) != (row.value.lag_days > 0):
                raise PolicyError(
                    f"{where}: a delay of lists takes some days (lag_days) since something happened (since): both, or neither"
                )
