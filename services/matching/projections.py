"""Matching's read models as folds: persons by blind index, certificates, payments, findings, rosters, comparisons."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.certificates.certificate.card.events import CertificateState
from services.certificates.person.events import PersonIndexState
from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching import events as matching_events


class FindingState(StrEnum):
    """Whether somebody still has to look."""

    OPEN = "OPEN"
    RESOLVED = "RESOLVED"
    REFUTED = "REFUTED"


@dataclass(frozen=True, slots=True)
class PersonIndexRow:
    """Blind index → person; gone when the register erased the person."""

    index: UUID
    person_id: UUID
    division: str


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate as the register publishes it."""

    certificate_id: UUID
    person_id: UUID
    division: str
    grade: int
    valid_from: date
    valid_to: date
    cancelled_on: date | None
    frozen_on: date | None
    lost_on: date | None


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One person, subsidy and month; yuan."""

    person_id: UUID
    subsidy: matching_events.Subsidy
    month: str
    division: str
    amount: Decimal
    roster_id: UUID


@dataclass(frozen=True, slots=True)
class DiscrepancyRow:
    """A finding, with who ended it and how."""

    discrepancy_id: UUID
    division: str
    rule: str
    finding: matching_events.Finding
    person_id: UUID
    certificate_id: UUID | None
    subsidy: matching_events.Subsidy
    month: str
    as_of: date
    owner: str
    verify_by: date
    state: FindingState
    found_on: date
    resolved_on: date | None
    resolved_by: str | None
    times: int
    version: int


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A sheet that came in, or was refused (`refused_for`)."""

    roster_id: UUID
    division: str
    kind: matching_events.RosterKind
    as_of: date | None
    month: str | None
    rows: int
    linked: int
    rejected: int
    refused_for: str | None
    received_on: date


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """What was compared and what came of it."""

    comparison_id: UUID
    division: str
    rule: str
    month: str
    as_of: date
    certificates: int
    beneficiaries: int
    payments: int
    found: int
    closed: int
    run_on: date


def _index(key: tuple[UUID], row: PersonIndexRow | None, recorded: Recorded) -> PersonIndexRow | None:
    match recorded.event:
        case PersonIndexState(person_id=person_id):
            return PersonIndexRow(key[0], person_id, recorded.division)
    return None


def _certificate(key: tuple[UUID], row: CertificateRow | None, recorded: Recorded) -> CertificateRow | None:
    match recorded.event:
        case CertificateState() as s:
            return CertificateRow(
                key[0], s.person_id, s.division, s.grade, s.valid_from, s.valid_to, s.cancelled_on, s.frozen_on, s.lost_on
            )
    return None


def _payment(key: tuple[UUID, str, str], row: PaymentRow | None, recorded: Recorded) -> PaymentRow:
    said: matching_events.SubsidyPaid = recorded.event
    return PaymentRow(said.person_id, said.subsidy, said.month, said.division, said.amount, said.roster_id)


def _discrepancy(key: tuple[UUID], row: DiscrepancyRow | None, recorded: Recorded) -> DiscrepancyRow | None:
    match recorded.event:
        case matching_events.DiscrepancyFound() as said:
            return DiscrepancyRow(
                discrepancy_id=key[0],
                division=said.division,
                rule=said.rule,
                finding=said.finding,
                person_id=said.person_id,
                certificate_id=said.certificate_id,
                subsidy=said.subsidy,
                month=said.month,
                as_of=said.as_of,
                owner=said.owner,
                verify_by=said.verify_by,
                state=FindingState.OPEN,
                found_on=recorded.occurred_on,
                resolved_on=None,
                resolved_by=None,
                times=(row.times if row else 0) + 1,
                version=recorded.version,
            )
        case matching_events.DiscrepancyResolved(how=how, resolved_on=on) if row:
            state = FindingState.REFUTED if how is matching_events.Resolution.REFUTED else FindingState.RESOLVED
            return replace(row, state=state, resolved_on=on, resolved_by=recorded.actor, version=recorded.version)
    return row


def _roster(key: tuple[UUID], row: RosterRow | None, recorded: Recorded) -> RosterRow:
    match recorded.event:
        case matching_events.RosterReceived() as r:
            return RosterRow(key[0], r.division, r.kind, r.as_of, r.month, r.rows, r.linked, r.rejected, None, recorded.occurred_on)
        case matching_events.RosterRejected() as r:
            return RosterRow(key[0], r.division, r.kind, None, None, r.rows, 0, r.rejected, r.reason, recorded.occurred_on)
    raise AssertionError(recorded.event)


def _comparison(key: tuple[UUID], row: ComparisonRow | None, recorded: Recorded) -> ComparisonRow:
    c: matching_events.ComparisonRun = recorded.event
    return ComparisonRow(
        comparison_id=key[0],
        division=c.division,
        rule=c.rule,
        month=c.month,
        as_of=c.as_of,
        certificates=c.certificates,
        beneficiaries=c.beneficiaries,
        payments=c.payments,
        found=c.found,
        closed=c.closed,
        run_on=recorded.occurred_on,
    )


def _paid(recorded: Recorded) -> tuple[tuple[UUID, str, str], ...]:
    said: matching_events.SubsidyPaid = recorded.event
    return ((said.person_id, said.subsidy.value, said.month),)


PERSON_INDEX = Projection("person_index", PersonIndexRow, ("index",), Projection.by_stream((PersonIndexState,)), _index)
CERTIFICATE = Projection(
    "certificate", CertificateRow, ("certificate_id",), Projection.by_stream((CertificateState,)), _certificate
)
PAYMENT = Projection("payment", PaymentRow, ("person_id", "subsidy", "month"), {matching_events.SubsidyPaid: _paid}, _payment)
DISCREPANCY = Projection(
    "discrepancy",
    DiscrepancyRow,
    ("discrepancy_id",),
    Projection.by_stream((matching_events.DiscrepancyFound, matching_events.DiscrepancyResolved)),
    _discrepancy,
)
ROSTER = Projection(
    "roster",
    RosterRow,
    ("roster_id",),
    Projection.by_stream((matching_events.RosterReceived, matching_events.RosterRejected)),
    _roster,
)
COMPARISON = Projection(
    "comparison", ComparisonRow, ("comparison_id",), Projection.by_stream((matching_events.ComparisonRun,)), _comparison
)
PROJECTIONS: tuple[Projection[Any], ...] = (PERSON_INDEX, CERTIFICATE, PAYMENT, DISCREPANCY, ROSTER, COMPARISON)
