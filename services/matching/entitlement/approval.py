"""What civil affairs decided by its lists of approvals, against what was said before. Pure but for the engine."""

from collections.abc import Iterator

from services.kernel.service import Issued
from services.matching.county_facts.opened import County
from services.matching.entitlement.decider import STANDING, Decide, standing_id
from services.matching.entitlement.events import SubsidyDecided
from services.matching.vocabulary import Decision, Subsidy

# The newest usable list of approvals. Who is on it counts from the month of the application, where no other month is written (2.5);
# who is on it no more, until its month. Of what an official decided later than the list is as of, it does not know yet.
_DECIDED = """
WITH newest AS (SELECT max(month) AS month, arg_max(roster_id, month) AS roster_id, arg_max(as_of, month) AS as_of
    FROM feed WHERE kind = 'SUBSIDY_APPROVAL' AND usable),
approved AS (
    SELECT person_id, subsidy,
        min(coalesce(from_month, strftime(applied_on, '%Y-%m'), strftime(approved_on, '%Y-%m'), list.month)) AS from_month,
        CASE WHEN count(*) = count(until_month) THEN max(until_month) END AS until_month, min(applied_on) AS applied_on,
        min(approved_on) AS approved_on
    FROM subsidy_approval_list list JOIN newest USING (month) WHERE person_id IS NOT NULL GROUP BY ALL)
SELECT person_id, subsidy, person.division, approved.from_month AS granted_from,
    coalesce(approved.from_month, known.decided_from) AS from_month,
    CASE WHEN approved.from_month IS NULL THEN newest.month ELSE approved.until_month END AS until_month,
    applied_on, approved_on, newest.roster_id
FROM approved FULL JOIN (FROM known_standing WHERE decided_from IS NOT NULL) known USING (person_id, subsidy)
JOIN resident person USING (person_id) CROSS JOIN newest
WHERE newest.month IS NOT NULL AND coalesce(known.decided_here_on < newest.as_of, true) AND (approved.from_month IS NOT NULL AND
        (approved.from_month, approved.until_month) IS DISTINCT FROM (known.decided_from, known.decided_until)
    OR approved.from_month IS NULL AND coalesce(known.decided_until > newest.month, true)
        AND NOT maybe('SUBSIDY_APPROVAL', newest.month, person_id))
ORDER BY person_id, subsidy"""


def decisions(county: County) -> Iterator[Issued]:
    """What is to be said of what civil affairs decided."""
    for row in county.rows(_DECIDED):
        subsidy = Subsidy(row["subsidy"])
        decided = SubsidyDecided(
            person_id=row["person_id"],
            division=row["division"],
            subsidy=subsidy,
            decision=Decision.GRANTED if row["granted_from"] else Decision.ENDED,
            from_month=row["from_month"],
            until_month=row["until_month"],
            applied_on=row["applied_on"],
            approved_on=row["approved_on"],
            roster_id=row["roster_id"],
            reason=None,
        )
        yield STANDING, standing_id(row["person_id"], subsidy), Decide(decided)
