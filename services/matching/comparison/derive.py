"""What the rules find in a county, against what was found before: findings that are new, and those that ended. Pure but for the engine."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.domain.months import first_day
from services.kernel.policy import Row
from services.matching.comparison.rules import KEY, Rule
from services.matching.county_facts.opened import County
from services.matching.finding.events import Fact, Found
from services.matching.vocabulary import Settled, SubjectKind


@dataclass(frozen=True, slots=True)
class Suspended:
    """A list without which a rule says nothing of a period, and why it cannot be used."""

    rule: str
    period: str
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Derived:
    """What is to be opened and settled, and what stays; of a suspended rule and period nothing is either."""

    found: tuple[Found, ...]
    settled: tuple[tuple[UUID, Settled], ...]
    kept: int
    suspended: tuple[Suspended, ...]


def derive(county: County, rules: Sequence[Row[Rule]], division: str, today: date) -> Derived:
    """Compare a county's facts, derived already, by rules that are on there. `division`: the county's code."""
    found: list[Found] = []
    settled: list[tuple[UUID, Settled]] = []
    suspended: list[Suspended] = []
    kept = 0
    for rule in rules:
        periods, missing = _comparable(county, rule, division)
        suspended += missing
        wanted = f"CREATE OR REPLACE TEMP TABLE wanted AS SELECT * FROM ({rule.value.sql}) WHERE list_contains(?, period)"  # noqa: S608
        county.run(wanted, periods)
        found += _new(county, rule, division, today)
        settled += _over(county, rule, periods)
        kept += county.ask(_KEPT, rule.id)[0][0]
    return Derived(tuple(found), tuple(settled), kept, tuple(suspended))


_SAME = " AND ".join(f"wanted.{name} = finding.{name}" for name in KEY)
_KEPT = f"SELECT count(*) FROM wanted JOIN finding ON finding.rule = ? AND finding.state = 'OPEN' AND {_SAME}"  # noqa: S608
_NEW = f"""SELECT wanted.*, coalesce(person.division, ?) AS lives_in,
        (SELECT min(as_of) FROM feed WHERE usable AND month = period AND kind IN (SELECT unnest(?))) AS as_of
    FROM wanted LEFT JOIN person ON person.person_id = subject AND subject_kind = 'PERSON'
    ANTI JOIN finding ON finding.rule = ? AND {_SAME}
        AND (finding.state = 'OPEN' OR finding.state = 'REFUTED' AND coalesce(finding.until >= ?, true))
    ORDER BY period, subject, object"""  # noqa: S608
_OVER = f"""SELECT finding_id, arrived.subject IS NOT NULL FROM finding
    LEFT JOIN (SELECT period, subject, object FROM ({{arrived}})) arrived USING (period, subject, object)
    ANTI JOIN wanted ON {_SAME} WHERE rule = ? AND state = 'OPEN' AND list_contains(?, period) ORDER BY finding_id"""  # noqa: S608
_NEVER = "SELECT ''::VARCHAR AS period, NULL::UUID AS subject, '' AS object WHERE false"


def _comparable(county: County, rule: Row[Rule], division: str) -> tuple[list[str], list[Suspended]]:
    """The months of which the rule can speak, and what is missing for the others. A month is the rule's whose first day it is in force on."""
    months = [month for (month,) in county.ask("SELECT month FROM month ORDER BY month") if rule.holds(first_day(month), division)]
    lacking = county.ask(
        """SELECT month, kind, coalesce(why, 'MISSING') FROM
           (SELECT * FROM unnest(?::VARCHAR[]) months(month), unnest(?::VARCHAR[]) kinds(kind))
           LEFT JOIN feed USING (month, kind) WHERE usable IS NOT true ORDER BY month, kind""",
        months,
        list(rule.value.needs),
    )
    without = {month for month, _, _ in lacking}
    return [month for month in months if month not in without], [Suspended(rule.id, *row) for row in lacking]


def _new(county: County, rule: Row[Rule], division: str, today: date) -> Iterator[Found]:
    names = [*county.columns("FROM wanted"), "lives_in", "as_of"]
    for values in county.ask(_NEW, division, list(rule.value.needs), rule.id, today):
        row = dict(zip(names, values, strict=True))
        yield Found(
            rule=rule.id,
            rule_from=rule.since,
            title=rule.value.title,
            finding=rule.value.finding,
            clue=rule.value.clue,
            subject_kind=SubjectKind(row.pop("subject_kind")),
            subject=row.pop("subject"),
            division=row.pop("lives_in"),
            object=row.pop("object"),
            period=row.pop("period"),
            as_of=row.pop("as_of"),
            may_be_lag=False,
            owner=rule.value.owner,
            verify_days=rule.value.verify_days,
            act_days=rule.value.act_days,
            facts=tuple(Fact(name=name, value=_text(value)) for name, value in row.items() if value not in (None, [])),
        )


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _over(county: County, rule: Row[Rule], periods: Sequence[str]) -> Iterator[tuple[UUID, Settled]]:
    over = _OVER.format(arrived=rule.value.arrived or _NEVER)
    for finding_id, arrived in county.ask(over, rule.id, list(periods)):
        yield finding_id, Settled.FACT_ARRIVED if arrived else Settled.FACTS_CORRECTED
