-- payment: what the rows of payment sheets pay, each month that a row is for by itself. A row that names the months it makes up for is for
-- those, and a regular one that counts a month more, for its sheet's month, too; one that counts several months and names none is for the
-- sheet's month and those right before it (`assumed`). Money of a row is shared equally among its months, the first one takes what is left
-- over. What a sheet calls returned is taken off, whichever sign it has; a correction has the sign that it is written with.
CREATE TABLE payment AS
WITH rows AS (
    SELECT roster_id, row, person_id, index, month AS sheet_month, subsidy, coalesce(nature, 'REGULAR') AS nature, rate, grade,
        CASE nature WHEN 'RETURNED' THEN -abs(amount) ELSE amount END AS amount,
        coalesce(len(for_months), 0) = 0 AND months > 1 AS assumed,
        CASE WHEN coalesce(len(for_months), 0) = 0 THEN list_transform(range(greatest(coalesce(months, 1), 1)),
                lambda back: strftime(strptime(month, '%Y-%m') - to_months(back::INT), '%Y-%m'))
            WHEN coalesce(nature, 'REGULAR') = 'REGULAR' AND months > len(for_months) AND NOT list_contains(for_months, month)
                THEN list_append(for_months, month)
            ELSE for_months END AS months
    FROM subsidy_payment_list),
shared AS (
    SELECT * EXCLUDE (months, amount), amount AS row_amount, months, len(months) AS many, (amount * 100)::BIGINT AS fen,
        unnest(range(len(months))) AS place
    FROM rows)
SELECT roster_id, row, person_id, index, sheet_month, months[place + 1] AS month, subsidy, nature, rate, grade, assumed, row_amount,
    ((CASE WHEN place = 0 THEN fen - fen // many * (many - 1) ELSE fen // many END) * 0.01)::DECIMAL(12, 2) AS amount
FROM shared;

-- bounced: what the bank could not pay out of a sheet's month, by the months that the money was for. What it paid out in the end, at a
-- second try, did not bounce. Rows of the very amount that failed are meant first, then what the sheet pays for its own month.
CREATE TABLE bounced AS
WITH bank AS (
    SELECT month AS sheet_month, person_id, subsidy, sum(amount) FILTER (succeeded = 'NO') AS failed,
        coalesce(sum(amount) FILTER (succeeded = 'YES'), 0) AS paid_out, list(amount) FILTER (succeeded = 'NO') AS failures,
        any_value(reason) FILTER (succeeded = 'NO') AS reason
    FROM bank_result_list WHERE person_id IS NOT NULL GROUP BY ALL HAVING failed > 0),
sent AS (
    SELECT sheet_month, person_id, subsidy, payment.month, payment.row, payment.amount, reason, failed, paid_out,
        list_contains(failures, row_amount) AS meant, payment.month = sheet_month AS own
    FROM payment JOIN bank USING (sheet_month, person_id, subsidy) WHERE payment.amount > 0),
in_order AS (
    SELECT *, least(failed, greatest(sum(amount) OVER (PARTITION BY sheet_month, person_id, subsidy) - paid_out, 0)) AS back,
        coalesce(sum(amount) OVER (PARTITION BY sheet_month, person_id, subsidy ORDER BY meant DESC, own DESC, month DESC, row
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM sent)
SELECT sheet_month, month, person_id, subsidy, sum(least(amount, greatest(back - before, 0)))::DECIMAL(12, 2) AS amount,
    any_value(reason) AS reason
FROM in_order GROUP BY ALL HAVING sum(least(amount, greatest(back - before, 0))) > 0;

-- sheet_read: the months of which the sheets are looked at here; of one whose sheet is there and cannot be used, what is known stands.
CREATE TABLE sheet_read AS
SELECT month FROM month ANTI JOIN (FROM feed WHERE kind = 'SUBSIDY_PAYMENT' AND NOT usable) unusable USING (month);

-- paid: what a person was paid for a month by all sheets together, corrections and returns taken off; nobody is in it whom the sheets paid
-- nothing in the end. What sheets paid whose months are not looked at here, or whose rows are not there any more, is known from before. A payment that only the bank could not pay
-- out is one of the sheet's: that it bounced is a matter of its own.
CREATE TABLE paid AS
WITH told AS (
    SELECT month, person_id, subsidy, amount, nature, roster_id, row, rate, grade FROM payment WHERE person_id IS NOT NULL
    UNION ALL
    SELECT known.month, person_id, subsidy, amount, nature, roster_id, NULL, NULL, NULL
    FROM known_payment known ANTI JOIN sheet_read ON sheet_read.month = known.sheet_month WHERE nature <> 'BOUNCED')
SELECT month, person_id, subsidy, sum(amount)::DECIMAL(12, 2) AS amount,
    count(DISTINCT (roster_id, row)) FILTER (WHERE nature = 'REGULAR') AS regular,
    any_value(rate) FILTER (WHERE nature = 'REGULAR') AS rate_on_list, any_value(grade) FILTER (WHERE nature = 'REGULAR') AS grade_on_list
FROM told GROUP BY month, person_id, subsidy HAVING sum(amount) > 0;

-- payment_part: what one sheet says of one month, by the nature of it: a regular payment is of the sheet's own month, for any other month it
-- makes up. This is what is kept of a payment beyond its sheet (`known_payment`).
CREATE TABLE payment_part AS
SELECT month, sheet_month, person_id, subsidy, CASE WHEN nature = 'REGULAR' AND month <> sheet_month THEN 'ARREARS' ELSE nature END AS nature,
    sum(amount)::DECIMAL(12, 2) AS amount, min(roster_id) AS roster_id, any_value(grade) AS grade, any_value(rate) AS rate,
    NULL::VARCHAR AS reason
FROM payment WHERE person_id IS NOT NULL GROUP BY ALL HAVING sum(amount) <> 0
UNION ALL
SELECT month, sheet_month, person_id, subsidy, 'BOUNCED', -amount, feed.roster_id, NULL, NULL, reason
FROM bounced JOIN (SELECT month AS sheet_month, min(roster_id) AS roster_id FROM feed WHERE kind = 'BANK_RESULT' AND usable GROUP BY month) feed
    USING (sheet_month);

-- township_paid: what the rows of a month's sheet pay in each township, by the parts of the township's sheet: persons-times are rows, a person
-- who has both subsidies is two of them. `township` is what the row says, or where the person lives; NULL where neither is known.
CREATE TABLE township_paid AS
SELECT list.month, left(coalesce(list.township, list.place, person.division), 9) AS township,
    CASE list.subsidy WHEN 'LIVING' THEN 'LIVING' ELSE 'CARE_' || coalesce(list.grade, card.grade)::VARCHAR END AS part,
    count(*) AS person_times, count(DISTINCT index) AS persons, sum(list.amount)::DECIMAL(12, 2) AS amount
FROM subsidy_payment_list list LEFT JOIN person USING (person_id) LEFT JOIN card_month card USING (month, person_id)
WHERE coalesce(nature, 'REGULAR') = 'REGULAR' GROUP BY ALL;

-- summary: the townships' sheets, part by part; `ALL` is what a row adds up to.
CREATE TABLE summary AS
WITH said AS (
    SELECT roster_id, month, left(township, 9) AS township, unnest([
        {'part': 'CARE_1', 'person_times': care1_persons, 'rate': care1_rate, 'amount': care1_amount},
        {'part': 'CARE_2', 'person_times': care2_persons, 'rate': care2_rate, 'amount': care2_amount},
        {'part': 'LIVING', 'person_times': living_persons, 'rate': living_rate, 'amount': living_amount},
        {'part': 'ALL', 'person_times': persons, 'rate': NULL, 'amount': amount}], recursive := true)
    FROM (SELECT list.* FROM subsidy_summary_list list))
SELECT roster_id, month, township, part, sum(person_times)::BIGINT AS person_times, any_value(rate) AS rate, sum(amount)::DECIMAL(12, 2) AS amount
FROM said WHERE township IS NOT NULL GROUP BY ALL;

-- summary_tie: each township's sum against its rows. `unplaced` rows are of a township that nobody knows, or could not be read: by so many a
-- sum may be larger without being wrong.
CREATE TABLE summary_tie AS
WITH listed_in AS (
    SELECT month, township, part, sum(person_times) AS person_times, sum(amount) AS amount FROM township_paid GROUP BY ALL
    UNION ALL SELECT month, township, 'ALL', sum(person_times), sum(amount) FROM township_paid GROUP BY ALL),
unplaced AS (
    SELECT month, sum(rows) AS rows FROM (
        SELECT month, person_times AS rows FROM township_paid WHERE township IS NULL OR part IS NULL
        UNION ALL SELECT month, rows FROM unread_row JOIN feed USING (roster_id) WHERE kind = 'SUBSIDY_PAYMENT' AND usable)
    GROUP BY month)
SELECT summary.*, coalesce(listed_in.person_times, 0)::BIGINT AS person_times_on_list, coalesce(listed_in.amount, 0)::DECIMAL(12, 2) AS amount_on_list,
    coalesce(unplaced.rows, 0)::BIGINT AS unplaced
FROM summary LEFT JOIN listed_in USING (month, township, part) LEFT JOIN unplaced USING (month);
