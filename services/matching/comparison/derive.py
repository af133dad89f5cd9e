"""What the rules find in a county, against what was found before: findings that are new, and those that ended. Pure but for the engine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.kernel.policy import Row
from services.matching.comparison.rules import KEY, Lasting, Rule, speaking
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
class Counted:
    """What a rule made of a period that it could speak of: findings that are new, that ended, and that stay as they were."""

    rule: str
    period: str
    found: int
    settled: int
    kept: int


@dataclass(frozen=True, slots=True)
class Derived:
    """What is to be opened and settled, and what stays; of a suspended rule and period nothing is either."""

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
    found: list[Found] = []
    settled: list[tuple[UUID, Settled]] = []
    suspended: list[Suspended] = []
    counted: list[Counted] = []
    county.run("CREATE OR REPLACE TEMP TABLE in_force (rule VARCHAR, period VARCHAR)")
    county.run("CREATE OR REPLACE TEMP TABLE told_by (rule VARCHAR, how VARCHAR, told VARCHAR)")
    county.run(_STANDING)
    for rule in rules:
        months = months_of(county, rule, rules, division)
        county.run("INSERT INTO in_force SELECT ?, unnest(?::VARCHAR[])", rule.id, months)
        missing = lacking(county, rule, months)
        periods = [month for month in months if month not in {each.period for each in missing}]
        if rule.value.lasting is not Lasting.MONTH:
            periods = periods[-1:]
            missing = [each for each in missing if not periods or each.period > periods[0]]
            county.run("INSERT INTO told_by SELECT ?, ?, unnest(?::VARCHAR[])", rule.id, rule.value.lasting, periods)
        suspended += missing
        void = {each.period for each in missing if each.why == "MISSING" and (each.kind, each.period) in withdrawn}
        settled += [(finding_id, Settled.LIST_WITHDRAWN) for (finding_id,) in county.ask(_OPEN, rule.id, sorted(void))]
        want(county, rule, periods)
        new, over = list(_new(county, rule, division, today)), list(_over(county, rule, periods))
        found += new
        settled += [(finding_id, how) for finding_id, _, how in over]
        counted += _counted(county, rule, periods, new, [period for _, period, _ in over])
    ended = [(finding_id, Settled.RULE_ENDED) for (finding_id,) in county.ask(_ENDED)]
    return Derived(tuple(found), (*settled, *ended), tuple(suspended), tuple(counted))


# The findings as they are compared: one about how things stand is one of the month that tells it, whenever it began.
_STANDING = """CREATE OR REPLACE TEMP VIEW standing AS SELECT finding.* REPLACE (
        CASE WHEN how = 'DAY' OR how = 'YEAR' AND period = left(told, 4) THEN told ELSE period END AS period)
    FROM finding LEFT JOIN told_by USING (rule)"""
_SAME = " AND ".join(f"wanted.{name} = standing.{name}" for name in KEY)
_KEPT = f"""SELECT wanted.period, count(*) FROM wanted JOIN standing ON standing.rule = ? AND standing.state = 'OPEN' AND {_SAME}
    GROUP BY wanted.period"""  # noqa: S608
# Of a rule that needs no list the month itself says as of when.
_NEW = f"""SELECT wanted.*, coalesce(person.division, ?) AS lives_in,
        coalesce((SELECT min(as_of) FROM feed WHERE usable AND month = period AND kind IN (SELECT unnest(?))),
            (SELECT least(last_day, ?) FROM month WHERE month.month = period)) AS as_of
    FROM wanted LEFT JOIN person ON person.person_id = subject AND subject_kind = 'PERSON'
    ANTI JOIN standing ON standing.rule = ? AND {_SAME}
        AND (standing.state = 'OPEN' OR standing.state = 'REFUTED' AND coalesce(standing.until >= ?, true))
    ORDER BY period, subject, object"""  # noqa: S608
_OVER = f"""SELECT finding_id, standing.period, arrived.subject IS NOT NULL FROM standing
    LEFT JOIN (SELECT DISTINCT period, subject, object FROM ({{arrived}})) arrived USING (period, subject, object)
    ANTI JOIN wanted ON {_SAME} WHERE rule = ? AND state = 'OPEN' AND list_contains(?, period) ORDER BY finding_id"""  # noqa: S608
_NEVER = "SELECT ''::VARCHAR AS period, NULL::UUID AS subject, '' AS object WHERE false"
_OPEN = (
    "SELECT finding_id FROM standing WHERE rule = ? AND state = 'OPEN' AND list_contains(?::VARCHAR[], period) ORDER BY finding_id"
)
_ENDED = """SELECT finding_id FROM standing WHERE state = 'OPEN' AND period IN (SELECT month FROM month)
    AND (rule, period) NOT IN (SELECT (rule, period) FROM in_force) ORDER BY finding_id"""


def months_of(county: County, rule: Row[Rule], rules: Sequence[Row[Rule]], division: str) -> list[str]:
    """The months for which this row speaks in the county. How things stand, the newest month with all that the rule needs tells, and for that
    the row must be in force in the newest month of all."""
    same = [row for row in rules if row.id == rule.id]
    months = [month for (month,) in county.ask("SELECT month FROM month ORDER BY month")]
    own = [month for month in months if speaking(same, month, division) is rule]
    return own if rule.value.lasting is Lasting.MONTH or own[-1:] == months[-1:] else []


def lacking(county: County, rule: Row[Rule], months: Sequence[str]) -> list[Suspended]:
    """Which lists a rule needs of these months and cannot use."""
    rows = county.ask(
        """SELECT month, kind, coalesce(why, 'MISSING') FROM
           (SELECT * FROM unnest(?::VARCHAR[]) months(month), unnest(?::VARCHAR[]) kinds(kind))
           LEFT JOIN feed USING (month, kind) WHERE usable IS NOT true ORDER BY month, kind""",
        list(months),
        list(rule.value.needs),
    )
    return [Suspended(rule.id, *row) for row in rows]


def want(county: County, rule: Row[Rule], periods: Sequence[str]) -> None:
    """Make the table `wanted` of all that a rule finds for these periods."""
    county.run(
        f"CREATE OR REPLACE TEMP TABLE wanted AS SELECT * FROM ({rule.value.sql}) WHERE list_contains(?, period)",  # noqa: S608
        list(periods),
    )


def _new(county: County, rule: Row[Rule], division: str, today: date) -> Iterator[Found]:
    names = [*county.columns("FROM wanted"), "lives_in", "as_of"]
    for values in county.ask(_NEW, division, list(rule.value.needs), today, rule.id, today):
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
            period=row.pop("period")[: 4 if rule.value.lasting is Lasting.YEAR else None],
            as_of=row.pop("as_of"),
            may_be_lag=False,
            owner=rule.value.owner,
            verify_days=rule.value.verify_days,
            act_days=rule.value.act_days,
            facts=tuple(Fact(name=name, value=_text(value)) for name, value in row.items() if value not in (None, [])),
        )


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _over(county: County, rule: Row[Rule], periods: Sequence[str]) -> Iterator[tuple[UUID, str, Settled]]:
    over = _OVER.format(arrived=rule.value.arrived or _NEVER)
    for finding_id, period, arrived in county.ask(over, rule.id, list(periods)):
        yield finding_id, period, Settled.FACT_ARRIVED if arrived else Settled.FACTS_CORRECTED


def _counted(
    county: County, rule: Row[Rule], periods: Sequence[str], new: Sequence[Found], over: Sequence[str]
) -> Iterator[Counted]:
    kept: Mapping[str, int] = dict(county.ask(_KEPT, rule.id))
    found = [each.period for each in new] if rule.value.lasting is Lasting.MONTH else [*periods] * len(new)
    for period in periods:
        yield Counted(rule.id, period, found.count(period), over.count(period), kept.get(period, 0))
