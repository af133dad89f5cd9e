"""What a visit tells about risk: facts, and the rules of `risk.toml` over them. Pure. It raises leads, it never judges."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.monitoring.policy.load import MonitoringPolicy
from services.monitoring.visit.events import VisitRecorded
from services.monitoring.vocabulary import Incident, RiskKind, Severity


@dataclass(frozen=True, slots=True)
class Lead:
    """A rule that is true for a visit."""

    rule: str
    kind: RiskKind
    severity: Severity
    verify_days: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the rules find: leads, and the rules that could not be decided because a fact is missing."""

    leads: tuple[Lead, ...]
    unknown: tuple[str, ...]


def facts_of(visit: VisitRecorded, policy: MonitoringPolicy, division: str) -> dict[str, Any]:
    """The facts that rules may use. None = not asked or not known; never taken for false."""
    seen = set(visit.incidents)
    return {
        "disaster": bool(seen & {Incident.HAIL, Incident.FLOOD, Incident.FIRE}),
        "illness": Incident.ILLNESS in seen,
        "accident": Incident.ACCIDENT in seen,
        "job_lost": Incident.JOB_LOSS in seen,
        "income_fell": visit.income_fell,
        "income_per_head": visit.income_per_head,
        "threshold": policy.threshold(visit.visited_on, division),
        "housing_safe": visit.housing_safe,
        "water_safe": visit.water_safe,
    }


def assessed(visit: VisitRecorded, policy: MonitoringPolicy, division: str) -> Assessment:
    """Which leads the visit raises under the rules in force on its day and place."""
    facts = facts_of(visit, policy, division)
    leads: list[Lead] = []
    unknown: list[str] = []
    for row in policy.risk_rules.rows:
        if not row.holds(visit.visited_on, division):
            continue
        verdict = row.value.when(facts)
        if verdict is None:
            unknown.append(row.id)
        elif verdict:
            leads.append(Lead(row.id, row.value.kind, row.value.severity, row.value.verify_days))
    return Assessment(tuple(leads), tuple(unknown))


def verify_by(clue_on: date, lead: Lead) -> date:
    """The day by which an official looks."""
    return clue_on + timedelta(days=lead.verify_days)
