"""Standings said of one person."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from services.matching.entitlement.events import (
    PolicyRow,
    Source,
    SubsidyAtRisk,
    SubsidyDecided,
    SubsidyLikelyEntitled,
    SubsidyLikelyNotEntitled,
    SubsidyRiskEnded,
)
from services.matching.vocabulary import Decision, RiskEnd, RosterKind, Subsidy

PERSON, CARD, LIST, VILLAGE = UUID(int=1), UUID(int=2), UUID(int=3), "533401102001"
_SOURCE = Source(kind=RosterKind.SUBSISTENCE_ALLOWANCE, roster_id=LIST, as_of=date(2026, 3, 31))
LIKELY = SubsidyLikelyEntitled(
    person_id=PERSON,
    division=VILLAGE,
    subsidy=Subsidy.LIVING,
    from_month="2026-03",
    certificate_id=CARD,
    grade=3,
    yuan=Decimal(100),
    unchecked=(RosterKind.INJURY_CARE,),
    sources=(_SOURCE,),
    rows=(PolicyRow(table="rate", about="LIVING", since=date(2026, 1, 1)),),
)
UNLIKELY = SubsidyLikelyNotEntitled(
    person_id=PERSON,
    division=VILLAGE,
    subsidy=Subsidy.LIVING,
    from_month="2026-04",
    reason="DESTITUTE_SUPPORT",
    certificate_id=CARD,
    grade=3,
    sources=(_SOURCE,),
    rows=(PolicyRow(table="linkage", about="DESTITUTE_SUPPORT", since=date(2016, 1, 1)),),
)
RISK = SubsidyAtRisk(
    person_id=PERSON,
    division=VILLAGE,
    certificate_id=CARD,
    subsidy=Subsidy.LIVING,
    valid_to=date(2026, 8, 28),
    first_month_lost="2026-09",
)
RISK_ENDED = SubsidyRiskEnded(
    person_id=PERSON,
    division=VILLAGE,
    certificate_id=CARD,
    subsidy=Subsidy.LIVING,
    valid_to=date(2026, 8, 28),
    why=RiskEnd.RENEWED,
)
GRANTED = SubsidyDecided(
    person_id=PERSON,
    division=VILLAGE,
    subsidy=Subsidy.LIVING,
    decision=Decision.GRANTED,
    from_month="2026-01",
    until_month=None,
    applied_on=date(2026, 1, 31),
    approved_on=date(2026, 3, 10),
    roster_id=LIST,
    reason=None,
)
