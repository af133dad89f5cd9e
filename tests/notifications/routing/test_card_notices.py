"""What the register changes of a card reaches civil affairs on its day, and ends when it was wrong."""

from dataclasses import replace
from typing import Any

import pytest

from services.certificates.certificate.card import events as card_events
from services.certificates.person.events import PersonDeathCorrected, PersonDied
from services.certificates.vocabulary import CancellationReason
from services.notifications.policy.load import POLICY
from services.notifications.routing.projection import settler
from services.notifications.routing.resolution import resolved_by
from services.notifications.routing.route import notices
from tests.contract.golden import sample
from tests.notifications.samples import DAY, VILLAGE, recorded

CIVIL = "MZ:533401"


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (sample(card_events.CertificateIssued), [f"CUN:{VILLAGE}", CIVIL]),
        (sample(card_events.CertificateRenewed), [CIVIL]),
        (sample(card_events.CertificateRegraded), [CIVIL]),
        (sample(card_events.CertificateFrozen), [f"CUN:{VILLAGE}", CIVIL]),
        (replace(sample(card_events.CertificateCancelled), reason=CancellationReason.VOLUNTARY), [CIVIL]),
        (replace(sample(card_events.CertificateCancelled), reason=CancellationReason.DEATH), []),  # the death itself is told
        (sample(PersonDied), [CIVIL]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_civil_affairs_hears_of_each_change_of_a_card_on_its_day(event: Any, told: list[str]) -> None:
    assert [f"{notice.agency}:{notice.division}" for notice in notices(recorded(event), POLICY, DAY)] == told


def test_what_was_told_of_a_cancellation_or_death_that_was_wrong_ends() -> None:
    wrong = (
        (
            replace(sample(card_events.CertificateCancelled), reason=CancellationReason.VOLUNTARY),
            card_events.CertificateCancellationRevoked,
        ),
        (sample(PersonDied), PersonDeathCorrected),
    )
    for event, corrected in wrong:
        (told,) = notices(recorded(event), POLICY, DAY)
        later = [replace(settler(recorded(sample(corrected))), at_version=2)]
        assert resolved_by(told.route, told.facts, VILLAGE, later, POLICY) is not None
