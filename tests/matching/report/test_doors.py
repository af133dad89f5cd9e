"""The monthly report over HTTP: a past month is told as it was, who may ask for which, and in which forms."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.kernel.execute import Order
from services.matching.comparison.decider import COMPARISON, Complete, comparison_id
from services.matching.comparison.events import ComparisonCompleted, Input, Suspension
from services.matching.expectation.decider import EXPECTATION, Note, expectation_id
from services.matching.expectation.events import RosterArrived
from services.matching.finding.decider import FINDING, NoteOverdue, Refute, Settle, Transfer, Verify, found_in
from services.matching.roster.decider import ROSTER, Receive, Withdraw
from services.matching.roster.events import RosterReceived
from services.matching.vocabulary import Refutation, RosterKind, Settled, WithdrawalReason
from tests.matching.county import County
from tests.matching.finding.samples import COUNTY, FOUND, OTHER_VILLAGE, open_findings
from tests.spec import context
from tests.world import Client, World

ELSEWHERE = "533422101001"
MANY = [replace(FOUND, subject=UUID(int=number)) for number in range(1, 61)]
ROSTER_ID = UUID(int=7)
LISTED = RosterReceived(
    kind=RosterKind.SUBSISTENCE_ALLOWANCE,
    division=COUNTY,
    as_of=date(2026, 2, 28),
    period="2026-02",
    sent_by="MZ",
    rows=100,
    linked=80,
    rejected=1,
    identified=90,
    cells=1000,
    empty_cells=50,
)
SAID = ComparisonCompleted(
    division=COUNTY,
    rule="LIVING_NOT_RECEIVED",
    rule_from=date(2016, 1, 1),
    title=FOUND.title,
    finding=FOUND.finding,
    owner="MZ",
    period="2026-02",
    inputs=(Input(kind=RosterKind.SUBSISTENCE_ALLOWANCE, as_of=date(2026, 2, 28), rows=90, usable=True),),
    found=60,
    closed=0,
    kept=0,
    suspended=(),
)
ARRIVED = RosterArrived(
    kind=RosterKind.SUBSISTENCE_ALLOWANCE,
    division=COUNTY,
    period="2026-02",
    owner="MZ",
    due_on=date(2026, 3, 10),
    roster_id=ROSTER_ID,
    arrived_on=date(2026, 3, 12),
    days_late=2,
)


class Told:
    """What is said of a county, on which day, by machines and officials."""

    def __init__(self, county: County) -> None:
        self._runtime = county.runtime

    async def on(self, day: date, orders: Sequence[tuple[Any, UUID, Any]], actor: str = "machine:matching.comparing") -> None:
        """All of it on one day."""
        made = [Order(decider, stream, command, replace(context(day, actor), seed=uuid4())) for decider, stream, command in orders]
        async with self._runtime.pool.acquire() as conn, conn.transaction():
            await self._runtime.executor.execute_many(conn, made)


@pytest.fixture
async def county(place: World) -> County:
    """A county with sixty findings of March, in two townships, of which officials and facts decided some, and with the lists of February."""
    made = await County(place).open()
    told = Told(made)
    await open_findings(
        made.runtime, *MANY[:30], *(replace(each, division=OTHER_VILLAGE) for each in MANY[30:]), on=date(2026, 3, 2)
    )
    civil = "MZ:533401:official-1"
    await told.on(date(2026, 3, 9), [(FINDING, found_in(each), Verify("SHEETS")) for each in MANY[:12]], civil)
    await told.on(date(2026, 3, 10), [(FINDING, found_in(each), Refute(Refutation.NOT_TRUE)) for each in MANY[12:22]], civil)
    await told.on(date(2026, 3, 20), [(FINDING, found_in(each), NoteOverdue(date(2026, 3, 20))) for each in MANY[30:45]])
    await told.on(date(2026, 3, 12), [(ROSTER, ROSTER_ID, Receive(LISTED))])
    of_february = expectation_id(RosterKind.SUBSISTENCE_ALLOWANCE, COUNTY, "2026-02")
    await told.on(date(2026, 3, 12), [(EXPECTATION, of_february, Note(ARRIVED))])
    ran = comparison_id(COUNTY, SAID.rule, SAID.period)
    await told.on(date(2026, 3, 12), [(COMPARISON, ran, Complete(SAID))])
    return made


async def report(county: County, month: str = "2026-03", agency: str = "CL", division: str = COUNTY) -> Any:
    """The report as an office reads it."""
    return await (await county.as_(agency, division, "official")).get("/reports/comparisons", month=month)


def counts(line: Any) -> dict[str, int | None]:
    """The numbers of a line."""
    return {
        name: line[name]["count"]
        for name in ("new", "verified", "refuted", "resolved", "open", "overdue")
        if line[name]["count"] != 0
    }


async def test_a_month_is_told_with_all_its_parts_as_data_paper_workbook_and_page(county: County) -> None:
    county.on(date(2026, 4, 8))
    told = await report(county)
    assert (told["name"], told["month"], told["compared_month"], told["running"]) == ("香格里拉市", "2026-03", "2026-02", False)
    assert counts(told["total"]) == {"new": 60, "verified": 12, "refuted": 10, "open": 50, "overdue": 15}
    assert [(line["name"], counts(line).get("new"), counts(line).get("overdue")) for line in told["units"]] == [
        ("小中甸镇", 30, None),
        ("尼西乡", 30, 15),
    ]
    assert told["compared"] == [{"division": COUNTY, "name": "香格里拉市", "rules": 1, "suspended": 0}]
    assert [(each["kind"], each["as_of"], each["rows"]) for each in told["lists"]] == [("SUBSISTENCE_ALLOWANCE", "2026-02-28", 90)]
    (card,) = told["cards"]
    assert (card["agency"], card["late"], card["days_late"], card["valid_ids"], card["empty_cells"], card["upheld"]) == (
        ("MZ", 1, 2, 90, 5, 54)
    )
    client = await county.as_("CL", COUNTY, "official")
    for ending, begins in (("docx", b"PK"), ("xlsx", b"PK"), ("html", b"<!doctype html>")):
        async with client.session.get(f"/reports/comparisons.{ending}", params={"month": "2026-03"}) as answer:
            assert answer.status == 200
            assert (await answer.read()).startswith(begins)
            assert "Content-Disposition" in answer.headers or ending == "html"


async def test_a_past_month_is_told_as_it_was_whatever_came_after_it(county: County) -> None:
    county.on(date(2026, 4, 8))
    before = await report(county)
    told, april = Told(county), date(2026, 4, 9)
    settled = [(FINDING, found_in(each), Settle(Settled.FACT_ARRIVED)) for each in MANY[45:]]
    moved = [(FINDING, found_in(each), Transfer("RS", "WRONG_AGENCY")) for each in MANY[22:30]]
    await told.on(april, settled)
    await told.on(april, moved, "MZ:533401:official-1")
    await told.on(april, [(ROSTER, ROSTER_ID, Withdraw("MZ", WithdrawalReason.WRONG_ROWS))], "MZ:533401:steward-1")
    lacks = Suspension(kind=RosterKind.SUBSISTENCE_ALLOWANCE, why="MISSING", since=april)
    await told.on(april, [(COMPARISON, comparison_id(COUNTY, SAID.rule, "2026-02"), Complete(replace(SAID, suspended=(lacks,))))])
    gone = replace(MANY[50], division=ELSEWHERE)  # who it is about has moved to another county, where it came back
    await open_findings(county.runtime, gone, on=april)
    assert await report(county) == before
    assert counts((await report(county, division="533422"))["total"]) == {}
    now = await report(county, "2026-04")
    assert (now["running"], now["last"]) == (True, "2026-04-08")
    county.on(date(2026, 4, 30))
    await told.on(april, [(FINDING, found_in(MANY[44]), Refute(Refutation.PERSON_DECLINES))], "MZ:533401:official-1")
    await told.on(april, [(FINDING, found_in(MANY[43]), Settle(Settled.FACTS_CORRECTED))])
    now = await report(county, "2026-04")
    assert counts(now["total"]) == {"resolved": 15, "refuted": None, "open": 33, "overdue": 13}
    assert now["total"]["open"]["change"] == -17
    assert [line["code"] for line in now["owners"]] == ["MZ", "RS"]
    (rule,), federation = now["rules"], await county.as_("CL", COUNTY, "official")
    (whole,) = [
        each for each in (await federation.get("/findings/precision"))["items"] if (each["township"], each["owner"]) == (None, "MZ")
    ]
    assert (
        (rule["upheld"], rule["refuted"], rule["percent"]) == (whole["upheld"], whole["refuted"], whole["percent"]) == (27, 10, 72)
    )


async def test_who_may_ask_for_which(county: County) -> None:
    county.on(date(2026, 4, 8))
    await open_findings(county.runtime, replace(FOUND, subject=UUID(int=600), division=ELSEWHERE), on=date(2026, 3, 2))
    assert counts((await report(county))["total"])["new"] == 60  # of this county
    assert (await report(county, agency="CZ"))["total"] == (await report(county))["total"]  # the same paper for everybody
    prefecture = await county.as_("CL", "5334", "official")
    assert [unit["code"] for unit in (await prefecture.get("/reports/comparisons", month="2026-03"))["units"]] == [
        COUNTY,
        "533422",
        "533423",
    ]
    own = await prefecture.get("/reports/comparisons", month="2026-03", division=COUNTY)
    assert own["total"] == (await report(county))["total"]
    here, village = await county.as_("CL", COUNTY, "official"), await county.as_("CUN", FOUND.division, "clerk")
    refusals: tuple[tuple[Client, dict[str, Any], int, str], ...] = (
        (here, {"division": "533422"}, 403, "outside_your_division"),
        (here, {"division": "5334"}, 403, "outside_your_division"),
        (village, {}, 422, "not_a_county_or_prefecture"),
        (here, {"month": "2026-05"}, 422, "month_not_begun"),
        (prefecture, {"division": "533499"}, 422, "not_a_county_or_prefecture"),
    )
    for client, asked, status, code in refusals:
        refused = await client.get("/reports/comparisons", status, **({"month": "2026-03"} | asked))
        assert refused["type"].endswith(code)
