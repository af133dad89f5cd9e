"""The adjustment list of each county, subsidy and month as it stands, and the lines of all its editions. Folds only."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import assert_never
from uuid import UUID

from services.domain.file_number import file_number
from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.month_list.events import (
    ListInput,
    PartSize,
    SubsidyListFollowed,
    SubsidyListFrozen,
    SubsidyListLinesConfirmed,
    SubsidyListLinesFrozen,
    SubsidyListReopened,
    SubsidyListSigned,
)
from services.matching.vocabulary import LineOutcome, ListPart, ListState, RosterKind, Subsidy


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Which agency signed on which day, and who of it, as a pseudonym."""

    agency: str
    on: date
    by: str


@dataclass(frozen=True, slots=True)
class ListRow:
    """A list. `turn`: whose signature it waits for; `confirmed`: civil affairs has signed this edition; `again_on`: when a refused one is
    made anew; `paid_month`: whose sheet said who is paid."""

    list_id: UUID
    file_number: str
    division: str
    subsidy: Subsidy
    month: str
    edition: int
    title: str
    pay_day: date
    paid_month: str | None
    signers: tuple[str, ...]
    decides: str
    pays: str
    readers: tuple[str, ...]
    inputs: tuple[ListInput, ...]
    parts: tuple[PartSize, ...]
    state: ListState
    turn: str | None
    signatures: tuple[Signature, ...]
    confirmed: bool
    refused_by: str | None
    refused_for: str | None
    again_on: date | None
    frozen_on: date
    version: int


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of an edition; what each column says stands at `events.ListLine`. `confirmed`: verified or decided when civil affairs signed;
    `outcome`: what became of it, by the sheets of the list's month."""

    line_id: UUID
    list_id: UUID
    edition: int
    part: ListPart
    person_id: UUID
    division: str
    reason: str | None
    grade_before: int | None
    grade: int | None
    yuan: Decimal | None
    months: tuple[str, ...]
    valid_to: date | None
    decided: bool
    finding_id: UUID | None
    unchecked: tuple[RosterKind, ...]
    confirmed: bool
    outcome: LineOutcome


_Heading = SubsidyListFrozen | SubsidyListSigned | SubsidyListReopened
_OfLines = SubsidyListLinesFrozen | SubsidyListLinesConfirmed | SubsidyListFollowed


def _list(key: tuple[UUID], row: ListRow | None, recorded: Recorded) -> ListRow | None:
    event: _Heading = recorded.event
    if isinstance(event, SubsidyListFrozen):
        return _frozen(key[0], event, recorded)
    if row is None:
        return None
    row = replace(row, version=recorded.version)
    match event:
        case SubsidyListSigned(agency=agency, signed_on=day, complete=complete):
            signed = (*row.signatures, Signature(agency=agency, on=day, by=recorded.actor))
            signed_by_civil_affairs = row.confirmed or agency == row.decides
            state = ListState.SIGNED if complete else row.state
            return replace(
                row, signatures=signed, confirmed=signed_by_civil_affairs, state=state, turn=None if complete else event.owner
            )
        case SubsidyListReopened(agency=agency, reason=reason, again_on=again_on):
            return replace(row, state=ListState.REOPENED, turn=None, refused_by=agency, refused_for=reason, again_on=again_on)
        case _:
            assert_never(event)


def _frozen(list_id: UUID, event: SubsidyListFrozen, recorded: Recorded) -> ListRow:
    return ListRow(
        list_id=list_id,
        file_number=file_number(list_id),
        division=event.division,
        subsidy=event.subsidy,
        month=event.month,
        edition=event.edition,
        title=event.title,
        pay_day=event.pay_day,
        paid_month=event.paid_month,
        signers=event.signers,
        decides=event.decides,
        pays=event.pays,
        readers=event.readers,
        inputs=event.inputs,
        parts=event.parts,
        state=ListState.FROZEN,
        turn=event.owner,
        signatures=(),
        confirmed=False,
        refused_by=None,
        refused_for=None,
        again_on=None,
        frozen_on=recorded.occurred_on,
        version=recorded.version,
    )


def _line(key: tuple[UUID], row: LineRow | None, recorded: Recorded) -> LineRow | None:
    event: _OfLines = recorded.event
    match event:
        case SubsidyListLinesFrozen():
            return _listed(key[0], event, recorded)
        case SubsidyListLinesConfirmed():
            return replace(row, confirmed=True) if row else None
        case SubsidyListFollowed(outcomes=outcomes):
            outcome = next(each.outcome for each in outcomes if each.line_id == key[0])
            return replace(row, outcome=outcome) if row else None
        case _:
            assert_never(event)


def _listed(line_id: UUID, event: SubsidyListLinesFrozen, recorded: Recorded) -> LineRow:
    line = next(each for each in event.lines if each.line_id == line_id)
    return LineRow(
        line_id=line_id,
        list_id=recorded.stream_id,
        edition=event.edition,
        part=line.part,
        person_id=line.person_id,
        division=line.division,
        reason=line.reason,
        grade_before=line.grade_before,
        grade=line.grade,
        yuan=line.yuan,
        months=line.months,
        valid_to=line.valid_to,
        decided=line.decided,
        finding_id=line.finding_id,
        unchecked=line.unchecked,
        confirmed=False,
        outcome=LineOutcome.NOT_KNOWN,
    )


def _lines(recorded: Recorded) -> tuple[tuple[Hashable, ...], ...]:
    event: _OfLines = recorded.event
    match event:
        case SubsidyListLinesFrozen(lines=lines):
            return tuple((line.line_id,) for line in lines)
        case SubsidyListLinesConfirmed(lines=confirmed):
            return tuple((line,) for line in confirmed)
        case SubsidyListFollowed(outcomes=outcomes):
            return tuple((each.line_id,) for each in outcomes)
        case _:
            assert_never(event)


LISTS = Projection(
    "subsidy_list",
    ListRow,
    ("list_id",),
    Projection.by_stream((SubsidyListFrozen, SubsidyListSigned, SubsidyListReopened)),
    _list,
)
LINES = Projection(
    "subsidy_list_line",
    LineRow,
    ("line_id",),
    dict.fromkeys((SubsidyListLinesFrozen, SubsidyListLinesConfirmed, SubsidyListFollowed), _lines),
    _line,
)
