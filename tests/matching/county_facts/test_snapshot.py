"""A county taken out of a real database: the same findings as the story told in memory, and nothing of anybody else."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.certificates.certificate.application.events import AssessmentOrdered
from services.certificates.certificate.card.events import CertificateFrozen
from services.certificates.person.events import PersonDeathCorrected, PersonDied, PersonMoved
from services.certificates.vocabulary import AssessmentSetting, FreezeReason
from services.kernel.projection import turned
from services.matching.comparison.derive import derive
from services.matching.county_facts.opened import County
from services.matching.county_facts.snapshot import take
from services.matching.county_facts.tables import CardStep
from services.matching.finding.decider import found_in
from services.matching.payment.projection import PAYMENTS, PaymentRow
from services.matching.vocabulary import PaymentNature, RosterKind, RosterState, Settled, Subsidy
from services.monitoring import vocabulary as monitoring
from services.monitoring.household.events import HouseholdRegistered
from services.monitoring.risk_case.events import MeasurePlanned, RiskDetected, RiskResolved
from tests.matching.county_facts.database import COUNTY, LONG, Database, card_of
from tests.matching.county_facts.story import RULES, Story
from tests.matching.finding.samples import open_findings
from tests.matching.samples import FAR, OTHER, PERSON, VILLAGE, visited
from tests.world import World

MONTHS = ["2026-03", "2026-04"]
TODAY = date(2026, 5, 6)
HOME, CASE, MEASURE = UUID(int=70), UUID(int=71), UUID(int=72)
PAYMENT, ALLOWANCE, DESTITUTE = RosterKind.SUBSIDY_PAYMENT, RosterKind.SUBSISTENCE_ALLOWANCE, RosterKind.DESTITUTE_SUPPORT


@pytest.fixture
async def database(place: World) -> Database:
    """A database in which nobody has told anything."""
    return await Database(place).open()


def paid(person: UUID, yuan: int = 100, **more: Any) -> dict[str, Any]:
    """A row of a payment sheet."""
    return {"person": person, "subsidy": "LIVING", "amount": Decimal(yuan), "nature": "REGULAR"} | more


async def everything_sent(database: Database, month: str, *payments: dict[str, Any]) -> None:
    """The lists without which nothing is said of the living subsidy; both persons live in households on the allowance."""
    await database.sent(ALLOWANCE, month, [{"person": each, "household": uuid4(), "persons": 1} for each in (PERSON, OTHER)])
    await database.sent(DESTITUTE, month, [{"person": uuid4(), "mode": "CENTRAL"}])
    await database.sent(PAYMENT, month, payments)


def found(county: County, *rules: str) -> set[tuple[UUID, str, str, str]]:
    """What these rules find, or all: (subject, rule, object, period)."""
    county.derive()
    rows = [row for row in RULES.rows if not rules or row.id in rules]
    return {(each.subject, each.rule, each.object, each.period) for each in derive(county, rows, COUNTY, TODAY).found}


async def test_the_same_is_found_as_of_the_story_told_in_memory(database: Database, county: County) -> None:
    story = (
        Story(county, "2026-03", "2026-04").card(CardStep.VALID, date(2024, 1, 1), LONG, 3).card(CardStep.STOPPED, date(2026, 4, 1))
    )
    told = {tuple(what) for _, *what in found(story.pay("2026-04", 90).county)}
    frozen = CertificateFrozen(person_id=PERSON, reason=FreezeReason.IN_DOUBT, evidence="letter", frozen_on=date(2026, 4, 1))
    await database.deliver(*database.registered(PERSON), database.told(card_of(PERSON), frozen, on=date(2026, 4, 1)))
    await everything_sent(database, "2026-03", paid(uuid4()))
    await everything_sent(database, "2026-04", paid(PERSON, 90))
    with database.county() as made:
        await database.take(made, MONTHS, TODAY)
        assert {tuple(what) for subject, *what in found(made) if subject == PERSON} == told
    assert {rule for rule, *_ in told} == {"LIVING_NOT_RECEIVED", "PAID_WITHOUT_CARD", "WRONG_RATE"}


async def test_lists_that_cannot_be_used_suspend_the_rule(database: Database) -> None:
    await database.deliver(*database.registered(PERSON))
    await everything_sent(database, "2026-03")
    await database.sent(PAYMENT, "2026-04", [paid(PERSON)], state=RosterState.HELD)
    with database.county() as made:
        await database.take(made, MONTHS, TODAY)
        assert found(made, "LIVING_NOT_RECEIVED") == set()
        assert made.ask("SELECT kind, month, why FROM feed WHERE NOT usable ORDER BY month") == [
            (PAYMENT, "2026-03", "EMPTY"),
            (PAYMENT, "2026-04", "HELD"),
        ]


async def test_a_roster_that_came_later_is_not_known_on_a_past_day(database: Database) -> None:
    await database.deliver(*database.registered(PERSON))
    await database.sent(PAYMENT, "2026-04", [paid(PERSON)])
    for today, known in ((date(2026, 4, 29), []), (date(2026, 4, 30), [(PERSON,)])):
        with database.county() as made:
            await database.take(made, MONTHS, today)
            assert made.ask("SELECT person_id FROM person_row") == known


async def test_who_moved_to_another_county_is_of_that_county_from_the_next_month_on(database: Database) -> None:
    moved = PersonMoved(from_division=VILLAGE, to_division=FAR, moved_on=date(2026, 3, 20))
    await database.deliver(*database.registered(PERSON), database.told(PERSON, moved, FAR))
    for division, living, holding in ((COUNTY, ["2026-03"], []), (FAR[:6], ["2026-04"], MONTHS)):
        with database.county() as made:
            await database.take(made, MONTHS, TODAY, division)
            made.derive()
            assert made.ask("SELECT DISTINCT month FROM entitlement") == [(month,) for month in living]
            assert sorted(month for (month,) in made.ask("SELECT month FROM holder")) == holding
            assert made.ask("SELECT division FROM person") == [(VILLAGE if division == COUNTY else FAR,)]


async def test_who_lives_elsewhere_and_is_on_a_list_here_is_known_by_card_and_by_county(database: Database) -> None:
    await database.deliver(*database.registered(PERSON, FAR), *database.registered(OTHER, FAR))
    await database.sent(PAYMENT, "2026-04", [paid(PERSON)])
    with database.county() as made:
        await database.take(made, MONTHS, TODAY)
        made.derive()
        assert made.ask("SELECT person_id, division FROM person") == [(PERSON, COUNTY)]  # of OTHER nothing is here
        assert made.ask("SELECT DISTINCT person_id FROM card") == [(PERSON,)]
        assert made.ask("SELECT month, subsidy, entitled FROM entitlement") == [("2026-04", "LIVING", None)]


async def test_a_death_on_a_list_counts_unless_the_register_knows_better(database: Database) -> None:
    died = PersonDied(died_on=date(2026, 4, 2), evidence="letter")
    alive = PersonDeathCorrected(corrected_on=date(2026, 4, 25), evidence="seen")
    dead, corrected, listed = uuid4(), uuid4(), uuid4()
    await database.deliver(
        *[event for person in (dead, corrected, listed) for event in database.registered(person)],
        database.told(dead, died, on=date(2026, 4, 20)),
        database.told(corrected, died, on=date(2026, 4, 20)),
        database.told(corrected, alive, on=date(2026, 4, 25)),
    )
    rows = [{"person": person, "died_on": date(2026, 3, 3)} for person in (dead, corrected, listed)]
    await database.sent(RosterKind.DEATHS, "2026-03", rows)  # came on 31 March
    with database.county() as made:
        await database.take(made, MONTHS, TODAY)
        assert set(made.ask("SELECT person_id, happened_on, seen_on FROM life_event")) == {
            (dead, date(2026, 4, 2), date(2026, 4, 20)),
            (listed, date(2026, 3, 3), date(2026, 3, 31)),
        }


async def test_who_left_the_province_is_known_from_lists_of_every_month(database: Database) -> None:
    await database.deliver(*database.registered(PERSON), *database.registered(OTHER))
    rows = [
        {"person": PERSON, "moved_on": date(2025, 11, 3), "to": "OUT_OF_PROVINCE"},
        {"person": OTHER, "moved_on": date(2025, 11, 3), "to": "IN_PROVINCE"},
    ]
    await database.sent(RosterKind.MOVES, "2025-11", rows)
    with database.county() as made:
        await database.take(made, MONTHS, TODAY)
        assert made.ask("SELECT person_id, situation FROM life_event") == [(PERSON, "LEFT_PROVINCE")]


async def test_monitoring_and_home_assessments_are_known(database: Database) -> None:
    ordered = AssessmentOrdered(person_id=PERSON, institution="H01", ordered_on=date(2026, 1, 9), setting=AssessmentSetting.HOME)
    lead = RiskDetected(
        household_id=HOME,
        division=VILLAGE,
        rule="R1",
        kind=monitoring.RiskKind.ILLNESS,
        severity=monitoring.Severity.HIGH,
        source=monitoring.RiskSource.VISIT,
        clue_on=date(2026, 3, 2),
        verify_by=date(2026, 3, 9),
    )
    planned = MeasurePlanned(household_id=HOME, measure_id=MEASURE, measure="M14", owner="YB", due_on=date(2026, 4, 10))
    untrue = RiskResolved(household_id=HOME, outcome=monitoring.RiskOutcome.REFUTED, resolved_on=date(2026, 5, 1))
    await database.deliver(
        *database.registered(PERSON),
        database.told(card_of(PERSON), ordered),
        database.told(HOME, HouseholdRegistered(division=VILLAGE, members=(PERSON, OTHER))),
        database.told(HOME, visited(date(2026, 3, 30), True)),
        database.told(HOME, visited(date(2026, 4, 28), False)),
        database.told(HOME, visited(date(2026, 4, 29), None)),
        database.told(CASE, lead),
        database.told(CASE, planned),
    )
    rules = ("HOME_ASSESSMENT_OVERDUE", "MEASURE_LATE")
    with database.county() as made:
        await database.take(made, MONTHS, TODAY)
        assert set(made.ask("SELECT person_id FROM household_member")) == {(PERSON,), (OTHER,)}
        assert made.ask("SELECT * FROM open_risk") == [(HOME, date(2026, 3, 2))]
        assert found(made, *rules) == {
            (PERSON, "HOME_ASSESSMENT_OVERDUE", "M03", "2026-04"),
            (HOME, "MEASURE_LATE", "M14", "2026-04"),
        }
        assert made.ask("SELECT month, safe FROM water ORDER BY month") == [("2026-03", True), ("2026-04", False)]
    await database.deliver(database.told(CASE, untrue))
    with database.county() as made:
        await database.take(made, MONTHS, TODAY)
        assert made.ask("SELECT * FROM open_risk") == []
        assert made.ask("SELECT * FROM planned_measure") == []


async def test_a_row_that_leads_to_nobody_keeps_its_hash(database: Database) -> None:
    stranger = uuid4()
    await database.sent(PAYMENT, "2026-04", [{"index": stranger, "subsidy": "CARE", "amount": Decimal(100)}, {"subsidy": "CARE"}])
    with database.county() as made:
        await database.take(made, MONTHS, TODAY)
        assert made.ask("SELECT index, person_id FROM person_row ORDER BY row") == [(stranger, None), (None, None)]


async def test_what_was_found_is_kept_until_the_month_is_paid(database: Database) -> None:
    await database.deliver(*database.registered(PERSON))
    await everything_sent(database, "2026-03", paid(uuid4()))
    rule = [row for row in RULES.rows if row.id == "LIVING_NOT_RECEIVED"]
    with database.county() as made:
        await database.take(made, MONTHS[:1], TODAY)
        made.derive()
        (first,) = derive(made, rule, COUNTY, TODAY).found
    await open_findings(database.runtime, first)
    with database.county() as made:
        await database.take(made, MONTHS[:1], TODAY)
        made.derive()
        again = derive(made, rule, COUNTY, TODAY)
        assert (again.found, again.settled, again.kept) == ((), (), 1)
    await database.sent(PAYMENT, "2026-03", [paid(PERSON)], as_of=date(2026, 4, 1), received_on=date(2026, 4, 3))
    with database.county() as made:
        await database.take(made, MONTHS[:1], TODAY)
        made.derive()
        assert derive(made, rule, COUNTY, TODAY).settled == ((found_in(first), Settled.FACT_ARRIVED),)


async def test_rows_that_nobody_could_use_are_counted(database: Database) -> None:
    roster = await database.sent(PAYMENT, "2026-04", [paid(PERSON)], rejected=3)
    with database.county() as made:
        await database.take(made, MONTHS, TODAY)
        assert made.ask("SELECT * FROM unread_row") == [(roster, 3)]
        assert made.ask("SELECT months FROM back_pay") == [(3,)]


async def test_what_other_counties_paid_a_person_is_known(database: Database) -> None:
    await database.deliver(*database.registered(PERSON))
    sheet = await database.sent(PAYMENT, "2026-04", [], division=FAR[:6])
    row = PaymentRow(
        person_id=PERSON,
        subsidy=Subsidy.LIVING,
        month="2026-03",
        sheet_month="2026-04",
        county=FAR[:6],
        nature=PaymentNature.ARREARS,
        division=VILLAGE,
        amount=Decimal(100),
        roster_id=sheet,
        reason=None,
    )
    here, bounced = replace(row, county=COUNTY), replace(row, nature=PaymentNature.BOUNCED, amount=Decimal(-100))
    async with database.runtime.pool.acquire() as conn:
        await conn.execute(PAYMENTS.upsert, *turned([PAYMENTS.to_record(each) for each in (row, here, bounced)]))
    with database.county() as made:
        await database.take(made, MONTHS, TODAY)
        assert made.ask("SELECT * FROM paid_elsewhere") == [(PERSON, "LIVING", "2026-03", Decimal(100))]


class Interrupted:
    """A connection beside which something else happens after the first copy."""

    def __init__(self, conn: Any, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._conn, self._meanwhile = conn, [meanwhile]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._conn, name)

    async def copy_from_query(self, *asked: Any, **how: Any) -> Any:
        """As the connection does."""
        answer = await self._conn.copy_from_query(*asked, **how)
        while self._meanwhile:
            await self._meanwhile.pop()()
        return answer


async def test_what_is_told_in_the_middle_is_not_known_by_half(database: Database) -> None:
    await database.deliver(*database.registered(PERSON))

    async def meanwhile() -> None:
        await database.deliver(*database.registered(OTHER))
        await database.sent(PAYMENT, "2026-04", [paid(OTHER)])

    with database.county() as made:
        async with database.runtime.pool.acquire() as conn:
            await take(Interrupted(conn, meanwhile), made, COUNTY, MONTHS, TODAY, database.policy)
        made.derive()
        for table in ("person", "card", "person_index"):
            assert made.ask(f"SELECT person_id FROM {table}") == [(PERSON,)]
        assert made.ask("SELECT * FROM feed") == []
