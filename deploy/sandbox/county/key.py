"""The answer key: what each rule finds from month to month, when it opens, and when its own fact ends it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deploy.sandbox.county.lists import County
from deploy.sandbox.county.reference import health, houses, measures, payments, registered, relapse, school, subsidies, work
from deploy.sandbox.county.reference.rules import RULES, Found, Period, Rule
from deploy.sandbox.county.reference.view import Month, Register, View, ledger

READ = (health, houses, measures, payments, registered, relapse, school, subsidies, work)  # their rules are in the table


@dataclass(slots=True)
class Entry:
    """A finding. `period`: its month or year; `opens`, `closes`: numbers of months that are played (0: the first); None: stays open.

    `shown`: in which months it stands. Of a rule about how things stand, it keeps the month of the list that showed it first.
    """

    rule: Rule
    found: Found
    period: str
    shown: list[int]
    last: int

    @property
    def opens(self) -> int:
        """The first month in which it stands."""
        return self.shown[0]

    @property
    def closes(self) -> int | None:
        """The month in which its fact has ended it for good."""
        return None if self.shown[-1] == self.last else self.shown[-1] + 1

    def row(self, months: list[str]) -> dict[str, Any]:
        """As the key has it."""
        return {
            "rule": self.rule.id,
            "type": self.rule.type,
            "owner": self.found.owner or self.rule.owner,
            "subject_kind": self.found.subject_kind,
            "subject": self.found.subject,
            "object": self.found.object,
            "period": self.period,
            "lasting": self.rule.period.value,
            "stands_in": [months[number] for number in self.shown],
            "opens": self.opens,
            "closes": self.closes,
            "closes_by": self.rule.closes_by,
            "reopens": [now for before, now in zip(self.shown, self.shown[1:], strict=False) if now > before + 1],
        }


def entries(county: County) -> list[Entry]:
    """Every finding of the months that are played, in the order of rule, period and subject."""
    months = [Month(county, number) for number in range(len(county.world.months))]
    paid, last = ledger(months), len(months) - 1
    found: dict[tuple[str, Found, str], Entry] = {}
    for known in range(len(months)):
        standing = {
            (each.rule.id, each.found): each
            for each in found.values()
            if each.rule.period is Period.DAY and each.shown[-1] == known - 1
        }
        register = Register(county, months, known)
        for period in range(known + 1):
            view = View(county, months, period, register, paid)
            for rule, each in _of(view, newest=period == known):
                kept = standing.get((rule.id, each)) if rule.period is Period.DAY else None
                begins = kept.period if kept else view.year if rule.period is Period.YEAR else view.month
                entry = found.setdefault((rule.id, each, begins), Entry(rule, each, begins, [], last))
                if not entry.shown or entry.shown[-1] != known:
                    entry.shown.append(known)
    return sorted(found.values(), key=lambda each: (each.rule.id, each.period, each.found))


def _of(view: View, newest: bool) -> Iterator[tuple[Rule, Found]]:
    """What holds of a period: of a month whatever is known of it, of how things stand the newest lists only."""
    for rule in RULES.values():
        if rule.period is Period.MONTH or newest:
            yield from ((rule, each) for each in rule.find(view))


def sums(rows: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """How many findings there are of each rule: at all, ended, and once ended and open again."""
    found: dict[str, Counter[str]] = {}
    for row in rows:
        of_rule = found.setdefault(row["rule"], Counter(findings=0, closed=0, reopened=0))
        of_rule.update(findings=1, closed=row["closes"] is not None, reopened=bool(row["reopens"]))
    return {rule: dict(count) for rule, count in sorted(found.items())}
