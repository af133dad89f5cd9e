"""The certificate's room, wired: an application, the card that comes of it, what is due for it, and how many there are."""

from services.certificates.certificate.api import applications, certificates, counts, steps
from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.certificate.due import DUTIES
from services.certificates.certificate.projection import CERTIFICATE_STATE, CERTIFICATE_VIEW
from services.kernel.service import Room

ROOM = Room(
    deciders=(CERTIFICATE,),
    projections=(CERTIFICATE_VIEW, CERTIFICATE_STATE),
    duties=DUTIES,
    # `counts` before `certificates`: its path would be taken for an id.
    routers=(steps.router, applications.router, counts.router, certificates.router),
    scopes=frozenset(
        {
            "certificates.apply",
            "certificates.forward",
            "certificates.decide",
            "certificates.schedule",
            "certificates.assess",
            "certificates.post",
            "certificates.judge",
            "certificates.read",
            "counts.exact",
            "desk.read",
        }
    ),
)
