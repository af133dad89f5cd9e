"""What a comparison leads to (findings opened and closed, late payments, the note that it was run), and how that is undone. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded, stream_id
from services.matching.comparison.decider import COMPARISON, Note, TakeBack
from services.matching.comparison.events import ComparisonRun
from services.matching.comparison.sets import RULE, Compared, Holder, Undone
from services.matching.discrepancy.decider import DISCREPANCY, Close, Find, Void, discrepancy_id
from services.matching.discrepancy.events import DiscrepancyFound
from services.matching.entitlement.payment import Payment, paid, part_of
from services.matching.payment.decider import PAYMENT, Record, payment_id
from services.matching.policy.load import MatchingPolicy
from services.matching.roster.events import RosterWithdrawn
from services.matching.vocabulary import Finding, Subsidy, WithdrawalReason


def compare(recorded: Recorded, found: Compared | None, policy: MatchingPolicy) -> Sequence[Any]:
    """Findings for the holders whom the month does not pay, the end of findings that no longer hold, and late payments."""
    if found is None:
        return []
    return [*_paid(found.late), *_compared(recorded, found, policy)]


def undo(recorded: Recorded, undone: Undone, policy: MatchingPolicy) -> Sequence[Any]:
    """What followed from a sheet that was taken back, taken back: its payments, with those that another sheet of the month makes instead,
    the comparisons that went by it, and their findings but those that stand without it, too."""
    withdrawn: RosterWithdrawn = recorded.event
    sheet, now = recorded.stream_id, undone.now
    still = {_finding_id(holder) for holder in now.missing} if now and now.month in undone.months else set[UUID]()
    void = Void(also_refuted=withdrawn.reason is WithdrawalReason.WRONG_MONTH)
    return [
        *(
            (PAYMENT, payment_id(person, subsidy), Record(person, subsidy, village, gone=((part_of(village, month), sheet),)))
            for person, village, subsidy, month in undone.payments
        ),
        *_paid(undone.late),
        *((COMPARISON, comparison, TakeBack(sheet)) for comparison in undone.comparisons),
        *((DISCREPANCY, finding, void) for finding in undone.findings if finding not in still),
        *(_compared(recorded, now, policy) if now else ()),
    ]


def _paid(late: Sequence[Payment]) -> list[Any]:
    return [(PAYMENT, payment_id(payment.person_id, payment.subsidy), paid(payment)) for payment in late]


def _compared(recorded: Recorded, found: Compared, policy: MatchingPolicy) -> list[Any]:
    commands: list[Any] = [
        (DISCREPANCY, _finding_id(holder), Find(_finding(holder, found, recorded, policy))) for holder in found.missing
    ]
    commands += [(DISCREPANCY, stream, Close()) for stream in found.no_longer]
    run = ComparisonRun(
        rule=RULE,
        division=found.division,
        month=found.month,
        as_of=found.as_of,
        rosters=found.rosters,
        certificates=found.certificates,
        beneficiaries=found.beneficiaries,
        payments=found.payments,
        found=len(found.missing),
        closed=len(found.no_longer),
    )
    return [*commands, (COMPARISON, stream_id("comparison", RULE, found.division, found.month, recorded.event_id), Note(run))]


def _finding_id(holder: Holder) -> UUID:
    return discrepancy_id(RULE, holder.person_id, Subsidy.LIVING)


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
