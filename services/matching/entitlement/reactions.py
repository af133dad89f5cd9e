"""A card that ends soon puts the subsidy at risk that its holder is paid."""

from collections.abc import Sequence
from typing import Any

from services.certificates.certificate.card.events import CertificateExpiryApproaching
from services.domain.months import next_month
from services.kernel.events import Recorded
from services.matching.entitlement.decider import STANDING, Warn, standing_id
from services.matching.entitlement.events import SubsidyAtRisk
from services.matching.policy.load import MatchingPolicy
from services.matching.vocabulary import Subsidy


def warn(recorded: Recorded, subsidies: Sequence[Subsidy], policy: MatchingPolicy) -> Sequence[Any]:
    """One warning per subsidy that the person receives and validity period."""
    event: CertificateExpiryApproaching = recorded.event
    return [
        (
            STANDING,
            standing_id(event.person_id, subsidy),
            Warn(
                SubsidyAtRisk(
                    person_id=event.person_id,
                    division=recorded.division,
                    certificate_id=recorded.stream_id,
                    subsidy=subsidy,
                    valid_to=event.valid_to,
                    first_month_lost=next_month(event.valid_to),
                )
            ),
        )
        for subsidy in subsidies
    ]
