"""Findings as rows: what was found, who owes what until when, and how it ended. A fold only."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.domain.file_number import file_number
from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.finding.events import (
    Fact,
    FindingAssigned,
    FindingOpened,
    FindingOverdue,
    FindingPersisted,
    FindingRefuted,
    FindingReopened,
    FindingResolved,
    FindingStanding,
    FindingTransferred,
    FindingVerified,
)
from services.matching.vocabulary import Finding, FindingState, Refutation, Settled, Stage, SubjectKind


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding. `due_on`: the last day for what its stage owes, None when nothing is owed; `times`: how often it was opened."""

    finding_id: UUID
    file_number: str
    division: str
    rule: str
    rule_from: date
    title: str
    finding: Finding
    clue: bool
    subject_kind: SubjectKind
    subject: UUID
    object: str
    period: str
    as_of: date
    may_be_lag: bool
    owner: str
    facts: tuple[Fact, ...]
    state: FindingState
    stage: Stage
    due_on: date | None
    overdue: bool
    assigned_to: str | None
    verified_on: date | None
    evidence: str | None
    refutation: Refutation | None
    until: date | None
    settled: Settled | None
    opened_on: date
    closed_on: date | None
    closed_by: str | None
    times: int
    version: int


Changing = (
    FindingOpened,
    FindingReopened,
    FindingPersisted,
    FindingAssigned,
    FindingVerified,
    FindingRefuted,
    FindingTransferred,
    FindingOverdue,
    FindingResolved,
)


def _finding(key: tuple[UUID], row: FindingRow | None, recorded: Recorded) -> FindingRow | None:
    event = recorded.event
    if isinstance(event, FindingOpened | FindingReopened):
        return _opened(key[0], event, recorded, (row.times if row else 0) + 1)
    return _after(replace(row, version=recorded.version), recorded) if row else None


def _opened(finding_id: UUID, event: FindingOpened | FindingReopened, recorded: Recorded, times: int) -> FindingRow:
    found = event.found
    return FindingRow(
        finding_id=finding_id,
        file_number=file_number(finding_id),
        division=found.division,
        rule=found.rule,
        rule_from=found.rule_from,
        title=found.title,
        finding=found.finding,
        clue=found.clue,
        subject_kind=found.subject_kind,
        subject=found.subject,
        object=found.object,
        period=found.period,
        as_of=found.as_of,
        may_be_lag=found.may_be_lag,
        owner=found.owner,
        facts=found.facts,
        state=FindingState.OPEN,
        stage=Stage.VERIFY,
        due_on=event.verify_by,
        overdue=False,
        assigned_to=None,
        verified_on=None,
        evidence=None,
        refutation=None,
        until=None,
        settled=None,
        opened_on=recorded.occurred_on,
        closed_on=None,
        closed_by=None,
        times=times,
        version=recorded.version,
    )


def _after(row: FindingRow, recorded: Recorded) -> FindingRow:
    match recorded.event:
        case FindingPersisted(found=found, verify_by=verify_by):
            return replace(row, may_be_lag=False, as_of=found.as_of, facts=found.facts, due_on=verify_by)
        case FindingAssigned(assigned_to=assigned_to):
            return replace(row, assigned_to=assigned_to)
        case FindingVerified(evidence=evidence, verified_on=on, act_by=act_by):
            verified = replace(row, stage=Stage.ACT, due_on=act_by, overdue=False, may_be_lag=False)
            return replace(verified, verified_on=on, evidence=evidence)
        case FindingTransferred(found=found, verify_by=verify_by):
            asked = replace(row, owner=found.owner, stage=Stage.VERIFY, due_on=verify_by, overdue=False, may_be_lag=False)
            return replace(asked, assigned_to=None, verified_on=None, evidence=None)
        case FindingOverdue():
            return replace(row, overdue=True)
        case FindingRefuted(reason=reason, refuted_on=on, until=until):
            return replace(_closed(row, FindingState.REFUTED, on, recorded), refutation=reason, until=until)
        case FindingResolved(how=how, resolved_on=on):
            return replace(_closed(row, FindingState.RESOLVED, on, recorded), settled=how)
    return row


def _closed(row: FindingRow, state: FindingState, on: date, recorded: Recorded) -> FindingRow:
    return replace(row, state=state, due_on=None, overdue=False, closed_on=on, closed_by=recorded.actor)


def _standing(row: FindingRow) -> FindingStanding:
    return FindingStanding(
        rule=row.rule,
        finding=row.finding,
        subject_kind=row.subject_kind,
        subject=row.subject,
        division=row.division,
        object=row.object,
        period=row.period,
        as_of=row.as_of,
        owner=row.owner,
        state=row.state,
        stage=row.stage,
        due_on=row.due_on,
        overdue=row.overdue,
        until=row.until,
        settled=row.settled,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        times=row.times,
    )


FINDINGS: Projection[FindingRow] = Projection(
    table="finding",
    row=FindingRow,
    key=("finding_id",),
    keys=Projection.by_stream(Changing),
    evolve=_finding,
    state=(FindingStanding, _standing),
)
