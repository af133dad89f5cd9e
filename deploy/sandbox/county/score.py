"""How well a service has found what the answer key says: precision and recall of each finding type. Pure; whoever calls brings the findings.

A finding is one of the key's when rule, subject and period agree, and the object where the rule has several. A rule about how things stand
(of a list as of a day) may be told under any month in which the key says that it stands: whether a newer list makes a new finding of the
same or goes on with the old one is the service's choice, and both are right.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deploy.sandbox.county.reference.rules import Period

Key = Mapping[str, Any]
_About = tuple[str, str, str]


def score(key: Key, findings: Iterable[Mapping[str, Any]], candidates: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The score sheet.

    `findings`: `rule`, `type`, `subject` (a citizen id, a household's number, or a file of the key), `object`, `period`, and whether it is
    `open` at the end, where that is known; of one that `may_be_lag` nobody was told: it is found where the key has it, and no false alarm
    where it has not. `candidates`: of each row without a usable id `file`, `line`, and the citizen ids of its
    `subjects`, the likeliest first. A rate of nothing is null: nothing was there, which is neither good nor bad.
    """
    wanted = list(key["findings"])
    places = _places(wanted)
    hit: set[int] = set()
    right, told = Counter[str](), Counter[str]()
    agree = known = 0
    for finding in findings:
        place = _place(places, wanted, finding)
        if place is None and finding.get("may_be_lag"):
            continue
        told[finding["type"]] += 1
        if place is None:
            continue
        right[finding["type"]] += 1
        hit.add(place)
        if "open" in finding:
            known += 1
            agree += finding["open"] == (wanted[place]["closes"] is None)
    return {
        "types": [_of_type(each, wanted, hit, right, told) for each in sorted({row["type"] for row in wanted} | set(told))],
        "states": {"known": known, "agree": agree},
        "candidates": _candidates(key["candidates"], candidates),
    }


def _places(wanted: Sequence[Mapping[str, Any]]) -> dict[_About, list[int]]:
    """Where the key has findings about somebody: by rule and subject, and by object where one rule has several."""
    objects = defaultdict[str, set[str]](set)
    for row in wanted:
        objects[row["rule"]].add(row["object"])
    found = defaultdict[_About, list[int]](list)
    for place, row in enumerate(wanted):
        found[row["rule"], row["subject"], row["object"] if len(objects[row["rule"]]) > 1 else ""].append(place)
    return found


def _place(places: Mapping[_About, list[int]], wanted: Sequence[Mapping[str, Any]], finding: Mapping[str, Any]) -> int | None:
    """The key's finding that this is, if it is one."""
    rule, subject = finding["rule"], finding["subject"]
    about = places.get((rule, subject, "")) or places.get((rule, subject, finding["object"]), [])
    return next((place for place in about if _agrees(wanted[place], finding)), None)


def _agrees(row: Mapping[str, Any], finding: Mapping[str, Any]) -> bool:
    """Whether type and period agree."""
    months = row["stands_in"] if row["lasting"] == Period.DAY else [row["period"]]
    return bool(row["type"] == finding["type"] and finding["period"] in months)


def _of_type(
    type: str, wanted: Sequence[Mapping[str, Any]], hit: set[int], right: Counter[str], told: Counter[str]
) -> dict[str, Any]:
    places = [place for place, row in enumerate(wanted) if row["type"] == type]
    found = sum(place in hit for place in places)
    return {
        "type": type,
        "precision": _rate(right[type], told[type]),
        "recall": _rate(found, len(places)),
        "wanted": len(places),
        "found": told[type],
    }


def _candidates(wanted: Sequence[Mapping[str, Any]], offered: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Of how many rows the true person is the first candidate, or among the first three."""
    of_row = {(each["file"], each["line"]): list(each["subjects"]) for each in offered}
    places = [(of_row.get((row["file"], row["line"]), []), row["subject"]) for row in wanted]
    first = sum(subjects[:1] == [subject] for subjects, subject in places)
    among = sum(subject in subjects[:3] for subjects, subject in places)
    return {
        "wanted": len(wanted),
        "offered": len(of_row),
        "first": _rate(first, len(wanted)),
        "within_three": _rate(among, len(wanted)),
    }


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
