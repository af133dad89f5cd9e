"""The register as one value: its rooms in order, and what each role of a token may do. Wiring only."""

from services.certificates.certificate.wiring import ROOM as CERTIFICATE
from services.certificates.explanation.wiring import ROOM as EXPLANATION
from services.certificates.forms.wiring import ROOM as FORMS
from services.certificates.front_desk.wiring import ROOM as FRONT_DESK
from services.certificates.home_assessment.wiring import ROOM as HOME_ASSESSMENT
from services.certificates.outreach.wiring import ROOM as OUTREACH
from services.certificates.person.wiring import ROOM as PERSON
from services.certificates.policy.load import load_policy
from services.certificates.quality.wiring import ROOM as QUALITY
from services.certificates.renewal_queue.wiring import ROOM as RENEWAL
from services.kernel.service import Service

SERVICE = Service(
    name="certificates",
    policy=load_policy(),
    rooms=(PERSON, CERTIFICATE, QUALITY, EXPLANATION, HOME_ASSESSMENT, OUTREACH, RENEWAL, FORMS, FRONT_DESK),
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
