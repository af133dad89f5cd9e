"""What an event says, as the texts of a notice state it: words for values, comparable facts, the matter in one reference."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.domain.characters import digits
from services.notifications.policy.templates import FORBIDDEN


@dataclass(frozen=True, slots=True)
class Matter:
    """What is being routed: the event's division, who answers for it and who sent it where it says so, and the day."""

    division: str
    owner: str | None
    sent_by: str | None
    day: date


def facts_of(event: Any) -> dict[str, Any]:
    """An event's fields as plain values, for predicates; those of a record in it (what a finding is about) beside its own, which go first."""
    own = {f.name: getattr(event, f.name) for f in fields(event)}
    within = {name: value for each in own.values() if is_dataclass(each) for name, value in facts_of(each).items()}
    return within | {name: value.value if isinstance(value, StrEnum) else value for name, value in own.items()}


def person_of(facts: Mapping[str, Any]) -> UUID | None:
    """Whom an event with these facts is about; None where it names nobody, or not a person."""
    found: UUID | None = facts.get("person_id") or (facts["subject"] if facts.get("subject_kind") == "PERSON" else None)
    return found


def stated(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """What may go along with a notice, each "name=value": single values that are known and that some receiver may see."""
    kept = {n: v for n, v in facts.items() if n not in FORBIDDEN and isinstance(v, str | bool | int | date | UUID)}
    return tuple(f"{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in kept.items())


def by_name(stated_facts: tuple[str, ...]) -> dict[str, str]:
    """The facts that went along with a notice, by name."""
    return dict(each.split("=", 1) for each in stated_facts)


def comparable(stated_facts: tuple[str, ...]) -> dict[str, Any]:
    """The same for predicates: true, false and whole numbers are what they say."""
    return {name: _value(text) for name, text in by_name(stated_facts).items()}


def _value(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if digits(text) and (text == "0" or text[0] != "0") and len(text) < 6 else text
