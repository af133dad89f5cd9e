"""A finding: what each command causes, when it is refused, and what a repeat does."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.domain.file_number import file_number
from services.kernel.errors import NotFound
from services.kernel.execute import Order
from services.matching.discrepancy.decider import DISCREPANCY, Close, Find, Refute, Void
from services.matching.discrepancy.events import DiscrepancyFound, DiscrepancyResolved
from services.matching.policy.load import load_policy
from services.matching.vocabulary import Finding, Resolution, Subsidy
from tests.matching.county import COUNTY, County
from tests.spec import Spec, context, spec
from tests.world import World

POLICY, PERSON = load_policy(), UUID(int=1)
FOUND = DiscrepancyFound(
    rule="C3a",
    finding=Finding.ENTITLED_NOT_RECEIVING,
    person_id=PERSON,
    division="533401102001",
    certificate_id=UUID(int=2),
    subsidy=Subsidy.LIVING,
    month="2026-03",
    as_of=date(2026, 3, 1),
    owner="MZ",
    verify_by=date(2026, 3, 30),
)
CLOSED = DiscrepancyResolved(
    rule="C3a",
    person_id=PERSON,
    subsidy=Subsidy.LIVING,
    how=Resolution.NO_LONGER_TRUE,
    resolved_on=date(2026, 3, 2),
)
REFUTED = replace(CLOSED, how=Resolution.REFUTED)


def finding(*past: object) -> Spec:
    """A discrepancy with this past."""
    return spec(DISCREPANCY, POLICY).given(*past)


def test_a_finding_opens_closes_by_itself_and_reopens_when_true_again() -> None:
    finding().when(Find(FOUND)).then(FOUND)
    finding(FOUND).when(Find(FOUND)).then_nothing()
    finding(FOUND).when(Close()).then(CLOSED)
    finding(FOUND, CLOSED).when(Close()).then_nothing()
    finding().when(Close()).then_nothing()
    finding(FOUND, CLOSED).when(Find(FOUND)).then(FOUND)


def test_a_finding_of_a_sheet_that_was_taken_back_is_void_and_a_refutation_only_with_its_month() -> None:
    void = replace(CLOSED, how=Resolution.LIST_WITHDRAWN)
    finding(FOUND).when(Void(also_refuted=False)).then(void)
    finding(FOUND, CLOSED).when(Void(also_refuted=True)).then_nothing()
    finding().when(Void(also_refuted=True)).then_nothing()
    finding(FOUND, REFUTED).when(Void(also_refuted=False)).then_nothing()
    finding(FOUND, REFUTED).when(Void(also_refuted=True)).then(void)
    finding(FOUND, REFUTED, void).when(Find(FOUND)).then(FOUND)


def test_a_persons_word_outranks_the_sweep_for_the_month_it_was_given() -> None:
    later = replace(FOUND, month="2026-04")
    finding(FOUND).when(Refute()).then(REFUTED)
    finding(FOUND, REFUTED).when(Find(FOUND)).then_nothing()
    finding(FOUND, REFUTED).when(Find(later)).then(later)
    finding(FOUND, REFUTED).when(Refute()).rejected("discrepancy_closed")
    with pytest.raises(NotFound, match="discrepancy_unknown"):
        finding().when(Refute()).then_nothing()


async def test_an_office_finds_a_lead_by_the_number_in_its_notice(place: World) -> None:
    county = await County(place).open()
    async with county.runtime.pool.acquire() as conn, conn.transaction():
        for subject in (UUID(int=3), UUID(int=4)):
            order = Order(DISCREPANCY, subject, Find(FOUND), replace(context(), seed=subject))
            await county.runtime.executor.execute_many(conn, [order])
    office = await county.as_("MZ", COUNTY, "official")
    found = (await office.get("/discrepancies", file_number=file_number(UUID(int=4))))["items"]
    assert [row["discrepancy_id"] for row in found] == [str(UUID(int=4))]
