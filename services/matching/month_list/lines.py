"""What stands on a county's adjustment list, by its facts, and by which lists of agencies that is known. Pure but for the engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from services.domain.months import add_months, first_day, month_of
from services.kernel.events import stream_id
from services.matching.county_facts.opened import County
from services.matching.finding.words import OBJECTS
from services.matching.month_list.days import pay_day
from services.matching.month_list.decider import Freeze, list_id
from services.matching.month_list.events import ListInput, ListLine, PartSize, SubsidyListFrozen
from services.matching.policy.subsidy_rows import MonthList
from services.matching.vocabulary import ListPart, RosterKind, Subsidy

REACH = 3  # months before the list's one, within which a payment sheet says who is paid now
_LINES = Path(__file__).with_name("lines.sql")
_PAYMENT, _ALLOWANCE = RosterKind.SUBSIDY_PAYMENT, RosterKind.SUBSISTENCE_ALLOWANCE
_DESTITUTE, _BANK = RosterKind.DESTITUTE_SUPPORT, RosterKind.BANK_RESULT
_PAID_MONTH = "SELECT max(month) FROM feed WHERE kind = 'SUBSIDY_PAYMENT' AND usable AND month >= ? AND month < ?"
_LINKED = "SELECT DISTINCT kind FROM linkage_month WHERE month = ? AND subsidy = ? ORDER BY kind"
# Of each kind the newest list that is usable, else the newest that is not.
_FEEDS = """SELECT unnest(newest) FROM (SELECT max_by(feed, (usable, month)) AS newest
    FROM feed WHERE month BETWEEN ? AND ? GROUP BY kind)"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which list: of a county (its code), a subsidy and a month (2026-03), its edition, made on `today` (Asia/Shanghai)."""

    division: str
    subsidy: Subsidy
    month: str
    edition: int
    today: date


def freeze(county: County, asked: Asked, row: MonthList) -> Freeze:
    """The command that freezes the list of a county whose facts are derived; `month` is one of theirs."""
    oldest = month_of(add_months(first_day(asked.month), -REACH))
    paid_month: str | None = county.ask(_PAID_MONTH, oldest, asked.month)[0][0]
    county.run("CREATE OR REPLACE TABLE asked (for_month VARCHAR, subsidy VARCHAR, today DATE, paid_month VARCHAR)")
    county.run("INSERT INTO asked VALUES (?, ?, ?, ?)", asked.month, asked.subsidy, asked.today, paid_month)
    county.run(_LINES.read_text(encoding="utf-8"))
    lines = tuple(_line(asked, each) for each in county.rows("FROM line ORDER BY division, part, person_id"))
    feeds = {each["kind"]: each for each in county.rows(_FEEDS, paid_month or oldest, asked.month)}
    linked = tuple(RosterKind(kind) for (kind,) in county.ask(_LINKED, asked.month, asked.subsidy))
    needed = _needed(asked.subsidy, linked)
    frozen = SubsidyListFrozen(
        division=asked.division,
        subsidy=asked.subsidy,
        month=asked.month,
        edition=asked.edition,
        title=title(asked.subsidy, asked.month),
        pay_day=pay_day(row, asked.month),
        paid_month=paid_month,
        signers=row.signers,
        decides=row.decides,
        pays=row.pays,
        readers=row.readers,
        owner=row.signers[0],
        inputs=tuple(_input(kind, feeds.get(kind)) for kind in dict.fromkeys(kind for kinds in needed.values() for kind in kinds)),
        parts=tuple(_size(part, lines, kinds, feeds) for part, kinds in needed.items()),
    )
    return Freeze(frozen, lines)


def title(subsidy: Subsidy, month: str) -> str:
    """The list in official words."""
    year, number = month.split("-")
    return f"{year}年{int(number)}月{OBJECTS[subsidy]}发放调整名单"


def _needed(subsidy: Subsidy, linked: Sequence[RosterKind]) -> Mapping[ListPart, tuple[RosterKind, ...]]:
    """The lists without which a part is not complete."""
    poor = (_ALLOWANCE,) if subsidy is Subsidy.LIVING else ()
    others = tuple(kind for kind in linked if kind is not _DESTITUTE)
    return {
        ListPart.ADD: (_PAYMENT, *poor, _DESTITUTE),
        ListPart.STOP: (_PAYMENT, *poor, _DESTITUTE, *others),
        ListPart.GRADE: (_PAYMENT,),
        ListPart.ARREARS: (_PAYMENT, *poor, _DESTITUTE),
        ListPart.RENEWING: (_PAYMENT,),
        ListPart.RETURNED: (_PAYMENT, _BANK),
    }


def _size(part: ListPart, lines: Sequence[ListLine], kinds: Sequence[RosterKind], feeds: Mapping[str, Any]) -> PartSize:
    lacking = tuple(kind for kind in kinds if kind not in feeds or not feeds[kind]["usable"])
    return PartSize(part=part, lines=sum(line.part is part for line in lines), lacking=lacking)


def _input(kind: RosterKind, feed: Mapping[str, Any] | None) -> ListInput:
    if feed is None:
        return ListInput(kind=kind, period=None, as_of=None, why="MISSING")
    return ListInput(kind=kind, period=feed["month"], as_of=feed["as_of"], why=None if feed["usable"] else feed["why"])


def line_id(list_id: UUID, edition: int, part: ListPart, person_id: UUID) -> UUID:
    """The id of a line: another edition has lines of its own."""
    return stream_id("month-list-line", list_id, edition, part.value, person_id)


def _line(asked: Asked, row: Mapping[str, Any]) -> ListLine:
    part, stream = ListPart(row["part"]), list_id(asked.division, asked.subsidy, asked.month)
    return ListLine(
        line_id=line_id(stream, asked.edition, part, row["person_id"]),
        part=part,
        person_id=row["person_id"],
        division=row["division"],
        reason=row["reason"],
        grade_before=row["grade_before"],
        grade=row["grade"],
        yuan=row["yuan"],
        months=tuple(row["months"] or ()),
        valid_to=row["valid_to"],
        decided=row["decided"],
        finding_id=row["finding_id"],
        unchecked=tuple(RosterKind(kind) for kind in row["unchecked"] or ()),
    )
