"""Reads every door at the end of the year and puts the review together."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from deploy.databases import SERVICES
from deploy.sandbox.doors import Doors
from deploy.sandbox.prefecture import Prefecture
from deploy.sandbox.review import checks
from deploy.sandbox.review.climbing import stops
from deploy.sandbox.review.figures import figures
from deploy.sandbox.review.log import Check, kind_of
from deploy.sandbox.review.tieout import tied_out, used
from deploy.sandbox.review.topics import topic_checks
from deploy.sandbox.year import Year

# From this size on (the default's) an unused channel, and an escalation that reached no county or never stopped, is a fault.
FULL_HOUSEHOLDS, FULL_DAYS = 60, 365


@dataclass
class Review:
    """`figures` by heading; by section what was compared: (what, put in, came out)."""

    figures: dict[str, Any] = field(default_factory=dict)
    sections: dict[str, list[Check]] = field(default_factory=dict)

    @property
    def agrees(self) -> bool:
        """Whether everything that came out is what was put in."""
        return all(put == out for checked in self.sections.values() for _, put, out in checked)

    @property
    def checks(self) -> list[dict[str, Any]]:
        """Every comparison, as the report has it."""
        return [
            {"section": section, "what": what, "put_in": put, "came_out": out, "agrees": put == out}
            for section, checked in self.sections.items()
            for what, put, out in checked
        ]


async def reviewed(year: Year, doors: Doors) -> Review:
    """Read every door and compare."""
    logs = {service: await events(doors, service) for service in SERVICES}
    types = Counter(kind_of(event) for log in logs.values() for event in log)
    told = logs["notifications"]
    found = await figures(year, doors, logs, types)
    found["messages outside by channel"], outside = await tied_out(doors, year.outside, told)
    full = _full(year.prefecture)
    sections = {
        "applications and cards": checks.register_checks(year, types),
        "visits, leads and cases": checks.risk_checks(year, types),
        "measures": checks.measure_checks(year, types, logs["monitoring"]),
        "payments": checks.payment_checks(year, logs["matching"]),
        "findings": checks.finding_checks(year, types, logs["matching"], full),
        "reminders of expiry": checks.reminder_checks(year, types, logs["certificates"], told),
        "announcements": checks.announcement_checks(year, logs["matching"]),
        "what offices did": checks.office_checks(year, types, told),
        "offices' own topics": await topic_checks(doors, told),
        "letters outside": outside,
        "escalations": stops(told, full),
        "every way out used": used(year.outside, told, types) if full else [],
    }
    return Review(found, {section: checked for section, checked in sections.items() if checked})


async def events(doors: Doors, service: str) -> list[dict[str, Any]]:
    """Everything a service published, as a downstream service of the prefecture reads it."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        params = {"limit": 1000} | ({"after": cursor} if cursor else {})
        page = await doors.get("DATA:5334", "downstream", service, "/events", **params)
        found += page["items"]
        cursor = page["cursor"]
        if not page["more"]:
            return found


def _full(prefecture: Prefecture) -> bool:
    """Whether so much was played that every channel, and every end of an escalation, must have been met."""
    return len(prefecture.households) >= FULL_HOUSEHOLDS and prefecture.days >= FULL_DAYS
