"""What stands of a person over all rooms, as one row: subsidies, months that are paid, findings that are open. A fold only.

Everything is matching's own history, so that a rebuild makes the same rows in whatever order other services' events come.
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.entitlement.events import (
    SubsidyAtRisk,
    SubsidyDecided,
    SubsidyLikelyEntitled,
    SubsidyLikelyNotEntitled,
    SubsidyRiskEnded,
)
from services.matching.finding.events import (
    FindingOpened,
    FindingPersisted,
    FindingRefuted,
    FindingReopened,
    FindingResolved,
    FindingVerified,
)
from services.matching.payment.events import SubsidyPaid, SubsidyPaymentCorrected, SubsidyPaymentReturned, SubsidyPaymentWithdrawn
from services.matching.person_facts.events import PersonFacts, SubsidyStands
from services.matching.vocabulary import Decision, Finding, SubjectKind, Subsidy

GONE = frozenset({"DIED", "LEFT_PROVINCE"})  # reasons for which nobody is told of a person any more


@dataclass(frozen=True, slots=True)
class Stands:
    """What was said last of one subsidy."""

    subsidy: Subsidy
    entitled: bool | None = None
    from_month: str | None = None
    reason: str | None = None
    decided: Decision | None = None
    decided_from: str | None = None
    decided_until: str | None = None
    at_risk_by: date | None = None


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """A finding of the person that is open, and its type."""

    finding_id: UUID
    finding: Finding


@dataclass(frozen=True, slots=True)
class PersonFactsRow:
    """A person; where they live is what was said last of their subsidies, for a sheet may be another county's. `living_months` and
    `care_months` are those that the sheets pay, ascending."""

    person_id: UUID
    division: str
    subsidies: tuple[Stands, ...] = ()
    living_months: tuple[str, ...] = ()
    care_months: tuple[str, ...] = ()
    open: tuple[OpenFinding, ...] = ()


_Standing = SubsidyLikelyEntitled | SubsidyLikelyNotEntitled | SubsidyAtRisk | SubsidyRiskEnded | SubsidyDecided
_STANDING = (SubsidyLikelyEntitled, SubsidyLikelyNotEntitled, SubsidyAtRisk, SubsidyRiskEnded, SubsidyDecided)
_Payment = SubsidyPaid | SubsidyPaymentCorrected | SubsidyPaymentReturned | SubsidyPaymentWithdrawn
_PAYMENT = (SubsidyPaid, SubsidyPaymentCorrected, SubsidyPaymentReturned, SubsidyPaymentWithdrawn)
_Finding = FindingOpened | FindingReopened | FindingPersisted | FindingVerified | FindingRefuted | FindingResolved
_FINDING = (FindingOpened, FindingReopened, FindingPersisted, FindingVerified, FindingRefuted, FindingResolved)


def _facts(key: tuple[UUID], row: PersonFactsRow | None, recorded: Recorded) -> PersonFactsRow:
    event: _Standing | _Payment | _Finding = recorded.event
    if isinstance(event, _FINDING):
        known = row or PersonFactsRow(key[0], event.found.division)
        others = tuple(each for each in known.open if each.finding_id != recorded.stream_id)
        if (
            isinstance(event, FindingRefuted | FindingResolved) or event.found.may_be_lag
        ):  # what may be a delay is told to nobody yet
            return replace(known, open=others)
        return replace(known, open=(*others, OpenFinding(recorded.stream_id, event.found.finding)))
    known = row or PersonFactsRow(key[0], event.division)
    return _paid(known, event) if isinstance(event, _PAYMENT) else _stands(replace(known, division=event.division), event)


def _paid(row: PersonFactsRow, event: _Payment) -> PersonFactsRow:
    """A month is paid while it comes to something by everything known."""
    months = row.living_months if event.subsidy is Subsidy.LIVING else row.care_months
    kept = tuple(sorted({*months, event.month} if event.total > 0 else {*months} - {event.month}))
    return replace(row, living_months=kept) if event.subsidy is Subsidy.LIVING else replace(row, care_months=kept)


def _stands(row: PersonFactsRow, event: _Standing) -> PersonFactsRow:
    others = {each.subsidy: each for each in row.subsidies}
    known = others.pop(event.subsidy, Stands(event.subsidy))
    said = replace(known, **_said(event))
    return replace(row, subsidies=tuple(sorted((*others.values(), said), key=lambda each: each.subsidy)))


def _said(event: _Standing) -> dict[str, Any]:
    match event:
        case SubsidyLikelyEntitled(from_month=month):
            return {"entitled": True, "from_month": month, "reason": None}
        case SubsidyLikelyNotEntitled(from_month=month, reason=reason):
            return {"entitled": False, "from_month": month, "reason": reason}
        case SubsidyAtRisk(valid_to=day):
            return {"at_risk_by": day}
        case SubsidyRiskEnded():
            return {"at_risk_by": None}
        case SubsidyDecided(decision=decision, from_month=first, until_month=until):
            return {"decided": decision, "decided_from": first, "decided_until": until}


def published(row: PersonFactsRow) -> PersonFacts | None:
    """The row as it travels on the compacted topic; None is a tombstone."""
    if row.subsidies and not row.open and all(each.reason in GONE for each in row.subsidies):
        return None
    paid = {
        subsidy: months[-1] for subsidy, months in ((Subsidy.LIVING, row.living_months), (Subsidy.CARE, row.care_months)) if months
    }
    known = {each.subsidy: each for each in row.subsidies}
    return PersonFacts(
        division=row.division,
        subsidies=tuple(
            _stand(known.get(subsidy, Stands(subsidy)), paid.get(subsidy)) for subsidy in sorted(known.keys() | paid.keys())
        ),
        open_findings=tuple(sorted({each.finding for each in row.open})),
    )


def _stand(known: Stands, last_paid_month: str | None) -> SubsidyStands:
    return SubsidyStands(
        subsidy=known.subsidy,
        entitled=known.entitled,
        from_month=known.from_month,
        decided=known.decided,
        decided_from=known.decided_from,
        decided_until=known.decided_until,
        last_paid_month=last_paid_month,
        at_risk_by=known.at_risk_by,
    )


def _person(recorded: Recorded) -> tuple[tuple[Hashable, ...], ...]:
    return ((recorded.event.person_id,),)


def _subject(recorded: Recorded) -> tuple[tuple[Hashable, ...], ...]:
    """The person whom a finding is about, if it is about one."""
    found = recorded.event.found
    return ((found.subject,),) if found.subject_kind is SubjectKind.PERSON else ()


PERSON_FACTS = Projection(
    "person_facts",
    PersonFactsRow,
    ("person_id",),
    dict.fromkeys((*_STANDING, *_PAYMENT), _person) | dict.fromkeys(_FINDING, _subject),
    _facts,
    (PersonFacts, published),
)
