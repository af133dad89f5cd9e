"""A county as of a past day: what was told later counts for nothing, whichever day it is about."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.certificates.certificate.card.events import CertificateFrozen
from services.certificates.person.events import PersonDeathCorrected, PersonDied, PersonMoved, PersonRegistered
from services.certificates.vocabulary import FreezeReason
from services.monitoring import vocabulary
from services.monitoring.household.events import HouseholdMembersChanged, HouseholdRegistered
from services.monitoring.risk_case.events import MeasurePlanned, RiskDetected, RiskResolved
from tests.matching.county_facts.database import COUNTY, LONG, Database, card_of, index_of, indexed
from tests.matching.samples import FAR, OTHER, PERSON, VILLAGE
from tests.world import World

MONTHS = ["2026-03", "2026-04"]
BEFORE, TOLD, AFTER = date(2026, 4, 15), date(2026, 4, 20), date(2026, 4, 30)
HOME, CASE = UUID(int=70), UUID(int=71)


@pytest.fixture
async def database(place: World) -> Database:
    """Two persons in one household, and a risk of it, known since January."""
    made = await Database(place).open()
    lead = RiskDetected(
        household_id=HOME,
        division=VILLAGE,
        rule="R1",
        kind=vocabulary.RiskKind.ILLNESS,
        severity=vocabulary.Severity.HIGH,
        source=vocabulary.RiskSource.VISIT,
        clue_on=date(2026, 1, 5),
        verify_by=date(2026, 1, 12),
    )
    planned = MeasurePlanned(household_id=HOME, measure_id=UUID(int=72), measure="M14", owner="YB", due_on=date(2026, 2, 1))
    await made.deliver(
        *made.registered(PERSON),
        *made.registered(OTHER),
        made.told(HOME, HouseholdRegistered(division=VILLAGE, members=(PERSON, OTHER))),
        made.told(CASE, lead),
        made.told(CASE, planned),
    )
    return made


async def known(database: Database, day: date, *questions: str, division: str = COUNTY) -> list[list[tuple[Any, ...]]]:
    """What a county of that day answers."""
    with database.county() as made:
        await database.take(made, MONTHS, day, division)
        made.derive()
        return [made.ask(question) for question in questions]


async def test_a_death_a_card_that_is_frozen_and_who_lives_together_count_from_the_day_on_which_they_are_told(
    database: Database,
) -> None:
    frozen = CertificateFrozen(person_id=PERSON, reason=FreezeReason.IN_DOUBT, evidence="letter", frozen_on=date(2026, 4, 1))
    early = date(2026, 3, 3)
    await database.deliver(
        database.told(OTHER, PersonDied(died_on=early, evidence="letter"), on=TOLD),
        database.told(card_of(PERSON), frozen, on=TOLD),
        database.told(HOME, HouseholdMembersChanged(members=(PERSON,), changed_on=early), on=TOLD),
    )
    asked = (
        "SELECT died_on FROM person WHERE died_on IS NOT NULL",
        "SELECT happened_on, seen_on FROM life_event",
        f"SELECT until_day FROM card WHERE person_id = '{PERSON}'",
        "SELECT count(*) FROM household_member",
    )
    assert await known(database, BEFORE, *asked) == [[], [], [(LONG,)], [(2,)]]
    assert await known(database, AFTER, *asked) == [[(early,)], [(early, TOLD)], [(date(2026, 3, 31),)], [(1,)]]


async def test_a_death_that_was_none_is_one_until_that_is_told(database: Database) -> None:
    alive = PersonDeathCorrected(corrected_on=date(2026, 4, 28), evidence="seen")
    await database.deliver(
        database.told(OTHER, PersonDied(died_on=date(2026, 3, 3), evidence="letter"), on=TOLD),
        database.told(OTHER, alive, on=date(2026, 4, 28)),
    )
    asked = f"SELECT died_on, alive_on FROM person WHERE person_id = '{OTHER}'"
    assert await known(database, date(2026, 4, 25), asked) == [[(date(2026, 3, 3), None)]]
    assert await known(database, AFTER, asked) == [[(None, date(2026, 4, 28))]]


async def test_who_moved_lives_there_from_the_day_on_which_it_is_told(database: Database) -> None:
    moved = PersonMoved(from_division=VILLAGE, to_division=FAR, moved_on=date(2026, 3, 20))
    await database.deliver(database.told(OTHER, moved, FAR, on=TOLD))
    asked = (
        f"SELECT registered_in FROM person WHERE person_id = '{OTHER}'",
        f"SELECT month FROM away WHERE person_id = '{OTHER}' ORDER BY month",
    )
    assert await known(database, BEFORE, *asked) == [[([COUNTY],)], []]
    assert await known(database, AFTER, *asked) == [[([FAR[:6], COUNTY],)], [("2026-04",)]]
    assert await known(database, BEFORE, *asked, division=FAR[:6]) == [[([COUNTY],)], [("2026-03",), ("2026-04",)]]


async def test_who_is_registered_later_is_nobody_yet_and_a_case_that_ended_later_is_open(database: Database) -> None:
    third = UUID(int=99)
    untrue = RiskResolved(household_id=HOME, outcome=vocabulary.RiskOutcome.REFUTED, resolved_on=TOLD)
    await database.deliver(
        database.told(third, PersonRegistered(birth_month="1980-01", division=VILLAGE), on=TOLD),
        database.told(index_of(third), indexed(third), on=TOLD),
        database.told(CASE, untrue, on=TOLD),
    )
    asked = (
        f"SELECT count(*) FROM person WHERE person_id = '{third}'",
        f"SELECT count(*) FROM person_index WHERE person_id = '{third}'",
        "SELECT count(*) FROM open_risk",
        "SELECT count(*) FROM planned_measure",
    )
    assert await known(database, BEFORE, *asked) == [[(0,)], [(0,)], [(1,)], [(1,)]]
    assert await known(database, AFTER, *asked) == [[(1,)], [(1,)], [(0,)], [(0,)]]
