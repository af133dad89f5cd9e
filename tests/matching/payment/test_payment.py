"""Parts of payments: what each says, what a month comes to, and that neither repeats nor the order of sheets change what stands."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.matching.payment.decider import PAYMENT, Part, PartKey, Payments, Record, payment_id
from services.matching.payment.events import SubsidyPaid, SubsidyPaymentCorrected, SubsidyPaymentReturned, SubsidyPaymentWithdrawn
from services.matching.policy.load import load_policy
from services.matching.vocabulary import PaymentNature, Subsidy
from tests.spec import Spec, context, spec

POLICY = load_policy()
PERSON, CARD, SHEET, LATER = (UUID(int=number) for number in range(1, 5))
COUNTY, VILLAGE = "533401", "533401102001"
REGULAR, ARREARS, CORRECTION, RETURNED, BOUNCED = [nature for nature in PaymentNature if nature is not PaymentNature.UNKNOWN]


def part(nature: PaymentNature, amount: int, sheet_month: str = "2026-01", month: str = "2026-01", roster: UUID = SHEET) -> Part:
    """One part."""
    return Part(PartKey(COUNTY, sheet_month, month, nature), Decimal(amount), roster, CARD, 2, Decimal(100), None)


def record(*parts: Part, gone: tuple[tuple[PartKey, UUID], ...] = ()) -> Record:
    """What sheets say of the person."""
    return Record(PERSON, Subsidy.LIVING, VILLAGE, parts, gone)


def paid(amount: int, total: int, roster: UUID = SHEET) -> SubsidyPaid:
    """January paid by its own sheet."""
    return SubsidyPaid(
        person_id=PERSON,
        division=VILLAGE,
        subsidy=Subsidy.LIVING,
        month="2026-01",
        sheet_month="2026-01",
        county=COUNTY,
        counties=(),
        nature=REGULAR,
        amount=Decimal(amount),
        total=Decimal(total),
        roster_id=roster,
        certificate_id=CARD,
        grade=2,
        rate=Decimal(100),
    )


def payment(*past: object) -> Spec:
    """A payment with this past."""
    return spec(PAYMENT, POLICY).given(*past)


def test_a_part_is_said_once_and_anew_when_its_sheet_says_otherwise() -> None:
    payment().when(record(part(REGULAR, 100))).then(paid(100, 100))
    payment(paid(100, 100)).when(record(part(REGULAR, 100))).then_nothing()
    payment(paid(100, 100)).when(record(part(REGULAR, 100, roster=LATER))).then_nothing()  # sent again with the same
    payment(paid(100, 100)).when(record(part(REGULAR, 90, roster=LATER))).then(paid(90, 90, LATER))


def test_what_a_sheet_says_no_more_is_withdrawn_once() -> None:
    key = part(REGULAR, 100).key
    back = SubsidyPaymentWithdrawn(
        person_id=PERSON,
        division=VILLAGE,
        subsidy=Subsidy.LIVING,
        month="2026-01",
        sheet_month="2026-01",
        county=COUNTY,
        counties=(),
        nature=REGULAR,
        amount=Decimal(100),
        total=Decimal(0),
        roster_id=SHEET,
    )
    payment(paid(100, 100)).when(record(gone=((key, SHEET),))).then(back)
    payment(paid(100, 100)).when(record(gone=((key, LATER),))).then_nothing()
    payment(paid(100, 100), back).when(record(gone=((key, SHEET),))).then_nothing()
    payment(paid(100, 100), back).when(record(part(REGULAR, 100))).then(paid(100, 100))


def test_a_correction_and_a_return_say_what_the_month_comes_to() -> None:
    corrected = SubsidyPaymentCorrected(
        person_id=PERSON,
        division=VILLAGE,
        subsidy=Subsidy.LIVING,
        month="2026-01",
        sheet_month="2026-02",
        county=COUNTY,
        counties=(),
        amount=Decimal(-10),
        total=Decimal(90),
        roster_id=LATER,
    )
    payment(paid(100, 100)).when(record(part(CORRECTION, -10, "2026-02", roster=LATER))).then(corrected)
    (returned,) = PAYMENT.decide(PAYMENT.fold([paid(100, 100), corrected]), record(part(BOUNCED, -100)), POLICY, context())
    assert isinstance(returned, SubsidyPaymentReturned)
    assert (returned.nature, returned.amount, returned.total) == (BOUNCED, Decimal(-100), Decimal(-10))


def test_a_return_that_the_bank_and_a_sheet_tell_of_is_one() -> None:
    state = stands(
        record(part(REGULAR, 100), part(BOUNCED, -100)), record(part(RETURNED, -100, "2026-02"), part(ARREARS, 100, "2026-03"))
    )
    assert state.total("2026-01") == Decimal(100)


PARTS = (
    part(REGULAR, 100),
    part(ARREARS, 200, "2026-02"),
    part(CORRECTION, -10, "2026-02"),
    part(RETURNED, -100, "2026-03"),
    part(BOUNCED, -100),
    part(REGULAR, 100, "2026-02", "2026-02"),
)


def stands(*records: Record) -> Payments:
    """What stands after these, one after the other."""
    state = PAYMENT.initial
    for each in records:
        state = PAYMENT.fold(PAYMENT.decide(state, each, POLICY, context()), state)
    return state


@given(st.permutations(PARTS))
def test_in_whatever_order_sheets_come_the_same_stands(parts: list[Part]) -> None:
    state = stands(*(record(each) for each in parts))
    assert state == stands(record(*PARTS))
    assert (state.total("2026-01"), state.total("2026-02")) == (Decimal(190), Decimal(100))


def test_a_person_and_a_subsidy_have_one_stream() -> None:
    assert payment_id(PERSON, Subsidy.LIVING) != payment_id(PERSON, Subsidy.CARE)


def test_every_other_county_that_compares_the_person_is_named() -> None:
    """Where the household registration is or was, and whoever pays, too: each compares what the others pay with its own sheet."""
    there, here = "533422", "533421"
    moved = Record(PERSON, Subsidy.LIVING, VILLAGE, (part(REGULAR, 100),), (), (COUNTY, here))
    paid_here = replace(paid(100, 100), counties=(here,))
    payment().when(moved).then(paid_here)
    key = replace(part(REGULAR, 100).key, county=there)
    again = replace(moved, division=there, parts=(replace(part(REGULAR, 100), key=key),))
    paid_there = replace(paid(100, 200), division=there, county=there, counties=(COUNTY, here))
    payment(paid_here).when(again).then(paid_there)
