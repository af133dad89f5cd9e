"""Matching as one value: what the kernel needs to run it. Wiring only."""

from services.certificates.events import CertificateExpiryApproaching
from services.kernel.service import Reaction, Service
from services.matching import events
from services.matching.api import router
from services.matching.discrepancy import DISCREPANCY
from services.matching.entitlement import ENTITLEMENT
from services.matching.policy import load_policy
from services.matching.projections import PROJECTIONS
from services.matching.queries import compared, last_paid
from services.matching.reactions import compare, warn
from services.matching.roster import ROSTER

_POLICY = load_policy()
_READ = frozenset({"findings.read"})
SERVICE = Service(
    name="matching",
    language=events,
    policy=_POLICY,
    deciders=(ROSTER, ENTITLEMENT, DISCREPANCY),
    projections=PROJECTIONS,
    reactions=(
        Reaction((events.RosterReceived,), compare, compared(_POLICY)),
        Reaction((CertificateExpiryApproaching,), warn, last_paid),
    ),
    routers=(router,),
    roles={
        "steward": _READ | {"rosters.send"},
        "official": _READ | {"findings.decide"},
        "clerk": _READ,
        "downstream": frozenset({"events.read"}),
        "operator": frozenset({"operator.status"}),
    },
)
