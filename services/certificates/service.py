"""The register as one value: what the kernel needs to run it. Wiring only."""

from typing import Any

from services.certificates.certificate.api import applications, certificates, counts, steps
from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.certificate.due import DUTIES
from services.certificates.certificate.projection import CERTIFICATE_STATE, CERTIFICATE_VIEW
from services.certificates.explanation import api as explanation_api
from services.certificates.forms import api as forms_api
from services.certificates.front_desk.api import deaths, enquiry, name_sheets
from services.certificates.home_assessment import api as home_assessment_api
from services.certificates.home_assessment.decider import ROUND
from services.certificates.home_assessment.projection import HOME_ROUND, HOME_VISIT
from services.certificates.outreach import api as outreach_api
from services.certificates.outreach.decider import OUTREACH
from services.certificates.outreach.projection import OUTREACH_VIEW
from services.certificates.person.api import contacts, registration, resolve
from services.certificates.person.decider import PERSON
from services.certificates.policy.load import load_policy
from services.certificates.quality import api as quality_api
from services.certificates.quality.projection import COURSE
from services.certificates.renewal import api as renewal_api
from services.certificates.renewal.projection import FOLLOWED
from services.kernel.projection import Projection
from services.kernel.service import Room, Service

_OWN: tuple[Projection[Any], ...] = (CERTIFICATE_VIEW, CERTIFICATE_STATE, COURSE, HOME_ROUND, HOME_VISIT, OUTREACH_VIEW)
PROJECTIONS: tuple[Projection[Any], ...] = (*_OWN, *FOLLOWED)


ROOM = Room(
    deciders=(PERSON, CERTIFICATE, ROUND, OUTREACH),
    projections=PROJECTIONS,
    duties=DUTIES,
    # `counts` before `certificates`: its path would be taken for an id.
    routers=(
        registration.router,
        resolve.router,
        name_sheets.router,
        contacts.router,
        enquiry.router,
        deaths.router,
        steps.router,
        applications.router,
        counts.router,
        certificates.router,
        forms_api.router,
        quality_api.router,
        explanation_api.router,
        home_assessment_api.router,
        renewal_api.router,
        outreach_api.router,
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
