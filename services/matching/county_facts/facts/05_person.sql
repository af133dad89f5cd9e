-- resident: who is of the county in the last month that is looked at.
CREATE TABLE resident AS
SELECT person.* FROM person ANTI JOIN (FROM away WHERE month = (SELECT max(month) FROM month)) gone_away USING (person_id);

-- holder: who holds a valid card on a month's last day, is known to live and is of the county on it. The register says the month of birth,
-- and so the age in full years on that day is certain; `months_old` counts the months after the one of birth, up to the month before. The
-- school's age is that of the last 31 August, by which school begins. `held_since`: from when on the card says what it says.
CREATE TABLE holder AS
SELECT month, person_id, certificate_id, category, grade, grade <= 2 AS severe, valid_to, from_day AS held_since,
    date_diff('month', born, first_day) - 1 AS months_old, date_diff('month', born, first_day) // 12 AS age,
    date_diff('month', born, make_date(year(first_day) - (month(first_day) < 9)::INT, 8, 1)) // 12 AS school_age
FROM (SELECT month.month, month.first_day, strptime(person.birth_month, '%Y-%m')::DATE AS born, card.*
    FROM month JOIN card ON card.from_day <= month.last_day AND card.until_day >= month.last_day JOIN person USING (person_id)) card
ANTI JOIN (SELECT person_id, month.month FROM life_event JOIN month ON happened_on <= last_day) left_us USING (person_id, month)
ANTI JOIN (SELECT person_id, month.month FROM elsewhere JOIN month
    ON coalesce(from_day <= last_day, true) AND coalesce(until_day >= last_day, true)) moved USING (person_id, month);

-- student: who is enrolled at any stage. employed: who has a job on the month's last day.
CREATE TABLE student AS SELECT DISTINCT month, person_id FROM school_roll_list WHERE status = 'ENROLLED' AND person_id IS NOT NULL;
CREATE TABLE employed AS
SELECT DISTINCT month, person_id FROM employment_list JOIN month USING (month)
WHERE person_id IS NOT NULL AND coalesce(since <= last_day, true) AND coalesce(until >= last_day, true);

-- monitored: the newest row of a person on the list of monitored households.
CREATE TABLE monitored AS
SELECT unnest(said) FROM (SELECT max_by(list, row) AS said FROM monitored_households_list list WHERE person_id IS NOT NULL GROUP BY month, person_id);

-- home_of: the house of each holder: by a row of their own, or by one of the head of their household as monitoring knows it.
CREATE TABLE home_of AS
SELECT holder.month, holder.person_id, list.house_grade, list.renovation, list.accessibility
FROM holder JOIN house_safety_list list USING (month, person_id)
UNION
SELECT holder.month, holder.person_id, list.house_grade, list.renovation, list.accessibility
FROM holder JOIN household_member own ON own.person_id = holder.person_id JOIN household_member mate USING (household_id)
JOIN house_safety_list list ON list.month = holder.month AND list.person_id = mate.person_id;

-- water: whether a household's water was safe by the newest visit up to a month's last day; without one nobody knows.
CREATE TABLE water AS
SELECT month, household_id, max_by(safe, seen_on) AS safe FROM water_seen JOIN month ON seen_on <= last_day GROUP BY month, household_id;

-- assessment_days: the days of the policy's row that is in force on a month's first day.
CREATE TABLE assessment_days AS
SELECT month, days, home_days FROM month JOIN assessment_limit ON since <= first_day AND (until IS NULL OR until > first_day);
