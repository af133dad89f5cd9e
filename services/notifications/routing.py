"""Routing: an event and a row give the offices to be told, each with its chain of further offices. Pure."""

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from services.kernel.events import Recorded
from services.kernel.policy import Row
from services.notifications.events import Channel, NoticeQueued, NoticeSeverity
from services.notifications.policy import NoticePolicy, Route

_DIGITS = {"prefecture": 4, "county": 6, "township": 9, "village": 12}
_KINDS = {
    "DISASTER": "自然灾害",
    "ILLNESS": "因病",
    "ACCIDENT": "意外事故",
    "EMPLOYMENT": "务工就业不稳",
    "INCOME": "收入偏低",
    "HOUSING": "住房安全",
    "WATER": "饮水安全",
    "SUBSIDY_LOSS": "补贴中断",
}


@dataclass(frozen=True, slots=True)
class Office:
    """An agency in an administrative unit."""

    agency: str
    division: str


def facts_of(event: Any) -> dict[str, Any]:
    """An event's fields as plain values, for predicates and texts."""
    facts = {f.name: getattr(event, f.name) for f in fields(event)}
    plain = {name: value.value if isinstance(value, StrEnum) else value for name, value in facts.items()}
    return plain | {"kind_name": _KINDS.get(plain.get("kind", ""), "其他")}


def office(target: str, division: str, owner: str | None) -> Office | None:
    """`AGENCY@level` for a subject's division; None when the division does not reach down to that level."""
    agency, _, level = target.partition("@")
    digits = _DIGITS[level]
    if len(division) < digits or (agency == "owner" and not owner):
        return None
    return Office(owner if agency == "owner" and owner else agency, division[:digits])


def notices(recorded: Recorded, policy: NoticePolicy, today: date) -> list[NoticeQueued]:
    """Every notice that the rows in force on `today` make of an event, one per office."""
    facts = facts_of(recorded.event)
    found: list[NoticeQueued] = []
    for row in policy.routes.rows:
        if row.value.on == type(recorded.event).__name__ and row.holds(today, recorded.division) and _true(row.value, facts):
            told: set[Office] = set()
            for target in row.value.to:
                to = office(target, recorded.division, facts.get("owner"))
                if to is not None and to not in told:
                    told.add(to)
                    found.append(_notice(recorded, row, facts, to, policy, today))
    return found


def _true(route: Route, facts: dict[str, Any]) -> bool:
    """A predicate that cannot be decided tells the offices: silence is the worse mistake."""
    return route.when is None or route.when(facts) is not False


def _notice(
    recorded: Recorded, row: Row[Route], facts: dict[str, Any], to: Office, policy: NoticePolicy, today: date
) -> NoticeQueued:
    route = row.value
    said = facts.get(route.severity_of) if route.severity_of else None
    return NoticeQueued(
        route=row.id,
        cause_type=route.on,
        cause_id=recorded.event_id,
        subject_id=recorded.stream_id,
        person_id=facts.get("person_id"),
        agency=to.agency,
        division=to.division,
        subject_division=recorded.division,
        severity=NoticeSeverity(said) if said in set(NoticeSeverity) else route.severity,
        text=route.text.format(**{name: _shown(value) for name, value in facts.items()}),
        channels=channels(to.division, policy, today),
        acknowledge_by=date.fromordinal(today.toordinal() + route.days),
        stage=0,
        chain=_chain(route, recorded.division, to, facts.get("owner")),
        reminder=str(facts["window"]) if route.reminder else None,
        cause_version=recorded.version,
    )


def channels(division: str, policy: NoticePolicy, today: date) -> tuple[Channel, ...]:
    """The inbox for all; the topic where the unit has one."""
    with_topic = any(row.id == division and row.holds(today, "") for row in policy.units.rows)
    return (Channel.TOPIC, Channel.INBOX) if with_topic else (Channel.INBOX,)


def _chain(route: Route, division: str, first: Office, owner: str | None) -> tuple[str, ...]:
    """Offices told one after the other while nobody acknowledges; none is told twice."""
    offices: list[Office] = [first]
    for target in route.chain:
        following = office(target, division, owner)
        if following is not None and following not in offices:
            offices.append(following)
    return tuple(f"{o.agency}:{o.division}" for o in offices[1:])


def _shown(value: Any) -> str:
    return f"{value.year}年{value.month}月{value.day}日" if isinstance(value, date) else str(value)
