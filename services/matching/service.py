"""Matching as one value: what the kernel needs to run it. Wiring only."""

from typing import Any

from services.certificates.certificate.card.events import CertificateExpiryApproaching
from services.kernel.projection import Projection
from services.kernel.service import Reaction, Room, Service
from services.matching.announcement import api, loop
from services.matching.announcement.decider import ANNOUNCEMENT
from services.matching.announcement.projection import ANNOUNCEMENTS, CONCERNED
from services.matching.comparison.projection import COMPARISONS
from services.matching.comparison.queries import compared
from services.matching.comparison.reactions import compare
from services.matching.discrepancy.decider import DISCREPANCY
from services.matching.discrepancy.projection import DISCREPANCIES
from services.matching.entitlement.decider import ENTITLEMENT
from services.matching.entitlement.projection import PAYMENTS
from services.matching.entitlement.queries import last_paid
from services.matching.entitlement.reactions import warn
from services.matching.policy.load import load_policy
from services.matching.register_copy.projection import CERTIFICATES, PERSON_INDEX
from services.matching.retention import LISTS
from services.matching.roster.api import router
from services.matching.roster.decider import ROSTER
from services.matching.roster.events import RosterReceived
from services.matching.roster.projection import ROSTERS

PROJECTIONS: tuple[Projection[Any], ...] = (PERSON_INDEX, CERTIFICATES, PAYMENTS, DISCREPANCIES, ROSTERS, COMPARISONS)


_POLICY = load_policy()
_TOLD = frozenset({api.READ})
_READ = _TOLD | {"findings.read"}
ROOM = Room(
    deciders=(ROSTER, ENTITLEMENT, DISCREPANCY, ANNOUNCEMENT),
    projections=(*PROJECTIONS, ANNOUNCEMENTS, CONCERNED),
    reactions=(
        Reaction("compare", (RosterReceived,), compare, compared(_POLICY)),
        Reaction("warn", (CertificateExpiryApproaching,), warn, last_paid),
    ),
    routers=(router, api.router),
    loops=(loop.run,),
    stale=(LISTS,),
)
SERVICE = Service(
    name="matching",
    policy=_POLICY,
    rooms=(ROOM,),
    roles={
        "steward": _READ | {"rosters.send"},
        "official": _READ | {"findings.decide"},
        "clerk": _READ,
        "liaison": _TOLD,
        "downstream": frozenset({"events.read"}),
        "operator": frozenset({"operator.status"}),
    },
)
