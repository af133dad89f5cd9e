"""Which policy rows stood behind a decision: every kind of event names its tables (`described.py`), an archived file gives their rows. Pure.

The rows are read from the text that was in force when the decision was made (`policy_version`), not from today's policy.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.described import DESCRIBED, YEAR
from services.domain import divisions
from services.domain.townships import CodeSystem

TITLES = {
    "township": "乡镇区划",
    "renewal": "换领期限",
    "reapplication": "注销后再次申请",
    "assessment": "评定、审核和异议期限",
    "notice": "公示期限",
    "mode": "登记方式",
    "validity": "有效期",
    "reminders": "到期提醒",
    YEAR: "工作日历",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy row as its file gave it: in force on days `since` ≤ day < `until` (None: open), in divisions that begin so."""

    table: str
    id: str
    since: date
    until: date | None
    division: str
    source: str
    values: dict[str, Any]


def stood_behind(event: Any, files: Mapping[str, str], day: date, division: str) -> tuple[Rule, ...]:
    """The rows in force on that day in that village, of the tables that belong to this kind of event; of each id the most local."""
    raw, found = _tables(files), list[Rule]()
    for table in DESCRIBED[type(event)].tables:
        if table == YEAR:
            found += _year(raw.get(YEAR, {}), day)
        else:
            found += _in_force(map(_rule(table), raw.get(table, ())), event, day, division)
    return tuple(found)


def _tables(files: Mapping[str, str]) -> dict[str, Any]:
    """Every table of the TOML files."""
    tables: dict[str, Any] = {}
    for name, text in files.items():
        tables |= tomllib.loads(text) if name.endswith(".toml") else {}
    return tables


def _rule(table: str) -> Callable[[Mapping[str, Any]], Rule]:
    def made(entry: Mapping[str, Any]) -> Rule:
        values = {key: value for key, value in entry.items() if key not in ("id", "from", "until", "division", "source")}
        where = entry.get("until"), entry.get("division", ""), entry["source"]
        return Rule(table, entry["id"], entry["from"], *where, values)

    return made


def _holds(rule: Rule, day: date, division: str) -> bool:
    return rule.since <= day and (rule.until is None or day < rule.until) and division.startswith(rule.division)


def _ours(rule: Rule) -> bool:
    return bool(rule.values.get("code_system") == CodeSystem.STATISTICAL)


def _in_force(rules: Iterable[Rule], event: Any, day: date, division: str) -> list[Rule]:
    chosen: dict[str, Rule] = {}
    for rule in rules:
        if _holds(rule, day, division) and _concerns(rule, event, division):
            other = chosen.get(rule.id)
            if other is None or (len(other.division), other.since) < (len(rule.division), rule.since):
                chosen[rule.id] = rule
    return list(chosen.values())


def _concerns(rule: Rule, event: Any, division: str) -> bool:
    """Of long tables only the row that the decision looked at."""
    if rule.table == "township":
        place = getattr(event, "to_division", division)
        return rule.id == divisions.township(place) and _ours(rule)
    if rule.table == "reapplication" and isinstance(event, card_events.CertificateCancelled):
        return rule.id == event.reason
    return True


def _year(years: Mapping[str, Any], day: date) -> list[Rule]:
    """The list of holidays and worked Saturdays and Sundays of the year."""
    known = years.get(str(day.year))
    since, until = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return [Rule(YEAR, str(day.year), since, until, "", "国务院办公厅放假安排", dict(known))] if known else []
