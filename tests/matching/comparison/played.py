"""A written county (`deploy/sandbox/county`), read from its files alone and compared month after month, what was found carried over.

Lists are read by the reader that the service has; what the register and monitoring would publish is made of their files. Nothing else of
the services runs, so a rule that disagrees with the answer key shows in seconds.
"""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid5

from deploy.sandbox.county.score import score
from services.documents.places import CountyPlaces, load_places
from services.domain.citizen_id import blind_index
from services.domain.likeness.features import name_feature, of_person
from services.domain.months import first_day, last_day
from services.kernel.errors import Malformed
from services.matching.comparison.derive import Derived, derive
from services.matching.comparison.rules import load_rules
from services.matching.county_facts.feeds import Sent, feeds, newest
from services.matching.county_facts.in_force import measure_limits, policy_tables
from services.matching.county_facts.known import KnownFinding, RowProblem, UnreadRow
from services.matching.county_facts.likeness import OtherName, PersonFeatures, PersonIndex, RowFeatures
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import (
    LifeEvent,
    Month,
    tables,
)
from services.matching.finding.decider import finding_id
from services.matching.policy.load import load_policy
from services.matching.policy.subsidy_rows import Situation
from services.matching.roster.typed import Kept, TypedRow, read, who
from services.matching.vocabulary import RosterState
from tests.matching.comparison.publishers import NAMES, Known, Publishers, as_text, household_id, load, person_id

SITE_KEY, COUNTY = "of nobody", "533401"


@dataclass(frozen=True, slots=True)
class Roster:
    """A file that came in, its rows, how many cannot be used, and how many for which reason."""

    file: str
    agency: str
    sent: Sent
    rows: tuple[TypedRow, ...]
    unread: int
    why: Mapping[str, int]


class Played:
    """See the module."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.key = folder, json.loads((folder / "key.json").read_text(encoding="utf-8"))
        self.months: list[str] = self.key["months"]
        self.policy = load_policy()
        self.kinds = {row.id: row.value for row in self.policy.rosters.rows}
        self.tables, self.rules = tables(self.policy.rosters), load_rules(self.policy.rosters)
        self._places = CountyPlaces(load_places(), COUNTY, last_day(self.months[-1]))
        files = [file for month in self.months for file in sorted((folder / month).iterdir())]
        with ThreadPoolExecutor(4) as readers:  # each file is read in a process of its own
            self.rosters = list(readers.map(self._roster, files))
        self._publishers = Publishers(folder, self.months)
        self.found: dict[UUID, KnownFinding] = {}
        self.types: dict[UUID, str] = {}
        self.owners: dict[UUID, str] = {}
        self.indexes: dict[UUID, str] = {}

    def play(self) -> None:
        """Every month in its order."""
        for number in range(len(self.months)):
            self.compare(number)

    def compare(self, number: int) -> Derived:
        """What the rules find at the end of a month, and what is known of findings after it."""
        with TemporaryDirectory() as scratch, County(Path(scratch), self.tables) as county:
            self._fill(county, number, Path(scratch))
            county.derive()
            derived = derive(county, self.rules.rows, COUNTY, last_day(self.months[number]))
        for found in derived.found:
            key = (found.rule, found.subject_kind, found.subject, found.object, found.period)
            self.found[finding_id(*key)] = KnownFinding(finding_id(*key), *key, "OPEN", None, found.may_be_lag)
            self.types[finding_id(*key)], self.owners[finding_id(*key)] = found.finding, found.owner
        for over, _ in derived.settled:
            self.found[over] = replace(self.found[over], state="RESOLVED")
        return derived

    def scored(self) -> dict[str, Any]:
        """The score sheet of what was found, by the rules that there are."""
        rules = {row.id for row in self.rules.rows}
        return score({**self.key, "findings": [row for row in self.key["findings"] if row["rule"] in rules]}, self.findings())

    def findings(self) -> Iterator[dict[str, Any]]:
        """Every finding as the answer key names its subjects."""
        persons = {person_id(each): each for each in self.indexes.values()} | self.indexes
        persons |= {household_id(home["household"]): str(home["household"]) for home in self._publishers.households}
        numbers = {row.values["household"] for roster in self.rosters for row in roster.rows if row.values.get("household")}
        persons |= {blind_index(SITE_KEY, number): number for number in numbers}
        persons |= {roster.sent.roster_id: roster.file for roster in self.rosters}
        for known in self.found.values():
            yield {
                "rule": known.rule,
                "type": self.types[known.finding_id],
                "owner": self.owners[known.finding_id],
                "subject": persons.get(known.subject, str(known.subject)),
                "object": known.object,
                "period": known.period,
                "open": known.state == "OPEN",
            }

    def _roster(self, file: Path) -> Roster:
        *kind, agency, day = file.stem.split("_")
        as_of, month = date.fromisoformat(day), file.parent.name
        name = f"{month}/{file.name}"
        roster_kind = self.kinds["_".join(kind)]
        rows: tuple[TypedRow, ...] = ()
        rejected, why = 0, Counter[str]()
        try:
            sheet = read(file.read_bytes(), roster_kind, self._places, as_of, month, 1_000_000)
            rows, rejected = sheet.rows, sheet.rejected
            why.update(problem.code for problem in sheet.problems if problem.rejected)
        except Malformed as refused:
            if refused.code != "sheet_empty":
                raise
        period = {"MONTH": month, "YEAR": month[:4], "DAY": None}[roster_kind.period]
        came = as_of + timedelta(days=1)
        sent = Sent(
            uuid5(NAMES, name), "_".join(kind), period, as_of, RosterState.RECEIVED, agency, len(rows), True, _noon(came), as_of
        )
        return Roster(name, agency, sent, rows, rejected, why)

    def _fill(self, county: County, number: int, scratch: Path) -> None:
        """Everything that is known at the end of a month."""
        today, months = last_day(self.months[number]), self.months[: number + 1]
        persons = self._publishers.publish(county, today)
        self.indexes |= {blind_index(SITE_KEY, each): each for each in persons}
        load(county, "person_index", [PersonIndex(blind_index(SITE_KEY, each), person_id(each)) for each in persons])
        rosters = [roster for roster in self.rosters if roster.sent.as_of <= today]
        self.indexes |= {
            blind_index(SITE_KEY, row.citizen_id): row.citizen_id for each in rosters for row in each.rows if row.citizen_id
        }
        self._lists(county, rosters, persons, scratch)
        speaking = list(feeds([roster.sent for roster in rosters], self.policy.rosters, COUNTY, months, today))
        county.put("feed", speaking)
        self._tell(county, rosters, persons)
        self._features(county, rosters, persons, today)
        speaks = newest(speaking)
        self._names(county, [roster for roster in rosters if roster.sent.roster_id in speaks], persons)
        county.put("unread_row", [UnreadRow(roster.sent.roster_id, roster.unread) for roster in rosters if roster.unread])
        county.put(
            "row_problem",
            [RowProblem(roster.sent.roster_id, code, count) for roster in rosters for code, count in roster.why.items()],
        )
        looked_at = [Month(month, first_day(month), last_day(month)) for month in months]
        county.put("month", looked_at)
        county.put("measure_limit", measure_limits(self.policy, COUNTY, looked_at))
        for table, rows in policy_tables(self.policy, COUNTY).items():
            county.put(table, rows)
        load(county, "finding", self.found.values())

    def _lists(self, county: County, rosters: list[Roster], persons: Mapping[str, Known], scratch: Path) -> None:
        """The rows of all lists, and whom they lead to."""
        files: dict[str, list[list[str]]] = defaultdict(list)
        for roster in rosters:
            kind = self.kinds[roster.sent.kind]
            kept = Kept(kind, SITE_KEY)
            for row in roster.rows:
                head = [str(roster.sent.roster_id), str(row.number)]
                files[roster.sent.kind.lower()].append([*head, *map(as_text, kept.values(row))])
                index = blind_index(SITE_KEY, row.citizen_id) if row.citizen_id else None
                person = person_id(row.citizen_id) if row.citizen_id and row.citizen_id in persons else None
                files["person_row"].append([*head, as_text(index), as_text(person)])
        for table, lines in files.items():
            path = scratch / f"{table}.csv"
            with path.open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows(lines)
            county.load(table, path)

    def _tell(self, county: County, rosters: list[Roster], persons: Mapping[str, Known]) -> None:
        """What lists say of deaths and moves that the register does not know."""
        events = []
        for roster in rosters:
            for row in roster.rows:
                if not row.citizen_id or row.citizen_id not in persons:
                    continue
                died, left = row.values.get("died_on"), row.values.get("moved_on")
                person, seen = person_id(row.citizen_id), roster.sent.received_on
                if died:
                    events.append(LifeEvent(person, Situation.DIED, died, seen))
                if left and row.values["to"] == "OUT_OF_PROVINCE":
                    events.append(LifeEvent(person, Situation.LEFT_PROVINCE, left, seen))
        county.put("life_event", events)

    def _features(self, county: County, rosters: list[Roster], persons: Mapping[str, Known], today: date) -> None:
        """What the register and rows without an id say of who is meant."""
        known = [PersonFeatures(person_id(each.citizen_id), **_of(each)) for each in persons.values()]
        county.put("person_features", known)
        rows = []
        for roster in rosters:
            for row in roster.rows:
                said = {name.removeprefix("who_"): value for name, value in who(row, SITE_KEY, today).items()}
                if "identity" in said:
                    rows.append(RowFeatures(roster.sent.roster_id, row.number, **said))
        county.put("row_features", rows)

    def _names(self, county: County, rosters: list[Roster], persons: Mapping[str, Known]) -> None:
        """The rows with another name than the register's."""
        rows = (
            (roster.sent.roster_id, row.number, name_feature(SITE_KEY, row.name), name_feature(SITE_KEY, known.name))
            for roster in rosters
            for row in roster.rows
            if (known := persons.get(row.citizen_id or ""))
        )
        county.put("other_name", [OtherName(roster, row) for roster, row, one, other in rows if one and other and one != other])


def _of(person: Known) -> dict[str, Any]:
    found = of_person(SITE_KEY, person.name, person.citizen_id)
    return {
        "name": found.name,
        "sounds": found.sounds,
        "birth_month": person.citizen_id[6:10] + "-" + person.citizen_id[10:12],
        "born": found.born,
        "sequence": found.sequence,
        "male": found.male,
    }


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
