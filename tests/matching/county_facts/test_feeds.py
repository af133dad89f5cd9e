"""Which roster speaks for a month: the newest usable one, or why there is none."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.domain.months import last_day
from services.matching.county_facts.feeds import Sent, feeds, newest
from services.matching.county_facts.tables import Feed, Unusable
from services.matching.vocabulary import RosterState
from tests.matching.county_facts.story import COUNTY, POLICY, months

TODAY = date(2026, 5, 4)
COUNTS = iter(range(1, 1000))


def sent(kind: str, as_of: str, period: str | None = None, by: str = "MZ", state: RosterState = RosterState.RECEIVED) -> Sent:
    """A roster of five rows that came in two days after the day that it is as of."""
    day = date.fromisoformat(as_of)
    came = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return Sent(UUID(int=next(COUNTS)), kind, period, day, state, by, 5, True, came, day)


def spoken(*rosters: Sent, month: str = "2026-04") -> list[tuple[UUID, Unusable | None]]:
    """What speaks for a month."""
    found = list(feeds(rosters, POLICY.rosters, COUNTY, [month], TODAY))
    assert all(feed.usable == (feed.why is None) and feed.month == month for feed in found)
    return [(feed.roster_id, feed.why) for feed in found]


def test_a_list_of_a_month_speaks_for_that_month_alone() -> None:
    roster = sent("SUBSIDY_PAYMENT", "2026-04-28", "2026-04")
    assert spoken(roster) == [(roster.roster_id, None)]
    assert spoken(roster, month="2026-03") == []


def test_the_newest_that_can_be_used_speaks() -> None:
    first, second = sent("SUBSIDY_PAYMENT", "2026-04-20", "2026-04"), sent("SUBSIDY_PAYMENT", "2026-04-28", "2026-04")
    assert spoken(first, second) == [(second.roster_id, None)]
    for state in (RosterState.HELD, RosterState.REJECTED, RosterState.WITHDRAWN):
        assert spoken(first, replace(second, state=state)) == [(first.roster_id, None)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"state": RosterState.HELD}, Unusable.HELD),
        ({"state": RosterState.REJECTED}, Unusable.REJECTED),
        ({"rows": 0}, Unusable.EMPTY),
        ({"kept": False}, Unusable.NOT_KEPT),
    ],
)
def test_one_that_cannot_be_used_says_why(change: dict[str, object], why: Unusable) -> None:
    roster = replace(sent("SUBSISTENCE_ALLOWANCE", "2026-04-28", "2026-04"), **change)  # type: ignore[arg-type]
    assert spoken(roster) == [(roster.roster_id, why)]


def test_one_that_was_taken_back_is_as_if_it_never_came() -> None:
    assert spoken(sent("SUBSISTENCE_ALLOWANCE", "2026-04-28", "2026-04", state=RosterState.WITHDRAWN)) == []


@pytest.mark.parametrize(("as_of", "why"), [("2026-03-16", None), ("2026-03-15", Unusable.TOO_OLD)])
def test_a_list_of_a_day_speaks_for_months_until_it_is_too_old(as_of: str, why: Unusable | None) -> None:
    roster = sent("SCHOOL_ROLL", as_of, by="JT")  # forty-five days before the end of April
    assert spoken(roster) == [(roster.roster_id, why)]


def test_of_lists_of_a_day_the_last_one_by_the_months_end_speaks() -> None:
    march, may = sent("SCHOOL_ROLL", "2026-03-30", by="JT"), sent("SCHOOL_ROLL", "2026-05-02", by="JT")
    assert spoken(march, may) == [(march.roster_id, None)]
    assert spoken(march, may, month="2026-05") == [(may.roster_id, None)]


def test_a_list_of_a_year_speaks_for_its_own_year() -> None:
    old, new = sent("MEDICAL_INSURANCE", "2025-12-31", "2025", by="YB"), sent("MEDICAL_INSURANCE", "2026-03-31", "2026", by="YB")
    assert spoken(old, new) == [(new.roster_id, None)]
    assert spoken(old) == []


def test_a_survey_that_may_be_older_than_a_year_speaks_for_the_next() -> None:
    survey = sent("NEEDS_SURVEY", "2025-10-31", "2025", by="CL")
    assert spoken(survey) == [(survey.roster_id, None)]


def test_where_each_sender_sends_a_part_all_of_them_speak() -> None:
    civil, health = sent("DEATHS", "2026-04-30", "2026-04"), sent("DEATHS", "2026-04-30", "2026-04", by="WJ")
    assert spoken(civil, health) == [(civil.roster_id, None), (health.roster_id, None)]
    held = replace(health, state=RosterState.HELD)
    assert spoken(civil, held) == [(civil.roster_id, None), (health.roster_id, Unusable.HELD)]


def test_where_two_send_the_same_list_the_first_that_can_be_used_speaks() -> None:
    civil, finance = sent("SUBSIDY_PAYMENT", "2026-04-28", "2026-04"), sent("SUBSIDY_PAYMENT", "2026-04-29", "2026-04", by="CZ")
    assert spoken(civil, finance) == [(civil.roster_id, None)]
    assert spoken(replace(civil, state=RosterState.HELD), finance) == [(finance.roster_id, None)]


def test_bills_are_read_over_the_year_before() -> None:
    bills = [sent("MEDICAL_AID", str(last_day(month)), month, by="YB") for month in months("2025-04", "2026-04")]
    found = list(feeds(bills, POLICY.rosters, COUNTY, ["2026-04"], TODAY))
    assert sorted(feed.month for feed in found) == months("2025-05", "2026-04")


def test_a_feed_says_as_of_when_it_is() -> None:
    roster = sent("SCHOOL_ROLL", "2026-03-30", by="JT")
    assert list(feeds([roster], POLICY.rosters, COUNTY, ["2026-04"], TODAY)) == [
        Feed("SCHOOL_ROLL", "2026-04", roster.roster_id, date(2026, 3, 30), True, sent_by="JT", own_month="2026-03")
    ]


def test_the_newest_of_each_kind_and_sender_is_the_last_that_can_be_used() -> None:
    old, held = (
        sent("SUBSIDY_PAYMENT", "2026-03-31", "2026-03"),
        sent("SUBSIDY_PAYMENT", "2026-04-28", "2026-04", state=RosterState.HELD),
    )
    roll, deaths, others = (
        sent("SCHOOL_ROLL", "2026-03-30", by="JT"),
        *(sent("DEATHS", "2026-04-30", "2026-04", by=by) for by in ("MZ", "WJ")),
    )
    speaking = feeds([old, held, roll, deaths, others], POLICY.rosters, COUNTY, ["2026-03", "2026-04"], TODAY)
    assert newest(speaking) == {old.roster_id, roll.roster_id, deaths.roster_id, others.roster_id}


@pytest.mark.parametrize(
    ("kind", "as_of", "period", "own_month"),
    [
        ("SUBSIDY_PAYMENT", "2026-05-02", "2026-04", "2026-04"),  # sent some days later, and of its month all the same
        ("MEDICAL_INSURANCE", "2026-02-10", "2026", "2026-02"),
        ("HOUSE_SAFETY", "2025-12-20", None, "2025-12"),
    ],
)
def test_a_list_has_one_month_of_its_own(kind: str, as_of: str, period: str | None, own_month: str) -> None:
    roster = sent(kind, as_of, period, by={"MEDICAL_INSURANCE": "YB", "HOUSE_SAFETY": "ZJ"}.get(kind, "MZ"))
    assert {feed.own_month for feed in feeds([roster], POLICY.rosters, COUNTY, ["2026-04"], date(2026, 5, 4))} == {own_month}
