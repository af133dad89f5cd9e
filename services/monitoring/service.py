"""Monitoring as one value: its rooms, and what each role of a token may do. Wiring only."""

from services.kernel.service import Service
from services.monitoring.household import api as household_api
from services.monitoring.household import wiring as household
from services.monitoring.policy.load import load_policy
from services.monitoring.register_copy import wiring as register_copy
from services.monitoring.risk_case import api as risk_case_api
from services.monitoring.risk_case import wiring as risk_case
from services.monitoring.visit import wiring as visit
from services.monitoring.visit_plan import api as visit_plan_api
from services.monitoring.visit_plan import wiring as visit_plan

_READ = frozenset({household_api.READ, risk_case_api.READ, visit_plan_api.READ})
_VISIT = frozenset({household_api.FOLLOW, household_api.RECORD, visit_plan_api.PLAN, visit_plan_api.CLOSE})
SERVICE = Service(
    name="monitoring",
    policy=load_policy(),
    rooms=(register_copy.ROOM, household.ROOM, visit.ROOM, risk_case.ROOM, visit_plan.ROOM),
    roles={
        "clerk": _READ | {household_api.FOLLOW},
        "liaison": _READ | _VISIT | {risk_case_api.CHECK},
        "official": _READ | {visit_plan_api.PLAN, risk_case_api.DECIDE, risk_case_api.DELIVER, risk_case_api.CHECK},
        "downstream": frozenset({"events.read"}),
        "operator": frozenset({"operator.status"}),
    },
)
