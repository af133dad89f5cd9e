"""The year in numbers, by heading: from what the services published, and from the counts at their doors."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from statistics import median
from typing import Any

from deploy.sandbox.doors import Doors
from deploy.sandbox.review.checks import MEASURES, REGISTER, by_offices, found_nothing, yuan_by_month
from deploy.sandbox.review.climbing import climbed
from deploy.sandbox.review.log import Log, kind_of
from deploy.sandbox.year import Year


async def figures(year: Year, doors: Doors, logs: Mapping[str, Log], types: Counter[str]) -> dict[str, Any]:
    """All headings but the messages outside. `logs`: what each service published; `types`: how often each event is in them."""
    counts = {c["agency"]: c for c in (await doors.get("OPS:5334", "operator", "notifications", "/notices/counts"))["items"]}
    paid = yuan_by_month(logs["matching"])
    reminders = (await doors.get("CL:5334", "official", "notifications", "/reminders/counts"))["items"]
    return {
        "events by type": dict(sorted(types.items())),
        "certificates": {
            "issued": types["CertificateIssued"],
            "renewed": types["CertificateRenewed"],
            "lapsed": types["CertificateExpired"],
        },
        "applications, cards and what became of them": {name: types[name] for name in REGISTER},
        "reminders by window": {r["window"]: {k: v for k, v in r.items() if k != "window"} for r in reminders},
        "what offices did": by_offices(logs["notifications"]) | {"by a link in mail": year.did["links used"]},
        "escalations": climbed(logs["notifications"]),
        "visits for reminders": {
            "planned": types["VisitPlanned"],
            "closed": types["PlannedVisitClosed"],
            "told somebody": year.did["visits that told somebody"],
            "missed": types["VisitMissed"],
            "withdrawn": types["PlannedVisitWithdrawn"],
        },
        "risks": _risks(logs["monitoring"]),
        "measures": {name.removeprefix("Measure").lower(): types[name] for name in MEASURES.values()}
        | {"checks that found nothing": found_nothing(logs["monitoring"])},
        "notices by agency": {a: {k: v for k, v in c.items() if k != "agency"} for a, c in counts.items()},
        "findings": {
            "opened": types["FindingOpened"],
            "verified": types["FindingVerified"],
            "refuted": types["FindingRefuted"],
            "ended": types["FindingResolved"],
            "by type": _by_type(logs["matching"]),
        },
        "subsidies": {"paid": len(paid), "yuan": float(sum(paid.values()))},
    }


def _by_type(log: Log) -> dict[str, int]:
    """Findings by type. `log`: all that matching published."""
    return dict(sorted(Counter(event["data"]["found"]["finding"] for event in log if kind_of(event) == "FindingOpened").items()))


def _risks(log: Log) -> dict[str, Any]:
    """Leads by source, and the median days from clue to an official's decision."""
    detected = [event for event in log if kind_of(event) == "RiskDetected"]
    clues = {event["stream_id"]: date.fromisoformat(event["data"]["clue_on"]) for event in detected}
    sources = Counter(event["data"]["source"] for event in detected)
    decided = {"CaseOpened": "opened_on", "RiskResolved": "resolved_on"}
    days = [
        (date.fromisoformat(event["data"][decided[kind_of(event)]]) - clues[event["stream_id"]]).days
        for event in log
        if kind_of(event) in decided
    ]
    return {"by source": dict(sources), "decided": len(days), "median days from clue to decision": median(days) if days else None}
