"""Where a county's tables come from: one SELECT each over the read models, its columns in the order of the table's class.

Each says what had been told by the end of a day. Of some facts nothing but what stands now is kept (`AS_OF_TODAY`).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A SELECT, and what its parameters are, in order: `county` (its code), `named` (persons from elsewhere whom its lists name), `rosters`
    (those that can be used), `today`."""

    select: str
    takes: tuple[str, ...]


# Whoever lives or lived in the county, and whom its lists name.
_CONCERNED = """WITH concerned AS (
    SELECT person_id FROM views.person WHERE starts_with(division, $1)
    UNION SELECT person_id FROM views.person_move WHERE starts_with(from_division, $1)
    UNION SELECT unnest($2::uuid[]))"""
# The death that stood on a day, and when one that had been told turned out to be none.
_DIED = """,
    died AS (
        SELECT person_id, max(death.died_on) FILTER (WHERE coalesce(death.alive_on > $3, true)) AS died_on,
            max(death.told_on) FILTER (WHERE coalesce(death.alive_on > $3, true)) AS told_on,
            max(death.alive_on) FILTER (WHERE death.alive_on <= $3) AS alive_on
        FROM views.person JOIN concerned USING (person_id),
            jsonb_to_recordset(deaths) death (died_on date, told_on date, alive_on date)
        WHERE deaths <> '[]' AND death.told_on <= $3 GROUP BY person_id)"""


def _of_persons(select: str, *more: str, before: str = "") -> Source:
    return Source(_CONCERNED + before + select, ("county", "named", *more))


# What is known as it stands now, whichever day is asked for: operators are told.
AS_OF_TODAY = (
    "lists that were confirmed or taken back since",
    "home assessments that were called off since",
    "deliveries of measures that a check did not find",
)

PERSON_INDEX = """SELECT index, person_id FROM views.person_index LEFT JOIN views.person USING (person_id)
    WHERE coalesce(registered_on <= $1, true)"""
# Who is meant is so for a past day, too, whenever somebody found it out; whom the register has erased nobody means any more.
IDENTITY_LINKS = """SELECT identity, person_id FROM views.link
    WHERE county = $1 AND EXISTS (SELECT FROM views.person_index index WHERE index.person_id = link.person_id)"""

SOURCES = {
    "person": _of_persons(
        """,
        moved AS (
            SELECT person_id, (array_agg(division ORDER BY version DESC) FILTER (WHERE told_on <= $3))[1] AS went_to,
                (array_agg(from_division ORDER BY version) FILTER (WHERE told_on > $3))[1] AS was_in,
                (array_agg(from_division ORDER BY version DESC)
                    FILTER (WHERE told_on <= $3 AND starts_with(from_division, $1)))[1] AS left_here,
                string_agg(DISTINCT left(from_division, 6), ', ') FILTER (WHERE told_on <= $3) AS left_counties
            FROM views.person_move JOIN concerned USING (person_id) GROUP BY person_id),
        lives AS (
            SELECT person_id, coalesce(went_to, was_in, person.division) AS division, birth_month, left_here, left_counties
            FROM views.person JOIN concerned USING (person_id) LEFT JOIN moved USING (person_id) WHERE registered_on <= $3)
        SELECT person_id, CASE WHEN starts_with(division, $1) THEN division ELSE coalesce(left_here, $1) END, birth_month, died_on, alive_on,
            '[' || concat_ws(', ', left(division, 6), left_counties) || ']'
        FROM lives LEFT JOIN died USING (person_id)""",
        "today",
        before=_DIED,
    ),
    # A list as the comparing engine reads it.
    "person_features": _of_persons(
        """
        SELECT person_id, name_feature, replace(sound_features::text, '"', ''), birth_month, born_feature, sequence_feature, male
        FROM views.person_index JOIN views.person USING (person_id) JOIN concerned USING (person_id)""",
    ),
    "refused_candidate": Source(
        """SELECT identity, refused.person_id::uuid
        FROM views.link CROSS JOIN jsonb_array_elements_text(refused) refused(person_id) WHERE county = $1""",
        ("county",),
    ),
    "elsewhere": _of_persons(
        """,
        told AS (SELECT move.* FROM views.person_move move JOIN concerned USING (person_id) WHERE told_on <= $3),
        stay AS (
            SELECT person_id, moved_on AS from_day, lead(moved_on) OVER in_order - 1 AS until_day, division
            FROM told WINDOW in_order AS (PARTITION BY person_id ORDER BY version)
            UNION ALL
            (SELECT DISTINCT ON (person_id) person_id, NULL, moved_on - 1, from_division FROM told ORDER BY person_id, version)
            UNION ALL
            SELECT person_id, NULL, NULL, coalesce(
                (SELECT from_division FROM views.person_move move WHERE move.person_id = person.person_id ORDER BY version LIMIT 1), division)
            FROM views.person JOIN concerned USING (person_id) WHERE NOT EXISTS (SELECT FROM told WHERE told.person_id = person.person_id))
        SELECT person_id, from_day, until_day FROM stay WHERE NOT starts_with(division, $1)""",
        "today",
    ),
    "card_change": _of_persons(
        """
        SELECT certificate_id, version, person_id, kind, day, category, grade, valid_from, valid_to, issued
        FROM views.card_change JOIN concerned USING (person_id) WHERE day <= $3 AND told_on <= $3""",
        "today",
    ),
    "life_event": _of_persons(
        """
        SELECT person_id, 'DIED', died_on, told_on FROM died WHERE died_on <= $3""",
        "today",
        before=_DIED,
    ),
    # What was said before: of payments by this county's sheets, as far as these had come in; of standings, of whoever lives here.
    "known_payment": Source(
        """SELECT person_id, subsidy, month, sheet_month, nature, amount, roster_id
        FROM views.payment JOIN views.roster USING (roster_id) WHERE county = $1 AND received_on <= $2""",
        ("county", "today"),
    ),
    "known_standing": Source(
        """SELECT person_id, subsidy, division, entitled, from_month, reason, CASE WHEN entitled THEN grade END, yuan,
            at_risk_card, at_risk_by, decided_from, decided_until, decided_here_on
        FROM views.standing WHERE starts_with(division, $1)""",
        ("county",),
    ),
    "home_request": Source(
        """SELECT request.person_id, asked_on, done_on
        FROM views.home_request request LEFT JOIN views.person USING (person_id)
        WHERE starts_with(request.division, $1) AND asked_on <= $2 AND (done_on IS NOT NULL OR NOT EXISTS (
            SELECT FROM jsonb_to_recordset(deaths) death (told_on date, alive_on date)
            WHERE death.told_on <= $2 AND coalesce(death.alive_on > $2, true)))""",
        ("county", "today"),
    ),
    "renewal": _of_persons(
        """
        SELECT DISTINCT person_id, begun_on FROM (
            SELECT coalesce(renewal.person_id, changed.person_id) AS person_id, begun_on
            FROM views.renewal LEFT JOIN views.card_change changed USING (certificate_id)) under_way
        JOIN concerned USING (person_id) WHERE begun_on <= $3""",
        "today",
    ),
    "known_line": Source(
        """SELECT line_id, list_id, edition, month, subsidy, part, person_id, yuan, replace(months::text, '"', ''), outcome
        FROM views.subsidy_list_line line JOIN views.subsidy_list list USING (list_id, edition) WHERE starts_with(list.division, $1)""",
        ("county",),
    ),
    # An ended one is found again by the rule, if it is so: its stream knows what it was.
    "finding": Source(
        """SELECT finding_id, rule, subject_kind, subject, object, period, state, until, may_be_lag, finding
        FROM views.finding WHERE starts_with(division, $1) AND state <> 'RESOLVED'""",
        ("county",),
    ),
    "household_member": Source(
        """SELECT household_id, member::uuid
        FROM (SELECT DISTINCT ON (household_id) household_id, members FROM views.household
            WHERE starts_with(division, $1) AND told_on <= $2 ORDER BY household_id, version DESC) home
        CROSS JOIN jsonb_array_elements_text(members) member""",
        ("county", "today"),
    ),
    "water_seen": Source(
        "SELECT household_id, seen_on, safe FROM views.water_seen WHERE starts_with(division, $1) AND seen_on <= $2",
        ("county", "today"),
    ),
    "open_risk": Source(
        """SELECT household_id, found_on FROM views.risk
        WHERE starts_with(division, $1) AND found_on <= $2 AND coalesce(ended_on > $2, true)""",
        ("county", "today"),
    ),
    # What was not delivered while its case was open is owed no more when the case is over.
    "planned_measure": Source(
        """SELECT measure.household_id, measure, owner, due_on, delivered_on
        FROM views.planned_measure measure LEFT JOIN views.risk USING (case_id)
        WHERE starts_with(measure.division, $1) AND planned_on <= $2 AND (delivered_on <= $2 OR coalesce(ended_on > $2, true))""",
        ("county", "today"),
    ),
    "row_problem": Source(
        """SELECT roster_id, code, count(*) FROM roster_problem
        WHERE roster_id = ANY($1::uuid[]) AND rejected AND row > 0 GROUP BY roster_id, code""",
        ("rosters",),
    ),
    "paid_elsewhere": _of_persons(
        """
        SELECT person_id, subsidy, month, sum(amount)
        FROM views.payment JOIN concerned USING (person_id) JOIN views.roster USING (roster_id)
        WHERE county <> $1 AND nature <> 'BOUNCED' AND received_on <= $3
        GROUP BY person_id, subsidy, month HAVING sum(amount) > 0""",
        "today",
    ),
}

ROSTERS = """SELECT roster_id, kind, period, as_of, state, sent_by, rows, rejected, received_at, received_on,
        EXISTS (SELECT FROM roster_content content WHERE content.roster_id = roster.roster_id) AS kept
    FROM views.roster WHERE division = $1 AND received_on <= $2 AND as_of <= $2"""
CONTENT = "SELECT content FROM roster_content WHERE roster_id = $1"
