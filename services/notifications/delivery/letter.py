"""How waiting deliveries become letters, and what becomes of a letter. Pure: no clock, no database, no provider.

Deliveries of a digest, or about one household or subject, go to a recipient as one letter. A letter that was tried once stays the
same letter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from services.kernel.events import NAMESPACE
from services.notifications.channels.letter import Letter, Outcome, Receipt
from services.notifications.delivery.pacing import next_try
from services.notifications.delivery.queue import Delivery
from services.notifications.delivery.source import Content
from services.notifications.policy.rows import Conduct

NOT_TRIED_WAIT = 60.0  # seconds until what our own trouble kept back is looked at again


@dataclass(frozen=True, slots=True)
class Group:
    """Deliveries that go out together."""

    parts: tuple[Delivery, ...]

    @property
    def letter_id(self) -> UUID:
        """The letter's reference; follows from its parts, and stays when it was tried before."""
        if self.parts[0].letter_id is not None:
            return self.parts[0].letter_id
        if len(self.parts) == 1:
            return self.parts[0].delivery_id
        return uuid5(NAMESPACE, "/".join(sorted(str(d.delivery_id) for d in self.parts)))

    @property
    def recipient(self) -> UUID:
        """Whom it goes to."""
        return self.parts[0].recipient

    @property
    def tried(self) -> bool:
        """Whether it was on its way before."""
        return self.parts[0].letter_id is not None

    @property
    def unsure(self) -> bool:
        """Whether an earlier attempt may have arrived."""
        return any(d.state == "unknown" for d in self.parts)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What goes out now, and what is over the day's ceiling: urgent (later) and not (never)."""

    now: list[Group] = field(default_factory=list)
    later: list[Group] = field(default_factory=list)
    never: list[Group] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Fate:
    """The state after an attempt; `wait` seconds until the next one. `tried`: it counts as a try; `silence`: as one of unknown fate."""

    state: str
    reason: str | None = None
    wait: float = 0
    tried: bool = False
    silence: bool = False


def grouped(waiting: Sequence[Delivery], most: int) -> list[Group]:
    """Letters in the order of their oldest delivery."""
    found: dict[Any, list[Delivery]] = {}
    for d in waiting:
        about = None if d.digest else d.subject_id or d.stream_id
        found.setdefault(d.letter_id or (d.source, d.recipient, about), []).append(d)
    letters = []
    for key, parts in found.items():
        size = len(parts) if isinstance(key, UUID) else most
        letters += [Group(tuple(parts[i : i + size])) for i in range(0, len(parts), size)]
    return letters


def chosen(groups: Sequence[Group], room: int, busy: Mapping[UUID, int], sent: Mapping[UUID, int], conduct: Conduct) -> Chosen:
    """As many letters as there is room for, no recipient more than its share, a failing one no more than one letter at a time; `busy`
    are under way, `sent` were sent today."""
    picked, share, today = Chosen(), dict(busy), dict(sent)
    for group in groups:
        to = group.recipient
        if len(picked.now) == room:
            break
        if share.get(to, 0) >= (1 if group.parts[0].failing else conduct.per_recipient):
            continue
        counted = not group.tried and group.parts[0].source != "TEST"
        if counted and conduct.ceiling and today.get(to, 0) >= conduct.ceiling:
            urgent = any(d.urgent for d in group.parts)
            (picked.later if urgent else picked.never).append(group)
            continue
        picked.now.append(group)
        share[to], today[to] = share.get(to, 0) + 1, today.get(to, 0) + counted
    return picked


def composed(group: Group, contents: Sequence[Content]) -> Letter:
    """One letter out of what its parts say. The data is what Standard Webhooks proposes: type, timestamp, data."""
    first = contents[0]
    return Letter(
        reference=str(group.letter_id),
        to=first.to,
        subject=first.subject if len(contents) == 1 else f"守望通知 {len(contents)}条",
        text="\n".join(c.text for c in contents),
        data={
            "type": "notices",
            "timestamp": max(d.created_at for d in group.parts).isoformat(),
            "data": {"notices": [dict(c.item) for c in contents]},
        },
        keys=first.keys,
        attempt=max(d.attempt for d in group.parts) + 1,
    )


def fate(group: Group, receipt: Receipt, conduct: Conduct, jitter: float, answered: bool = False) -> Fate:
    """What a receipt means for the letter's deliveries. `jitter` in [0, 1); `answered`: it is the provider's word about an earlier attempt.

    An attempt that did not happen says nothing of an earlier one whose fate is unknown: that stays unknown, and is asked about again.
    """
    tries, unknowns = max(d.tries for d in group.parts), max(d.unknowns for d in group.parts)
    again = "unknown" if group.unsure and not answered else "due"
    match receipt.outcome:
        case Outcome.DELIVERED:
            return Fate("delivered")
        case Outcome.SENT:
            return Fate("sent")
        case Outcome.REFUSED:
            return Fate("failed", receipt.reason or "refused")
        case Outcome.GONE:
            return Fate("failed", "gone")
        case Outcome.NOT_TRIED:
            return Fate(again, receipt.reason or "not_tried", receipt.retry_after or NOT_TRIED_WAIT)
        case Outcome.LATER:
            wait = next_try(conduct, tries + 1, receipt.retry_after, jitter)
            return Fate("failed", "given_up") if wait is None else Fate(again, receipt.reason or "later", wait, tried=True)
        case Outcome.UNKNOWN:
            wait = conduct.retry[min(unknowns + 1, len(conduct.retry) - 1)]
            if unknowns < conduct.resends:
                return Fate("unknown", receipt.reason or "no_answer", wait, silence=True)
            return Fate("failed", "fate_unknown")
