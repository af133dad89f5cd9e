"""The states a notice goes through. Values only; `decider` decides."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.kernel.events import stream_id
from services.notifications.notice.events import NoticeQueued
from services.notifications.vocabulary import Channel, WorkOutcome


class Ending(StrEnum):
    """How a notice ended."""

    NOTED = "NOTED"  # taking note was all that was asked
    SENT_BACK = "SENT_BACK"
    VERIFIED = "VERIFIED"
    ANSWERED = "ANSWERED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class Absent:
    """Never queued."""


@dataclass(frozen=True, slots=True)
class Queued:
    """To be told, or told; `sent` are the channels that took it. `escalated` = the next office was told as well."""

    notice: NoticeQueued
    reminders: tuple[date, ...]
    sent: frozenset[Channel] = frozenset()
    failed: frozenset[Channel] = frozenset()
    delivered: frozenset[Channel] = frozenset()
    escalated: bool = False
    reminded: int = 0


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The office took note, and more is asked."""

    notice: NoticeQueued
    reminders: tuple[date, ...]
    escalated: bool = False
    reminded: int = 0


@dataclass(frozen=True, slots=True)
class Accepted:
    """The office took it on and acts `by`; or the working committee's office gave the lead to another."""

    notice: NoticeQueued
    reminders: tuple[date, ...]
    by_on: date
    escalated: bool = False
    reminded: int = 0
    lead: str | None = None


@dataclass(frozen=True, slots=True)
class Acted:
    """The office reported what it did; nobody waits for it, a later event may verify it."""

    notice: NoticeQueued
    outcome: WorkOutcome


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing moves it any more."""

    notice: NoticeQueued
    how: Ending


Waiting = Queued | Acknowledged | Accepted
Known = Waiting | Acted | Ended
State = Absent | Known


def notice_id(cause_id: UUID, route: str, agency: str, division: str, stage: int, *why: str) -> UUID:
    """The stream of a notice: the same cause, row, office and stage is the same notice, however often it is told.

    `why` sets apart what is not the next step of a chain: something sent back, or a lead.
    """
    return stream_id("notice", cause_id, route, agency, division, stage, *why)
