"""Routing rows, doors and units as typed values. Loading checks every template against the event it is for."""

from dataclasses import dataclass, fields
from pathlib import Path
from string import Formatter

from services.certificates import events as certificates
from services.kernel.events import CATALOGUE, service_of
from services.kernel.policy import PolicyError, Predicate, Rules, load, version_of
from services.matching import events as matching
from services.monitoring import events as monitoring
from services.notifications.events import NoticeSeverity

_FOLDER = Path(__file__).parent
LANGUAGES = (certificates, monitoring, matching)
# Facts that no template may show: what reveals a disability's nature or a household's means (domain reference 7.2).
FORBIDDEN = {"category", "grade", "amount", "income_per_head", "person_id", "certificate_id", "household_id", "members"}
DERIVED = {"kind_name"}


@dataclass(frozen=True, slots=True)
class Route:
    """One routing row: for which event, to which offices, how urgent, how long they have, who is told next."""

    on: str
    to: tuple[str, ...]
    severity: NoticeSeverity
    days: int
    chain: tuple[str, ...]
    text: str
    when: Predicate | None = None
    severity_of: str | None = None
    reminder: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """An administrative unit whose offices have topics."""

    name: str


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
    recipient on one day, 0 = no limit. `most`: deliveries in one letter. `quiet_from`, `quiet_until`: hours in Shanghai, equal = none.
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
class Watch:
    """The operators' office: it is told when a subscription was disabled, and has `days` to take note, as the office itself has."""

    agency: str
    place: str  # its division
    days: int


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """All rows of the service; `version` is recorded with every decision."""

    version: str
    routes: Rules[Route]
    units: Rules[Unit]
    doors: Rules[Door]
    conduct: Rules[Conduct]
    watch: Rules[Watch]

    @property
    def routed(self) -> tuple[type, ...]:
        """The event classes that some row routes."""
        return tuple({row.value.on: event_class(row.value.on) for row in self.routes.rows}.values())


def event_class(name: str) -> type:
    """The class of another service's event with this short name. Raises KeyError."""
    services = {module.__name__.split(".")[1] for module in LANGUAGES}
    return next(cls for cls in CATALOGUE.values() if cls.__name__ == name and service_of(cls) in services)


def load_policy(folder: Path = _FOLDER) -> NoticePolicy:
    """Load and check. Raises `PolicyError`, naming file and row."""
    rows, routing = folder / "policy.toml", folder / "routing.toml"
    routes = load(routing, "route", Route)
    for row in routes.rows:
        _check(row.id, row.value)
    doors, conduct, watch = load(rows, "door", Door), load(rows, "conduct", Conduct), load(rows, "watch", Watch)
    return NoticePolicy(version_of(rows, routing), routes, load(rows, "unit", Unit), doors, conduct, watch)


def _check(route: str, row: Route) -> None:
    try:
        known = {f.name for f in fields(event_class(row.on))} | DERIVED
    except StopIteration:
        raise PolicyError(f"routing.toml [[route]] {route}: there is no event {row.on}") from None
    asked = {name for _, name, _, _ in Formatter().parse(row.text) if name is not None}
    if unknown := asked - known:
        raise PolicyError(f"routing.toml [[route]] {route}: {row.on} has no {sorted(unknown)}")
    if forbidden := asked & FORBIDDEN:
        raise PolicyError(f"routing.toml [[route]] {route}: a notice may not show {sorted(forbidden)}")
    for office in (*row.to, *row.chain):
        agency, _, level = office.partition("@")
        if level not in ("prefecture", "county", "township", "village") or not agency:
            raise PolicyError(f"routing.toml [[route]] {route}: {office} is not AGENCY@level")
