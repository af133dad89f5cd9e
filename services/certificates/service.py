"""The register as one value: what the kernel needs to run it. Wiring only."""

from services.certificates.api import (
    applications,
    certificates,
    contacts,
    counts,
    deaths,
    explain,
    forms,
    name_sheets,
    names,
    outreach,
    persons,
    quality,
    renewals,
    rounds,
    steps,
    window,
)
from services.certificates.certificate import CERTIFICATE
from services.certificates.due import DUTIES
from services.certificates.outreach import OUTREACH
from services.certificates.person import PERSON
from services.certificates.policy import load_policy
from services.certificates.projections import PROJECTIONS
from services.certificates.round import ROUND
from services.kernel.service import Room, Service

ROOM = Room(
    deciders=(PERSON, CERTIFICATE, ROUND, OUTREACH),
    projections=PROJECTIONS,
    duties=DUTIES,
    # `counts` before `certificates`: its path would be taken for an id.
    routers=(
        persons.router,
        names.router,
        name_sheets.router,
        contacts.router,
        window.router,
        deaths.router,
        steps.router,
        applications.router,
        counts.router,
        certificates.router,
        forms.router,
        quality.router,
        explain.router,
        rounds.router,
        renewals.router,
        outreach.router,
    ),
)
SERVICE = Service(
    name="certificates",
    policy=load_policy(),
    rooms=(ROOM,),
    roles={
        "clerk": frozenset(
            {
                "persons.register",
                "persons.reach",
                "persons.resolve",
                "persons.find",
                "persons.copy",
                "forms.print",
                "progress.read",
                "certificates.apply",
                "certificates.decide",
                "certificates.schedule",
                "certificates.post",
                "certificates.read",
                "counts.exact",
                "decisions.attribute",
                "desk.read",
                "outreach.read",
                "outreach.record",
            }
        ),
        "township": frozenset(
            {
                "persons.register",
                "persons.find",
                "persons.copy",
                "forms.print",
                "progress.read",
                "certificates.apply",
                "certificates.forward",
                "certificates.read",
                "desk.read",
                "outreach.read",
                "outreach.record",
            }
        ),
        "liaison": frozenset(
            {
                "certificates.apply",
                "certificates.post",
                "persons.reach",
                "persons.resolve",
                "forms.print",
                "progress.read",
                "desk.read",
                "outreach.read",
                "outreach.record",
            }
        ),
        "health": frozenset({"certificates.schedule", "certificates.read", "desk.read"}),
        "institution": frozenset({"certificates.assess"}),
        "prefecture": frozenset(
            {"certificates.judge", "certificates.read", "counts.exact", "decisions.attribute", "desk.read", "outreach.read"}
        ),
        "official": frozenset({"certificates.read", "persons.reach", "persons.resolve"}),
        "reminding": frozenset({"persons.reach"}),  # the service that reminds: how to reach persons, no name
        "downstream": frozenset({"events.read"}),
        "operator": frozenset({"operator.status"}),
    },
)
