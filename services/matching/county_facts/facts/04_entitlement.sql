-- gone: since which month a person cannot be paid any more for having died or moved, by the rule of months in force (domain reference 2.5).
-- Under MONTH_AFTER_EVENT the month of the event is the last one; under COMPARISON_MONTH it is the month before the one in which the event
-- was first seen in a comparison.
CREATE TABLE gone AS
SELECT person_id, situation, min(CASE effect WHEN 'COMPARISON_MONTH' THEN strftime(seen_on, '%Y-%m')
        ELSE strftime(date_trunc('month', happened_on) + INTERVAL 1 MONTH, '%Y-%m') END) AS first_month
FROM life_event JOIN month_rule USING (situation)
WHERE happened_on >= month_rule.since AND (month_rule.until IS NULL OR happened_on < month_rule.until)
GROUP BY person_id, situation;

-- benefit: what a person receives beside the two subsidies, in yuan where the list says it, for the month of the list.
CREATE TABLE benefit AS
SELECT month, person_id, kind AS benefit, NULL::DECIMAL(12, 2) AS amount FROM listed
WHERE kind IN ('DESTITUTE_SUPPORT', 'ORPHAN', 'UNSUPPORTED_CHILD', 'INJURY_CARE')
UNION ALL
SELECT month, person_id, allowance, sum(amount) FROM other_allowance_list WHERE person_id IS NOT NULL GROUP BY month, person_id, allowance;

-- rate_month: what the rows say that a month pays; grade is NULL where the subsidy has one rate.
CREATE TABLE rate_month AS
SELECT month, subsidy, grade, yuan, since FROM month JOIN rate ON rate.since <= month.first_day AND (rate.until IS NULL OR rate.until > month.first_day);

-- linkage_month: what another benefit does to a subsidy, by the rows in force on the month's first day (domain reference 2.3).
-- `kind`: the list that tells of the benefit.
CREATE TABLE linkage_month AS
SELECT month, subsidy, benefit, effect, since, CASE WHEN benefit IN ('DESTITUTE_SUPPORT', 'ORPHAN', 'UNSUPPORTED_CHILD', 'INJURY_CARE') THEN benefit
    ELSE 'OTHER_ALLOWANCE' END AS kind
FROM month JOIN linkage ON linkage.since <= month.first_day AND (linkage.until IS NULL OR linkage.until > month.first_day);

-- doubtful: on which lists that exclude from a subsidy, or may be the higher one, a row may be a person's that nobody has decided. Nobody is
-- told that they could have what they perhaps may not.
CREATE TABLE doubtful AS
SELECT month, person_id, subsidy, array_agg(DISTINCT kind ORDER BY kind) AS lists
FROM maybe_listed JOIN linkage_month linkage USING (month, kind) GROUP BY month, person_id, subsidy;

-- unlisted: which of those lists are not usable in a month; a lead names them as unchecked.
CREATE TABLE unlisted AS
SELECT month, subsidy, array_agg(DISTINCT kind ORDER BY kind) AS lists
FROM linkage_month ANTI JOIN (FROM feed WHERE usable) feed USING (month, kind)
WHERE kind <> 'DESTITUTE_SUPPORT' GROUP BY month, subsidy;

-- by_decision: months without a card for which somebody was paid afterwards, by a sheet of the month of the renewal or a later one: that is
-- open to civil affairs for so many months at most (domain reference 2.5), so no such payment is an error.
CREATE TABLE by_decision AS
WITH made_up AS (
    SELECT payment.month, payment.person_id, payment.subsidy, min(after.from_day) AS renewed_on, max(payment.sheet_month) AS paid_in
    FROM payment ANTI JOIN card_month USING (month, person_id) JOIN month USING (month)
    JOIN card before ON before.person_id = payment.person_id AND before.until_day < month.first_day
    JOIN card after ON after.person_id = payment.person_id AND after.from_day > month.last_day
    WHERE payment.amount > 0 GROUP BY ALL),
counted AS (
    SELECT *, row_number() OVER (PARTITION BY person_id, subsidy, renewed_on ORDER BY month DESC) AS place
    FROM made_up WHERE paid_in >= strftime(renewed_on, '%Y-%m'))
SELECT month, person_id, subsidy FROM counted
JOIN back_pay ON back_pay.since <= renewed_on AND (back_pay.until IS NULL OR back_pay.until > renewed_on) WHERE place <= back_pay.months;

-- entitlement: whether a person may have a subsidy in a month, for everybody of the county who holds a card in it, and whoever is paid for it. `reason` says why not;
-- `unknown` names the lists without which that cannot be said, and then `entitled` is NULL. `unchecked` names what no list told and nobody
-- needs to know for a lead. Yuan are those of the person's grade. `by_decision`: paid for a month without a card, as civil affairs may decide.
CREATE TABLE entitlement AS
WITH asked AS (
    SELECT month, person_id, unnest(['LIVING', 'CARE']) AS subsidy FROM card_month ANTI JOIN away USING (month, person_id)
    UNION SELECT month, person_id, subsidy FROM paid WHERE month IN (SELECT month FROM month)),
with_card AS (
    SELECT asked.*, card.certificate_id, card.category, card.grade, card.valid_to, rate.yuan
    FROM asked LEFT JOIN card_month card USING (month, person_id)
    LEFT JOIN rate_month rate ON rate.month = asked.month AND rate.subsidy = asked.subsidy AND (rate.grade IS NULL OR rate.grade = card.grade)),
linked AS (
    SELECT with_card.month, with_card.person_id, with_card.subsidy,
        min(linkage.benefit) FILTER (WHERE linkage.effect = 'EXCLUDES') AS excluded_by,
        min(linkage.benefit) FILTER (WHERE linkage.effect = 'HIGHER' AND benefit.amount >= with_card.yuan) AS higher
    FROM with_card
    JOIN benefit ON benefit.month = with_card.month AND benefit.person_id = with_card.person_id
    JOIN linkage_month linkage ON linkage.month = with_card.month AND linkage.subsidy = with_card.subsidy AND linkage.benefit = benefit.benefit
    GROUP BY ALL),
gone_in AS (
    SELECT month.month, person_id, min(situation) AS situation FROM gone JOIN month ON month.month >= first_month GROUP BY ALL),
facts AS (
    SELECT with_card.*, linked.excluded_by, linked.higher, gone_in.situation, need.long_term_care, widened.id AS widened_by,
        on_list('DESTITUTE_SUPPORT', with_card.month, with_card.person_id) AS destitute, doubtful.lists AS doubted, unlisted.lists AS unlisted,
        on_allowance(with_card.month, with_card.person_id) AS on_allowance
    FROM with_card
    LEFT JOIN linked USING (month, person_id, subsidy)
    LEFT JOIN gone_in USING (month, person_id)
    LEFT JOIN need USING (month, person_id)
    LEFT JOIN widened_person widened USING (month, person_id, subsidy)
    LEFT JOIN doubtful USING (month, person_id, subsidy)
    LEFT JOIN unlisted USING (month, subsidy)),
judged AS (
    SELECT *, CASE
            WHEN situation IS NOT NULL THEN situation
            WHEN certificate_id IS NULL THEN 'NO_CARD'
            WHEN excluded_by IS NOT NULL THEN excluded_by
            WHEN higher IS NOT NULL THEN higher
            WHEN widened_by IS NOT NULL THEN NULL
            WHEN subsidy = 'LIVING' AND NOT on_allowance THEN 'NOT_ON_ALLOWANCE'
            WHEN subsidy = 'CARE' AND grade > 2 THEN 'GRADE'
            WHEN subsidy = 'CARE' AND NOT long_term_care THEN 'NO_LONG_TERM_CARE' END AS reason,
        list_distinct(list_filter([CASE WHEN destitute IS NULL THEN 'DESTITUTE_SUPPORT' END,
            CASE WHEN subsidy = 'LIVING' AND on_allowance IS NULL AND widened_by IS NULL THEN 'SUBSISTENCE_ALLOWANCE' END],
            lambda each: each IS NOT NULL) || coalesce(doubted, [])) AS lacking
    FROM facts)
SELECT month, person_id, subsidy, certificate_id, category, grade, valid_to, yuan, reason,
    CASE WHEN reason IS NULL THEN lacking ELSE [] END AS unknown,
    CASE WHEN reason IS NOT NULL THEN false WHEN lacking = [] THEN true END AS entitled,
    (CASE WHEN subsidy = 'CARE' AND long_term_care IS NULL THEN ['NEEDS_SURVEY'] ELSE [] END) || coalesce(unlisted, []) AS unchecked,
    by_decision.month IS NOT NULL AS by_decision
FROM judged LEFT JOIN by_decision USING (month, person_id, subsidy);
