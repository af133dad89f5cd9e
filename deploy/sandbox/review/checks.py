"""What the sandbox put in against the events that came of it, by what it is about. Pure."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from deploy.sandbox.agencies import PaidKey, found_of
from deploy.sandbox.prefecture import Prefecture
from deploy.sandbox.review.log import Check, Log, kind_of
from deploy.sandbox.year import Year
from services.domain.divisions import county

# What the lives, the renewals and the mirrored county's rosters must lead to, event by event.
REGISTER = (
    "CertificateIssued",
    "CertificateRenewed",
    "CertificateApplicationReturned",
    "CertificateApplicationRefused",
    "AssessmentDisputed",
    "DisputeDecided",
    "ObjectionRaised",
    "ObjectionAnswered",
    "HomeRoundPlanned",
    "HomeAssessmentScheduled",
    "HomeAssessmentMissed",
    "CertificateReportedLost",
    "CertificateReissued",
    "CertificateReplaced",
    "ReviewOpened",
    "CertificateRegraded",
    "CertificateTransferredOut",
    "CertificateTransferredIn",
    "PersonDeathReported",
    "PersonDied",
    "PersonDeathCorrected",
    "CertificateCancelled",
    "CertificateCancellationRevoked",
    "CertificateActionProposed",
    "HolderTold",
    "CertificateFrozen",
    "CertificateUnfrozen",
    "CertificateRecorded",
)
# What comes of households, visits and what officers see there.
FOUND = {
    "households": "HouseholdRegistered",
    "visits": "VisitRecorded",
    "leads": "RiskDetected",
    "leads refuted": "RiskResolved",
    "cases opened": "CaseOpened",
}
MEASURES = {
    "measures planned": "MeasurePlanned",
    "measures delivered": "MeasureDelivered",
    "measures checked": "MeasureChecked",
    "measures overdue": "MeasureOverdue",
}
# What offices do with their notices.
ACTS = ("NoticeAcknowledged", "NoticeAccepted", "NoticeRejected", "NoticeActedOn", "LeadAssigned", "NoticeAnswered")


def register_checks(year: Year, types: Mapping[str, int]) -> list[Check]:
    """What became of applications and cards."""
    return [
        *((name, year.did[name], types[name]) for name in sorted(REGISTER)),
        ("certificates lapsed", _lapsed(year.prefecture), types["CertificateExpired"]),
    ]


def risk_checks(year: Year, types: Mapping[str, int]) -> list[Check]:
    """Visits, the leads found there, and the cases that were made of them."""
    return [(what, year.did[what], types[name]) for what, name in FOUND.items()]


def measure_checks(year: Year, types: Mapping[str, int], log: Log) -> list[Check]:
    """Measures from plan to check. `log`: all that monitoring published."""
    nothing = "checks that found nothing"
    return [
        *((what, year.did[what], types[name]) for what, name in MEASURES.items()),
        (nothing, year.did[nothing], found_nothing(log)),
    ]


def payment_checks(year: Year, log: Log) -> list[Check]:
    """What the sheets paid, month by month. `log`: all that matching published."""
    said, paid = yuan_by_month(log), {key: Decimal(yuan) for key, yuan in year.agencies.paid.items()}
    return [
        ("months paid", len(paid), len(said)),
        ("yuan paid", sum(paid.values()), sum(said.values())),
        ("each person, subsidy, month and sheet with its yuan", _digest(paid), _digest(said)),
    ]


def finding_checks(year: Year, types: Mapping[str, int], log: Log, full: bool) -> list[Check]:
    """Every error in the agencies' lists is found. Lists also show what nobody put in on purpose: a card that ends, a month without one.

    `log`: all that matching published; `full`: the played year is long enough that findings of eight types must have come up.
    """
    opened = [event["data"]["found"] for event in log if kind_of(event) == "FindingOpened"]
    known = {(found["rule"], found["subject"], found["object"], found["period"]) for found in opened}
    known |= {
        (found["rule"], county(found["division"]), found["object"], found["period"])
        for found in opened
        if found["subject_kind"] == "ROSTER_ROW"
    }
    planned = found_of(year.agencies.planned)
    put_in, met = (Counter(rule for rule, *_ in errors) for errors in (planned, set(planned) & known))
    checks: list[Check] = [(f"{rule}, errors in the lists", put_in[rule], met[rule]) for rule in sorted(put_in)]
    checks += [
        (f"findings {word}", year.did[f"findings {word}"], types[name])
        for word, name in (("verified", "FindingVerified"), ("refuted", "FindingRefuted"))
    ]
    return [*checks, ("eight types of findings", True, len({found["finding"] for found in opened}) >= 8)] if full else checks


def office_checks(year: Year, types: Mapping[str, int], log: Log) -> list[Check]:
    """What offices did with their notices. `log`: all that notifications published."""
    acts, done = year.did + Counter({"NoticeAcknowledged": year.did["links used"]}), by_offices(log)
    return [
        *((f"{name}, by the offices", acts[name], done[name]) for name in ACTS),
        ("every queued notice sent or withdrawn", types["NoticeQueued"], _settled(log)),
    ]


def reminder_checks(year: Year, types: Mapping[str, int], register: Log, notifications: Log) -> list[Check]:
    """Each card that expires within reach of the played days owes one notice per window.

    One that is in its last month before the year begins was told of both windows at once, and is told again a week later.
    """
    prefecture, six, one, again = year.prefecture, 0, 0, 0
    for _, person in prefecture.persons:
        expires = person.issued_on.replace(year=person.issued_on.year + 10)
        six += _back(expires, 6) <= prefecture.last
        one += _back(expires, 1) <= prefecture.last
        again += _back(expires, 1) < prefecture.first and prefecture.first + timedelta(days=6) <= prefecture.last
    approaching = [event["data"] for event in register if kind_of(event) == "CertificateExpiryApproaching"]
    told = Counter((data["window"], data["reminder"]) for data in approaching)
    return [
        ("due at six months", six, told["SIX_MONTHS", 1]),
        ("due at one month", one, told["ONE_MONTH", 1]),
        ("second reminders in the last month", again, told["ONE_MONTH", 2]),
        ("planned visits closed", year.did["visits closed"], types["PlannedVisitClosed"]),
        ("reached in person", year.did["visits that told somebody"], _in_person(notifications)),
    ]


def announcement_checks(year: Year, log: Log) -> list[Check]:
    """A county is told who may qualify for the living subsidy once both of its sheets have come, and nobody is told twice."""
    told = [event for event in log if kind_of(event) in ("PolicyAnnounced", "PolicyPassedOn")]
    needed = {"SUBSISTENCE_ALLOWANCE", "SUBSIDY_PAYMENT"}
    counties = {county for county, kinds in year.agencies.sent.items() if needed <= kinds}
    living = [
        event["data"]["division"]
        for event in told
        if kind_of(event) == "PolicyAnnounced" and event["data"]["row_id"] == "LIVING-MAY-QUALIFY"
    ]
    return [
        ("counties told who may qualify", sorted(counties), sorted(living)),
        ("counties or villages told twice", 0, len(told) - len({event["stream_id"] for event in told})),
    ]


def yuan_by_month(log: Log) -> dict[PaidKey, Decimal]:
    """What each sheet paid for a person's month, by the last word. `log`: all that matching published."""
    last: dict[tuple[PaidKey, str], Decimal] = {}
    for event in log:
        if kind_of(event) == "SubsidyPaid":
            data = event["data"]
            key = (data["person_id"], data["subsidy"], data["month"], data["sheet_month"])
            last[key, data["nature"]] = Decimal(data["amount"])
    sums: dict[PaidKey, Decimal] = {}
    for (key, _), amount in last.items():
        sums[key] = sums.get(key, Decimal()) + amount
    return sums


def by_offices(log: Log) -> dict[str, int]:
    """What offices did with their notices themselves; that one has acted the machine may also take from its report elsewhere."""
    names = Counter(kind_of(event) for event in log if not event["actor"].startswith("machine:"))
    return {name: names[name] for name in ACTS}


def found_nothing(log: Log) -> int:
    """Checks of measures that had not arrived. `log`: all that monitoring published."""
    return sum(kind_of(event) == "MeasureChecked" and not event["data"]["arrived"] for event in log)


def _digest(paid: Mapping[PaidKey, Decimal]) -> str:
    """A short form of many months: a hash of them all."""
    said = sorted(f"{'/'.join(key)}={amount:.2f}" for key, amount in paid.items())
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:12]


def _lapsed(prefecture: Prefecture) -> int:
    """Cards that nobody renewed in time."""
    lapsed = 0
    for _, person in prefecture.persons:
        expires = person.issued_on.replace(year=person.issued_on.year + 10)
        renewed = person.renews and expires - timedelta(days=8) <= prefecture.last
        lapsed += expires < prefecture.last and not renewed
    return lapsed


def _back(day: date, months: int) -> date:
    """Months earlier; the sandbox's cards expire on a 28th, which every month has."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return day.replace(year=year, month=month + 1)


def _in_person(log: Log) -> int:
    """Reminders of which a visitor's word is the proof."""
    return sum(kind_of(event) == "ReminderReached" and event["data"]["proof"] == "VISITOR" for event in log)


def _settled(log: Log) -> int:
    """Notices that were sent, withdrawn, or noted before."""
    return len({event["stream_id"] for event in log if kind_of(event) in ("NoticeSent", "NoticeSuppressed", "NoticeAcknowledged")})
