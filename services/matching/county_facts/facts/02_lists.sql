-- listed: who stands on which list, for which month. What a row adds to it stands in the list's own table.
-- maybe_listed: who may stand on it by a row that leads to nobody for certain, beside the rows that lead to them; until a person decides, such
-- a row is neither theirs nor not.
CREATE TABLE listed AS
SELECT DISTINCT feed.kind, feed.month, person_row.person_id
FROM feed JOIN person_row USING (roster_id) WHERE feed.usable AND person_row.person_id IS NOT NULL;
CREATE TABLE maybe_listed AS
SELECT DISTINCT feed.kind, feed.month, candidate.person_id
FROM feed JOIN candidate USING (roster_id) WHERE feed.usable
UNION -- whoever is on a payment sheet with a subsidy or an amount that nobody could read
SELECT 'SUBSIDY_PAYMENT', month, person_id FROM subsidy_payment_list WHERE person_id IS NOT NULL AND (subsidy IS NULL OR amount IS NULL);

-- A macro's own columns have names that no table has: where a rule says `month` it means its own, and not one inside the macro.
CREATE VIEW on_it AS SELECT kind AS its_kind, month AS its_month, person_id AS its_person FROM listed;
CREATE VIEW maybe_on_it AS SELECT kind AS its_kind, month AS its_month, person_id AS its_person FROM maybe_listed;
CREATE VIEW came_in AS SELECT kind AS its_kind, month AS its_month FROM feed WHERE usable;

-- Whether a person stands on a list for a month: NULL where the list is not usable or a row may be theirs.
CREATE MACRO on_list(of_kind, of_month, who) AS
    CASE WHEN EXISTS (FROM on_it WHERE its_kind = of_kind AND its_month = of_month AND its_person = who) THEN true
        WHEN NOT EXISTS (FROM came_in WHERE its_kind = of_kind AND its_month = of_month) THEN NULL
        WHEN EXISTS (FROM maybe_on_it WHERE its_kind = of_kind AND its_month = of_month AND its_person = who) THEN NULL
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

CREATE VIEW in_allowance AS SELECT month AS its_month, person_id AS its_person FROM allowance;
CREATE VIEW unnamed_in AS SELECT DISTINCT month AS its_month FROM allowance_household WHERE persons > named;
CREATE VIEW of_household AS SELECT person_id AS its_person FROM household_member;

-- Whether a person is in a household on the allowance in a month: NULL, too, while a household has members whom nobody names and nobody
-- knows in which household the person lives.
CREATE MACRO on_allowance(of_month, who) AS
    CASE WHEN EXISTS (FROM in_allowance WHERE its_month = of_month AND its_person = who) THEN true
        WHEN EXISTS (FROM unnamed_in WHERE its_month = of_month)
            AND NOT EXISTS (FROM of_household WHERE its_person = who) THEN NULL
        ELSE on_list('SUBSISTENCE_ALLOWANCE', of_month, who) END;

-- Whether a row of a list may be a person's, undecided.
CREATE MACRO maybe(of_kind, of_month, who) AS EXISTS (FROM maybe_on_it WHERE its_kind = of_kind AND its_month = of_month AND its_person = who);

-- need: what the survey of needs says of a person for a month; of two rows the later one.
CREATE TABLE need AS
SELECT unnest(said) FROM (SELECT max_by(survey, row) AS said FROM needs_survey_list survey WHERE person_id IS NOT NULL GROUP BY month, person_id);

-- Whether a person certainly is on no row of a usable list.
CREATE MACRO absent(of_kind, of_month, who) AS coalesce(NOT on_list(of_kind, of_month, who), false);
