"""What the rules find in a county, against what was found before: findings that are new, and those that ended. Pure but for the engine.

Each row of rules is one statement; all that they find is compared with what was found before at once. To plan a statement takes longer than
to run it in all but the largest counties.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.kernel.policy import Row
from services.matching.comparison.basis import Basis, Suspended, basis_of
from services.matching.comparison.rules import BESIDE, FACTS, KEY, Lasting, Rule
from services.matching.county_facts.opened import County
from services.matching.finding.events import Fact, Found
from services.matching.vocabulary import Settled, SubjectKind


@dataclass(frozen=True, slots=True)
class Counted:
    """What a rule made of a period that it could speak of: findings that are new, that ended, and that stay as they were."""

    rule: str
    period: str
    found: int
    settled: int
    kept: int


@dataclass(frozen=True, slots=True)
class Derived:
    """What is to be opened and settled, and what stays; of a suspended rule and period nothing is either. What might have been a delay, and
    is none, is among what is found, and among what stays."""

    found: tuple[Found, ...]
    settled: tuple[tuple[UUID, Settled], ...]
    suspended: tuple[Suspended, ...]
    counted: tuple[Counted, ...]

    @property
    def kept(self) -> int:
        """How many findings stay as they were."""
        return sum(each.kept for each in self.counted)


Withdrawn = frozenset[tuple[str, str]]  # kind of list, month


def derive(county: County, rules: Sequence[Row[Rule]], division: str, today: date, withdrawn: Withdrawn = frozenset()) -> Derived:
    """Compare a county's facts, derived already, by all rows of rules. `division`: the county's code.

    A rule about how things stand speaks of the newest month for which it has what it needs; lists come when the month is over. Of several
    rows of one id the most local one that is in force on a month's first day speaks for the month; an open finding for which
    none does has ended. So has one of a month whose list was `withdrawn` by its sender while no other is there.
    """
    basis = basis_of(county)
    turns = [_turn(basis, number, rules, division) for number in range(len(rules))]
    missing = [each for turn in turns for each in turn.missing]
    void = [(each.rule, each.period) for each in missing if each.why == "MISSING" and (each.kind, each.period) in withdrawn]
    _pairs(county, "void", void)
    _pairs(county, "in_force", [(turn.rule.id, month) for turn in turns for month in turn.months])
    _pairs(county, "told", [(turn.rule.id, month) for turn in turns for month in turn.periods])
    _pairs(county, "standing_rule", [(turn.rule.id, turn.rule.value.lasting) for turn in turns if turn.periods])
    county.run(_STANDING)
    empty(county)
    _want_all(county, turns)
    newest = [basis.newest(rule, today) if rule.value.lag_days else today for rule in rules]
    found = [
        row | {"may_be_lag": _may_be_lag(rules[row["number"]], row["since"], newest[row["number"]])}
        for row in _new(county, division, today)
    ]
    new = [row for row in found if not row["waiting"]]
    over = county.ask(_OVER)
    settled = [
        *((finding_id, Settled.LIST_WITHDRAWN) for (finding_id,) in county.ask(_VOID)),
        *((finding_id, Settled.FACT_ARRIVED if arrived else Settled.FACTS_CORRECTED) for finding_id, _, _, arrived in over),
        *((finding_id, Settled.RULE_ENDED) for (finding_id,) in county.ask(_ENDED)),
    ]
    begun = Counter((row["number"], row["period"]) for row in new)
    ended = Counter((rule, period) for _, rule, period, _ in over)
    kept = {(number, period): count for number, period, count in county.ask(_KEPT)}
    counted = (
        Counted(turn.rule.id, period, begun[turn.number, period], ended[turn.rule.id, period], kept.get((turn.number, period), 0))
        for turn in turns
        for period in turn.periods
    )
    told = (_found(rules[row["number"]], row, basis, today) for row in found if not (row["waiting"] and row["may_be_lag"]))
    return Derived(tuple(told), tuple(settled), tuple(missing), tuple(counted))


@dataclass(frozen=True, slots=True)
class _Turn:
    """A row of rules by its place among them: the months for which it speaks, those of which it can, and without which lists it cannot."""

    number: int
    rule: Row[Rule]
    months: list[str]
    periods: list[str]
    missing: list[Suspended]


def _turn(basis: Basis, number: int, rules: Sequence[Row[Rule]], division: str) -> _Turn:
    rule = rules[number]
    months = basis.months_of(rule, rules, division)
    missing = basis.lacking(rule, months)
    without = {each.period for each in missing}
    periods = [month for month in months if month not in without]
    if rule.value.lasting is not Lasting.MONTH:
        periods = periods[-1:]
        missing = [each for each in missing if not periods or each.period > periods[0]]
    return _Turn(number, rule, months, periods, missing)


_FACTS = ", ".join(f"{name} {'DECIMAL(38,2)' if kind == 'DECIMAL' else kind}" for name, kind in FACTS.items())
_NAMED = ", ".join(map(" ".join, (KEY | BESIDE).items()))
_WANTED = f"CREATE OR REPLACE TEMP TABLE wanted (number INTEGER, rule VARCHAR, {_NAMED}, {_FACTS})"
_ARRIVED = "CREATE OR REPLACE TEMP TABLE arrived (rule VARCHAR, period VARCHAR, subject UUID, object VARCHAR)"
# The findings as they are compared: one about how things stand is one of the month that tells it, whenever it began.
_STANDING = f"""CREATE OR REPLACE TEMP TABLE standing AS SELECT finding.* REPLACE (
        CASE WHEN lasting.month = '{Lasting.DAY}' OR lasting.month = '{Lasting.YEAR}' AND finding.period = left(told.month, 4)
            THEN told.month ELSE finding.period END AS period)
    FROM finding LEFT JOIN standing_rule lasting ON lasting.rule = finding.rule AND lasting.month <> '{Lasting.MONTH}'
    LEFT JOIN told ON told.rule = lasting.rule"""  # noqa: S608
_SAME = " AND ".join(f"wanted.{name} = standing.{name}" for name in ("rule", *KEY))
_KEPT = f"""SELECT number, wanted.period, count(*) FROM wanted JOIN standing ON standing.state = 'OPEN' AND {_SAME}
    GROUP BY number, wanted.period"""  # noqa: S608
# `waiting`: it is open, and might have been a delay.
_NEW = f"""SELECT wanted.*, coalesce(person.division, ?) AS lives_in,
        EXISTS (FROM standing WHERE {_SAME} AND standing.state = 'OPEN') AS waiting
    FROM wanted LEFT JOIN person ON person.person_id = subject AND subject_kind = 'PERSON'
    ANTI JOIN standing ON {_SAME}
        AND (standing.state = 'OPEN' AND NOT standing.may_be_lag OR standing.state = 'REFUTED' AND coalesce(standing.until >= ?, true))
    ORDER BY number, period, subject, object"""  # noqa: S608
_OVER = f"""SELECT finding_id, standing.rule, standing.period, arrived.subject IS NOT NULL FROM standing
    SEMI JOIN told ON told.rule = standing.rule AND told.month = standing.period
    LEFT JOIN (SELECT DISTINCT * FROM arrived) arrived USING (rule, period, subject, object)
    ANTI JOIN wanted ON {_SAME} WHERE state = 'OPEN' ORDER BY standing.rule, finding_id"""  # noqa: S608
_VOID = """SELECT finding_id FROM standing SEMI JOIN void ON void.rule = standing.rule AND void.month = standing.period
    WHERE state = 'OPEN' ORDER BY finding_id"""
_ENDED = """SELECT finding_id FROM standing WHERE state = 'OPEN' AND period IN (SELECT month FROM month)
    AND (rule, period) NOT IN (SELECT (rule, month) FROM in_force) ORDER BY finding_id"""


def _pairs(county: County, table: str, pairs: Sequence[tuple[str, str]]) -> None:
    """A table of rules and months."""
    rules, months = [rule for rule, _ in pairs], [month for _, month in pairs]
    county.run(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT unnest(?::VARCHAR[]) AS rule, unnest(?::VARCHAR[]) AS month", rules, months
    )


def empty(county: County) -> None:
    """Make the empty tables of what rules find, and of what arrived."""
    county.run(_WANTED)
    county.run(_ARRIVED)


def want(county: County, number: int, rule: Row[Rule], periods: Sequence[str]) -> None:
    """Add to the table `wanted` all that a rule finds for these periods, under its place among the rows of rules."""
    if periods:
        county.run(
            f"INSERT INTO wanted BY NAME SELECT ? AS number, ? AS rule, * FROM ({rule.value.sql}) WHERE list_contains(?, period)",  # noqa: S608
            number,
            rule.id,
            list(periods),
        )


def _want_all(county: County, turns: Sequence[_Turn]) -> None:
    """What all rules find, and of those with open findings what arrived."""
    known = {rule for (rule,) in county.ask("SELECT DISTINCT rule FROM standing WHERE state = 'OPEN'")}
    for turn in turns:
        want(county, turn.number, turn.rule, turn.periods)
        if turn.periods and turn.rule.id in known and turn.rule.value.arrived:
            county.run(
                f"INSERT INTO arrived SELECT ?, period, subject, object FROM ({turn.rule.value.arrived}) WHERE list_contains(?, period)",  # noqa: S608
                turn.rule.id,
                turn.periods,
            )


def _new(county: County, division: str, today: date) -> Iterator[dict[str, Any]]:
    names = [*county.columns("FROM wanted"), "lives_in", "waiting"]
    return (dict(zip(names, values, strict=True)) for values in county.ask(_NEW, division, today))


def _may_be_lag(rule: Row[Rule], since: date | None, newest: date) -> bool:
    """Whether what happened is so young that a list may not show it yet; `newest`: the day of the rule's newest lists."""
    return since is not None and (newest - since).days < rule.value.lag_days


def _found(rule: Row[Rule], row: Mapping[str, Any], basis: Basis, today: date) -> Found:
    facts = {name: row[name] for name in FACTS if row[name] not in (None, [])}
    return Found(
        rule=rule.id,
        rule_from=rule.since,
        title=rule.value.title,
        finding=rule.value.finding,
        clue=rule.value.clue,
        subject_kind=SubjectKind(row["subject_kind"]),
        subject=row["subject"],
        division=row["lives_in"],
        object=row["object"],
        period=row["period"][: 4 if rule.value.lasting is Lasting.YEAR else None],
        as_of=basis.as_of(rule, row["period"], today),
        may_be_lag=row["may_be_lag"],
        owner=row["owner"] or rule.value.owner,
        verify_days=rule.value.verify_days,
        act_days=rule.value.act_days,
        facts=tuple(Fact(name=name, value=_text(value)) for name, value in facts.items()),
    )


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
