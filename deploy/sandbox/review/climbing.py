"""Escalations in what notifications published: how far matters climbed, and whether they stopped when an office had acted. Pure."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from deploy.sandbox.review.log import Check, Log, kind_of

_LEVELS = {4: "prefecture", 6: "county", 9: "township", 12: "village"}
_STOPPED = frozenset({"NoticeActedOn", "NoticeVerified", "NoticeAnswered", "NoticeSuppressed", "NoticeRejected"})
_COUNTY = ("CL@county", "CGW@county")  # the federation, and the working committee's office


def climbed(log: Log) -> dict[str, dict[str, int]]:
    """By office and level: how many matters an escalation (or a lead, or a refusal) brought there, and how many of them have ended there."""
    notices, ended = _notices(log), _ended(log)
    to = {stream: _office(notice) for stream, notice in notices.items() if notice["stage"]}
    came, stopped = Counter(to.values()), Counter(office for stream, office in to.items() if stream in ended)
    return {office: {"reached": n, "stopped": stopped[office]} for office, n in sorted(came.items())}


def stops(log: Log, full: bool) -> list[Check]:
    """Whoever stands before or behind an office that acted is not told further, and has nothing left to do; but who gave a lead answers.

    `full`: the played year is long enough that matters must have climbed to the county's own offices, and been acted on there or below.
    """
    notices, ended, led = _notices(log), _ended(log), {event["stream_id"] for event in log if kind_of(event) == "LeadAssigned"}
    matters: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for stream, notice in notices.items():
        matters[notice["cause_id"], notice["route"]].append(stream)
    escalated: defaultdict[str, list[str]] = defaultdict(list)
    for event in log:
        if kind_of(event) == "NoticeEscalated":
            escalated[event["stream_id"]].append(event["data"]["escalated_on"])
    open_after, told_after, acted_on = set[str](), set[str](), set[str]()
    for event in log:
        if kind_of(event) != "NoticeActedOn":
            continue
        acted = notices[event["stream_id"]]
        line = [
            stream
            for stream in matters[acted["cause_id"], acted["route"]]
            if stream not in led and _of_one_line(notices[stream], acted)
        ]
        acted_on |= {stream for stream in line if _office(notices[stream]) in _COUNTY and notices[stream]["stage"]}
        open_after |= {stream for stream in line if stream not in ended}
        until = event["data"]["reported_on"]
        told_after |= {stream for stream in (*line, event["stream_id"]) if any(day > until for day in escalated[stream])}
    checks: list[Check] = [
        ("notices still open though an office of their line had acted", [], sorted(open_after)),
        ("notices escalated after an office of their line had acted", [], sorted(told_after)),
    ]
    if full:
        county = {stream for stream, notice in notices.items() if notice["stage"] and _office(notice) in _COUNTY}
        checks.append(("escalations reached the county's federation or committee office", True, bool(county)))
        checks.append(("some of them stopped because an office acted", True, bool(acted_on)))
    return checks


def _of_one_line(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether one of the two came of the other, or is the other: its trail says so."""
    return one is other or _before(one, other) or _before(other, one)


def _before(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> bool:
    mark = f"{earlier['agency']}:{earlier['division']}:{earlier['stage']}:"
    return any(each.startswith(mark) for each in later["trail"])


def _notices(log: Log) -> dict[str, Mapping[str, Any]]:
    return {event["stream_id"]: event["data"] for event in log if kind_of(event) == "NoticeQueued"}


def _ended(log: Log) -> set[str]:
    """Notices of which nothing more is asked."""
    noted = {event["stream_id"] for event in log if kind_of(event) == "NoticeAcknowledged" and event["data"]["next_by"] is None}
    return noted | {event["stream_id"] for event in log if kind_of(event) in _STOPPED}


def _office(notice: Mapping[str, Any]) -> str:
    return f"{notice['agency']}@{_LEVELS[len(notice['division'])]}"
