"""应办未办 is nobody's business but the federations' and the village's: no route, so no agency's topic, carries anything of it."""

from typing import get_args

from services.certificates.outreach.events import OutreachEvent
from services.notifications.policy.load import POLICY
from services.notifications.service import SERVICE


def test_no_route_carries_outreach_to_an_agency() -> None:
    own = {cls.__name__ for cls in get_args(OutreachEvent)}
    routed = {row.value.on for row in POLICY.routes.rows}
    assert own == {"OutreachLeadNoted", "OutreachAnswered", "OutreachClosed", "OutreachMoved"}
    assert "CertificateIssued" in routed
    assert own & routed == set()
    assert {cls.__name__ for cls in SERVICE.followed} & own == set()
