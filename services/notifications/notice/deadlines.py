"""The clocks of a notice: by when its office must take note, accept, act; when it is reminded, when the next office is told. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.notifications.notice.events import NoticeQueued
from services.notifications.policy.load import COORDINATOR, NoticePolicy


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock. `escalate_on` is None when nobody is left to be told, or the next office was told already."""

    by: date | None = None
    reminders: tuple[date, ...] = ()
    escalate_on: date | None = None


def after_note(notice: NoticeQueued, escalated: bool, policy: NoticePolicy, today: date) -> Clock:
    """The clock that begins when the office has taken note; none when nothing more is asked."""
    days = notice.accept_days or notice.act_days
    return until(notice, escalated, policy.calendar.add(today, days), policy, today) if days else Clock()


def until(notice: NoticeQueued, escalated: bool, by: date, policy: NoticePolicy, today: date) -> Clock:
    """A clock from today until `by`."""
    if escalated:
        return Clock(by)
    return Clock(by, reminders(notice.remind_days, today, by, policy), by + timedelta(days=1) if notice.chain else None)


def reminders(days: tuple[int, ...], start: date, by: date, policy: NoticePolicy) -> tuple[date, ...]:
    """The days on which an office is reminded before its clock has run out."""
    return tuple(day for day in (policy.calendar.add(start, n) for n in days) if day <= by)


def answering_days(agency: str, act_days: int, policy: NoticePolicy, day: date) -> int:
    """Working days to act: the row's; the working committee's office always has some, since it must answer."""
    if agency != COORDINATOR:
        return act_days
    return max(act_days, policy.coordination.one(COORDINATOR, day).act_days)
