"""Rows of `reports.toml`: how small a number a report may show, who issues it, which lists are owed each month, what a meeting decides."""

from dataclasses import dataclass
from enum import StrEnum

from services.kernel.policy import PolicyError, Rules


@dataclass(frozen=True, slots=True)
class Reporting:
    """The monthly report: the agency that issues it, the smallest number of persons (reminders, matters of a kind) that a cell may show,
    how many of the longest open cases it names."""

    issuer: str
    smallest_cell: int
    longest: int


@dataclass(frozen=True, slots=True)
class RosterOwed:
    """A list (the row's id is its kind) that this agency of a county hands in every month; `name` is what officials call it."""

    agency: str
    name: str


class Topic(StrEnum):
    """What the two-monthly meeting (双月调度) has to decide on."""

    UNANSWERED = "UNANSWERED"  # 升级到残工委办公室尚未答复
    SENT_BACK = "SENT_BACK"  # 多次退回仍未落实责任单位
    LED = "LED"  # 已明确牵头单位尚未办结
    ROSTER = "ROSTER"  # 两个月内没有收到可用名单
    REMINDERS = "REMINDERS"  # 到期提醒未送达


@dataclass(frozen=True, slots=True)
class Dispatching:
    """The two-monthly meeting. `months`: those that end a pair; `topics`: what is listed, in this order, a matter under the first that
    fits; `most`: rows of a topic; `returns`: how often a matter was sent back; `days`: working days of the proposed deadline."""

    months: tuple[int, ...]
    topics: tuple[Topic, ...]
    most: int
    returns: int
    days: int


def check(meetings: Rules[Dispatching]) -> None:
    """Raises `PolicyError` for a row that no meeting could go by."""
    for row in meetings.rows:
        dispatching = row.value
        if not set(dispatching.months) <= set(range(1, 13)) or min(dispatching.most, dispatching.returns, dispatching.days) < 1:
            raise PolicyError(f"reports.toml [[dispatching]] {row.id}: months are 1 to 12, and every number is at least 1")
