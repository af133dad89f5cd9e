"""What services downstream may know of a person: each part as it was said last, nothing that is unknown as a no, and when nothing is told."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from services.engine.rebuild import Rebuild
from services.kernel.events import Context, Recorded
from services.kernel.execute import Order
from services.kernel.projection import fold_into
from services.matching.entitlement.decider import STANDING, Judge, standing_id
from services.matching.finding.decider import FINDING, Settle, found_in
from services.matching.finding.events import FindingOpened, FindingRefuted, FindingReopened, FindingResolved
from services.matching.payment.events import SubsidyPaid, SubsidyPaymentReturned, SubsidyPaymentWithdrawn
from services.matching.person_facts.events import PersonFacts, SubsidyStands
from services.matching.person_facts.projection import PERSON_FACTS, PersonFactsRow, published
from services.matching.vocabulary import Decision, Finding, PaymentNature, Refutation, Settled, SubjectKind, Subsidy
from tests.matching.county import County
from tests.matching.entitlement.samples import GRANTED, LIKELY, RISK, RISK_ENDED, UNLIKELY
from tests.matching.finding.samples import FOUND, MONDAY, PAID, open_findings
from tests.matching.samples import told
from tests.spec import context
from tests.world import World, contents

PERSON, VILLAGE = UUID(int=1), "533401102001"
DAY = date(2026, 3, 9)
STANDS = SubsidyStands(
    subsidy=Subsidy.LIVING,
    entitled=None,
    from_month=None,
    decided=None,
    decided_from=None,
    decided_until=None,
    last_paid_month=None,
    at_risk_by=None,
)
DIED = replace(UNLIKELY, reason="DIED")
OPENED = FindingOpened(found=FOUND, verify_by=DAY)
RESOLVED = FindingResolved(found=FOUND, how=Settled.FACT_ARRIVED, resolved_on=DAY)


def paid(month: str, total: int = 100, subsidy: Subsidy = Subsidy.LIVING) -> SubsidyPaid:
    """A sheet pays a month, which comes to so many yuan."""
    return SubsidyPaid(
        person_id=PERSON,
        division=VILLAGE,
        subsidy=subsidy,
        month=month,
        sheet_month=month,
        county="533401",
        counties=(),
        nature=PaymentNature.REGULAR,
        amount=Decimal(total),
        total=Decimal(total),
        roster_id=UUID(int=3),
        certificate_id=None,
        grade=None,
        rate=None,
    )


def returned(month: str, total: int) -> SubsidyPaymentReturned:
    """The bank could not pay a month out, which comes to so many yuan then."""
    return SubsidyPaymentReturned(
        person_id=PERSON,
        division=VILLAGE,
        subsidy=Subsidy.LIVING,
        month=month,
        sheet_month=month,
        county="533401",
        counties=(),
        nature=PaymentNature.BOUNCED,
        amount=Decimal(total - 100),
        total=Decimal(total),
        roster_id=UUID(int=4),
        reason="ACCOUNT_CLOSED",
    )


def withdrawn(month: str) -> SubsidyPaymentWithdrawn:
    """No sheet says a month any more."""
    return SubsidyPaymentWithdrawn(
        person_id=PERSON,
        division=VILLAGE,
        subsidy=Subsidy.LIVING,
        month=month,
        sheet_month=month,
        county="533401",
        counties=(),
        nature=PaymentNature.REGULAR,
        amount=Decimal(100),
        total=Decimal(0),
        roster_id=UUID(int=3),
    )


def facts(*past: object) -> PersonFacts | None:
    """What is published of the person after this past; None is a tombstone."""
    rows: dict[tuple[UUID], PersonFactsRow | None] = {}
    for event in past:
        stream = found_in(event.found) if hasattr(event, "found") else UUID(int=9)
        fold_into(PERSON_FACTS, rows, event if isinstance(event, Recorded) else told(event, stream=stream))
    (row,) = rows.values()
    assert row is not None
    return published(row)


def only(*past: object) -> SubsidyStands:
    """What is published of the one subsidy of which anything is known."""
    said = facts(*past)
    assert said is not None
    (stands,) = said.subsidies
    return stands


def test_each_part_is_as_it_was_said_last_and_what_nobody_said_is_unknown() -> None:
    assert only(LIKELY) == replace(STANDS, entitled=True, from_month="2026-03")
    assert only(LIKELY, UNLIKELY) == replace(STANDS, entitled=False, from_month="2026-04")
    assert only(RISK) == replace(STANDS, at_risk_by=date(2026, 8, 28))
    assert only(RISK, RISK_ENDED) == STANDS
    granted = only(LIKELY, GRANTED)
    assert (granted.decided, granted.decided_from, granted.entitled) == (Decision.GRANTED, GRANTED.from_month, True)
    assert only(paid("2026-02")) == replace(STANDS, last_paid_month="2026-02")


def test_the_last_paid_month_is_the_newest_that_nothing_took_back() -> None:
    assert only(paid("2026-02"), paid("2025-12")).last_paid_month == "2026-02"  # arrears make no month older
    assert only(paid("2026-01"), paid("2026-02"), withdrawn("2026-02")).last_paid_month == "2026-01"
    assert only(paid("2026-01"), paid("2026-02"), returned("2026-02", 0)).last_paid_month == "2026-01"
    assert only(paid("2026-02"), returned("2026-02", 50)).last_paid_month == "2026-02"  # a part came back
    assert only(LIKELY, paid("2026-02"), withdrawn("2026-02")).last_paid_month is None


def test_the_two_subsidies_stand_beside_each_other() -> None:
    said = facts(paid("2026-02"), paid("2026-03", subsidy=Subsidy.CARE), LIKELY)
    assert said is not None
    assert [(each.subsidy, each.entitled, each.last_paid_month) for each in said.subsidies] == [
        (Subsidy.CARE, None, "2026-03"),
        (Subsidy.LIVING, True, "2026-02"),
    ]


def test_open_findings_are_told_by_type_once_and_closed_ones_not() -> None:
    other = replace(FOUND, period="2026-01")
    twice = facts(OPENED, replace(OPENED, found=other), FindingOpened(found=PAID, verify_by=DAY))
    assert twice is not None
    assert twice.open_findings == (Finding.ENTITLED_NOT_RECEIVING, Finding.RECEIVING_NOT_ENTITLED)
    one = facts(OPENED, replace(OPENED, found=other), RESOLVED)
    assert one is not None
    assert one.open_findings == (Finding.ENTITLED_NOT_RECEIVING,)
    refuted = FindingRefuted(found=FOUND, reason=Refutation.NOT_TRUE, refuted_on=DAY, until=None)
    for closed in (RESOLVED, refuted):
        none, again = facts(OPENED, closed), facts(OPENED, closed, FindingReopened(found=FOUND, verify_by=DAY))
        assert none is not None
        assert again is not None
        assert (none.open_findings, again.open_findings) == ((), (Finding.ENTITLED_NOT_RECEIVING,))


@pytest.mark.parametrize("kind", [SubjectKind.HOUSEHOLD, SubjectKind.ROSTER_ROW, SubjectKind.ROSTER])
def test_what_is_found_of_no_person_is_nobodys_state(kind: SubjectKind) -> None:
    opened = replace(OPENED, found=replace(FOUND, subject_kind=kind))
    assert PERSON_FACTS.touched(told(opened)) == ()


@pytest.mark.parametrize("reason", ["DIED", "LEFT_PROVINCE"])
def test_nothing_is_told_of_who_is_gone_once_nothing_of_them_is_open(reason: str) -> None:
    gone = replace(UNLIKELY, reason=reason)
    assert facts(LIKELY, paid("2026-03"), gone) is None
    assert facts(gone, OPENED) is not None  # paid on after death: somebody must look
    assert facts(gone, OPENED, RESOLVED) is None
    care = replace(LIKELY, subsidy=Subsidy.CARE)
    assert facts(gone, care) is not None  # of the other subsidy nobody says so
    assert facts(gone, care, replace(gone, subsidy=Subsidy.CARE)) is None


def test_whose_death_turned_out_to_be_none_is_told_with_all_that_was_known() -> None:
    back = facts(paid("2026-03"), DIED, LIKELY)
    assert back is not None
    (stands,) = back.subsidies
    assert (stands.entitled, stands.last_paid_month) == (True, "2026-03")


def test_where_somebody_lives_is_what_their_standing_says() -> None:
    moved = replace(LIKELY, division="533422101001")
    for past in ((paid("2026-02"), moved), (moved, paid("2026-02"))):  # the sheet may be that of the county they left
        said = facts(*past)
        assert said is not None
        assert said.division == "533422101001"


def test_it_carries_nothing_beyond_what_a_service_needs() -> None:
    assert {field.name for field in fields(PersonFacts)} == {"division", "subsidies", "open_findings"}
    assert not {"reason", "grade", "yuan", "certificate_id"} & {field.name for field in fields(SubsidyStands)}


def _because(number: int) -> Context:
    return replace(context(MONDAY, "machine:matching.comparing"), seed=UUID(int=number))


async def _states(place: World) -> list[tuple[str, bool]]:
    """Each person's state in the order in which it left the house: the key, and whether it is a tombstone."""
    rows = await place.sql(
        "matching", "SELECT key, data IS NULL AS gone FROM outbox WHERE topic LIKE '%person_facts.state.v1' ORDER BY seq"
    )
    return [(row["key"], row["gone"]) for row in rows]


async def test_the_state_leaves_the_house_by_the_persons_pseudonym_until_nothing_is_told_and_a_rebuild_makes_the_same_rows(
    place: World,
) -> None:
    county = await County(place).open()
    county.on(MONDAY)
    household = replace(FOUND, subject=UUID(int=77), subject_kind=SubjectKind.HOUSEHOLD)
    await open_findings(county.runtime, FOUND, household)
    assert await _states(place) == [(str(FOUND.subject), False)]
    orders = [
        Order(STANDING, standing_id(FOUND.subject, DIED.subsidy), Judge(DIED), _because(1)),
        Order(FINDING, found_in(FOUND), Settle(Settled.FACTS_CORRECTED), _because(2)),
    ]
    for order in orders:
        async with county.runtime.pool.acquire() as conn, conn.transaction():
            await county.runtime.executor.execute_many(conn, [order])
    assert await _states(place) == [(str(FOUND.subject), gone) for gone in (False, False, True)]
    async with county.runtime.pool.acquire() as conn:
        before = await contents(conn, PERSON_FACTS)
        assert len(before) == 1
        await Rebuild(county.runtime, "person_facts", county.runtime.settings.rebuild_url.get_secret_value()).run()
        assert await contents(conn, PERSON_FACTS) == before
