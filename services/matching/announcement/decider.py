"""A policy told to those whom it may concern, once: per row of the policy and county, and per village in it. Pure.

Streams: `announcement_id(row, from, county)` says that the county was told, or why it could not be yet; `passed_on_id` of it and a village
carries the persons whom the village's liaison visits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import assert_never
from uuid import UUID

from services.kernel.decider import Decider
from services.kernel.events import Context, stream_id
from services.kernel.policy import Row
from services.matching.announcement.events import PolicyAnnounced, PolicyNotAnnounced, PolicyPassedOn
from services.matching.announcement.selections import Chosen, Sheets
from services.matching.policy.load import Announcement, MatchingPolicy
from services.matching.vocabulary import RosterKind

_SHEETS = {
    RosterKind.SUBSISTENCE_ALLOWANCE: "低保名单",
    RosterKind.DESTITUTE_SUPPORT: "特困人员救助供养名单",
    RosterKind.SUBSIDY_PAYMENT: "两项补贴发放花名册",
}


@dataclass(frozen=True, slots=True)
class Absent:
    """Nobody was told."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """Sheets that it needs are not there or too old."""

    division: str
    lacking: frozenset[RosterKind]


@dataclass(frozen=True, slots=True)
class Announced:
    """The county, or the village, was told."""

    division: str


State = Absent | Withheld | Announced


@dataclass(frozen=True, slots=True)
class Announce:
    """The row's day has come, and the sheets are there (machine)."""

    event: PolicyAnnounced


@dataclass(frozen=True, slots=True)
class Withhold:
    """The row's day has come, and sheets are not there (machine)."""

    event: PolicyNotAnnounced


@dataclass(frozen=True, slots=True)
class PassOn:
    """A village has persons whom the row may concern (machine)."""

    event: PolicyPassedOn


Command = Announce | Withhold | PassOn
Event = PolicyAnnounced | PolicyNotAnnounced | PolicyPassedOn


def announcement_id(row: str, since: date, county: str) -> UUID:
    """The stream of a row in a county."""
    return stream_id("announcement", row, since, county)


def passed_on_id(announcement: UUID, village: str) -> UUID:
    """The stream of a row in a village; what the village's notice is about."""
    return stream_id("passed-on", announcement, village)


def in_force(policy: MatchingPolicy, day: date, county: str) -> list[Row[Announcement]]:
    """The rows to be told in a county on that day: of each id the most local one, in file order."""
    found: dict[str, Row[Announcement]] = {}
    for row in policy.announcements.rows:
        known = found.get(row.id)
        if row.holds(day, county) and (known is None or (len(known.division), known.since) < (len(row.division), row.since)):
            found[row.id] = row
    return list(found.values())


def lacking(row: Row[Announcement], county: str, sheets: Sheets, day: date) -> PolicyNotAnnounced | None:
    """Which sheets it takes until the row can be told: without one, or with an old one, nobody knows whom it concerns. None: it can."""
    oldest = day - timedelta(days=row.value.roster_days)
    lacks = tuple(kind for kind in row.value.selection.needs if sheets.as_of.get(kind, date.min) < oldest)
    if not lacks:
        return None
    return PolicyNotAnnounced(
        row_id=row.id,
        row_from=row.since,
        title=row.value.title,
        owner=row.value.owner,
        division=county,
        lacking=lacks,
        sheets="、".join(_SHEETS[kind] for kind in lacks),
    )


def announced(
    row: Row[Announcement], county: str, sheets: Sheets, chosen: Sequence[Chosen], day: date
) -> tuple[PolicyAnnounced, list[PolicyPassedOn]]:
    """What the county is told, and each of its villages that has somebody whom the row may concern."""
    announcement = row.value
    as_of = min(sheets.as_of[kind] for kind in announcement.selection.needs)
    tell_by = day + timedelta(days=announcement.tell_days)
    of_county = PolicyAnnounced(
        row_id=row.id,
        row_from=row.since,
        title=announcement.title,
        plain=announcement.plain,
        owner=announcement.owner,
        division=county,
        selection=announcement.selection.value,
        as_of=as_of,
        tell_by=tell_by,
        villages=len(chosen),
    )
    of_villages = [
        PolicyPassedOn(
            announcement_id=announcement_id(row.id, row.since, county),
            row_id=row.id,
            row_from=row.since,
            title=announcement.title,
            plain=announcement.plain,
            owner=announcement.owner,
            division=village.division,
            persons=village.persons,
            through=announcement.through,
            as_of=as_of,
            tell_by=tell_by,
        )
        for village in chosen
    ]
    return of_county, of_villages


def decide(state: State, command: Command, policy: MatchingPolicy, context: Context) -> list[Event]:
    """What was told is told; why it was not is said again only when another sheet is lacking."""
    match command:
        case Announce(event):
            return [] if isinstance(state, Announced) else [event]
        case Withhold(event):
            return [event] if _lacks_more(state, event) else []
        case PassOn(event):
            return [event] if isinstance(state, Absent) else []
        case _:
            assert_never(command)


def _lacks_more(state: State, event: PolicyNotAnnounced) -> bool:
    match state:
        case Absent():
            return True
        case Withheld(lacking=before):
            return not before.issuperset(event.lacking)
        case Announced():
            return False
        case _:
            assert_never(state)


def evolve(_: State, event: Event) -> State:
    """After the event."""
    match event:
        case PolicyNotAnnounced():
            return Withheld(event.division, frozenset(event.lacking))
        case PolicyAnnounced() | PolicyPassedOn():
            return Announced(event.division)
        case _:
            assert_never(event)


ANNOUNCEMENT: Decider[State, Command, MatchingPolicy] = Decider(
    "announcement", Absent(), decide, evolve, lambda state: "" if isinstance(state, Absent) else state.division
)
