"""Who may likely have a subsidy by now, since when, or why not, against what was said before. Pure but for the engine."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from services.kernel.service import Issued
from services.matching.county_facts.opened import County
from services.matching.entitlement.decider import STANDING, Judge, standing_id
from services.matching.entitlement.events import PolicyRow, Source, SubsidyLikelyEntitled, SubsidyLikelyNotEntitled
from services.matching.vocabulary import RosterKind, Subsidy

Row = Mapping[str, Any]
Sources = Mapping[str, tuple[Source, ...]]

# The newest month of which it can be said, and the first month of those before it of which it was the same. Who has no card in a month and is
# paid nothing for it has no row of facts, and is not entitled. A run that reaches back to the first month began when it was said to.
_JUDGED = """
WITH asked AS (
    SELECT person_id, subsidy FROM entitlement UNION SELECT person_id, subsidy FROM known_standing WHERE entitled IS NOT NULL),
every_month AS (
    SELECT month.month, asked.person_id, asked.subsidy, person.division, facts.certificate_id, facts.grade, facts.unchecked,
        CASE WHEN facts.month IS NULL THEN false ELSE facts.entitled END AS entitled,
        CASE WHEN facts.month IS NULL THEN coalesce((SELECT min(situation) FROM gone WHERE gone.person_id = asked.person_id
            AND first_month <= month.month), 'NO_CARD') ELSE facts.reason END AS reason,
        CASE WHEN facts.entitled THEN facts.yuan END AS yuan, CASE WHEN facts.entitled THEN facts.grade END AS of_grade
    FROM asked JOIN resident person USING (person_id) CROSS JOIN month
    ANTI JOIN away ON away.month = month.month AND away.person_id = asked.person_id
    LEFT JOIN entitlement facts USING (month, person_id, subsidy)),
said AS (SELECT * FROM every_month WHERE entitled IS NOT NULL),
newest AS (SELECT unnest(last) FROM (SELECT max_by(said, month) AS last FROM said GROUP BY person_id, subsidy)),
since AS (
    SELECT said.person_id, said.subsidy, max(said.month) AS other FROM said JOIN newest USING (person_id, subsidy)
    WHERE (said.entitled, said.reason, said.of_grade, said.yuan)
        IS DISTINCT FROM (newest.entitled, newest.reason, newest.of_grade, newest.yuan)
    GROUP BY ALL),
began AS (SELECT said.person_id, said.subsidy, min(month) AS first FROM said LEFT JOIN since USING (person_id, subsidy)
    WHERE coalesce(month > other, true) GROUP BY ALL),
judged AS (
    SELECT newest.*, CASE WHEN first = (SELECT min(month) FROM month) AND known.from_month < first AND known.entitled = newest.entitled
            AND (known.reason, known.grade, known.yuan) IS NOT DISTINCT FROM (newest.reason, newest.of_grade, newest.yuan)
        THEN known.from_month ELSE first END AS from_month
    FROM newest JOIN began USING (person_id, subsidy) LEFT JOIN known_standing known USING (person_id, subsidy)
    WHERE known.from_month IS NULL OR known.from_month <= newest.month)
SELECT judged.*, rate_month.since AS rate_since, link.effect, link.since AS link_since, rule.since AS rule_since
FROM judged
LEFT JOIN rate_month ON judged.entitled AND rate_month.month = judged.month AND rate_month.subsidy = judged.subsidy
    AND (rate_month.grade IS NULL OR rate_month.grade = judged.grade)
LEFT JOIN linkage_month link ON link.month = judged.month AND link.subsidy = judged.subsidy AND link.benefit = judged.reason
LEFT JOIN (SELECT situation, max(since) AS since FROM month_rule GROUP BY situation) rule ON rule.situation = judged.reason
ANTI JOIN known_standing known ON known.person_id = judged.person_id AND known.subsidy = judged.subsidy AND known.division = judged.division
    AND known.entitled = judged.entitled AND known.from_month = judged.from_month
    AND (known.reason, known.grade, known.yuan) IS NOT DISTINCT FROM (judged.reason, judged.of_grade, judged.yuan)
ORDER BY judged.person_id, judged.subsidy"""


def judgements(county: County) -> Iterator[Issued]:
    """What is to be said of who may likely have what."""
    sources = _sources(county)
    for row in county.rows(_JUDGED):
        subsidy, went_by = Subsidy(row["subsidy"]), sources.get(row["month"], ())
        judgement = _entitled(row, subsidy, went_by) if row["entitled"] else _not_entitled(row, subsidy, went_by)
        yield STANDING, standing_id(row["person_id"], subsidy), Judge(judgement)


def _entitled(row: Row, subsidy: Subsidy, sources: tuple[Source, ...]) -> SubsidyLikelyEntitled:
    rate = [PolicyRow(table="rate", about=subsidy.value, since=row["rate_since"])] if row["rate_since"] else []
    return SubsidyLikelyEntitled(
        person_id=row["person_id"],
        division=row["division"],
        subsidy=subsidy,
        from_month=row["from_month"],
        certificate_id=row["certificate_id"],
        grade=row["grade"],
        yuan=row["yuan"],
        unchecked=tuple(RosterKind(kind) for kind in row["unchecked"]),
        sources=sources,
        rows=tuple(rate),
    )


def _not_entitled(row: Row, subsidy: Subsidy, sources: tuple[Source, ...]) -> SubsidyLikelyNotEntitled:
    reason = row["reason"]
    rows = [("linkage", row["link_since"]), ("month_rule", row["rule_since"])]
    return SubsidyLikelyNotEntitled(
        person_id=row["person_id"],
        division=row["division"],
        subsidy=subsidy,
        from_month=row["from_month"],
        reason=reason,
        certificate_id=row["certificate_id"],
        grade=row["grade"],
        sources=sources,
        rows=tuple(PolicyRow(table=table, about=reason, since=since) for table, since in rows if since),
    )


def _sources(county: County) -> Sources:
    """The usable lists of each month that a judgement goes by."""
    found = defaultdict[str, list[Source]](list)
    for row in county.rows("""SELECT DISTINCT feed.month, feed.kind, roster_id, as_of FROM feed WHERE usable AND kind IN
            (SELECT kind FROM linkage_month UNION SELECT unnest(['SUBSISTENCE_ALLOWANCE', 'DESTITUTE_SUPPORT', 'NEEDS_SURVEY']))
            ORDER BY feed.month, feed.kind, roster_id"""):
        found[row["month"]].append(Source(kind=RosterKind(row["kind"]), roster_id=row["roster_id"], as_of=row["as_of"]))
    return {month: tuple(sources) for month, sources in found.items()}
