"""What a county's rules stand on: its months, and the lists that speak in each. Pure but for the one question that fills it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.kernel.policy import Row
from services.matching.comparison.rules import Lasting, Rule, speaking
from services.matching.county_facts.opened import County


@dataclass(frozen=True, slots=True)
class Suspended:
    """A list without which a rule says nothing of a period, and why it cannot be used."""

    rule: str
    period: str
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whether a list can be used for a month, why not, and as of when it is."""

    usable: bool
    why: str | None
    as_of: date | None


_NOBODY = (Speaker(False, None, None),)


@dataclass(frozen=True, slots=True)
class Basis:
    """The months of a county, ascending, each with its last day as far as it is over; and by month and kind of list who speaks, one from
    each office that sends a part."""

    months: Mapping[str, date]
    speakers: Mapping[tuple[str, str], Sequence[Speaker]]

    def months_of(self, rule: Row[Rule], rules: Sequence[Row[Rule]], division: str) -> list[str]:
        """The months for which this row speaks in the county. How things stand, the newest month with all that the rule needs tells, and
        for that the row must be in force in the newest month of all."""
        same = [row for row in rules if row.id == rule.id]
        own = [month for month in self.months if speaking(same, month, division) is rule]
        return own if rule.value.lasting is Lasting.MONTH or own[-1:] == [*self.months][-1:] else []

    def lacking(self, rule: Row[Rule], months: Sequence[str]) -> list[Suspended]:
        """Which lists a rule needs of these months and cannot use."""
        return [
            Suspended(rule.id, month, kind, one.why or "MISSING")
            for month in months
            for kind in sorted(rule.value.needs)
            for one in self.speakers.get((month, kind), _NOBODY)
            if not one.usable
        ]

    def as_of(self, rule: Row[Rule], month: str, today: date) -> date:
        """The day of which a rule speaks in a month: that of the oldest of its lists; without any, the month's last one until today."""
        speakers = (one for kind in rule.value.needs for one in self.speakers.get((month, kind), ()))
        return min((one.as_of for one in speakers if one.usable and one.as_of), default=min(self.months[month], today))

    def newest(self, rule: Row[Rule], today: date) -> date:
        """The day up to which all lists that a rule needs have been told of, whatever month they speak for; without any, today."""
        by_kind = [
            max(
                (
                    one.as_of
                    for (_, kind), of_kind in self.speakers.items()
                    if kind == needed
                    for one in of_kind
                    if one.usable and one.as_of
                ),
                default=today,
            )
            for needed in rule.value.needs
        ]
        return min(by_kind, default=today)


def basis_of(county: County) -> Basis:
    """That of a county whose lists and months are in."""
    speakers: dict[tuple[str, str], list[Speaker]] = defaultdict(list)
    for month, kind, *said in county.ask("SELECT month, kind, usable IS true, why, as_of FROM feed ORDER BY ALL"):
        speakers[month, kind].append(Speaker(*said))
    return Basis(dict(county.ask("SELECT month, last_day FROM month ORDER BY month")), speakers)
