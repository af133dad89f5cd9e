"""A finding of a person who is paid although no card counts, and of one who is not paid, with the offices that read them."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from services.engine.runtime import Runtime
from services.kernel.execute import Order
from services.matching.finding.decider import FINDING, Find, found_in
from services.matching.finding.events import Fact, Found
from services.matching.vocabulary import Finding, SubjectKind
from tests.spec import context

PERSON = UUID(int=1)
COUNTY, VILLAGE, OTHER_VILLAGE = "533401", "533401102001", "533401204203"
MONDAY = date(2026, 3, 2)
FOUND = Found(
    rule="LIVING_NOT_RECEIVED",
    rule_from=date(2016, 1, 1),
    title="低保对象应享未享困难残疾人生活补贴",
    finding=Finding.ENTITLED_NOT_RECEIVING,
    clue=False,
    subject_kind=SubjectKind.PERSON,
    subject=PERSON,
    division=VILLAGE,
    object="LIVING",
    period="2026-02",
    as_of=date(2026, 2, 28),
    may_be_lag=False,
    owner="MZ",
    verify_days=10,
    act_days=20,
    facts=(Fact(name="yuan", value="100.00"), Fact(name="unchecked", value="NEEDS_SURVEY")),
)
PAID = replace(
    FOUND,
    rule="PAID_WITHOUT_CARD",
    title="无有效残疾人证仍发放补贴",
    finding=Finding.RECEIVING_NOT_ENTITLED,
    division=OTHER_VILLAGE,
    verify_days=5,
    facts=(Fact(name="reason", value="NO_CARD"),),
)


async def open_findings(runtime: Runtime, *found: Found, on: date = MONDAY) -> None:
    """Rules find these on a day."""
    orders = [_order(each, on) for each in found]
    async with runtime.pool.acquire() as conn, conn.transaction():
        await runtime.executor.execute_many(conn, orders)


def _order(found: Found, on: date) -> Any:
    said = replace(context(on, "machine:matching.comparing"), seed=UUID(int=found_in(found).int ^ on.toordinal()))
    return Order(FINDING, found_in(found), Find(found), said)
