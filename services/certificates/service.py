"""The register as one value: what the kernel needs to run it. Wiring only."""

from datetime import date
from typing import Any

from services.certificates import events
from services.certificates.api import router
from services.certificates.application import NoteExpired, NoteExpiryApproaching
from services.certificates.certificate import CERTIFICATE
from services.certificates.person import PERSON
from services.certificates.policy import load_policy
from services.certificates.projections import EXPIRED, KINDS, PROJECTIONS
from services.kernel.service import DueRow, Duty, Service


def _approaching(row: DueRow, _: date) -> Any:
    return NoteExpiryApproaching(KINDS[row.kind])


SERVICE = Service(
    name="certificates",
    language=events,
    policy=load_policy(),
    deciders=(PERSON, CERTIFICATE),
    projections=PROJECTIONS,
    duties=(
        *(Duty(kind, CERTIFICATE, _approaching) for kind in KINDS),
        Duty(EXPIRED, CERTIFICATE, lambda _row, _today: NoteExpired()),
    ),
    routers=(router,),
    roles={
        "clerk": frozenset(
            {"persons.register", "persons.resolve", "certificates.apply", "certificates.decide", "certificates.read"}
        ),
        "liaison": frozenset({"certificates.apply", "persons.resolve"}),
        "institution": frozenset({"certificates.assess"}),
        "official": frozenset({"certificates.read", "persons.resolve"}),
        "downstream": frozenset({"events.read"}),
        "operator": frozenset({"operator.status"}),
    },
)
