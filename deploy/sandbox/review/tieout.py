"""Every message against the record of its provider: what we say that we sent, by reference, and what they say that they received."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.sandbox.doors import Doors
from deploy.sandbox.outside import SUBSCRIBED, Outside
from deploy.sandbox.prefecture import COUNTIES
from deploy.sandbox.providers.folder import opened
from deploy.sandbox.review.log import Check, Log, kind_of

_REFERENCE = re.compile(r"<(\S+)@")
_NEW = re.compile(r"新增 (\d+) 件", re.ASCII)
# By which name a provider's record knows a message. Robots know none: theirs are found by when they came and what they say; a drop keeps
# beside its files which letter each is.
_KNOWN_BY = {
    "WEBHOOK": ("webhook", "id"),
    "MAIL": ("mail", "reference"),
    "SMS": ("sms", "reference"),
    "VOICE": ("voice", "reference"),
}
_LEFT = ("sent", "delivered", "failed")
_ENDS = ("ReminderReached", "ReminderStopped", "ReminderMissed", "PolicyTellingEnded")


async def deliveries(doors: Doors) -> list[dict[str, Any]]:
    """What became of every message, as the offices see it: their own, and the federations those to persons."""
    found: dict[str, dict[str, Any]] = {}
    for office in sorted({*SUBSCRIBED, *(f"CL:{county}" for county in COUNTIES)}):
        after = ""
        while True:
            params = {"limit": 500} | ({"after": after} if after else {})
            page = await doors.get(office, "official", "notifications", "/deliveries", **params)
            found |= {delivery["delivery_id"]: delivery | {"office": office} for delivery in page["items"]}
            after = page["cursor"]
            if not page["more"]:
                break
    return list(found.values())


async def tied_out(doors: Doors, outside: Outside, log: Log) -> tuple[dict[str, Any], list[Check]]:
    """Figures by channel, and the comparisons. `log`: all that notifications published."""
    every, control = await deliveries(doors), outside.house.control
    letters: dict[str, dict[str, str]] = defaultdict(dict)
    for delivery in every:
        if delivery["state"] in _LEFT and delivery["attempt"]:
            letters[delivery["channel"]][delivery["letter_id"]] = delivery["state"]
    figures = {channel: dict(Counter(found.values())) for channel, found in sorted(letters.items())}
    figures["not sent"] = dict(Counter(f"{delivery['reason']}" for delivery in every if delivery["state"] == "suppressed"))
    checks: list[Check] = []
    for channel, (provider, name) in _KNOWN_BY.items():
        ours, theirs = letters[channel], _met(control.records(provider), name)
        checks.append((f"{channel}: letters, ours and the provider's, by reference", digest(theirs), digest(ours)))
        checks.append((f"{channel}: letters that came twice", 0, sum(theirs.values()) - len(theirs)))
    for channel in ("SMS", "VOICE"):
        said = {r["reference"]: r["status"] for r in control.records(f"{channel.lower()}.receipt") if r["answer"] == 204}
        checks.append((f"{channel}: what became of each, by its receipt", _ends(said), _ends(letters[channel])))
    for channel in ("WECOM", "DINGTALK"):
        said_there = control.records(channel.lower())
        checks.append((f"{channel}: messages in the group", len(said_there), len(letters[channel])))
        checks.append((f"{channel}: letters, each with its own message", *in_the_group(every, channel, said_there)))
    checks += _drops(outside, every, log)
    checks += _owed(every, log)
    receipts = control.records("sms.receipt") + control.records("voice.receipt")
    checks.append(("what arrived on a handset, by receipts and by the events", *arrived_and_proven(every, receipts, log)))
    return figures, checks


def _met(records: Sequence[Mapping[str, Any]], name: str) -> Counter[str]:
    """How often a provider met each reference."""
    return Counter(found[1] if (found := _REFERENCE.match(r[name])) else r[name] for r in records)


def digest(found: Collection[str]) -> str:
    """A short form of many: how many, and a hash of them all."""
    return f"{len(found)} {hashlib.sha256('/'.join(sorted(found)).encode()).hexdigest()[:12]}"


def _ends(found: Mapping[str, str]) -> str:
    """The same of what became of each."""
    return digest([f"{reference}={end}" for reference, end in found.items()])


def in_the_group(every: Sequence[Mapping[str, Any]], channel: str, records: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """The letters of a robot of which exactly one message came to its group, and all of them.

    A group is told one letter after the other: a letter's message came after the letter before it was settled, and before it was settled
    itself; and it calls no more new than the letter has parts.
    """
    parts, settled = Counter[str](), dict[str, datetime]()
    for delivery in every:
        if delivery["channel"] == channel and delivery["state"] in _LEFT and delivery["attempt"]:
            parts[delivery["letter_id"]] += 1
            settled[delivery["letter_id"]] = datetime.fromisoformat(delivery["settled_at"])
    met, before = list[str](), datetime.min.replace(tzinfo=UTC)
    for letter, until in sorted(settled.items(), key=lambda each: each[1]):
        mine = [r["text"] for r in records if before < datetime.fromisoformat(r["at"]) <= until]
        if len(mine) == 1 and _new(mine[0]) <= parts[letter]:
            met.append(letter)
        before = until
    return digest(met), digest(parts)


def _new(text: str) -> int:
    """How many a robot's message calls new."""
    return int(found[1]) if (found := _NEW.search(text)) else 0


def _drops(outside: Outside, every: Sequence[Mapping[str, Any]], log: Log) -> list[Check]:
    """Each file is opened with the office's key: it is one letter's, and its lines are the matters of that letter's notices."""
    (office,) = (office for office, channel in SUBSCRIBED.items() if channel == "DROP")
    pair = [outside.house.folder / "certificates" / f"{office.replace(':', '-')}.{kind}" for kind in ("pem", "key")]
    drops: Path = outside.house.folder / "drops"
    names = {note.name: note.read_text() for note in (drops / ".letters").glob("*")}
    theirs = []
    for letter, name in names.items():
        rows = opened(drops / name, pair[0], pair[1], outside.house.authority.file).rows
        theirs.append(_letter(letter, [(row[1], row[3], f"{row[4]:%Y-%m-%d}", int(row[5])) for row in rows]))
    files = {str(file.relative_to(drops)) for file in drops.glob("*/*/*.p7m")}
    return [
        ("DROP: files that are no letter's, letters without a file", [], sorted(files ^ set(names.values()))),
        ("DROP: letters with their cases, deadlines and counts", digest(theirs), digest(drop_letters(every, log))),
    ]


def drop_letters(every: Sequence[Mapping[str, Any]], log: Log) -> list[str]:
    """What each drop must say: one line per case and route, with the first of its deadlines and how many notices and reminders it had."""
    queued = {event["stream_id"]: event["data"] for event in log if kind_of(event) == "NoticeQueued"}
    matters: defaultdict[str, dict[tuple[str, ...], list[str]]] = defaultdict(dict)
    for delivery in every:
        if delivery["channel"] == "DROP" and delivery["state"] == "delivered":
            notice = queued[delivery["stream_id"]]
            matter = (notice["subject_id"], notice["route"], notice["cause_type"])
            matters[delivery["letter_id"]].setdefault(matter, []).append(notice["acknowledge_by"])
    return [_letter(id, [(key[0], key[1], min(due), len(due)) for key, due in found.items()]) for id, found in matters.items()]


def _letter(letter_id: str, lines: Sequence[tuple[str, str, str, int]]) -> str:
    """A drop's letter as one text, whatever the order of its lines."""
    return f"{letter_id}: {sorted(lines)}"


def used(outside: Outside, log: Log, types: Mapping[str, int]) -> list[Check]:
    """That each way out of the house was used at all: equal to what was put in is also what nobody ever sent."""
    doors = Counter(event["data"]["channel"] for event in log if kind_of(event) == "NoticeSent")
    providers = ("webhook", "mail", "sms", "voice", "wecom", "dingtalk")
    met = {name.upper(): len(outside.house.control.records(name)) for name in providers}
    met |= {"DROP": len(list((outside.house.folder / "drops").glob("*/*/*.p7m"))), "VISIT": types["VisitPlanned"]}
    met |= {door: doors[door] for door in ("TOPIC", "INBOX")}
    return [(f"{name}: used", True, bool(count)) for name, count in met.items()]


def _owed(every: Sequence[Mapping[str, Any]], log: Log) -> list[Check]:
    """Since an office subscribed, each notice and each reminder of one is one delivery."""
    offices = {
        event["stream_id"]: f"{event['data']['agency']}:{event['data']['division']}"
        for event in log
        if kind_of(event) == "NoticeQueued"
    }
    owed, since = Counter[str](), set[str]()
    for event in log:
        kind = kind_of(event)
        if kind == "SubscriptionChanged":
            since.add(f"{event['data']['agency']}:{event['division']}")
        if kind in ("NoticeQueued", "NoticeReminded") and offices[event["stream_id"]] in since:
            owed[offices[event["stream_id"]]] += 1
    made = Counter(delivery["office"] for delivery in every if delivery["source"] == "NOTICE")
    return [("notices and reminders owed to offices that are told outside", dict(sorted(owed.items())), dict(sorted(made.items())))]


def arrived_and_proven(every: Sequence[Mapping[str, Any]], receipts: Sequence[Mapping[str, Any]], log: Log) -> tuple[str, str]:
    """What arrived on a phone, a reminder or word of a policy: by the gateways' "delivered", and by the events that say so.

    A message that is on its way when its matter ends otherwise, by a visit or a renewal, arrives and proves nothing any more.
    """
    arrived = {r["reference"] for r in receipts if r["status"] == "delivered"}
    turns = _turns(log)
    theirs = {
        delivery["stream_id"]
        for delivery in every
        if delivery["source"] == "PERSON" and delivery["letter_id"] in arrived and _is_open(turns, delivery)
    }
    proven = {event["stream_id"] for event in log if _by_handset(event) or kind_of(event) == "ReminderArrived"}
    return digest(theirs), digest(proven)


def _turns(log: Log) -> dict[str, list[tuple[datetime, bool]]]:
    """When each reminder, and each word of a policy, was begun (True) and when it ended otherwise than by a handset (False); in order."""
    turns: defaultdict[str, list[tuple[datetime, bool]]] = defaultdict(list)
    for event in log:
        begins = kind_of(event) in ("ReminderOpened", "PolicyTellingBegun")
        if begins or (kind_of(event) in _ENDS and not _by_handset(event)):
            turns[event["stream_id"]].append((datetime.fromisoformat(event["recorded_at"]), begins))
    return turns


def _is_open(turns: Mapping[str, Sequence[tuple[datetime, bool]]], delivery: Mapping[str, Any]) -> bool:
    """Whether what a message is about had not ended otherwise when it was known to have arrived."""
    settled = datetime.fromisoformat(delivery["settled_at"])
    return [begins for at, begins in turns[delivery["stream_id"]] if at < settled][-1]


def _by_handset(event: Mapping[str, Any]) -> bool:
    """Whether something ended because a message arrived."""
    data = event["data"]
    return (kind_of(event) == "ReminderReached" and data["proof"] == "HANDSET") or (
        kind_of(event) == "PolicyTellingEnded" and data["arrived"]
    )
