-- The lines of one adjustment list, over a county's facts. `asked` says which: `for_month`, `subsidy`, `today`, and the `paid_month`, the newest
-- month before it whose payment sheet is there: who is paid, it alone says. Without one nobody is on the list.

-- pays: who was paid for that month. held: who has a card that counts for the list's month.
CREATE OR REPLACE TABLE pays AS
SELECT person_id, grade_on_list FROM paid JOIN asked ON paid.month = asked.paid_month AND paid.subsidy = asked.subsidy;
CREATE OR REPLACE TABLE held AS SELECT card_month.* FROM card_month JOIN asked ON month = for_month;

-- judged: whether somebody may have the subsidy in the list's month, and why not: by the card, deaths and moves as they are known today, and
-- by the newest month whose lists say it, from the paid month on. What no list says is neither. `granted`, `ended`: by civil affairs.
CREATE OR REPLACE TABLE judged AS
WITH said AS (
    SELECT entitlement.* FROM entitlement JOIN asked ON entitlement.subsidy = asked.subsidy
        AND entitlement.month BETWEEN coalesce(asked.paid_month, asked.for_month) AND asked.for_month
    WHERE entitled IS NOT NULL AND coalesce(reason NOT IN ('NO_CARD', 'DIED', 'LEFT_PROVINCE'), true)),
newest AS (SELECT unnest(last) FROM (SELECT max_by(said, month) AS last FROM said GROUP BY person_id)),
left_us AS (SELECT person_id, min(situation) AS situation FROM gone JOIN asked ON first_month <= asked.for_month GROUP BY person_id),
moved AS (SELECT person_id FROM away JOIN asked ON month = for_month),
decided AS (SELECT person_id, decided_from, decided_until FROM known_standing JOIN asked USING (subsidy) WHERE decided_from IS NOT NULL)
SELECT person_id, person.division, held.grade, held.valid_to, newest.unchecked,
    CASE WHEN situation IS NOT NULL THEN situation WHEN moved.person_id IS NOT NULL THEN 'MOVED_AWAY'
        WHEN held.person_id IS NULL THEN 'NO_CARD' ELSE newest.reason END AS reason,
    situation IS NULL AND moved.person_id IS NULL AND held.person_id IS NOT NULL AND coalesce(newest.entitled, false) AS entitled,
    coalesce(decided_from <= asked.for_month AND coalesce(decided_until > asked.for_month, true), false) AS granted,
    coalesce(decided_until <= asked.for_month, false) AS ended
FROM (SELECT person_id FROM held UNION SELECT person_id FROM pays) JOIN person USING (person_id) CROSS JOIN asked
LEFT JOIN held USING (person_id) LEFT JOIN newest USING (person_id) LEFT JOIN left_us USING (person_id) LEFT JOIN moved USING (person_id)
LEFT JOIN decided USING (person_id);

-- lead: the newest open finding of a type about the person and the subsidy. refuted: what an official said is not so.
CREATE OR REPLACE TABLE lead AS
SELECT subject AS person_id, of_type, max_by(finding_id, period) AS finding_id
FROM finding JOIN asked ON object = asked.subsidy WHERE state = 'OPEN' AND subject_kind = 'PERSON' GROUP BY subject, of_type;
CREATE OR REPLACE TABLE refuted AS
SELECT DISTINCT subject AS person_id, of_type FROM finding JOIN asked ON object = asked.subsidy
WHERE state = 'REFUTED' AND subject_kind = 'PERSON' AND coalesce(until >= asked.today, period = asked.paid_month);

-- What a month of the list pays somebody of a grade.
CREATE OR REPLACE MACRO rate_of(of_grade) AS
    (SELECT yuan FROM rate_month JOIN asked ON month = for_month AND rate_month.subsidy = asked.subsidy
     WHERE rate_month.grade IS NULL OR rate_month.grade = of_grade);

CREATE OR REPLACE TABLE line (
    part VARCHAR, person_id UUID, division VARCHAR, reason VARCHAR, grade_before BIGINT, grade BIGINT, yuan DECIMAL(12, 2), months VARCHAR[],
    valid_to DATE, decided BOOLEAN, finding_id UUID, unchecked VARCHAR[]);

-- 拟新增: may have it, or has been granted it, and is not paid. Somebody who moved here is paid by the other county for the last time.
INSERT INTO line BY NAME
SELECT 'ADD' AS part, person_id, division, grade, rate_of(grade) AS yuan, valid_to, granted AS decided, finding_id,
    CASE WHEN granted THEN [] ELSE unchecked END AS unchecked
FROM judged CROSS JOIN asked LEFT JOIN (FROM lead WHERE of_type = 'ENTITLED_NOT_RECEIVING') USING (person_id)
ANTI JOIN pays USING (person_id)
ANTI JOIN (SELECT person_id FROM paid_elsewhere other JOIN asked ON other.month = asked.paid_month AND other.subsidy = asked.subsidy
    ANTI JOIN away ON away.person_id = other.person_id AND away.month = other.month) elsewhere USING (person_id)
WHERE paid_month IS NOT NULL AND reason IS NULL AND NOT ended AND NOT maybe('SUBSIDY_PAYMENT', paid_month, person_id)
    AND (granted OR entitled AND person_id NOT IN (SELECT person_id FROM refuted WHERE of_type = 'ENTITLED_NOT_RECEIVING'));

-- 换证在办: paid, and the card is under way. Whose card has ended meanwhile is here and not among those whose payment is doubted.
INSERT INTO line BY NAME
SELECT 'RENEWING' AS part, person_id, division, CASE reason WHEN 'NO_CARD' THEN reason END AS reason, grade, last_day AS valid_to,
    false AS decided
FROM judged SEMI JOIN pays USING (person_id) SEMI JOIN renewal USING (person_id)
LEFT JOIN (SELECT person_id, max(valid_to) AS last_day FROM card GROUP BY person_id) USING (person_id)
WHERE coalesce(reason = 'NO_CARD', true) AND NOT ended;

-- 拟核实停发: paid, and likely not entitled in the list's month, or ended by civil affairs. A lead, which stops nothing.
INSERT INTO line BY NAME
SELECT 'STOP' AS part, person_id, division, CASE WHEN ended THEN 'DECISION_ENDED' ELSE reason END AS reason, grade, ended AS decided, finding_id
FROM judged SEMI JOIN pays USING (person_id) LEFT JOIN (FROM lead WHERE of_type = 'RECEIVING_NOT_ENTITLED') USING (person_id)
ANTI JOIN (FROM line WHERE part = 'RENEWING') renewing USING (person_id)
WHERE ended OR reason IS NOT NULL AND person_id NOT IN (SELECT person_id FROM refuted WHERE of_type = 'RECEIVING_NOT_ENTITLED');

-- 等级变更: paid and entitled, by another grade than the one that was paid, where that is another rate.
INSERT INTO line BY NAME
SELECT 'GRADE' AS part, person_id, division, coalesce(grade_on_list, before.grade) AS grade_before, judged.grade, rate_of(judged.grade) AS yuan,
    judged.valid_to, false AS decided, finding_id
FROM judged JOIN pays USING (person_id)
LEFT JOIN (SELECT person_id, grade FROM card_month JOIN asked ON card_month.month = asked.paid_month) before USING (person_id)
LEFT JOIN (FROM lead WHERE of_type = 'INFO_MISMATCH') USING (person_id)
WHERE reason IS NULL AND NOT ended AND rate_of(coalesce(grade_on_list, before.grade)) <> rate_of(judged.grade);

-- missed: months whose sheet is there and paid somebody nothing who was paid before or granted it; and months without a card before a late
-- renewal, as many as civil affairs may make up for (domain reference 2.5), while the renewal is news.
CREATE OR REPLACE TABLE missed AS
WITH sheet AS (SELECT DISTINCT feed.month FROM feed JOIN asked ON feed.month <= asked.paid_month WHERE kind = 'SUBSIDY_PAYMENT' AND usable),
own_paid AS (SELECT month, person_id FROM paid JOIN asked USING (subsidy)
    UNION SELECT month, person_id FROM paid_elsewhere JOIN asked USING (subsidy)),
entitled AS (
    SELECT entitlement.month, person_id, NULL::VARCHAR AS reason, decided_from <= entitlement.month AS of_right
    FROM entitlement JOIN asked USING (subsidy) SEMI JOIN sheet ON sheet.month = entitlement.month
    LEFT JOIN (SELECT person_id, decided_from FROM known_standing JOIN asked USING (subsidy)) USING (person_id)
    WHERE entitled),
lapsed AS (
    SELECT sheet.month, after.person_id, min(after.from_day) AS renewed_on
    FROM sheet JOIN month USING (month) JOIN card after ON after.from_day > month.last_day
    JOIN card before ON before.person_id = after.person_id AND before.until_day < month.first_day
    ANTI JOIN card_month ON card_month.month = sheet.month AND card_month.person_id = after.person_id
    GROUP BY sheet.month, after.person_id),
late AS (
    SELECT lapsed.*, row_number() OVER (PARTITION BY person_id, renewed_on ORDER BY lapsed.month DESC) AS place
    FROM lapsed JOIN asked ON renewed_on >= strptime(asked.paid_month, '%Y-%m')),
either AS (
    SELECT * FROM entitled
    UNION ALL SELECT late.month, person_id, 'RENEWED_LATE', false FROM late
    JOIN back_pay ON back_pay.since <= renewed_on AND coalesce(back_pay.until > renewed_on, true) WHERE place <= back_pay.months)
SELECT either.month, person_id, either.reason FROM either
ANTI JOIN own_paid ON own_paid.month = either.month AND own_paid.person_id = either.person_id
WHERE NOT maybe('SUBSIDY_PAYMENT', either.month, person_id)
    AND (coalesce(of_right, false) OR EXISTS (FROM own_paid earlier WHERE earlier.person_id = either.person_id AND earlier.month < either.month));

-- 补发待定: by decision only, and not of somebody who died or of whom an official said that it is not so.
INSERT INTO line BY NAME
SELECT 'ARREARS' AS part, person_id, division, min(missed.reason) AS reason, any_value(grade) AS grade, array_agg(month ORDER BY month) AS months,
    any_value(valid_to) AS valid_to, bool_or(granted) AS decided, any_value(finding_id) AS finding_id
FROM missed JOIN judged USING (person_id) LEFT JOIN (FROM lead WHERE of_type = 'ENTITLED_NOT_RECEIVING') USING (person_id)
WHERE coalesce(judged.reason <> 'DIED', true) AND person_id NOT IN (SELECT person_id FROM refuted WHERE of_type = 'ENTITLED_NOT_RECEIVING')
GROUP BY person_id, division;

-- 账户退回: what came back of a month and no later sheet made up for, of those who may still be paid.
INSERT INTO line BY NAME
WITH back AS (
    SELECT bounced.sheet_month, bounced.month, person_id, amount, bounced.reason FROM bounced JOIN asked USING (subsidy)
    UNION ALL SELECT payment.sheet_month, payment.month, person_id, abs(amount), NULL FROM payment JOIN asked USING (subsidy)
    WHERE nature = 'RETURNED' AND person_id IS NOT NULL),
owed AS (
    SELECT person_id, back.month, max(amount) AS amount, min(reason) AS reason FROM back JOIN asked ON back.sheet_month <= asked.paid_month
    WHERE NOT EXISTS (FROM payment again WHERE again.person_id = back.person_id AND again.subsidy = asked.subsidy
        AND again.month = back.month AND again.sheet_month > back.sheet_month AND again.amount > 0)
    GROUP BY person_id, back.month)
SELECT 'RETURNED' AS part, person_id, division, min(owed.reason) AS reason, any_value(grade) AS grade, sum(amount) AS yuan,
    array_agg(month ORDER BY month) AS months, false AS decided
FROM owed JOIN judged USING (person_id) WHERE judged.reason IS NULL AND NOT ended GROUP BY person_id, division;
