"""The lists of the sandbox's year, read and compared as the services do: every error that was put in is found, of eight types in all."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest

from deploy.sandbox.agency_lists import Held, Month, SentList, paid_late
from deploy.sandbox.prefecture import Person, Prefecture, made
from services.documents.places import CountyPlaces, load_places
from services.domain.citizen_id import blind_index
from services.domain.months import last_day
from services.kernel.events import SHANGHAI
from services.matching.comparison.derive import derive
from services.matching.comparison.rules import load_rules
from services.matching.county_facts import tables as facts
from services.matching.county_facts.feeds import Sent, feeds
from services.matching.county_facts.in_force import measure_limits, policy_tables
from services.matching.county_facts.likeness import PersonIndex
from services.matching.county_facts.opened import County
from services.matching.finding.events import Found
from services.matching.policy.load import load_policy
from services.matching.roster.typed import Kept, TypedSheet, read
from services.matching.vocabulary import Finding, RosterState

COUNTY, SITE_KEY, SPACE = "533401", "of nobody", UUID(int=533401)
POLICY = load_policy()
KINDS = {row.id: row.value for row in POLICY.rosters.rows}
TABLES, RULES = facts.tables(POLICY.rosters), load_rules(POLICY.rosters)
MONTHS = [f"2026-{number:02d}" for number in range(3, 9)]


def person_id(person: Person) -> UUID:
    """The pseudonym that the register gives."""
    return uuid5(SPACE, person.citizen_id)


def held(prefecture: Prefecture, day: date) -> list[Held]:
    """Who holds a valid card in the county on a day."""
    found = []
    for home, person in prefecture.persons:
        until = person.issued_on.replace(year=person.issued_on.year + 10)
        if home.village.startswith(COUNTY) and (person.renews or day <= until):
            found.append(Held(person, person.grade))
    return found


class Compared:
    """The county in memory, filled from the files of the months."""

    def __init__(self, county: County, prefecture: Prefecture) -> None:
        self.county, self.sent, self.stored = county, list[Sent](), 0
        homes = [home for home in prefecture.households if home.village.startswith(COUNTY)]
        self.persons = {person_id(person): (home, person) for home in homes for person in home.persons}
        indexes = {who: blind_index(SITE_KEY, person.citizen_id) for who, (_, person) in self.persons.items()}
        self.by_index = {index: who for who, index in indexes.items()}
        county.put("person", [facts.Person(who, home.village, "1960-01") for who, (home, _) in self.persons.items()])
        county.put("person_index", [PersonIndex(index, who) for index, who in self.by_index.items()])
        county.put("card_change", [change for who, (_, person) in self.persons.items() for change in _card(who, person)])
        lives_in = {who: uuid5(SPACE, str(home.number)) for who, (home, _) in self.persons.items()}
        county.put("household_member", [facts.HouseholdMember(home, who) for who, home in lives_in.items()])
        measure = facts.PlannedMeasure(uuid5(SPACE, str(homes[0].number)), "M14", "YB", date(2026, 3, 2), None)
        county.put("planned_measure", [measure])
        for table, rows in policy_tables(POLICY, COUNTY).items():
            county.put(table, rows)

    def take(self, sent: SentList, day: date, sheet: TypedSheet) -> None:
        """Put in what the service keeps of a file."""
        month, kind = sent.period or f"{day:%Y-%m}", KINDS[sent.kind]
        assert [problem for problem in sheet.problems if problem.rejected] == []
        roster, now = uuid5(SPACE, f"{sent.kind}/{month}"), datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)
        counted = (RosterState.RECEIVED, sent.agency, len(sheet.rows), True)
        self.sent.append(Sent(roster, sent.kind, sent.period, day, *counted, now, day))
        kept = Kept(kind, SITE_KEY)
        for row in sheet.rows:
            assert row.citizen_id
            index = blind_index(SITE_KEY, row.citizen_id)
            self.county.put("person_row", [facts.PersonRow(roster, row.number, index, self.by_index.get(index))])
            self.county.put_named(
                sent.kind.lower(), [{"roster_id": roster, "row": row.number} | dict(zip(kept.names, kept.values(row), strict=True))]
            )

    def found(self, months: Sequence[str]) -> tuple[Found, ...]:
        """What the rules find of these months on the last day of the last."""
        today = last_day(months[-1])
        looked_at = [facts.Month(month, date.fromisoformat(f"{month}-01"), last_day(month)) for month in months]
        self.county.put("month", looked_at)
        self.county.put("measure_limit", measure_limits(POLICY, COUNTY, looked_at))
        self.county.put("feed", list(feeds(self.sent, POLICY.rosters, COUNTY, months, today)))
        self.county.derive()
        return derive(self.county, RULES.rows, COUNTY, today).found


def _card(who: UUID, person: Person) -> Iterator[facts.CardChange]:
    for number, renewed in enumerate((False, True) if person.renews else (False,), 1):
        day = person.issued_on.replace(year=2026) if renewed else person.issued_on
        until = day.replace(year=day.year + 10)
        step = (uuid5(who, "card"), number, who, facts.CardStep.VALID, day, person.category, person.grade, day, until)
        yield facts.CardChange(*step, issued=True)


def typed(file: tuple[SentList, date]) -> TypedSheet:
    """A file as the service reads it."""
    sent, day = file
    places = CountyPlaces(load_places(), COUNTY, day)
    return read(sent.file, KINDS[sent.kind], places, day, sent.period or f"{day:%Y-%m}", 1000)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Any], tuple[Found, ...]]:
    """What was put in, and what the comparisons find."""
    prefecture, folder = made(1, 60, 365), Path(tmp_path_factory.mktemp("county"))
    homes = [home for home in prefecture.households if home.village.startswith(COUNTY)]
    planned, files = list[Any](), list[tuple[SentList, date]]()
    for month in MONTHS:
        day = date.fromisoformat(f"{month}-15")
        told = Month(day, held(prefecture, day), homes)
        files += [(sent, day) for sent in told.lists()]
        planned += told.planned
    with ThreadPoolExecutor(4) as readers:  # each waits for a process of its own
        sheets = list(readers.map(typed, files))
    found = list[Found]()
    for months in (
        MONTHS[:1],
        MONTHS,
    ):  # how homes stand is asked of the newest list: those that were unsafe in the first month are no longer
        with County(folder, TABLES) as county:
            compared = Compared(county, prefecture)
            for (sent, day), sheet in zip(files, sheets, strict=True):
                if f"{day:%Y-%m}" in months:
                    compared.take(sent, day, sheet)
            found += compared.found(months)
    return planned, tuple(found)


def test_every_error_in_the_lists_is_found(year: tuple[list[Any], tuple[Found, ...]]) -> None:
    planned, found = year
    met = {(each.rule, each.object, each.period): each for each in found}
    of_persons = {(each.rule, each.subject, each.object, each.period) for each in found}
    for error in planned:
        late = error.rule == "LIVING_NOT_RECEIVED" and paid_late(error.person)  # paid by now
        if error.person is None:
            assert (error.rule, error.about, error.period) in met
        elif not late:
            assert (error.rule, person_id(error.person), error.about, error.period) in of_persons, error
    assert {error.rule for error in planned} >= {"LIVING_NOT_RECEIVED", "PAID_EXCLUDED", "WRONG_RATE", "PAID_TWICE", "UNSAFE_HOME"}


def test_a_month_that_was_forgotten_is_no_finding_when_it_is_paid_later(year: tuple[list[Any], tuple[Found, ...]]) -> None:
    planned, found = year
    late = [
        error for error in planned if error.rule == "LIVING_NOT_RECEIVED" and paid_late(error.person) and error.period < MONTHS[-1]
    ]
    assert late
    missing = {(each.subject, each.period) for each in found if each.rule == "LIVING_NOT_RECEIVED"}
    assert not {(person_id(error.person), error.period) for error in late} & missing


def test_the_year_has_findings_of_eight_types(year: tuple[list[Any], tuple[Found, ...]]) -> None:
    assert {each.finding for each in year[1]} == set(Finding) - {Finding.UNKNOWN, Finding.DATA_QUALITY, Finding.QUALIFIES_IF_KNOWN}
