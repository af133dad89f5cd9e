"""What visits, lapsed certificates and verified findings lead to: a lead for each rule that is not followed yet. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.certificates.certificate.card.events import CertificateExpired
from services.kernel.events import Recorded, stream_id
from services.matching.finding.events import FindingVerified
from services.monitoring.household.home import Home
from services.monitoring.policy.load import FollowUp, MonitoringPolicy
from services.monitoring.risk_case.decider import CASE, ReportRisk
from services.monitoring.risk_case.projection import Followed
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


def leads_from_finding(recorded: Recorded, about: Sequence[Followed], policy: MonitoringPolicy) -> Sequence[Any]:
    """A finding that says something of a household's life is verified: one lead per household and episode, while none is followed.

    Whoever the finding is handed to may verify it again; it is the same episode while it was found by the same lists.
    """
    verified = recorded.event
    assert isinstance(verified, FindingVerified)
    if not verified.found.clue:
        return []
    leads: list[Any] = []
    for each in about:
        rule, row = _follow_up(verified, each.home.division, policy)
        if rule in each.rules:
            continue
        lead = ReportRisk(
            household_id=each.home.household_id,
            division=each.home.division,
            rule=rule,
            kind=row.kind,
            severity=row.severity,
            source=RiskSource.DATA_COMPARISON,
            clue_on=verified.verified_on,
            verify_by=verified.verified_on + timedelta(days=row.verify_days),
            finding_id=recorded.stream_id,
        )
        case_id = stream_id("case", each.home.household_id, rule, recorded.stream_id, verified.found.as_of)
        leads.append((CASE, case_id, lead))
    return leads


def _follow_up(verified: FindingVerified, division: str, policy: MonitoringPolicy) -> tuple[str, FollowUp]:
    """The row for the rule and what it is about, or else for the rule."""
    found, known = verified.found, {row.id for row in policy.follow_ups.rows}
    named = f"{found.rule}.{found.object}"
    rule = named if named in known else found.rule
    return rule, policy.follow_ups.one(rule, verified.verified_on, division)
