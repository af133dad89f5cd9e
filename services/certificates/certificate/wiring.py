"""The certificate's room, wired: an application, the card that comes of it, what is due for it, and how many there are."""

from services.certificates.certificate.api import applications, certificates, counts, steps
from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.certificate.due import DUTIES
from services.certificates.certificate.projection import CERTIFICATE_VIEW
from services.certificates.certificate.published_state import CERTIFICATE_STATE
from services.certificates.certificate.who_may import ASKED
from services.kernel.service import Room

ROOM = Room(
    deciders=(CERTIFICATE,),
    projections=(CERTIFICATE_VIEW, CERTIFICATE_STATE),
    duties=DUTIES,
    # `counts` before `certificates`: its path would be taken for an id.
    routers=(steps.router, applications.router, counts.router, certificates.router),
    # What its commands ask for, reading, exact numbers (`counts.exact`), and one step for many at once (`desk.read`).
    scopes=frozenset({"certificates.read", "counts.exact", "desk.read"} | {asked.scope for asked in ASKED.values() if asked.scope}),
)
