"""All rows of the service as typed values: routes, offices, channels, conduct. Loading checks that each can work."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Annotated

from services.documents.places import PLACES, Places, load_places
from services.domain.actors import Actor
from services.domain.agencies import FILE as AGENCIES
from services.domain.agencies import Agencies
from services.domain.agencies import load as load_agencies
from services.domain.townships import CodeSystem
from services.domain.working_days import CALENDAR, Calendar
from services.kernel.policy import PolicyError, Rules, Table, load_tables, version_of
from services.notifications.policy import ladder_rows, report_rows, route_rows
from services.notifications.policy.ladder_rows import Counting, Ladder
from services.notifications.policy.letter_rows import GroupCounts, LanguageNote, LinkLife
from services.notifications.policy.office_rows import Addressees, Coordination, OfficePhone, Unit
from services.notifications.policy.report_rows import Dispatching, Reporting, RosterOwed
from services.notifications.policy.route_rows import Resolution, Route, event_class
from services.notifications.policy.rows import Conduct, Sampling, Switch, Watch
from services.notifications.policy.templates import Templates

_FOLDER = Path(__file__).parent
COORDINATOR = "CGW"


@dataclass(frozen=True, slots=True)
class Bookkeeping:
    """For how many days the rows are kept by which we know what is still to be told, after they were settled."""

    kept_days: int


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """All rows of the service; `version` is recorded with every decision."""

    version: str
    calendar: Calendar
    templates: Templates
    agencies: Agencies
    places: Places
    routes: Annotated[Rules[Route], Table("route", "routing.toml")]
    resolutions: Annotated[Rules[Resolution], Table("resolution", "routing.toml")]
    addressees: Annotated[Rules[Addressees], Table("addressees")]
    coordination: Annotated[Rules[Coordination], Table("coordination")]
    phones: Annotated[Rules[OfficePhone], Table("office_phone")]
    units: Annotated[Rules[Unit], Table("unit")]
    channels: Annotated[Rules[Switch], Table("channel")]
    conduct: Annotated[Rules[Conduct], Table("conduct")]
    sampling: Annotated[Rules[Sampling], Table("sampling")]
    bookkeeping: Annotated[Rules[Bookkeeping], Table("bookkeeping")]
    watch: Annotated[Rules[Watch], Table("watch")]
    ladders: Annotated[Rules[Ladder], Table("ladder")]
    groups: Annotated[Rules[GroupCounts], Table("group")]
    links: Annotated[Rules[LinkLife], Table("link")]
    languages: Annotated[Rules[LanguageNote], Table("language")]
    counting: Annotated[Rules[Counting], Table("counting")]
    reporting: Annotated[Rules[Reporting], Table("reporting", "reports.toml")]
    rosters: Annotated[Rules[RosterOwed], Table("roster_owed", "reports.toml")]
    meetings: Annotated[Rules[Dispatching], Table("dispatching", "reports.toml")]

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
        return self.agencies.successor(agency, day)

    def told(self, day: date) -> tuple[str, ...]:
        """The agencies that are told on that day, by their codes."""
        return self.addressees.one("agencies", day).agencies

    def name(self, office: str, day: date) -> str:
        """An office "agency:division" in words; a code without a row stays a code."""
        named = Actor.parse(office)
        units = (row.value.name for row in self.units.rows if row.id == named.division and row.holds(day, ""))
        townships = (row.value.name for row in self.places.townships.rows if row.id == named.division and row.holds(day, ""))
        where = next(chain(units, townships), "")
        return where + self.agencies.name(named.agency, day)

    def unit_name(self, division: str, day: date) -> str:
        """What an administrative unit is called; its code where no row says."""
        return self.name(f":{division}", day) or division


def load_policy(folder: Path = _FOLDER, agencies: Path = AGENCIES) -> NoticePolicy:
    """Load and check rows and templates, and the file of agencies. Raises `PolicyError`, naming file and row."""
    rows, routing, reports = folder / "policy.toml", folder / "routing.toml", folder / "reports.toml"
    templates = Templates(folder / "templates")
    try:
        known = load_agencies(agencies)
    except ValueError as error:
        raise PolicyError(str(error)) from None
    policy = NoticePolicy(
        version=version_of(rows, routing, reports, CALENDAR, agencies, *PLACES, *templates.files),
        calendar=Calendar(CALENDAR),
        templates=templates,
        agencies=known,
        places=_places(),
        **load_tables(NoticePolicy, folder),
    )
    _check(policy)
    return policy


def _places() -> Places:
    """By statistical codes, which divisions are made of; another office's code may mean another township. Their offices have no topic."""
    every = load_places()
    statistical = tuple(row for row in every.townships.rows if row.value.code_system is CodeSystem.STATISTICAL)
    return replace(every, townships=Rules(statistical))


def _check(policy: NoticePolicy) -> None:
    codes = {code for row in policy.addressees.rows for code in row.value.agencies}
    if unknown := codes - policy.agencies.codes:
        raise PolicyError(f"policy.toml [[addressees]]: there is no agency {min(unknown)}")
    route_rows.check(policy.routes, policy.resolutions, codes, policy.templates)
    for ladder in policy.ladders.rows:
        route_rows.check_targets(f"policy.toml [[ladder]] {ladder.id}", ladder.value.offices, codes)
    report_rows.check(policy.meetings)
    ladder_rows.check(policy.ladders, lambda window, rung: _tells(policy, window, rung))
    for row in policy.agencies.successors:
        if row.agency not in codes:
            raise PolicyError(f"agencies.toml [[successor]] {row.code}: nobody tells {row.agency}")


def _tells(policy: NoticePolicy, window: str, rung: str) -> bool:
    facts, telling = {"window": window, "rung": rung}, (row.value for row in policy.routes.rows if row.value.on == "ReminderTried")
    return any(rung in route.to and (route.when is None or route.when(facts) is True) for route in telling)


POLICY = load_policy()  # the rows that the service runs by
