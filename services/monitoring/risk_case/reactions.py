"""What visits and lapsed certificates lead to: a lead on a case stream for each rule that is true and not already followed. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.certificates.certificate.card.events import CertificateExpired
from services.kernel.events import Recorded, stream_id
from services.monitoring.household.home import Home
from services.monitoring.policy.load import MonitoringPolicy
from services.monitoring.risk_case.decider import CASE, ReportRisk
from services.monitoring.visit.events import VisitRecorded
from services.monitoring.visit.risk_rules import assessed, verify_by
from services.monitoring.vocabulary import RiskSource

LAPSED = "certificate-expired"  # the follow-up row of the policy


def leads_from_visit(recorded: Recorded, followed: frozenset[str], policy: MonitoringPolicy) -> Sequence[Any]:
    """`followed`: the rules for which this household has an open lead or case that another visit raised."""
    visit = recorded.event
    assert isinstance(visit, VisitRecorded)
    household = recorded.stream_id
    return [
        (
            CASE,
            stream_id("case", household, lead.rule, visit.visit_id),
            ReportRisk(
                household_id=household,
                division=recorded.division,
                rule=lead.rule,
                kind=lead.kind,
                severity=lead.severity,
                source=RiskSource.VISIT,
                clue_on=visit.visited_on,
                verify_by=verify_by(visit.visited_on, lead),
            ),
        )
        for lead in assessed(visit, policy, recorded.division).leads
        if lead.rule not in followed
    ]


def lead_from_expiry(recorded: Recorded, homes: Sequence[Home], policy: MonitoringPolicy) -> Sequence[Any]:
    """A certificate lapsed: the households of its holder may lose a subsidy; one lead per household and validity period."""
    expired = recorded.event
    assert isinstance(expired, CertificateExpired)
    day = recorded.occurred_on
    leads: list[Any] = []
    for home in homes:
        rule = policy.follow_ups.one(LAPSED, day, home.division)
        lead = ReportRisk(
            household_id=home.household_id,
            division=home.division,
            rule=LAPSED,
            kind=rule.kind,
            severity=rule.severity,
            source=RiskSource.DATA_COMPARISON,
            clue_on=day,
            verify_by=day + timedelta(days=rule.verify_days),
        )
        leads.append((CASE, stream_id("case", home.household_id, LAPSED, recorded.stream_id, expired.valid_to), lead))
    return leads
