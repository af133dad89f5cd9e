-- measure_for: whom a measure is for by card and age, by the rows of the policy in force on a month's first day.
CREATE TABLE measure_for AS
SELECT DISTINCT holder.month, person_id, measure
FROM holder JOIN month USING (month)
JOIN measure_group for_whom ON for_whom.since <= first_day AND (for_whom.until IS NULL OR for_whom.until > first_day)
    AND coalesce(for_whom.category = holder.category, for_whom.category IS NULL) AND coalesce(for_whom.grade = holder.grade, for_whom.grade IS NULL)
    AND age >= from_age AND age < until_age;

-- at_risk: who is monitored and whose risk is not gone.
CREATE TABLE at_risk AS SELECT DISTINCT month, person_id FROM monitored WHERE NOT coalesce(eliminated, false);

-- poor: who is known to have little, because a list says it. Whoever is on none of them may have little, too: nobody sends incomes, so that
-- it is unknown, never no.
CREATE TABLE poor AS
SELECT month, person_id FROM allowance
UNION SELECT month, person_id FROM listed WHERE kind IN ('DESTITUTE_SUPPORT', 'LOW_INCOME_MARGIN')
UNION SELECT month, person_id FROM at_risk;

-- Whether a place is a village: of the national codes those from 200 on are villagers' committees, those below residents' communities. NULL
-- where only the township is known.
CREATE MACRO rural(place) AS CASE WHEN right(place, 3) <> '000' THEN right(place, 3) >= '200' END;

-- unsafe: whose home is unsafe and in no plan.
CREATE TABLE unsafe AS SELECT DISTINCT month, person_id FROM home_of WHERE house_grade IN ('C', 'D') AND coalesce(renovation, 'NONE') = 'NONE';

-- housed: who has a public rental or waits for one, by a row of their own or of somebody with whom monitoring knows them to live.
CREATE TABLE housed AS
SELECT DISTINCT month, person_id FROM public_rental_list WHERE coalesce(state <> 'LEFT', true) AND person_id IS NOT NULL
UNION SELECT month, own.person_id
FROM public_rental_list rental JOIN household_member mate USING (person_id) JOIN household_member own USING (household_id)
WHERE coalesce(state <> 'LEFT', true);

-- trained: who began a training within the twelve months before a month's end, in which field; one without a day may be one.
CREATE TABLE trained AS
SELECT DISTINCT month, person_id, field FROM training_list JOIN month USING (month)
WHERE person_id IS NOT NULL AND coalesce(started_on > last_day - INTERVAL 12 MONTH, true);

-- helped: who stands with which service on a list of those who are helped, and whose help goes on. One without a day, or without the
-- service, may be any.
CREATE TABLE helped AS
SELECT month, person_id, 'REHABILITATION' AS kind, service FROM rehabilitation_list WHERE person_id IS NOT NULL
UNION SELECT month, person_id, 'BUSINESS_SUPPORT', NULL FROM business_support_list WHERE person_id IS NOT NULL
UNION SELECT month, person_id, 'CARE_SERVICE', NULL FROM care_service_list JOIN month USING (month)
    WHERE person_id IS NOT NULL AND coalesce(until >= last_day, true);

-- supported: the same of what a household has together: by a row of their own, or of somebody with whom monitoring knows them to live.
CREATE TABLE supported AS
WITH named AS (
    SELECT month, person_id, 'INDUSTRY_SUPPORT' AS kind FROM industry_support_list JOIN month USING (month)
        WHERE person_id IS NOT NULL AND coalesce(until >= last_day, true)
    UNION SELECT month, person_id, 'HELPER_PAIRING' FROM helper_pairing_list JOIN month USING (month)
        WHERE person_id IS NOT NULL AND coalesce(until >= last_day, true))
SELECT month, person_id, kind FROM named
UNION SELECT month, own.person_id, kind FROM named JOIN household_member mate USING (person_id) JOIN household_member own USING (household_id);
