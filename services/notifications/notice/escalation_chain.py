"""Whom a notice goes to when its office stays silent, sends it back, or is given a lead; and the trail that goes along. Pure.

A chain is a row of steps, each one office "agency:division" or several told together, joined by "+": the first of them carries the
rest of the chain, the others are told and no more. No office stands twice in a chain; at most one refusal goes back in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.domain.actors import Actor
from services.notifications.notice.events import NoticeQueued
from services.notifications.policy.load import NoticePolicy
from services.notifications.policy.templates import shown
from services.notifications.vocabulary import MISSED, REASONS, ReturnReason, StepEnd, TrailStep

TOGETHER = "+"


@dataclass(frozen=True, slots=True)
class Office:
    """An agency in an administrative unit."""

    agency: str
    division: str

    def __str__(self) -> str:
        return f"{self.agency}:{self.division}"


def named(text: str) -> Office:
    """The office behind "agency:division"; what a trail says after it is left out."""
    office = Actor.parse(text)
    return Office(office.agency, office.division)


def step(chain: tuple[str, ...], policy: NoticePolicy, day: date) -> list[Office]:
    """The offices of the next step, each by its successor of that day; empty at the end of the chain."""
    if not chain:
        return []
    offices = [named(each) for each in chain[0].split(TOGETHER)]
    return list(dict.fromkeys(Office(policy.successor(o.agency, day), o.division) for o in offices))


def rest(chain: tuple[str, ...], office: Office, policy: NoticePolicy, day: date) -> tuple[str, ...]:
    """The chain that an office told by the next step carries on: the rest, without itself; nothing when it is told beside another."""
    beside = step(chain, policy, day)[1:]
    return () if office in beside else without(chain[1:], {office})


def without(chain: tuple[str, ...], offices: set[Office]) -> tuple[str, ...]:
    """The chain without these offices."""
    kept = (TOGETHER.join(o for o in each.split(TOGETHER) if named(o) not in offices) for each in chain)
    return tuple(each for each in kept if each)


def gone_through(notice: NoticeQueued, what: str, on: date) -> tuple[str, ...]:
    """The trail of the notice that follows: who had it, at which stage, what came of it, when."""
    return (*notice.trail, f"{notice.agency}:{notice.division}:{notice.stage}:{what}:{on}")


def steps(trail: tuple[str, ...]) -> tuple[TrailStep, ...]:
    """A notice's trail as it is told outside."""
    return tuple(_step(*each.split(":")) for each in trail)


def _step(agency: str, division: str, stage: str, what: str, on: str) -> TrailStep:
    code, _, reason = what.partition(".")
    why = ReturnReason(reason) if reason else None
    return TrailStep(agency=agency, division=division, stage=int(stage), what=StepEnd(code), reason=why, on=date.fromisoformat(on))


def back_to(notice: NoticeQueued, chain: tuple[str, ...], policy: NoticePolicy, day: date) -> Office | None:
    """To whom a refusal goes: the stage before, or the row's sender; once in a chain, later refusals go on upwards."""
    own = Office(notice.agency, notice.division)
    if not notice.returned:
        sender = notice.trail[-1] if notice.trail else notice.sender
        if sender and named(sender) != own:
            before = named(sender)
            return Office(policy.successor(before.agency, day), before.division)
    onward = step(chain, policy, day)
    return onward[0] if onward else None


_CAME_OF = {**MISSED, "REJECTED": "退回", "LEAD_ASSIGNED": "转牵头单位"}


def trail_in_words(trail: Sequence[Mapping[str, Any]], day: date, policy: NoticePolicy) -> str:
    """The offices of a trail, as machines are told it, in one sentence: who, what came of it, when. `day`: for the offices' names."""
    return "；".join(
        policy.name(f"{step['agency']}:{step['division']}", day)
        + _CAME_OF.get(step["what"], "已转出")
        + (f"（{REASONS.get(step['reason'], '其他')}）" if step["reason"] else "")
        + shown(step["on"])
        for step in trail
    )
