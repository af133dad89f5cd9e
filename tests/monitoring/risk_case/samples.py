"""A report of a visit."""

from datetime import date
from uuid import UUID

from services.monitoring.risk_case import decider
from services.monitoring.vocabulary import RiskKind, RiskSource, Severity

HOME = UUID(int=1)


VILLAGE = "533401102001"


REPORT = decider.ReportRisk(
    HOME,
    VILLAGE,
    "disaster-with-loss",
    RiskKind.DISASTER,
    Severity.HIGH,
    RiskSource.VISIT,
    date(2026, 3, 1),
    date(2026, 3, 3),
)
