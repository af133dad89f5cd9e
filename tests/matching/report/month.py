"""Findings, lists and comparisons of a made-up March, for tests of the report."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from services.domain.divisions import inside
from services.kernel.period import period
from services.matching.comparison.events import Input, Suspension
from services.matching.comparison.projection import ComparisonRow
from services.matching.expectation.projection import ExpectationRow
from services.matching.policy.load import load_policy
from services.matching.report.as_of_month import Findings, Lists, Stood
from services.matching.report.monthly import MonthlyComparisons, monthly
from services.matching.roster.projection import RosterRow
from services.matching.vocabulary import Finding, FindingState, Refutation, RosterKind, RosterState, Settled

POLICY = load_policy()
MARCH = period("2026-03", datetime(2026, 4, 10, 2, tzinfo=UTC))
COUNTY, OTHER, PREFECTURE = "533401", "533422", "5334"
NEAR, FAR, ELSEWHERE = "533401102001", "533401204203", "533422101001"
_ids = count(1)


def found(on: date = date(2026, 3, 5), **known: Any) -> Stood:
    """A finding that was opened on a day, and of which nobody has said anything."""
    fresh = Stood(
        finding_id=UUID(int=next(_ids)),
        division=NEAR,
        rule="LIVING_NOT_RECEIVED",
        title="低保对象应享未享困难残疾人生活补贴",
        finding=Finding.ENTITLED_NOT_RECEIVING,
        owner="MZ",
        state=FindingState.OPEN,
        overdue=False,
        opened_on=on,
        verified_on=None,
        refutation=None,
        settled=None,
        closed_on=None,
    )
    return replace(fresh, **known)


def many(number: int, **known: Any) -> Iterator[Stood]:
    """So many of them."""
    return (found(**known) for _ in range(number))


def refuted(on: date = date(2026, 3, 20), reason: Refutation = Refutation.NOT_TRUE) -> dict[str, Any]:
    """An official said that it is not so."""
    return {"state": FindingState.REFUTED, "closed_on": on, "refutation": reason}


def resolved(on: date = date(2026, 3, 20), how: Settled = Settled.FACT_ARRIVED) -> dict[str, Any]:
    """It ended by itself."""
    return {"state": FindingState.RESOLVED, "closed_on": on, "settled": how}


def report(*now: Stood, before: tuple[Stood, ...] = (), known: Lists | None = None, division: str = COUNTY) -> MonthlyComparisons:
    """The report of March."""
    return monthly(Findings(before, now), known or Lists(), MARCH, division, POLICY)


def said(rule: str = "LIVING_NOT_RECEIVED", division: str = COUNTY, **known: Any) -> ComparisonRow:
    """What a rule said last of February, on 12 March: by two lists."""
    fresh = ComparisonRow(
        comparison_id=UUID(int=next(_ids)),
        division=division,
        rule=rule,
        rule_from=date(2016, 1, 1),
        title=f"规则{rule}",
        finding=Finding.ENTITLED_NOT_RECEIVING,
        owner="MZ",
        period="2026-02",
        inputs=(
            Input(kind=RosterKind.SUBSIDY_PAYMENT, as_of=date(2026, 2, 26), rows=1200, usable=True),
            Input(kind=RosterKind.SUBSISTENCE_ALLOWANCE, as_of=date(2026, 2, 28), rows=9, usable=True),
        ),
        found=3,
        closed=0,
        open=3,
        suspended=(),
        run_on=date(2026, 3, 12),
        version=1,
    )
    return replace(fresh, **known)


def lacking(kind: RosterKind, why: str, since: date, **known: Any) -> ComparisonRow:
    """The same, which said nothing for want of a list."""
    return said(inputs=(), suspended=(Suspension(kind=kind, why=why, since=since),), **known)


def due(kind: RosterKind, owner: str, days_late: int | None, division: str = COUNTY) -> ExpectationRow:
    """A list of February that was due in March; None: it has not come."""
    arrived = None if days_late is None else date(2026, 3, 15)
    return ExpectationRow(
        UUID(int=next(_ids)), division, kind, "2026-02", owner, date(2026, 3, 10), UUID(int=1), arrived, days_late
    )


def came(sent_by: str, state: RosterState = RosterState.RECEIVED, **known: Any) -> RosterRow:
    """A list that came in March, of 200 rows."""
    fresh = RosterRow(
        roster_id=UUID(int=next(_ids)),
        division=COUNTY,
        kind=RosterKind.SUBSISTENCE_ALLOWANCE,
        as_of=date(2026, 2, 28),
        period="2026-02",
        state=state,
        why=None,
        sent_by=sent_by,
        rows=200,
        linked=150,
        rejected=4,
        identified=190,
        cells=1000,
        empty_cells=55,
        usual_rows=None,
        received_at=datetime(2026, 3, 15, 2, tzinfo=UTC),
        received_on=date(2026, 3, 15),
        version=1,
    )
    return replace(fresh, **known)


def full(division: str = COUNTY) -> MonthlyComparisons:
    """A report in which every table has lines."""
    wrong = {"rule": "PAID_WITHOUT_CARD", "title": "无有效残疾人证仍发放补贴", "finding": Finding.RECEIVING_NOT_ENTITLED}
    risk = {"rule": "HOUSE_UNSAFE", "title": "住房鉴定为C、D级未改造", "finding": Finding.RISK_SIGNAL, "owner": "ZJ"}
    february = date(2026, 2, 10)
    before = (*many(20, on=february), *many(11, on=february, division=FAR), *many(12, on=february, **wrong))
    now = (
        *many(24),
        *many(15, on=february, overdue=True),
        *many(13, on=february, verified_on=date(2026, 3, 9), division=FAR),
        *many(17, on=february, **resolved()),
        *many(14, on=february, **wrong, **refuted()),
        *many(31, **wrong),
        *many(3, **risk),
        *many(12, division=COUNTY, finding=Finding.DATA_QUALITY, rule="SHEET_TOTALS", title="汇总表与花名册不一致"),
        *many(26, division=ELSEWHERE),
    )
    known = Lists(
        [came("MZ"), came("MZ", RosterState.HELD), came("CZ", RosterState.REJECTED), came("YB", identified=150)],
        [
            due(RosterKind.SUBSISTENCE_ALLOWANCE, "MZ", 0),
            due(RosterKind.SUBSIDY_PAYMENT, "MZ", 5),
            due(RosterKind.BANK_RESULT, "CZ", None),
            due(RosterKind.MEDICAL_INSURANCE, "YB", 0),
        ],
        [
            said(),
            said("PAID_WITHOUT_CARD"),
            lacking(RosterKind.BANK_RESULT, "MISSING", date(2026, 3, 11), rule="BOUNCED"),
            lacking(RosterKind.SCHOOL_ROLL, "TOO_OLD", date(2026, 1, 15), rule="NOT_AT_SCHOOL"),
            lacking(RosterKind.SCHOOL_ROLL, "TOO_OLD", date(2026, 3, 12), rule="NO_PLACEMENT"),
        ],
    )
    here = (each for each in now if inside(each.division, division))
    return report(*here, before=before, known=known, division=division)
