"""A report of a visit."""

from datetime import date
from uuid import UUID

from services.monitoring import vocabulary
from services.monitoring.risk_case import decider

HOME = UUID(int=1)


VILLAGE = "533401102001"


REPORT = decider.ReportRisk(
    HOME,
    VILLAGE,
    "disaster-with-loss",
    vocabulary.RiskKind.DISASTER,
    vocabulary.Severity.HIGH,
    vocabulary.RiskSource.VISIT,
    date(2026, 3, 1),
    date(2026, 3, 3),
)
