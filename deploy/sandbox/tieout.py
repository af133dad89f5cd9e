"""Every message against the record of its provider: what we say that we sent, by reference, and what they say that they received."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.sandbox.doors import Doors
from deploy.sandbox.outside import SUBSCRIBED, Outside
from deploy.sandbox.prefecture import COUNTIES
from deploy.sandbox.providers.folder import opened

Check = tuple[str, Any, Any]
_REFERENCE = re.compile(r"<(\S+)@")
# By which name a provider's record knows a message; robots know none, of them the letters are counted.
_KNOWN_BY = {
    "WEBHOOK": ("webhook", "id"),
    "MAIL": ("mail", "reference"),
    "SMS": ("sms", "reference"),
    "VOICE": ("voice", "reference"),
}
_LEFT = ("sent", "delivered", "failed")


async def deliveries(doors: Doors) -> list[dict[str, Any]]:
    """What became of every message, as the offices see it: their own, and the federations those to persons."""
    found: dict[str, dict[str, Any]] = {}
    for office in sorted({*SUBSCRIBED, *(f"CL:{county}" for county in COUNTIES)}):
        after = ""
        while True:
            params = {"limit": 500} | ({"after": after} if after else {})
            page = await doors.get(office, "official", "notifications", "/deliveries", **params)
            found |= {d["delivery_id"]: d | {"office": office} for d in page["items"]}
            after = page["cursor"]
            if not page["more"]:
                break
    return list(found.values())


async def tied_out(doors: Doors, outside: Outside, log: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], list[Check]]:
    """Figures by channel, and the comparisons. `log`: all that notifications published."""
    every, control = await deliveries(doors), outside.house.control
    letters: dict[str, dict[str, str]] = defaultdict(dict)
    for d in every:
        if d["state"] in _LEFT and d["attempt"]:
            letters[d["channel"]][d["letter_id"]] = d["state"]
    figures = {channel: dict(Counter(found.values())) for channel, found in sorted(letters.items())}
    figures["not sent"] = dict(Counter(f"{d['reason']}" for d in every if d["state"] == "suppressed"))
    checks: list[Check] = []
    for channel, (provider, name) in _KNOWN_BY.items():
        ours, theirs = letters[channel], _met(control.records(provider), name)
        checks.append((f"{channel}: letters, ours and the provider's, by reference", _digest(theirs), _digest(ours)))
        checks.append((f"{channel}: letters that came twice", 0, sum(theirs.values()) - len(theirs)))
    for channel in ("SMS", "VOICE"):
        said = {r["reference"]: r["status"] for r in control.records(f"{channel.lower()}.receipt") if r["answer"] == 204}
        checks.append((f"{channel}: what became of each, by its receipt", _ends(said), _ends(letters[channel])))
    for channel in ("WECOM", "DINGTALK"):
        checks.append((f"{channel}: messages in the group", len(control.records(channel.lower())), len(letters[channel])))
    checks += _drops(outside, every)
    checks += _owed(every, log)
    checks.append(_proofs(every, control.records("sms.receipt") + control.records("voice.receipt"), log))
    return figures, checks


def _met(records: Sequence[Mapping[str, Any]], name: str) -> Counter[str]:
    """How often a provider met each reference."""
    return Counter(found[1] if (found := _REFERENCE.match(r[name])) else r[name] for r in records)


def _digest(found: Collection[str]) -> str:
    """A short form of many: how many, and a hash of them all."""
    return f"{len(found)} {hashlib.sha256('/'.join(sorted(found)).encode()).hexdigest()[:12]}"


def _ends(found: Mapping[str, str]) -> str:
    """The same of what became of each."""
    return _digest([f"{reference}={end}" for reference, end in found.items()])


def _drops(outside: Outside, every: Sequence[Mapping[str, Any]]) -> list[Check]:
    """Each file is opened with the office's key; its lines count the notices that it stands for."""
    (office,) = (office for office, channel in SUBSCRIBED.items() if channel == "DROP")
    pair = [outside.house.folder / "certificates" / f"{office.replace(':', '-')}.{kind}" for kind in ("pem", "key")]
    folder: Path = outside.house.folder / "drops" / office.replace(":", "/")
    files = [opened(file, pair[0], pair[1], outside.house.authority.file) for file in sorted(folder.glob("*.p7m"))]
    mine = [d for d in every if d["channel"] == "DROP" and d["state"] == "delivered"]
    told = sum(int(row[-1]) for file in files for row in file.rows)
    return [
        ("DROP: files in the office's folder", len(files), len({d["letter_id"] for d in mine})),
        ("DROP: notices in the lines of its files", told, len(mine)),
    ]


def _owed(every: Sequence[Mapping[str, Any]], log: Sequence[Mapping[str, Any]]) -> list[Check]:
    """Since an office subscribed, each notice and each reminder of one is one delivery."""
    offices = {e["stream_id"]: f"{e['data']['agency']}:{e['data']['division']}" for e in log if e["type"].endswith(".NoticeQueued")}
    owed, since = Counter[str](), set[str]()
    for e in log:
        kind = e["type"].rpartition(".")[2]
        if kind == "SubscriptionChanged":
            since.add(f"{e['data']['agency']}:{e['division']}")
        if kind in ("NoticeQueued", "NoticeReminded") and offices[e["stream_id"]] in since:
            owed[offices[e["stream_id"]]] += 1
    made = Counter(d["office"] for d in every if d["source"] == "NOTICE")
    return [("notices and reminders owed to offices that are told outside", dict(sorted(owed.items())), dict(sorted(made.items())))]


def _proofs(every: Sequence[Mapping[str, Any]], receipts: Sequence[Mapping[str, Any]], log: Sequence[Mapping[str, Any]]) -> Check:
    """What arrived on a phone, a reminder or word of a policy, is that of which a gateway brought "delivered"."""
    arrived = {r["reference"] for r in receipts if r["status"] == "delivered"}
    theirs = {d["stream_id"] for d in every if d["source"] == "PERSON" and d["letter_id"] in arrived}
    proven = {
        e["stream_id"]
        for e in log
        if e["type"].endswith(".ReminderArrived")
        or (e["type"].endswith(".ReminderReached") and e["data"]["proof"] == "HANDSET")
        or (e["type"].endswith(".PolicyTellingEnded") and e["data"]["arrived"])
    }
    return "what arrived on a handset, by receipts and by the events", _digest(theirs), _digest(proven)
