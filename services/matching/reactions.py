"""What rosters and approaching expiries lead to: findings opened and closed, late payments, warnings. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.certificates.certificate.card.events import CertificateExpiryApproaching
from services.domain.months import next_month
from services.kernel.events import Recorded, stream_id
from services.matching.discrepancy import DISCREPANCY, Close, Find, discrepancy_id
from services.matching.entitlement import ENTITLEMENT, Pay, Warn, entitlement_id
from services.matching.events import ComparisonRun, DiscrepancyFound, Finding, Subsidy, SubsidyAtRisk, SubsidyPaid
from services.matching.linkage import Compared, Holder, LatePayment
from services.matching.policy import MatchingPolicy
from services.matching.roster import ROSTER, Note

RULE = "C3a"


def compare(recorded: Recorded, found: Compared | None, policy: MatchingPolicy) -> Sequence[Any]:
    """Findings for the holders whom the month does not pay, the end of findings that no longer hold, and late payments."""
    if found is None:
        return []
    commands: list[Any] = [(ENTITLEMENT, entitlement_id(p.person_id, p.subsidy), Pay(paid(p))) for p in found.late]
    for holder in found.missing:
        stream = discrepancy_id(RULE, holder.person_id, Subsidy.LIVING)
        commands.append((DISCREPANCY, stream, Find(_finding(holder, found, recorded, policy))))
    commands += [(DISCREPANCY, stream, Close()) for stream in found.no_longer]
    run = ComparisonRun(
        rule=RULE,
        division=found.division,
        month=found.month,
        as_of=found.as_of,
        certificates=found.certificates,
        beneficiaries=found.beneficiaries,
        payments=found.payments,
        found=len(found.missing),
        closed=len(found.no_longer),
    )
    return [*commands, (ROSTER, stream_id("comparison", RULE, found.division, found.month, recorded.stream_id), Note(run))]


def paid(row: LatePayment) -> SubsidyPaid:
    """A staged row as the event it becomes."""
    return SubsidyPaid(
        person_id=row.person_id,
        division=row.division,
        subsidy=row.subsidy,
        month=row.month,
        amount=row.amount,
        roster_id=row.roster_id,
        certificate_id=row.certificate_id,
        grade=row.grade,
    )


def _finding(holder: Holder, found: Compared, recorded: Recorded, policy: MatchingPolicy) -> DiscrepancyFound:
    row = policy.comparisons.one(RULE, recorded.occurred_on, found.division)
    return DiscrepancyFound(
        rule=RULE,
        finding=Finding.ENTITLED_NOT_RECEIVING,
        person_id=holder.person_id,
        division=holder.division,
        certificate_id=holder.certificate_id,
        subsidy=Subsidy.LIVING,
        month=found.month,
        as_of=found.as_of,
        owner=row.owner,
        verify_by=recorded.occurred_on + timedelta(days=row.verify_days),
    )


def warn(recorded: Recorded, subsidies: Sequence[Subsidy], policy: MatchingPolicy) -> Sequence[Any]:
    """One warning per subsidy that the person receives and validity period."""
    said: CertificateExpiryApproaching = recorded.event
    return [
        (
            ENTITLEMENT,
            entitlement_id(said.person_id, subsidy),
            Warn(
                SubsidyAtRisk(
                    person_id=said.person_id,
                    division=recorded.division,
                    certificate_id=recorded.stream_id,
                    subsidy=subsidy,
                    valid_to=said.valid_to,
                    first_month_lost=next_month(said.valid_to),
                )
            ),
        )
        for subsidy in subsidies
    ]
