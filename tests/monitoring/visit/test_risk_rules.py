"""What a visit tells: each rule alone, missing facts, thresholds by year and place, and the reaction that raises leads."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from services.certificates.certificate.card.events import CertificateExpired
from services.kernel.events import Recorded, stream_id
from services.monitoring.household.home import Home
from services.monitoring.policy.load import load_policy
from services.monitoring.risk_case.decider import CASE, ReportRisk
from services.monitoring.risk_case.reactions import lead_from_expiry, leads_from_visit
from services.monitoring.visit.events import VisitRecorded
from services.monitoring.visit.risk_rules import assessed
from services.monitoring.vocabulary import Incident, RiskKind, RiskSource, Severity
from tests.monitoring.samples import recorded

POLICY, VILLAGE = load_policy(), "533401102001"
QUIET = VisitRecorded(
    visit_id=UUID(int=5),
    visited_on=date(2026, 3, 1),
    incidents=(),
    income_per_head=Decimal("20000.00"),
    income_fell=False,
    housing_safe=True,
    water_safe=True,
    unknown_rules=(),
)


@pytest.mark.parametrize(
    ("visit", "leads", "unknown"),
    [
        (QUIET, [], []),
        (replace(QUIET, incidents=(Incident.HAIL,), income_fell=True), ["disaster-with-loss"], []),
        (replace(QUIET, incidents=(Incident.FLOOD,)), ["disaster"], []),
        (replace(QUIET, incidents=(Incident.FIRE,), income_fell=None), [], ["disaster-with-loss", "disaster"]),
        (replace(QUIET, incidents=(Incident.ILLNESS, Incident.ACCIDENT)), ["illness", "accident"], []),
        (replace(QUIET, incidents=(Incident.JOB_LOSS,)), ["job-lost"], []),
        (replace(QUIET, income_per_head=Decimal("8699.99")), ["income-in-range"], []),
        (replace(QUIET, income_per_head=Decimal("8700.00")), [], []),
        (replace(QUIET, income_per_head=None), [], ["income-in-range"]),
        (replace(QUIET, housing_safe=False, water_safe=False), ["home-unsafe", "water-unsafe"], []),
        (replace(QUIET, housing_safe=None), [], ["home-unsafe"]),
    ],
)
def test_each_rule_says_what_its_row_says(visit: VisitRecorded, leads: list[str], unknown: list[str]) -> None:
    found = assessed(visit, POLICY, VILLAGE)
    assert ([lead.rule for lead in found.leads], list(found.unknown)) == (leads, unknown)


@pytest.mark.parametrize(
    ("day", "threshold"),
    [
        (date(2020, 12, 31), None),
        (date(2021, 6, 1), Decimal("6000")),
        (date(2022, 6, 1), None),
        (date(2023, 6, 1), Decimal("8050")),
        (date(2024, 6, 1), None),
        (date(2026, 1, 1), Decimal("8700")),
    ],
)
def test_the_monitoring_range_is_that_of_the_day_or_unknown(day: date, threshold: Decimal | None) -> None:
    assert POLICY.threshold(day, VILLAGE) == threshold


def test_a_visit_raises_only_leads_that_nobody_follows_and_names_them_by_household_rule_and_visit() -> None:
    visit = replace(QUIET, incidents=(Incident.HAIL,), income_fell=True, income_per_head=Decimal("6100.00"))
    both = leads_from_visit(recorded(visit, UUID(int=9), 2, VILLAGE), frozenset(), POLICY)
    assert [command.rule for _, _, command in both] == ["disaster-with-loss", "income-in-range"]
    assert [command.verify_by for _, _, command in both] == [date(2026, 3, 3), date(2026, 3, 6)]
    assert leads_from_visit(recorded(visit, UUID(int=9), 2, VILLAGE), frozenset({"income-in-range"}), POLICY) == both[:1]
    assert [stream for _, stream, _ in leads_from_visit(recorded(visit, UUID(int=9), 2, VILLAGE), frozenset(), POLICY)] == [
        stream for _, stream, _ in both
    ]


LAPSE = CertificateExpired(person_id=UUID(int=7), valid_to=date(2026, 2, 28))


def lapse() -> Recorded:
    """The certificate of a member lapsed."""
    return recorded(LAPSE, UUID(int=2), 9, VILLAGE, date(2026, 3, 1))


def test_a_lapsed_certificate_is_a_lead_of_subsidy_loss_in_each_household_of_its_holder() -> None:
    homes = [Home(UUID(int=3), VILLAGE), Home(UUID(int=4), "533422101001")]
    expected = [
        (
            CASE,
            stream_id("case", home.household_id, "certificate-expired", UUID(int=2), date(2026, 2, 28)),
            ReportRisk(
                household_id=home.household_id,
                division=home.division,
                rule="certificate-expired",
                kind=RiskKind.SUBSIDY_LOSS,
                severity=Severity.HIGH,
                source=RiskSource.DATA_COMPARISON,
                clue_on=date(2026, 3, 1),
                verify_by=date(2026, 3, 6),
            ),
        )
        for home in homes
    ]
    assert lead_from_expiry(lapse(), homes, POLICY) == expected
    assert lead_from_expiry(lapse(), [], POLICY) == []
