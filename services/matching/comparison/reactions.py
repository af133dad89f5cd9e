"""What a comparison leads to: findings opened and closed, late payments, and the note that it was run. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.kernel.events import Recorded, stream_id
from services.matching.comparison.sets import RULE, Compared, Holder
from services.matching.discrepancy.decider import DISCREPANCY, Close, Find, discrepancy_id
from services.matching.discrepancy.events import DiscrepancyFound
from services.matching.entitlement.decider import ENTITLEMENT, Pay, entitlement_id
from services.matching.entitlement.payment import paid
from services.matching.policy.load import MatchingPolicy
from services.matching.roster.decider import ROSTER, Note
from services.matching.roster.events import ComparisonRun
from services.matching.vocabulary import Finding, Subsidy


def compare(recorded: Recorded, found: Compared | None, policy: MatchingPolicy) -> Sequence[Any]:
    """Findings for the holders whom the month does not pay, the end of findings that no longer hold, and late payments."""
    if found is None:
        return []
    commands: list[Any] = [
        (ENTITLEMENT, entitlement_id(payment.person_id, payment.subsidy), Pay(paid(payment))) for payment in found.late
    ]
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
