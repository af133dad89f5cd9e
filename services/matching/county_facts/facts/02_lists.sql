-- listed: who stands on which list, for which month. What a row adds to it stands in the list's own table.
-- maybe_listed: who may stand on it by a row that leads to nobody for certain; until a person decides, they are neither on it nor absent.
CREATE TABLE listed AS
SELECT DISTINCT feed.kind, feed.month, person_row.person_id
FROM feed JOIN person_row USING (roster_id) WHERE feed.usable AND person_row.person_id IS NOT NULL;
CREATE TABLE maybe_listed AS
SELECT DISTINCT feed.kind, feed.month, candidate.person_id
FROM feed JOIN candidate USING (roster_id)
ANTI JOIN listed ON (listed.kind, listed.month, listed.person_id) = (feed.kind, feed.month, candidate.person_id) WHERE feed.usable;

-- Whether a person stands on a list for a month: NULL where the list is not usable or a row may be theirs.
CREATE MACRO on_list(of_kind, of_month, who) AS
    CASE WHEN EXISTS (FROM listed WHERE kind = of_kind AND month = of_month AND person_id = who) THEN true
        WHEN NOT EXISTS (FROM feed WHERE kind = of_kind AND month = of_month AND usable) THEN NULL
        WHEN EXISTS (FROM maybe_listed WHERE kind = of_kind AND month = of_month AND person_id = who) THEN NULL
        ELSE false END;

-- allowance: who is in a household on the subsistence allowance. The list names the head, and members where the office writes them; of a
-- household that has more members than are named, those count whom monitoring knows in the head's household (domain reference 2.2).
CREATE TABLE allowance_household AS
SELECT list.month, list.household, any_value(list.persons) AS persons, count(*) AS named, any_value(head.person_id) AS head_id
FROM subsistence_allowance_list list LEFT JOIN person_row head ON (head.roster_id, head.index) = (list.roster_id, list.head)
GROUP BY list.month, list.household;
CREATE TABLE allowance AS
SELECT month, person_id FROM listed WHERE kind = 'SUBSISTENCE_ALLOWANCE'
UNION
SELECT month, mate.person_id FROM allowance_household JOIN household_member head ON head.person_id = head_id
JOIN household_member mate USING (household_id) WHERE persons > named;

-- Whether a person is in a household on the allowance in a month: NULL, too, while a household has members whom nobody names and nobody
-- knows in which household the person lives.
CREATE MACRO on_allowance(of_month, who) AS
    CASE WHEN EXISTS (FROM allowance WHERE month = of_month AND person_id = who) THEN true
        WHEN EXISTS (FROM allowance_household WHERE month = of_month AND persons > named)
            AND NOT EXISTS (FROM household_member WHERE person_id = who) THEN NULL
        ELSE on_list('SUBSISTENCE_ALLOWANCE', of_month, who) END;

-- Whether a row of a list may be a person's, undecided.
CREATE MACRO maybe(of_kind, of_month, who) AS EXISTS (FROM maybe_listed WHERE kind = of_kind AND month = of_month AND person_id = who);

-- need: what the survey of needs says of a person for a month; of two rows the later one.
CREATE TABLE need AS
SELECT unnest(said) FROM (SELECT max_by(survey, row) AS said FROM needs_survey_list survey WHERE person_id IS NOT NULL GROUP BY month, person_id);

-- Whether a person certainly is on no row of a usable list.
CREATE MACRO absent(of_kind, of_month, who) AS coalesce(NOT on_list(of_kind, of_month, who), false);
