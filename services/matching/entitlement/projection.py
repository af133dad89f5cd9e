"""What stands of each person's subsidies, as rows. A fold only."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import assert_never
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
from services.matching.vocabulary import Decision, RosterKind, Subsidy


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A person and a subsidy. `entitled`: likely or not, since `from_month` and why not; None while no list shows it. `at_risk_card` ends on
    `at_risk_by` while it is paid. `decided`: by civil affairs, for the months from `decided_from` to before `decided_until`;
    `decided_here_on`: when an official did so here, None where a list of approvals says it. Days are of Asia/Shanghai, `yuan` is what a
    month pays."""

    person_id: UUID
    subsidy: Subsidy
    division: str
    entitled: bool | None
    from_month: str | None
    reason: str | None
    certificate_id: UUID | None
    grade: int | None
    yuan: Decimal | None
    unchecked: tuple[RosterKind, ...]
    judged_on: date | None
    at_risk_card: UUID | None
    at_risk_by: date | None
    decided: Decision | None
    decided_from: str | None
    decided_until: str | None
    approved_on: date | None
    decided_here_on: date | None


_EVENTS = (SubsidyLikelyEntitled, SubsidyLikelyNotEntitled, SubsidyAtRisk, SubsidyRiskEnded, SubsidyDecided)
_Event = SubsidyLikelyEntitled | SubsidyLikelyNotEntitled | SubsidyAtRisk | SubsidyRiskEnded | SubsidyDecided


def _standing(key: object, row: StandingRow | None, recorded: Recorded) -> StandingRow:
    event: _Event = recorded.event
    row = replace(row, division=event.division) if row else _nothing(event)
    match event:
        case SubsidyLikelyEntitled():
            return replace(_judged(row, event, recorded.occurred_on), entitled=True, yuan=event.yuan, unchecked=event.unchecked)
        case SubsidyLikelyNotEntitled():
            return replace(_judged(row, event, recorded.occurred_on), entitled=False, reason=event.reason)
        case SubsidyAtRisk(certificate_id=card, valid_to=valid_to):
            return replace(row, at_risk_card=card, at_risk_by=valid_to)
        case SubsidyRiskEnded():
            return replace(row, at_risk_card=None, at_risk_by=None)
        case SubsidyDecided():
            return replace(
                row,
                decided=event.decision,
                decided_from=event.from_month,
                decided_until=event.until_month,
                approved_on=event.approved_on,
                decided_here_on=None if event.roster_id else recorded.occurred_on,
            )
        case _:
            assert_never(event)


def _judged(row: StandingRow, event: SubsidyLikelyEntitled | SubsidyLikelyNotEntitled, day: date) -> StandingRow:
    return replace(
        row,
        from_month=event.from_month,
        reason=None,
        certificate_id=event.certificate_id,
        grade=event.grade,
        yuan=None,
        unchecked=(),
        judged_on=day,
    )


def _nothing(event: _Event) -> StandingRow:
    return StandingRow(
        person_id=event.person_id,
        subsidy=event.subsidy,
        division=event.division,
        entitled=None,
        from_month=None,
        reason=None,
        certificate_id=None,
        grade=None,
        yuan=None,
        unchecked=(),
        judged_on=None,
        at_risk_card=None,
        at_risk_by=None,
        decided=None,
        decided_from=None,
        decided_until=None,
        approved_on=None,
        decided_here_on=None,
    )


def _subsidy(recorded: Recorded) -> tuple[tuple[Hashable, ...], ...]:
    event: _Event = recorded.event
    return ((event.person_id, event.subsidy.value),)


STANDINGS = Projection("standing", StandingRow, ("person_id", "subsidy"), dict.fromkeys(_EVENTS, _subsidy), _standing)
