"""A policy told to those whom it may concern, once: per row of the policy and county, and per village in it. Pure.

Streams: `announcement_id(row, from, county)` says that the county was told, or why it could not be yet; `passed_on_id` of it and a village
carries the persons whom the village's liaison visits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.kernel.decider import Decider
from services.kernel.events import Context, stream_id
from services.kernel.policy import Row
from services.matching.announcement.events import PolicyAnnounced, PolicyNotAnnounced, PolicyPassedOn
from services.matching.comparison.selections import Chosen, Sheets
from services.matching.policy.load import Announcement, MatchingPolicy
from services.matching.vocabulary import RosterKind

_SHEETS = {RosterKind.SUBSISTENCE_ALLOWANCE: "低保名单", RosterKind.SUBSIDY_PAYMENT: "两项补贴发放花名册"}


@dataclass(frozen=True, slots=True)
class Absent:
    """Nobody was told."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """Sheets that it needs are not there or too old."""

    division: str
    lacking: frozenset[RosterKind]


@dataclass(frozen=True, slots=True)
class Told:
    """The county, or the village, was told."""

    division: str


State = Absent | Withheld | Told


@dataclass(frozen=True, slots=True)
class Announce:
    """The row's day has come, and the sheets are there (machine)."""

    said: PolicyAnnounced


@dataclass(frozen=True, slots=True)
class Withhold:
    """The row's day has come, and sheets are not there (machine)."""

    said: PolicyNotAnnounced


@dataclass(frozen=True, slots=True)
class PassOn:
    """A village has persons whom the row may concern (machine)."""

    said: PolicyPassedOn


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
    needed = {RosterKind.SUBSIDY_PAYMENT: sheets.paid_as_of}
    if row.value.selection.of_the_poor:
        needed = {RosterKind.SUBSISTENCE_ALLOWANCE: sheets.poor_as_of} | needed
    lacks = tuple(kind for kind, as_of in needed.items() if as_of is None or (day - as_of).days > row.value.roster_days)
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


def told(
    row: Row[Announcement], county: str, sheets: Sheets, chosen: Sequence[Chosen], day: date
) -> tuple[PolicyAnnounced, list[PolicyPassedOn]]:
    """What the county is told, and each of its villages that has somebody whom the row may concern."""
    says, id = row.value, announcement_id(row.id, row.since, county)
    days = [sheets.paid_as_of, sheets.poor_as_of] if says.selection.of_the_poor else [sheets.paid_as_of]
    as_of, by = min(d for d in days if d is not None), day + timedelta(days=says.tell_days)
    county_ = PolicyAnnounced(
        row_id=row.id,
        row_from=row.since,
        title=says.title,
        plain=says.plain,
        owner=says.owner,
        division=county,
        selection=says.selection.value,
        as_of=as_of,
        tell_by=by,
        villages=len(chosen),
    )
    return county_, [
        PolicyPassedOn(
            announcement_id=id,
            row_id=row.id,
            row_from=row.since,
            title=says.title,
            plain=says.plain,
            owner=says.owner,
            division=village.division,
            persons=village.persons,
            through=says.through,
            as_of=as_of,
            tell_by=by,
        )
        for village in chosen
    ]


def decide(state: State, command: Command, policy: MatchingPolicy, context: Context) -> list[Event]:
    """What was told is told; why it was not is said again only when another sheet is lacking."""
    match state, command:
        case Absent() | Withheld(), Announce(said):
            return [said]
        case Absent(), Withhold(why):
            return [why]
        case Withheld(lacking=said_before), Withhold(why) if not said_before.issuperset(why.lacking):
            return [why]
        case Absent(), PassOn(village):
            return [village]
    return []


def evolve(_: State, happened: Event) -> State:
    """After the event."""
    match happened:
        case PolicyNotAnnounced():
            return Withheld(happened.division, frozenset(happened.lacking))
        case PolicyAnnounced() | PolicyPassedOn():
            return Told(happened.division)


ANNOUNCEMENT: Decider[State, Command, MatchingPolicy] = Decider(
    "announcement", Absent(), decide, evolve, lambda state: "" if isinstance(state, Absent) else state.division
)
