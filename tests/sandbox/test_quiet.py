"""What the sandbox waits for is what the services read."""

import pytest

from deploy.sandbox.doors import Quiet
from services.certificates.service import SERVICE as CERTIFICATES
from services.kernel.events import topics_of
from services.kernel.service import Service
from services.matching.service import SERVICE as MATCHING
from services.monitoring.service import SERVICE as MONITORING
from services.notifications.service import SERVICE as NOTIFICATIONS


@pytest.mark.parametrize("service", [CERTIFICATES, MONITORING, MATCHING, NOTIFICATIONS], ids=lambda service: service.name)
def test_a_topic_is_waited_for_where_a_service_reads_it(service: Service) -> None:
    """One that nobody reads would be waited for until the time is up."""
    assert set(Quiet.FOLLOWED[service.name]) == set(topics_of(service.followed))
