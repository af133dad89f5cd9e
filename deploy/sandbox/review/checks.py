"""The year in review: what came out of the system's doors, and whether it agrees with what the sandbox put in."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.sandbox.climbing import climbed, stops
from deploy.sandbox.doors import Doors
from deploy.sandbox.prefecture import Prefecture
from deploy.sandbox.tieout import tied_out, used
from deploy.sandbox.topics import topic_checks
from deploy.sandbox.year import Year

# What the lives, the renewals and the mirrored county's rosters must lead to, event by event.
REGISTER = (
    "CertificateIssued", "CertificateRenewed", "CertificateApplicationReturned", "CertificateApplicationRefused", "AssessmentDisputed",
    "DisputeDecided", "ObjectionRaised", "ObjectionAnswered", "HomeRoundPlanned", "HomeAssessmentScheduled", "HomeAssessmentMissed",
    "CertificateReportedLost", "CertificateReissued", "CertificateReplaced", "ReviewOpened", "CertificateRegraded",
    "CertificateTransferredOut", "CertificateTransferredIn", "PersonDeathReported", "PersonDied", "PersonDeathCorrected",
    "CertificateCancelled", "CertificateCancellationRevoked", "CertificateActionProposed", "HolderTold", "CertificateFrozen",
    "CertificateUnfrozen", "CertificateRecorded",
)  # fmt: skip

# From this size on (the default's) an unused channel, and an escalation that reached no county or never stopped, is a fault.
FULL_HOUSEHOLDS, FULL_DAYS = 60, 365
# What offices do with their notices.
ACTS = ("NoticeAcknowledged", "NoticeAccepted", "NoticeRejected", "NoticeActedOn", "LeadAssigned", "NoticeAnswered")


@dataclass
class Review:
    """`figures` by heading; `checks` as (what, put in, came out)."""

    figures: dict[str, Any] = field(default_factory=dict)
    checks: list[tuple[str, Any, Any]] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether everything that came out is what was put in."""
        return all(put == out for _, put, out in self.checks)


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


async def reviewed(year: Year, doors: Doors) -> Review:
    """Read every door and compare."""
    logs = {s: await events(doors, s) for s in ("certificates", "monitoring", "matching", "notifications")}
    types = Counter(e["type"].rpartition(".")[2] for log in logs.values() for e in log)
    amounts = [float(e["data"]["amount"]) for e in logs["matching"] if e["type"].endswith(".SubsidyPaid")]
    review = Review(await _figures(year, doors, logs, types), _checks(year, logs, types))
    review.figures["subsidies"] = {"paid": types["SubsidyPaid"], "yuan": sum(amounts)}
    review.checks.append(("yuan paid", year.did["subsidies paid"] * 100, round(sum(amounts))))
    review.checks += await topic_checks(doors, logs["notifications"])
    review.figures["messages outside by channel"], outside = await tied_out(doors, year.outside, logs["notifications"])
    review.checks += [*outside, *stops(logs["notifications"], full := _full(year.prefecture))]
    if full:
        review.checks += used(year.outside, logs["notifications"], types)
    return review


def _full(prefecture: Prefecture) -> bool:
    """Whether so much was played that every channel, and every end of an escalation, must have been met."""
    return len(prefecture.households) >= FULL_HOUSEHOLDS and prefecture.days >= FULL_DAYS


async def _figures(year: Year, doors: Doors, logs: dict[str, list[dict[str, Any]]], types: Counter[str]) -> dict[str, Any]:
    """The year in numbers, by heading."""
    counts = {c["agency"]: c for c in (await doors.get("OPS:5334", "operator", "notifications", "/notices/counts"))["items"]}
    reminders = (await doors.get("CL:5334", "official", "notifications", "/reminders/counts"))["items"]
    measures = ("MeasurePlanned", "MeasureDelivered", "MeasureChecked", "MeasureOverdue")
    return {
        "events by type": dict(sorted(types.items())),
        "certificates": {
            "issued": types["CertificateIssued"], "renewed": types["CertificateRenewed"], "lapsed": types["CertificateExpired"],
        },
        "applications, cards and what became of them": {name: types[name] for name in REGISTER},
        "reminders by window": {r["window"]: {k: v for k, v in r.items() if k != "window"} for r in reminders},
        "what offices did": _by_offices(logs["notifications"]) | {"by a link in mail": year.did["links used"]},
        "escalations": climbed(logs["notifications"]),
        "visits for reminders": {
            "planned": types["VisitPlanned"], "closed": types["PlannedVisitClosed"],
            "told somebody": year.did["visits that told somebody"], "missed": types["VisitMissed"],
            "withdrawn": types["PlannedVisitWithdrawn"],
        },
        "risks": _risks(logs["monitoring"]),
        "measures": {name.removeprefix("Measure").lower(): types[name] for name in measures}
        | {"checks that found nothing": _found_nothing(logs["monitoring"])},
        "notices by agency": {a: {k: v for k, v in c.items() if k != "agency"} for a, c in counts.items()},
        "discrepancies": {"opened": types["DiscrepancyFound"], "closed": types["DiscrepancyResolved"]},
    }  # fmt: skip


def _checks(year: Year, logs: dict[str, list[dict[str, Any]]], types: Counter[str]) -> list[tuple[str, Any, Any]]:
    """What was put in against the events that came of it."""
    did = year.did
    expected = {
        "households": "HouseholdRegistered",
        "visits": "VisitRecorded", "leads": "RiskDetected", "leads refuted": "RiskResolved", "cases opened": "CaseOpened",
        "measures planned": "MeasurePlanned", "measures delivered": "MeasureDelivered", "measures checked": "MeasureChecked",
        "measures overdue": "MeasureOverdue", "subsidies paid": "SubsidyPaid", "discrepancies": "DiscrepancyFound",
        "visits closed": "PlannedVisitClosed",
    }  # fmt: skip
    acts, by_offices = did + Counter({"NoticeAcknowledged": did["links used"]}), _by_offices(logs["notifications"])
    return [
        *((what, did[what], types[name]) for what, name in expected.items()),
        *((f"{name}, by the offices", acts[name], by_offices[name]) for name in ACTS),
        ("checks that found nothing", did["checks that found nothing"], _found_nothing(logs["monitoring"])),
        ("reminders reached in person", did["visits that told somebody"], _in_person(logs["notifications"])),
        *((f"{name}, the register", did[name], types[name]) for name in sorted(REGISTER)),
        *_reminder_checks(year.prefecture, types, logs["certificates"]),
        *_announcement_checks(year, logs["matching"]),
        ("every queued notice sent or withdrawn", types["NoticeQueued"], _settled(logs["notifications"])),
    ]


def _by_offices(log: list[dict[str, Any]]) -> dict[str, int]:
    """What offices did with their notices themselves; that one has acted the machine may also take from its report elsewhere."""
    names = Counter(e["type"].rpartition(".")[2] for e in log if not e["actor"].startswith("machine:"))
    return {name: names[name] for name in ACTS}


def _found_nothing(log: list[dict[str, Any]]) -> int:
    return sum(e["type"].endswith(".MeasureChecked") and not e["data"]["arrived"] for e in log)


def _risks(log: list[dict[str, Any]]) -> dict[str, Any]:
    """Leads by source, and the median days from clue to an official's decision."""
    clues = {e["stream_id"]: date.fromisoformat(e["data"]["clue_on"]) for e in log if e["type"].endswith(".RiskDetected")}
    sources = Counter(e["data"]["source"] for e in log if e["type"].endswith(".RiskDetected"))
    decided = {"CaseOpened": "opened_on", "RiskResolved": "resolved_on"}
    days = [
        (date.fromisoformat(e["data"][decided[name]]) - clues[e["stream_id"]]).days
        for e in log
        if (name := e["type"].rpartition(".")[2]) in decided
    ]
    return {"by source": dict(sources), "decided": len(days), "median days from clue to decision": median(days) if days else None}


def _reminder_checks(prefecture: Prefecture, types: Counter[str], log: list[dict[str, Any]]) -> list[tuple[str, Any, Any]]:
    """Each card that expires within reach of the played days owes one notice per window, and lapses when nobody renews it.

    One that is in its last month before the year begins was told of both windows at once, and is told again a week later.
    """
    six = one = again = lapsed = 0
    for _, person in prefecture.persons:
        expires = person.issued_on.replace(year=person.issued_on.year + 10)
        renewed = expires - timedelta(days=8)
        six += _back(expires, 6) <= prefecture.last
        one += _back(expires, 1) <= prefecture.last
        again += _back(expires, 1) < prefecture.first and prefecture.first + timedelta(days=6) <= prefecture.last
        lapsed += expires < prefecture.last and not (person.renews and renewed <= prefecture.last)
    approaching = [e["data"] for e in log if e["type"].endswith(".CertificateExpiryApproaching")]
    told = Counter((data["window"], data["reminder"]) for data in approaching)
    return [
        ("reminders due at six months", six, told["SIX_MONTHS", 1]),
        ("reminders due at one month", one, told["ONE_MONTH", 1]),
        ("second reminders in the last month", again, told["ONE_MONTH", 2]),
        ("certificates lapsed", lapsed, types["CertificateExpired"]),
    ]


def _announcement_checks(year: Year, log: list[dict[str, Any]]) -> list[tuple[str, Any, Any]]:
    """A county is told who may qualify for the living subsidy once both of its sheets have come, and nobody is told twice."""
    told = [e for e in log if e["type"].endswith((".PolicyAnnounced", ".PolicyPassedOn"))]
    counties = {county for county, kinds in year.sheets.items() if len(kinds) == 2}
    living = [
        e["data"]["division"] for e in told if e["type"].endswith("Announced") and e["data"]["row_id"] == "LIVING-MAY-QUALIFY"
    ]
    return [
        ("counties told who may qualify", sorted(counties), sorted(living)),
        ("counties or villages told twice", 0, len(told) - len({e["stream_id"] for e in told})),
    ]


def _back(day: date, months: int) -> date:
    """Months earlier; the sandbox's cards expire on a 28th, which every month has."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return day.replace(year=year, month=month + 1)


def _in_person(log: list[dict[str, Any]]) -> int:
    """Reminders of which a visitor's word is the proof."""
    return sum(e["type"].endswith(".ReminderReached") and e["data"]["proof"] == "VISITOR" for e in log)


def _settled(log: list[dict[str, Any]]) -> int:
    ended = {
        e["stream_id"] for e in log if e["type"].rpartition(".")[2] in ("NoticeSent", "NoticeSuppressed", "NoticeAcknowledged")
    }
    return len(ended)


def printed(review: Review, console: Console) -> None:
    """The review as tables."""
    for heading, figures in review.figures.items():
        table = Table(title=heading, title_justify="left", show_header=False)
        for name, value in figures.items():
            shown = "  ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
            table.add_row(str(name), shown)
        console.print(table)
    table = Table("check", "put in", "came out", "agrees", title="what was put in against what came out", title_justify="left")
    for what, put, out in review.checks:
        table.add_row(what, str(put)[:60], str(out)[:60], "yes" if put == out else "NO")
    console.print(table)
