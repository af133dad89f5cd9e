"""The renewal queue and the forecast as pure rules, and the folds of what the register follows elsewhere."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.certificates.policy.rows import Capacity, Queue, Renewal, StopMonth
from services.certificates.renewal_queue.forecast import forecast, months_ahead, shown
from services.certificates.renewal_queue.projection import BENEFIT, FOLLOWED, HOUSEHOLD, MONITORED_CASE
from services.certificates.renewal_queue.ranking import Expiring, Paid, first_month_unpaid, months_lost, queue, renewal, runs, span
from services.kernel.events import Recorded
from services.kernel.policy import Rules
from services.kernel.projection import fold_into
from services.matching.payment.events import SubsidyPaid, SubsidyPaymentReturned, SubsidyPaymentWithdrawn
from services.matching.vocabulary import PaymentNature, Subsidy
from services.monitoring.household.events import HouseholdMembersChanged, HouseholdRegistered
from services.monitoring.risk_case.events import HouseholdIdentified, RiskEliminated
from tests.certificates.certificate import story

TODAY = date(2026, 3, 2)
RULE = Queue(horizon_months=6, loss_months=12, stale_months=3)
NEXT_TOWNSHIP = "533401101001"


def card(number: int, valid_to: date = date(2026, 5, 10), *paid: Paid, **more: Any) -> Expiring:
    """An expiring card; payments are known up to February 2026."""
    village = more.pop("division", story.VILLAGE)
    return Expiring(UUID(int=number), UUID(int=100 + number), village, valid_to, known_month="2026-02", paid=paid, **more)


def paid(amount: int, month: str = "2026-02", subsidy: Subsidy = Subsidy.LIVING) -> Paid:
    """A payment."""
    return Paid(subsidy, month, Decimal(amount))


def test_the_rows_say_what_the_rules_say() -> None:
    assert story.POLICY.stops.one("stops", TODAY).first_month is StopMonth.MONTH_AFTER
    assert story.POLICY.queue.one("queue", TODAY) == RULE
    assert story.POLICY.capacity.one("capacity", TODAY) == Capacity(forecast_months=24, assessments_per_month=60)


@pytest.mark.parametrize(
    ("valid_to", "rule", "month"),
    [
        (date(2026, 3, 15), StopMonth.MONTH_AFTER, "2026-04"),  # domain reference 2.5: March paid, April not
        (date(2026, 3, 31), StopMonth.MONTH_AFTER, "2026-04"),
        (date(2026, 12, 1), StopMonth.MONTH_AFTER, "2027-01"),
        (date(2026, 3, 15), StopMonth.EXPIRY_MONTH, "2026-03"),
    ],
)
def test_payments_stop_in_the_month_that_the_row_says(valid_to: date, rule: StopMonth, month: str) -> None:
    assert first_month_unpaid(valid_to, rule) == month


@pytest.mark.parametrize(
    ("last", "stops", "known", "running"),
    [
        ("2026-02", "2026-06", "2026-02", True),
        ("2025-11", "2026-06", "2026-02", True),
        ("2025-10", "2026-06", "2026-02", False),  # ended long before, for another reason
        ("2025-08", "2025-09", "2026-02", True),  # paid up to the month in which the card ended
        ("2025-05", "2025-09", "2026-02", True),
        ("2025-04", "2025-09", "2026-02", False),
        ("2026-02", "2025-09", "2026-02", True),  # paid on without a card
        ("2026-02", "2026-06", None, True),
    ],
)
def test_a_payment_runs_while_it_is_of_the_months_that_the_card_carries(
    last: str, stops: str, known: str | None, running: bool
) -> None:
    assert runs(last, stops, known, RULE) is running


@pytest.mark.parametrize(
    ("stops", "lost"), [("2026-03", 12), ("2026-04", 11), ("2025-01", 12), ("2027-02", 1), ("2027-03", 0), ("2030-01", 0)]
)
def test_the_loss_ahead_counts_the_months_without_payment(stops: str, lost: int) -> None:
    assert months_lost(stops, TODAY, 12) == lost


def test_a_card_says_which_payments_stop_when_and_what_that_costs() -> None:
    living, care, old = paid(100), paid(110, subsidy=Subsidy.CARE), paid(70, "2024-12", Subsidy.CARE)
    found = renewal(card(1, date(2026, 5, 10), living, care, monitored=True), story.POLICY, TODAY)
    assert (found.first_month_unpaid, found.payments, found.days_left) == ("2026-06", (living, care), 69)
    assert (found.loss_per_month, found.loss_ahead) == (Decimal(210), Decimal(210 * 9))
    gone = renewal(card(1, date(2025, 8, 10), paid(90, "2025-08"), old), story.POLICY, TODAY)
    assert (gone.first_month_unpaid, gone.payments) == ("2025-09", (paid(90, "2025-08"),))
    assert (gone.days_left, gone.loss_ahead) == (-204, Decimal(90 * 12))


def test_the_queue_ranks_by_loss_then_monitored_then_days_then_id() -> None:
    much, some, none = (paid(100), paid(110, subsidy=Subsidy.CARE)), (paid(100),), ()
    soon, late = date(2026, 3, 10), date(2026, 6, 10)
    cards = [
        card(7, soon),
        card(2, late, *some),
        card(6, late, monitored=True),
        card(4, soon, *some),
        card(3, late, *some),
        card(5, late, *some, monitored=True),
        card(1, late, *much),
        card(8, late, *none),
    ]
    assert [r.certificate_id.int for r in queue(cards, story.POLICY, TODAY)] == [1, 5, 4, 2, 3, 6, 7, 8]


def test_only_cards_that_end_soon_and_can_still_be_renewed_are_in_the_queue() -> None:
    days = [date(2025, 3, 1), date(2025, 3, 2), date(2026, 9, 2), date(2026, 9, 3)]
    cards = [card(n, day) for n, day in enumerate(days)]
    assert [r.certificate_id.int for r in queue(cards, story.POLICY, TODAY)] == [1, 2]
    first, last = span(story.POLICY, TODAY)
    assert first <= days[1]
    assert last == days[2]


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.integers(0, 40)), max_size=12))
def test_the_rank_is_a_strict_order_so_a_page_goes_on_where_the_last_one_ended(drawn: list[tuple[int, bool, int]]) -> None:
    cards = [
        card(n, TODAY + timedelta(days=days), *([paid(90 * loss)] if loss else []), monitored=watched)
        for n, (loss, watched, days) in enumerate(drawn)
    ]
    whole = queue(cards, story.POLICY, TODAY)
    assert all(before.rank < after.rank for before, after in pairwise(whole))
    for place, row in enumerate(whole):
        assert [r for r in whole if r.rank > row.rank] == whole[place + 1 :]


PERSON, HOUSE, CASES = UUID(int=1), UUID(int=2), (UUID(int=3), UUID(int=4))


def of(stream: UUID, version: int, happened: Any) -> Recorded:
    """An event of another service."""
    at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=version)
    return Recorded(UUID(int=version), stream, version, "x", happened, story.VILLAGE, "a", at, at, stream, None, "p")


def payment(month: str, amount: int, subsidy: Subsidy = Subsidy.LIVING) -> SubsidyPaid:
    """A payment of matching."""
    yuan = Decimal(amount)
    card: dict[str, Any] = {"certificate_id": None, "grade": None, "rate": None}
    return SubsidyPaid(**_part(month, subsidy), **card, nature=PaymentNature.REGULAR, amount=yuan, total=yuan)


def _part(month: str, subsidy: Subsidy = Subsidy.LIVING) -> dict[str, Any]:
    sheet = {"sheet_month": month, "county": "533401", "counties": (), "roster_id": UUID(int=9)}
    return {"person_id": PERSON, "division": story.VILLAGE, "subsidy": subsidy, "month": month} | sheet


def case(stream: UUID, over: bool) -> list[Recorded]:
    """A case in which the household is identified, and perhaps its end."""
    found = [of(stream, 1, HouseholdIdentified(household_id=HOUSE, household_class="A", decided_on=TODAY))]
    return found + [of(stream, 2, RiskEliminated(household_id=HOUSE, eliminated_on=TODAY))] * over


STREAMS = [
    [of(UUID(int=5), n, payment(m, 90 + n)) for n, m in enumerate(("2026-01", "2025-11", "2026-02"), 1)],
    [of(UUID(int=6), n, payment(m, 100, Subsidy.CARE)) for n, m in enumerate(("2026-02", "2026-01"), 1)],
    [
        of(HOUSE, 1, HouseholdRegistered(division=story.VILLAGE, members=(PERSON,))),
        of(HOUSE, 2, HouseholdMembersChanged(members=(PERSON, UUID(int=8)), changed_on=TODAY)),
    ],
    case(CASES[0], True),
    case(CASES[1], False),
]


def folded(events: list[Recorded]) -> dict[str, dict[Any, Any]]:
    """The rows of every followed projection."""
    rows: dict[str, dict[Any, Any]] = {p.table: {} for p in FOLLOWED}
    for recorded in events:
        for projection in FOLLOWED:
            fold_into(projection, rows[projection.table], recorded)
    return {table: {key: row for key, row in found.items() if row is not None} for table, found in rows.items()}


def test_the_latest_month_counts_also_when_an_older_sheet_comes_later() -> None:
    rows = folded([event for stream in STREAMS for event in stream])
    kept = {key: (row.month, row.amount) for key, row in rows[BENEFIT.table].items()}
    assert kept == {(PERSON, "LIVING"): ("2026-02", Decimal(93)), (PERSON, "CARE"): ("2026-02", Decimal(100))}
    assert rows[HOUSEHOLD.table][HOUSE,].members == (PERSON, UUID(int=8))
    assert set(rows[MONITORED_CASE.table]) == {(CASES[1],)}


@given(st.permutations([n for n, stream in enumerate(STREAMS) for _ in stream]))
def test_the_followed_rows_are_the_same_in_any_interleaving_of_streams(order: list[int]) -> None:
    left = [list(stream) for stream in STREAMS]
    assert folded([left[n].pop(0) for n in order]) == folded([event for stream in STREAMS for event in stream])


@given(st.permutations(STREAMS[0]))
def test_a_benefit_is_the_same_in_whatever_order_its_months_come(events: list[Recorded]) -> None:
    assert folded(list(events)) == folded(STREAMS[0])


def taken_back(month: str) -> SubsidyPaymentWithdrawn:
    """The month's sheet was taken back."""
    return SubsidyPaymentWithdrawn(**_part(month), nature=PaymentNature.REGULAR, amount=Decimal(90), total=Decimal(0))


def bounced(month: str, total: int) -> SubsidyPaymentReturned:
    """The bank could not pay the month out, or not all of it."""
    back = Decimal(total - 90)
    return SubsidyPaymentReturned(**_part(month), nature=PaymentNature.BOUNCED, amount=back, total=Decimal(total), reason=None)


def test_a_month_is_what_it_comes_to_and_one_that_came_back_is_not_paid() -> None:
    stream = UUID(int=5)
    paid = [of(stream, 1, payment("2026-01", 90)), of(stream, 2, payment("2026-02", 90))]
    assert folded([*paid, of(stream, 3, bounced("2026-02", 40))])[BENEFIT.table][PERSON, "LIVING"].amount == Decimal(40)
    assert folded([*paid, of(stream, 3, bounced("2026-02", 0))])[BENEFIT.table][PERSON, "LIVING"].month == "2026-01"


def test_a_payment_that_was_taken_back_gives_way_to_the_one_before_it() -> None:
    stream = UUID(int=5)
    events = [
        of(stream, n, said) for n, said in enumerate((payment("2026-01", 90), payment("2026-02", 95), taken_back("2026-02")), 1)
    ]
    kept = folded(events)[BENEFIT.table]
    assert [(row.month, row.amount) for row in kept.values()] == [("2026-01", Decimal(90))]
    assert folded([*events, of(stream, 4, taken_back("2026-01"))])[BENEFIT.table] == {}
    assert folded([*events, of(stream, 4, payment("2026-02", 80))])[BENEFIT.table][PERSON, "LIVING"].amount == Decimal(80)


def waves(count: int, elsewhere: int, exact: bool = True, reassess: bool = False, sight: str = "533401") -> Any:
    """`count` cards that end in April in one township, half with payments, and `elsewhere` in another, with 5 seats planned there."""
    cards = [card(n, date(2026, 4, 10), *([paid(100)] if n % 2 else [])) for n in range(count)]
    cards += [card(500 + n, date(2026, 4, 20), division=NEXT_TOWNSHIP) for n in range(elsewhere)]
    policy = story.POLICY
    if reassess:
        row = replace(policy.renewal.rows[0], value=Renewal(12, 12, reassess=True))
        policy = replace(policy, renewal=Rules((row,)))
    seats = {(NEXT_TOWNSHIP[:9], "2026-04"): 5}
    return forecast(cards, seats, policy, TODAY, months_ahead(TODAY, 2), sight, exact)


def test_the_months_ahead_begin_with_this_one() -> None:
    assert months_ahead(date(2026, 11, 30), 4) == ("2026-11", "2026-12", "2027-01", "2027-02")


def test_where_renewal_needs_no_assessment_a_wave_takes_no_capacity() -> None:
    april = waves(80, 0).counties[1]
    assert (april.wave.month, april.wave.cards, april.wave.with_payment, april.wave.amount) == ("2026-04", 80, 40, Decimal(4000))
    assert (april.reassess, april.demand, april.capacity, april.short) == (False, 0, 65, False)


@pytest.mark.parametrize(("count", "short"), [(65, False), (66, True)])
def test_where_it_needs_one_a_month_is_short_when_more_end_than_can_be_assessed(count: int, short: bool) -> None:
    march, april = waves(count, 0, reassess=True).counties
    assert (april.demand, april.capacity, april.short) == (count, 65, short)
    assert (march.demand, march.capacity, march.short) == (0, 60, False)


def test_a_township_sees_its_own_wave_and_no_load_of_the_county() -> None:
    made = waves(3, 12, sight=NEXT_TOWNSHIP[:9])
    assert made.counties == ()
    assert [(w.division, w.month, w.cards, w.seats) for w in made.townships] == [
        ("533401101", "2026-03", 0, 0),
        ("533401101", "2026-04", 12, 5),
    ]


def test_who_decides_on_no_card_sees_no_small_cell_and_no_money() -> None:
    made = waves(9, 12, exact=False)
    april = {w.division: w.cards for w in made.townships if w.month == "2026-04"}
    assert april == dict.fromkeys(april, 0) | {"533401204": None, "533401101": None}  # 9 would be 21 - 12
    load = made.counties[1]
    assert (load.wave.cards, load.wave.with_payment, load.wave.amount) == (21, None, None)
    assert (made.counties[0].wave.cards, waves(9, 12).counties[0].wave.cards) == (0, 0)


def test_a_single_hidden_township_cannot_be_found_by_subtraction() -> None:
    whole = waves(3, 12)
    two = replace(whole, townships=tuple(w for w in whole.townships if w.cards and w.month == "2026-04"))
    assert [(w.division, w.cards) for w in shown(two, 10).townships] == [("533401101", None), ("533401204", None)]
    assert {w.cards for w in shown(replace(two, townships=two.townships[:1]), 10).townships} == {12}
