"""Routing rows, offices, doors and resolutions as typed values. Loading checks every row against the events and texts it names."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from services.certificates import events as certificates
from services.kernel.events import CATALOGUE, service_of
from services.kernel.policy import PolicyError, Predicate, Rules, load, version_of
from services.matching import events as matching
from services.monitoring import events as monitoring
from services.notifications import ladders, reminder_events, report_rows
from services.notifications.events import Channel, NoticeSeverity
from services.notifications.ladders import Counting, Ladder
from services.notifications.letter_rows import GroupCounts, LanguageNote, LinkLife
from services.notifications.office_rows import Agency, Coordination, OfficePhone, Successor, Unit
from services.notifications.report_rows import Dispatching, Reporting, RosterOwed
from services.notifications.templates import DERIVED, Templates
from services.readers import Receiver
from services.workdays import CALENDAR, Calendar

_FOLDER = Path(__file__).parent
LANGUAGES = (certificates, monitoring, matching)
LEVELS = {"prefecture": 4, "county": 6, "township": 9, "village": 12}
VILLAGE_AGENCY, COORDINATOR = "CUN", "CGW"


@dataclass(frozen=True, slots=True)
class Route:
    """One routing row: for which event, to which offices, how urgent, by when, and who is told next.

    Days are working days: `days` to take note, then `accept_days` to accept and `act_days` to act (0 = not asked); `remind` are the
    reminders of each of these clocks. Offices are AGENCY@level; `owner` is the event's owner agency, `same` the agency first told.
    Offices of one step of the chain are joined by "+".
    """

    on: str
    to: tuple[str, ...]
    severity: NoticeSeverity
    days: int
    chain: tuple[str, ...]
    template: str
    when: Predicate | None = None
    severity_of: str | None = None
    reminder: bool = False
    accept_days: int = 0
    act_days: int = 0
    remind: tuple[int, ...] = ()
    channels: tuple[Channel, ...] = (Channel.TOPIC, Channel.INBOX)
    returns_to: str = "CL@county"


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which later event of the same subject shows that the matter of these routes is done; `same` facts must agree with the cause's."""

    routes: tuple[str, ...]
    on: str
    when: Predicate | None = None
    same: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Door:
    """Whether a channel may send."""

    open: bool


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a channel that leads outside may be used; the row's id is the channel.

    `concurrency`, `per_recipient`: letters under way at once; `per_minute`: of all processes. `retry`: seconds from one try to the
    next, the first is 0; after the last the delivery has failed. `lease`: seconds after which a letter under way counts as unknown,
    more than its sender may take. `resends`: how often a letter of unknown fate goes out again, flagged. `ceiling`: letters to a
    recipient on one day, 0 = no limit. `most`: deliveries in one letter, unless the channel gathers (`conduct.GATHERED`).
    `quiet_from`, `quiet_until`: hours in Shanghai, equal = none.
    `digest_at`: the hour in Shanghai at which digests go out. `fail_days`: of nothing but failures, after which it is disabled.
    """

    concurrency: int
    per_recipient: int
    per_minute: int
    retry: tuple[int, ...]
    lease: int
    resends: int
    ceiling: int
    most: int
    quiet_from: int
    quiet_until: int
    digest_at: int
    fail_days: int


@dataclass(frozen=True, slots=True)
class Sampling:
    """How many test deliveries may be made within 24 hours: for one subscription, and for all of an office together."""

    a_day: int
    office_a_day: int


@dataclass(frozen=True, slots=True)
class Watch:
    """The operators' office: it is told when a subscription was disabled, and has `days` to take note, as the office itself has."""

    agency: str
    place: str  # its division
    days: int


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """All rows of the service; `version` is recorded with every decision."""

    version: str
    calendar: Calendar
    templates: Templates
    routes: Rules[Route]
    resolutions: Rules[Resolution]
    agencies: Rules[Agency]
    successors: Rules[Successor]
    coordination: Rules[Coordination]
    phones: Rules[OfficePhone]
    units: Rules[Unit]
    places: Rules[Unit]
    doors: Rules[Door]
    conduct: Rules[Conduct]
    sampling: Rules[Sampling]
    watch: Rules[Watch]
    ladders: Rules[Ladder]
    groups: Rules[GroupCounts]
    links: Rules[LinkLife]
    languages: Rules[LanguageNote]
    counting: Rules[Counting]
    reporting: Rules[Reporting]
    rosters: Rules[RosterOwed]
    meetings: Rules[Dispatching]

    @property
    def routed(self) -> tuple[type, ...]:
        """The event classes that some row routes."""
        return tuple({row.value.on: event_class(row.value.on) for row in self.routes.rows}.values())

    @property
    def resolving(self) -> tuple[type, ...]:
        """The event classes that settle some route."""
        return tuple({row.value.on: event_class(row.value.on) for row in self.resolutions.rows}.values())

    def successor(self, agency: str, day: date) -> str:
        """The agency that has this agency's duties on that day: itself while nobody has taken over."""
        taken = next((row.value.agency for row in self.successors.rows if row.id == agency and row.holds(day, "")), None)
        return agency if taken is None else self.successor(taken, day)

    def name(self, office: str, day: date) -> str:
        """An office "agency:division" in words; a code without a row stays a code."""
        agency, division, *_ = office.split(":")
        where = next((r.value.name for r in (*self.units.rows, *self.places.rows) if r.id == division and r.holds(day, "")), "")
        return where + next((row.value.name for row in self.agencies.rows if row.id == agency and row.holds(day, "")), agency)

    def unit_name(self, division: str, day: date) -> str:
        """What an administrative unit is called; its code where no row says."""
        return self.name(f":{division}", day) or division


def event_class(name: str) -> type:
    """The class of another service's event, or of a reminder's, with this short name. Raises StopIteration.

    What a notice says of itself is told to nobody by a row: that would go round in circles.
    """
    services = {module.__name__.split(".")[1] for module in LANGUAGES}
    named = (cls for cls in CATALOGUE.values() if cls.__name__ == name)
    return next(cls for cls in named if service_of(cls) in services or cls.__module__ == reminder_events.__name__)


def load_policy(folder: Path = _FOLDER) -> NoticePolicy:
    """Load and check rows and templates. Raises `PolicyError`, naming file and row."""
    rows, routing, reports = folder / "policy.toml", folder / "routing.toml", folder / "reports.toml"
    templates = Templates(folder / "templates")
    policy = NoticePolicy(
        version=version_of(rows, routing, reports, CALENDAR, *templates.files),
        calendar=Calendar(CALENDAR),
        templates=templates,
        routes=load(routing, "route", Route),
        resolutions=load(routing, "resolution", Resolution),
        agencies=load(rows, "agency", Agency),
        successors=load(rows, "successor", Successor),
        coordination=load(rows, "coordination", Coordination),
        phones=load(rows, "office_phone", OfficePhone),
        units=load(rows, "unit", Unit),
        places=load(rows, "place", Unit),
        doors=load(rows, "door", Door),
        conduct=load(rows, "conduct", Conduct),
        sampling=load(rows, "sampling", Sampling),
        watch=load(rows, "watch", Watch),
        ladders=load(rows, "ladder", Ladder),
        groups=load(rows, "group", GroupCounts),
        links=load(rows, "link", LinkLife),
        languages=load(rows, "language", LanguageNote),
        counting=load(rows, "counting", Counting),
        reporting=load(reports, "reporting", Reporting),
        rosters=load(reports, "roster_owed", RosterOwed),
        meetings=load(reports, "dispatching", Dispatching),
    )
    _check(policy)
    return policy


def receiver(agency: str) -> Receiver:
    """Which kind of reader an office is."""
    return Receiver.VILLAGE if agency == VILLAGE_AGENCY else Receiver.AGENCY


def _check(policy: NoticePolicy) -> None:
    codes = {row.id for row in policy.agencies.rows}
    for row in policy.routes.rows:
        where = f"routing.toml [[route]] {row.id}"
        _check_offices(where, row.value, codes)
        _check_text(where, row.value, policy.templates)
    known = {row.id: row.value.on for row in policy.routes.rows}
    for resolution in policy.resolutions.rows:
        where, said = f"routing.toml [[resolution]] {resolution.id}", resolution.value
        if unknown := set(said.routes) - set(known):
            raise PolicyError(f"{where}: there is no route {sorted(unknown)}")
        for event in (said.on, *(known[route] for route in said.routes)):
            if missing := set(said.same) - _fields(where, event):
                raise PolicyError(f"{where}: {event} has no {sorted(missing)}")
    for ladder in policy.ladders.rows:
        _check_targets(f"policy.toml [[ladder]] {ladder.id}", ladder.value.offices, codes)
    report_rows.check(policy.meetings)
    ladders.check(policy.ladders, lambda window, rung: _tells(policy, window, rung))
    for row_ in policy.successors.rows:
        if row_.value.agency not in codes:
            raise PolicyError(f"policy.toml [[successor]] {row_.id}: there is no agency {row_.value.agency}")


def _tells(policy: NoticePolicy, window: str, rung: str) -> bool:
    said, telling = {"window": window, "rung": rung}, (row.value for row in policy.routes.rows if row.value.on == "ReminderTried")
    return any(rung in route.to and (route.when is None or route.when(said) is True) for route in telling)


def _check_offices(where: str, route: Route, codes: set[str]) -> None:
    steps = [each for step in route.chain for each in step.split("+")]
    _check_targets(where, [*route.to, route.returns_to, *steps], codes | {"owner", "same"})
    if min(route.days, *route.remind, 1) < 1 or min(route.accept_days, route.act_days) < 0:
        raise PolicyError(f"{where}: a deadline is at least one working day")
    if route.accept_days and not route.act_days:
        raise PolicyError(f"{where}: what is accepted must be acted on: act_days is missing")


def _check_targets(where: str, offices: Sequence[str], codes: set[str]) -> None:
    for office in offices:
        agency, _, level = office.partition("@")
        if level not in LEVELS or not agency:
            raise PolicyError(f"{where}: {office} is not AGENCY@level")
        if agency not in codes:
            raise PolicyError(f"{where}: there is no agency {agency}")


def _check_text(where: str, route: Route, templates: Templates) -> None:
    known = _fields(where, route.on) | DERIVED
    told = (*route.to, *(each for step in route.chain for each in step.split("+")))
    for kind in sorted({receiver(office.partition("@")[0]) for office in told}):
        template = templates.latest(route.template, kind)
        if template is None:
            raise PolicyError(f"{where}: there is no template {route.template} for {kind}")
        if unknown := template.facts - known:
            raise PolicyError(f"{where}: template {template.name} asks for {sorted(unknown)}, which {route.on} does not say")


def _fields(where: str, event: str) -> set[str]:
    try:
        return {f.name for f in fields(event_class(event))}
    except StopIteration:
        raise PolicyError(f"{where}: there is no event {event}") from None
