"""Routing: an event and a row give the offices to be told, each with its chain of further offices. Pure."""

from datetime import date
from typing import Any

from services.domain import divisions
from services.kernel.events import Recorded
from services.kernel.policy import Row
from services.notifications.notice.deadlines import answering_days, reminders
from services.notifications.notice.escalation_chain import TOGETHER, Office
from services.notifications.notice.events import NoticeQueued
from services.notifications.notice.facts import Matter, facts_of, person_of, stated
from services.notifications.policy.load import NoticePolicy
from services.notifications.policy.route_rows import OWN_DOORS, VILLAGE_AGENCY, Route
from services.notifications.routing.wording import text_for
from services.notifications.vocabulary import Channel, NoticeSeverity


def office(target: str, matter: Matter, policy: NoticePolicy, first: Office | None = None) -> Office | None:
    """`AGENCY@level` for the subject's division; None when the division does not reach down to that level, or nobody is meant."""
    agency, _, name = target.partition("@")
    level = divisions.BY_NAME[name]
    if agency == "owner":
        agency = matter.owner or ""
    elif agency == "sender":
        agency = matter.sent_by or ""
    elif agency == "same":
        agency = first.agency if first and first.agency != VILLAGE_AGENCY else ""
    if not agency or not divisions.reaches(matter.division, level):
        return None
    return Office(policy.successor(agency, matter.day), divisions.within(matter.division, level))


def notices(recorded: Recorded, policy: NoticePolicy, today: date) -> list[NoticeQueued]:
    """Every notice that the rows in force on `today` make of an event, one per office."""
    facts = facts_of(recorded.event)
    matter = Matter(recorded.division, facts.get("owner"), facts.get("sent_by"), today)
    found: list[NoticeQueued] = []
    for row in _in_force(policy, type(recorded.event).__name__, today, recorded.division):
        if _true(row.value, facts):
            offices = (office(target, matter, policy) for target in row.value.to)
            for to in dict.fromkeys(o for o in offices if o is not None):
                found.append(_notice(recorded, row, facts, to, matter, policy))
    return found


def _in_force(policy: NoticePolicy, on: str, day: date, division: str) -> list[Row[Route]]:
    """The rows for an event; of several with one id the most local and then the youngest, as `Rules.one` has it."""
    found: dict[str, Row[Route]] = {}
    for row in policy.routes.rows:
        if row.value.on == on and row.holds(day, division):
            known = found.setdefault(row.id, row)
            if (len(known.division), known.since) < (len(row.division), row.since):
                found[row.id] = row
    return list(found.values())


def _true(route: Route, facts: dict[str, Any]) -> bool:
    """A predicate that cannot be decided tells the offices: silence is the worse mistake."""
    return route.when is None or route.when(facts) is not False


def _notice(
    recorded: Recorded, row: Row[Route], facts: dict[str, Any], to: Office, matter: Matter, policy: NoticePolicy
) -> NoticeQueued:
    route, today = row.value, matter.day
    own = facts[route.severity_of] if route.severity_of else None
    by, kept = policy.calendar.add(today, route.days), stated(facts)
    text = text_for(route.template, to, recorded.stream_id, kept, by, policy)
    return NoticeQueued(
        route=row.id,
        cause_type=route.on,
        cause_id=recorded.event_id,
        subject_id=recorded.stream_id,
        person_id=person_of(facts),
        agency=to.agency,
        division=to.division,
        subject_division=recorded.division,
        severity=route.severity if own in (None, NoticeSeverity.UNKNOWN) else NoticeSeverity(own),
        text=text.text,
        channels=doors(to.division, policy, today, route.doors),
        acknowledge_by=by,
        stage=0,
        chain=_chain(route, matter, to, policy),
        reminder=str(facts["window"]) if route.reminder else None,
        cause_version=recorded.version,
        template=text.template,
        facts=kept,
        accept_days=route.accept_days,
        act_days=answering_days(to.agency, route.act_days, policy, today),
        remind_days=route.remind,
        reminders=reminders(route.remind, today, by, policy),
        sender=_sender(route, matter, policy),
        row_since=row.since,
        row_until=row.until,
        row_source=row.source,
    )


def doors(division: str, policy: NoticePolicy, today: date, wanted: tuple[Channel, ...]) -> tuple[Channel, ...]:
    """The row's doors; the topic only where the unit has one. What stands first says nothing: they are told together."""
    with_topic = any(row.id == division and row.holds(today, "") for row in policy.units.rows)
    return tuple(door for door in OWN_DOORS if door in wanted and (door is not Channel.TOPIC or with_topic))


def _chain(route: Route, matter: Matter, first: Office, policy: NoticePolicy) -> tuple[str, ...]:
    """Steps told one after the other while nobody does what is asked; no office is told twice."""
    told, steps = {first}, list[str]()
    for targets in route.chain:
        offices = (office(target, matter, policy, first) for target in targets.split(TOGETHER))
        following = list(dict.fromkeys(o for o in offices if o is not None and o not in told))
        told.update(following)
        steps += [TOGETHER.join(map(str, following))] if following else []
    return tuple(steps)


def _sender(route: Route, matter: Matter, policy: NoticePolicy) -> str | None:
    sender = office(route.returns_to, matter, policy)
    return str(sender) if sender else None
