"""Rows of routing.toml as typed values, and the check of each against the events and texts that it names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, is_dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_type_hints

from services.domain import divisions
from services.domain.audience import Receiver
from services.kernel.language import published
from services.kernel.policy import PolicyError, Predicate, Rules
from services.notifications.policy.templates import DERIVED, FORBIDDEN, Templates
from services.notifications.vocabulary import Channel, NoticeSeverity

OTHERS = ("certificates", "monitoring", "matching")
VILLAGE_AGENCY = "CUN"
NAMED = {"owner": "owner", "sender": "sent_by"}  # an office that the event names, and by which of its fields
OWN_DOORS = (Channel.TOPIC, Channel.INBOX)  # those that this service opens itself; all others are subscriptions of the office


@dataclass(frozen=True, slots=True)
class Route:
    """One routing row: for which event, to which offices, how urgent, by when, and who is told next.

    Days are working days: `days` to take note, then `accept_days` to accept and `act_days` to act (0 = not asked); `remind` are the
    reminders of each of these clocks. Offices are AGENCY@level; `owner` is the event's owner agency, `sender` the one that sent a list,
    `same` the agency first told.
    Offices of one step of the chain are joined by "+". `doors`: which of our own it is put behind, every office's inbox and the topic of
    those that have one, at the same time; by what other channels an office is told, its subscriptions say. `severity_of`: the event's own
    urgency, where it knows one, goes before `severity`.
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
    doors: tuple[Channel, ...] = OWN_DOORS
    returns_to: str = "CL@county"


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which later event of the same subject shows that the matter of these routes is done; `same` facts must agree with the cause's.

    `report`: it is the word of the event's owner alone. Who was told has acted, others need not any more; verified is nothing yet.
    """

    routes: tuple[str, ...]
    on: str
    when: Predicate | None = None
    same: tuple[str, ...] = ()
    report: bool = False


@cache
def event_class(name: str) -> type:
    """The class with this short name of another service's events, or of our own that are marked `ROUTABLE`. Raises StopIteration.

    What a notice says of itself bears no mark: told by a row, it would go round in circles.
    """
    others = (cls for service in OTHERS for cls in published(service))
    own = (cls for cls in published("notifications") if getattr(cls, "ROUTABLE", False))
    return next(cls for cls in (*others, *own) if cls.__name__ == name)


def kinds_of(cls: type) -> dict[str, Any]:
    """What an event of this class says, each with its type: its fields, and those of a record in it that bear no name of its own."""
    own = get_type_hints(cls)
    within = {name: kind for each in own.values() if is_dataclass(each) for name, kind in kinds_of(each).items()}  # type: ignore[arg-type]
    return within | own


def receiver(agency: str) -> Receiver:
    """Which kind of reader an office is."""
    return Receiver.VILLAGE if agency == VILLAGE_AGENCY else Receiver.AGENCY


def check(routes: Rules[Route], resolutions: Rules[Resolution], agencies: set[str], templates: Templates) -> None:
    """Raises `PolicyError` for the first row that could not do what it says, naming it."""
    for row in routes.rows:
        where, route = f"routing.toml [[route]] {row.id}", row.value
        _check_facts(where, route)
        _check_offices(where, route, agencies)
        _check_doors(where, route)
        _check_text(where, route, templates)
    known = {row.id: row.value.on for row in routes.rows}
    for resolution in resolutions.rows:
        where, done = f"routing.toml [[resolution]] {resolution.id}", resolution.value
        if unknown := set(done.routes) - set(known):
            raise PolicyError(f"{where}: there is no route {sorted(unknown)}")
        for event in (done.on, *(known[route] for route in done.routes)):
            _is_field(where, event, done.same)
        _is_field(where, done.on, ("owner",) if done.report else ())
        asked = done.when.names if done.when else frozenset[str]()
        _is_field(where, done.on, asked)
        if hidden := asked & FORBIDDEN:
            raise PolicyError(f"{where}: {sorted(hidden)} of {done.on} is not kept")


def check_targets(where: str, offices: Sequence[str], agencies: set[str]) -> None:
    """Raises `PolicyError` for the first that is not AGENCY@level of these agencies."""
    for office in offices:
        agency, _, level = office.partition("@")
        if level not in divisions.BY_NAME or not agency:
            raise PolicyError(f"{where}: {office} is not AGENCY@level")
        if agency not in agencies:
            raise PolicyError(f"{where}: there is no agency {agency}")


def _check_facts(where: str, route: Route) -> None:
    """Whatever the row asks of its event, the event says: what is missing would tell everybody, or nobody, without a word."""
    _is_field(where, route.on, ("window",) if route.reminder else ())
    asked = route.when.names if route.when else frozenset[str]()
    _is_field(where, route.on, asked)
    if unlike := {name for name in asked if not issubclass(_kind(route.on, name), (str, int, Decimal))}:
        raise PolicyError(f"{where}: {sorted(unlike)} of {route.on} cannot be compared")
    if route.severity_of is not None:
        _is_field(where, route.on, (route.severity_of,))
        kind = _kind(route.on, route.severity_of)
        if not (issubclass(kind, StrEnum) and set(kind) <= set(NoticeSeverity)):
            raise PolicyError(f"{where}: {route.severity_of} of {route.on} is no severity")


def _check_offices(where: str, route: Route, agencies: set[str]) -> None:
    steps = [each for step in route.chain for each in step.split("+")]
    check_targets(where, [*route.to, route.returns_to], agencies | set(NAMED))
    check_targets(where, steps, agencies | set(NAMED) | {"same"})
    asked = {office.partition("@")[0] for office in (*route.to, route.returns_to, *steps)}
    _is_field(where, route.on, [field for named, field in NAMED.items() if named in asked])
    if min(route.days, *route.remind, 1) < 1 or min(route.accept_days, route.act_days) < 0:
        raise PolicyError(f"{where}: a deadline is at least one working day")
    if route.accept_days and not route.act_days:
        raise PolicyError(f"{where}: what is accepted must be acted on: act_days is missing")


def _check_doors(where: str, route: Route) -> None:
    if foreign := [door.value for door in route.doors if door not in OWN_DOORS]:
        raise PolicyError(f"{where}: {foreign} is no door of ours, but a subscription of the office")
    if Channel.INBOX not in route.doors or len(set(route.doors)) < len(route.doors):
        raise PolicyError(f"{where}: doors are the inbox, which every office has, and the topic or not, each once")


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
        return set(kinds_of(event_class(event)))
    except StopIteration:
        raise PolicyError(f"{where}: there is no event {event}") from None


def _is_field(where: str, event: str, asked: Iterable[str]) -> None:
    if missing := set(asked) - _fields(where, event):
        raise PolicyError(f"{where}: {event} has no {sorted(missing)}")


def _kind(event: str, name: str) -> type:
    """The class of a field's values, whether or not it may be missing."""
    hint = kinds_of(event_class(event))[name]
    plain = next((each for each in get_args(hint) if each is not type(None)), hint)
    return plain if isinstance(plain, type) else object
