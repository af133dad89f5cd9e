"""Matching as one value: its rooms, and what each role of a token may do. Wiring only."""

from services.kernel.service import Service
from services.matching.announcement import api as announcement_api
from services.matching.announcement import wiring as announcement
from services.matching.comparison import wiring as comparison
from services.matching.entitlement import api as entitlement_api
from services.matching.entitlement import wiring as entitlement
from services.matching.expectation import wiring as expectation
from services.matching.finding import api as finding_api
from services.matching.finding import wiring as finding
from services.matching.intake import wiring as intake
from services.matching.link import api as link_api
from services.matching.link import wiring as link
from services.matching.monitoring_copy import wiring as monitoring_copy
from services.matching.month_list import api as month_list_api
from services.matching.month_list import wiring as month_list
from services.matching.payment import wiring as payment
from services.matching.person_facts import wiring as person_facts
from services.matching.policy.load import load_policy
from services.matching.register_copy import wiring as register_copy
from services.matching.report import wiring as report
from services.matching.roster import api as roster_api
from services.matching.roster import wiring as roster
from services.matching.vocabulary import READ_FINDINGS

_POLICY = load_policy()
_READ = frozenset({announcement_api.READ, READ_FINDINGS})
SERVICE = Service(
    name="matching",
    policy=_POLICY,
    rooms=(
        finding.ROOM,
        payment.ROOM,
        register_copy.ROOM,
        monitoring_copy.ROOM,
        entitlement.ROOM,
        roster.ROOM,
        intake.ROOM,
        link.ROOM,
        expectation.ROOM,
        month_list.ROOM,
        comparison.room(_POLICY),
        announcement.ROOM,
        person_facts.ROOM,
        report.ROOM,
    ),
    roles={
        "steward": _READ | {roster_api.SEND},
        "official": _READ | {entitlement_api.DECIDE, finding_api.DECIDE, link_api.DECIDE, month_list_api.SIGN},
        "clerk": _READ,
        "liaison": frozenset({announcement_api.READ}),
        "downstream": frozenset({"events.read"}),
        "operator": frozenset({"operator.status"}),
    },
    # Files that are to be read, and counties that changed since they were compared.
    pending="""SELECT (SELECT count(*) FROM roster_job WHERE state IN ('WAITING', 'READING'))
        + (SELECT count(*) FROM views.county_change c LEFT JOIN comparison_run r USING (division)
            WHERE r.changes IS DISTINCT FROM c.changes)""",
)
