"""Expected lists: due on their day, overdue once, there once, missing again when taken back; and the card of each agency."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.kernel.policy import Row, Rules
from services.matching.expectation import loop
from services.matching.expectation.decider import EXPECTATION, Miss, Note
from services.matching.expectation.events import RosterArrived, RosterOverdue
from services.matching.expectation.expected import Sent, answering, commands, due_on, with_expected
from services.matching.policy.load import MatchingPolicy, load_policy
from services.matching.policy.rosters import ExpectedList
from services.matching.roster.projection import RosterRow
from services.matching.service import SERVICE
from services.matching.vocabulary import RosterKind, RosterState
from tests.matching.county import COUNTY, County, citizen
from tests.spec import spec
from tests.world import World, with_loops

POLICY = load_policy()
ALLOWANCE, SCHOOL = RosterKind.SUBSISTENCE_ALLOWANCE, RosterKind.SCHOOL_ROLL
OVERDUE = RosterOverdue(kind=ALLOWANCE, division=COUNTY, period="2026-02", owner="MZ", due_on=date(2026, 3, 10))
ARRIVED = RosterArrived(
    kind=ALLOWANCE,
    division=COUNTY,
    period="2026-02",
    owner="MZ",
    due_on=date(2026, 3, 10),
    roster_id=UUID(int=1),
    arrived_on=date(2026, 3, 12),
    days_late=2,
)


def came(kind: RosterKind, period: str | None, as_of: date, received_on: date) -> RosterRow:
    """A list that counts."""
    at = datetime(received_on.year, received_on.month, received_on.day, 2, tzinfo=UTC)
    return RosterRow(
        roster_id=UUID(int=received_on.toordinal()),
        division=COUNTY,
        kind=kind,
        as_of=as_of,
        period=period,
        state=RosterState.RECEIVED,
        why=None,
        sent_by="MZ",
        rows=9,
        linked=9,
        rejected=0,
        identified=9,
        cells=9,
        empty_cells=0,
        usual_rows=None,
        received_at=at,
        received_on=received_on,
        version=1,
    )


def test_a_list_is_missed_once_noted_once_and_missed_again_when_it_was_taken_back() -> None:
    stream = spec(EXPECTATION, POLICY)
    stream.given().when(Miss(OVERDUE)).then(OVERDUE)
    stream.given(OVERDUE).when(Miss(OVERDUE)).then_nothing()
    stream.given(OVERDUE).when(Note(ARRIVED)).then(ARRIVED)
    stream.given(OVERDUE, ARRIVED).when(Note(ARRIVED)).then_nothing()
    stream.given(ARRIVED).when(Miss(OVERDUE)).then(OVERDUE)


@pytest.mark.parametrize(
    ("period", "due_day", "day"),
    [
        ("2026-01", 10, date(2026, 2, 10)),
        ("2026-01", 31, date(2026, 2, 28)),
        ("2024-01", 30, date(2024, 2, 29)),
        ("2025-12", 1, date(2026, 1, 1)),
        ("2026-02", 31, date(2026, 3, 31)),
    ],
)
def test_a_months_list_is_due_in_the_month_after_it(period: str, due_day: int, day: date) -> None:
    roster = replace(POLICY.rosters.one(ALLOWANCE, date(2026, 1, 1), COUNTY), due_day=due_day)
    assert due_on(roster, period) == day


def said(kind: RosterKind, today: date, *rosters: RosterRow, first: str = "2025-12") -> list[tuple[str, str]]:
    """What is said of a list on a day: month, and command."""
    found = commands([Sent(kind, COUNTY, first, "MZ", rosters)], POLICY, today)
    return [(period, type(command).__name__) for period, _, command in found]


def test_what_is_owed_begins_after_the_first_list_and_is_overdue_the_day_after_its_day() -> None:
    january = came(ALLOWANCE, "2026-01", date(2026, 1, 31), date(2026, 2, 3))
    assert said(ALLOWANCE, date(2026, 2, 10), first="2026-01") == [], "the first one was not expected"
    assert said(ALLOWANCE, date(2026, 2, 10)) == [], "it may come today"
    assert said(ALLOWANCE, date(2026, 2, 11)) == [("2026-01", "Miss")]
    assert said(ALLOWANCE, date(2026, 2, 11), january) == [("2026-01", "Note")]
    assert said(ALLOWANCE, date(2026, 3, 11), january) == [("2026-01", "Note"), ("2026-02", "Miss")]


def test_a_list_of_its_day_answers_for_as_long_as_it_is_young_enough() -> None:
    roster = POLICY.rosters.one(SCHOOL, date(2026, 1, 1), COUNTY)
    young = came(SCHOOL, None, due_on(roster, "2026-01"), date(2026, 2, 10))
    assert answering(roster, [young], "2026-01") == young
    old = replace(young, as_of=date.fromordinal(due_on(roster, "2026-01").toordinal() - roster.max_age_days - 1))
    assert answering(roster, [old], "2026-01") is None


def agreed(since: date, until: date | None = None, on: bool = True) -> MatchingPolicy:
    """The policy with one row more: the county's allowance list is owed from a day on."""
    row = Row("ALLOWANCE", since, until, COUNTY, "a test", ExpectedList(ALLOWANCE, "MZ", on))
    return replace(POLICY, expected_lists=Rules((row,)))


def test_what_offices_have_agreed_on_is_owed_though_none_was_ever_sent() -> None:
    day = date(2026, 4, 11)

    def owed(policy: MatchingPolicy, *sent: Sent) -> list[tuple[str, str, str]]:
        found = commands(with_expected(sent, policy), policy, day)
        return [(period, each.owner, type(command).__name__) for period, each, command in found]

    assert owed(agreed(date(2026, 2, 1))) == [("2026-02", "MZ", "Miss"), ("2026-03", "MZ", "Miss")]
    assert owed(agreed(date(2026, 2, 2))) == [("2026-03", "MZ", "Miss")]  # in force on the month's first day
    assert owed(agreed(date(2026, 2, 1), until=date(2026, 3, 1))) == [("2026-02", "MZ", "Miss")]
    assert owed(agreed(date(2026, 2, 1), on=False)) == []
    first = Sent(ALLOWANCE, COUNTY, "2026-03", "MZ", [came(ALLOWANCE, "2026-03", date(2026, 3, 31), date(2026, 4, 2))])
    assert owed(agreed(date(2026, 2, 1)), first) == [("2026-02", "MZ", "Miss"), ("2026-03", "MZ", "Note")]
    assert owed(POLICY, first) == []


async def test_a_list_that_never_came_is_told_to_its_office_once(place: World) -> None:
    runtime = await place.open(with_loops(replace(SERVICE, policy=agreed(date(2026, 2, 1)))), pool_size=2)
    place.set_clock(datetime(2026, 3, 11, 2, tzinfo=UTC))
    assert [await loop.look(runtime), await loop.look(runtime)] == [1, 0]
    (row,) = await place.sql("matching", "SELECT kind, division, owner, period, due_on, arrived_on FROM views.expectation")
    assert tuple(row.values()) == (ALLOWANCE, COUNTY, "MZ", "2026-02", date(2026, 3, 10), None)


async def test_a_missing_list_is_told_once_settled_when_it_comes_and_stands_on_the_card(place: World) -> None:
    county = await County(place).open()
    steward = await county.as_("MZ", COUNTY, "steward")
    look, listed = loop.look, county.listed
    await listed(COUNTY, date(2026, 1, 1), 1)
    assert await look(county.runtime) == 0
    county.on(date(2026, 3, 11))
    assert [await look(county.runtime), await look(county.runtime)] == [1, 0]
    (missing,) = (await steward.get("/roster-expectations", missing="true"))["items"]
    assert (missing["period"], missing["owner"], missing["due_on"], missing["arrived_on"]) == ("2026-02", "MZ", "2026-03-10", None)
    county.on(date(2026, 3, 13))
    await listed(COUNTY, date(2026, 2, 28), 1, 2)
    assert [await look(county.runtime), await look(county.runtime)] == [1, 0]
    (row,) = (await steward.get("/roster-expectations"))["items"]
    assert (row["arrived_on"], row["days_late"]) == ("2026-03-13", 3)
    assert await cards(steward, "2026-02") == [("MZ", 0, 1, 0, 1, 3, None)]
    assert await cards(steward, "2026-03") == [("MZ", 1, 0, 0, 0, None, 2)]
    await steward.post(f"/rosters/{row['roster_id']}/withdraw", {"reason": "WRONG_FILE"}, 200)
    assert await look(county.runtime) == 1
    stored = await place.sql("matching", "SELECT type FROM events WHERE category = 'expectation' ORDER BY version")
    assert [event["type"] for event in stored] == ["RosterOverdue", "RosterArrived", "RosterOverdue"]
    assert citizen(1) not in str(stored)


async def cards(client: Any, month: str) -> list[tuple[Any, ...]]:
    """The cards of a month."""
    names = ("agency", "received", "expected", "missing", "late", "days_late", "identified")
    return [tuple(card[name] for name in names) for card in (await client.get("/roster-report-cards", month=month))["items"]]
