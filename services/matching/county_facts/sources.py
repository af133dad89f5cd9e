"""Where a county's tables come from: one SELECT each over the read models, its columns in the order of the table's class."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A SELECT, and what its parameters are, in order: `county` (its code), `named` (persons whom its lists name), `today`."""

    select: str
    takes: tuple[str, ...]


# Whoever lives or lived in the county, and whom its lists name.
_CONCERNED = """WITH concerned AS (
    SELECT person_id FROM views.person WHERE starts_with(division, $1)
    UNION SELECT person_id FROM views.person_move WHERE starts_with(from_division, $1)
    UNION SELECT unnest($2::uuid[]))"""


def _of_persons(select: str, *more: str) -> Source:
    return Source(_CONCERNED + select, ("county", "named", *more))


PERSON_INDEX = "SELECT index, person_id FROM views.person_index"
# Who is meant is so for a past day, too, whenever somebody found it out; whom the register has erased nobody means any more.
IDENTITY_LINKS = """SELECT identity, person_id FROM views.link
    WHERE county = $1 AND EXISTS (SELECT FROM views.person_index index WHERE index.person_id = link.person_id)"""

SOURCES = {
    "person": _of_persons(
        """,
        moved AS (
            SELECT person_id, (array_agg(from_division ORDER BY version DESC) FILTER (WHERE starts_with(from_division, $1)))[1] AS left_here,
                string_agg(DISTINCT left(from_division, 6), ', ') AS left_counties
            FROM views.person_move JOIN concerned USING (person_id) GROUP BY person_id)
        SELECT person_id, CASE WHEN starts_with(division, $1) THEN division ELSE coalesce(left_here, $1) END, birth_month, died_on, alive_on,
            '[' || concat_ws(', ', left(division, 6), left_counties) || ']'
        FROM views.person JOIN concerned USING (person_id) LEFT JOIN moved USING (person_id)""",
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
        stay AS (
            SELECT person_id, moved_on AS from_day, lead(moved_on) OVER in_order - 1 AS until_day, division
            FROM views.person_move JOIN concerned USING (person_id) WINDOW in_order AS (PARTITION BY person_id ORDER BY version)
            UNION ALL
            (SELECT DISTINCT ON (person_id) person_id, NULL, moved_on - 1, from_division
             FROM views.person_move JOIN concerned USING (person_id) ORDER BY person_id, version)
            UNION ALL
            SELECT person_id, NULL, NULL, division FROM views.person JOIN concerned USING (person_id)
            WHERE NOT EXISTS (SELECT FROM views.person_move move WHERE move.person_id = person.person_id))
        SELECT person_id, from_day, until_day FROM stay WHERE NOT starts_with(division, $1)""",
    ),
    "card_change": _of_persons(
        """
        SELECT certificate_id, version, person_id, kind, day, category, grade, valid_from, valid_to, issued
        FROM views.card_change JOIN concerned USING (person_id) WHERE day <= $3""",
        "today",
    ),
    "life_event": _of_persons(
        """
        SELECT person_id, 'DIED', died_on, death_told_on FROM views.person JOIN concerned USING (person_id) WHERE died_on <= $3""",
        "today",
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
        WHERE starts_with(request.division, $1) AND asked_on <= $2 AND (done_on IS NOT NULL OR died_on IS NULL)""",
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
        FROM views.household CROSS JOIN jsonb_array_elements_text(members) member WHERE starts_with(division, $1)""",
        ("county",),
    ),
    "water_seen": Source(
        "SELECT household_id, seen_on, safe FROM views.water_seen WHERE starts_with(division, $1) AND seen_on <= $2",
        ("county", "today"),
    ),
    "open_risk": Source(
        """SELECT household_id, found_on FROM views.risk
        WHERE starts_with(division, $1) AND found_on <= $2 AND ended_on IS NULL""",
        ("county", "today"),
    ),
    # What was not delivered while its case was open is owed no more when the case is over.
    "planned_measure": Source(
        """SELECT measure.household_id, measure, owner, due_on, delivered_on
        FROM views.planned_measure measure LEFT JOIN views.risk USING (case_id)
        WHERE starts_with(measure.division, $1) AND (delivered_on IS NOT NULL OR ended_on IS NULL)""",
        ("county",),
    ),
    "paid_elsewhere": _of_persons(
        """
        SELECT person_id, subsidy, month, sum(amount)
        FROM views.payment JOIN concerned USING (person_id) WHERE county <> $1 AND nature <> 'BOUNCED'
        GROUP BY person_id, subsidy, month HAVING sum(amount) > 0""",
    ),
}

ROSTERS = """SELECT roster_id, kind, period, as_of, state, sent_by, rows, rejected, received_at, received_on,
        EXISTS (SELECT FROM roster_content content WHERE content.roster_id = roster.roster_id) AS kept
    FROM views.roster WHERE division = $1 AND received_on <= $2 AND as_of <= $2"""
CONTENT = "SELECT content FROM roster_content WHERE roster_id = $1"
