"""Matching as one value: what the kernel needs to run it. Wiring only."""

from services.certificates.certificate.card.events import CertificateExpiryApproaching
from services.kernel.service import Reaction, Room, Service
from services.matching import announcement_doors, announcing
from services.matching.announcement import ANNOUNCEMENT
from services.matching.announcements import ANNOUNCEMENTS, CONCERNED
from services.matching.api import router
from services.matching.discrepancy import DISCREPANCY
from services.matching.entitlement import ENTITLEMENT
from services.matching.events import RosterReceived
from services.matching.policy import load_policy
from services.matching.projections import PROJECTIONS
from services.matching.queries import compared, last_paid
from services.matching.reactions import compare, warn
from services.matching.roster import ROSTER
from services.matching.stale import LISTS

_POLICY = load_policy()
_TOLD = frozenset({announcement_doors.READ})
_READ = _TOLD | {"findings.read"}
ROOM = Room(
    deciders=(ROSTER, ENTITLEMENT, DISCREPANCY, ANNOUNCEMENT),
    projections=(*PROJECTIONS, ANNOUNCEMENTS, CONCERNED),
    reactions=(
        Reaction("compare", (RosterReceived,), compare, compared(_POLICY)),
        Reaction("warn", (CertificateExpiryApproaching,), warn, last_paid),
    ),
    routers=(router, announcement_doors.router),
    loops=(announcing.run,),
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
