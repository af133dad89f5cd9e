-- payment: what the rows of payment sheets pay, each month that a row is for by itself. A row that names the months it makes up for is for
-- those; one that counts several months and names none is for the sheet's month and those right before it (`assumed`). Money of a row is
-- shared equally among its months, the last one takes what is left over. A correction or a return takes off (amount below zero).
CREATE TABLE payment AS
WITH rows AS (
    SELECT roster_id, row, person_id, index, month AS sheet_month, subsidy, coalesce(nature, 'REGULAR') AS nature, amount, rate, grade,
        for_months IS NULL AND months > 1 AS assumed,
        coalesce(for_months, list_transform(range(greatest(coalesce(months, 1), 1)),
            lambda back: strftime(strptime(month, '%Y-%m') - to_months(back::INT), '%Y-%m'))) AS months
    FROM subsidy_payment_list),
shared AS (
    SELECT * EXCLUDE (months, amount), months, len(months) AS many, (amount * 100)::BIGINT AS fen, unnest(range(len(months))) AS place FROM rows)
SELECT roster_id, row, person_id, index, sheet_month, months[place + 1] AS month, subsidy, nature, rate, grade, assumed,
    ((CASE WHEN place = 0 THEN fen - fen // many * (many - 1) ELSE fen // many END) * 0.01)::DECIMAL(12, 2) AS amount
FROM shared;

-- returned: what the bank sent back of a sheet's month, where no later row paid it again.
CREATE TABLE returned AS
SELECT month, person_id, subsidy, sum(amount)::DECIMAL(12, 2) AS amount, any_value(reason) AS reason
FROM bank_result_list WHERE succeeded = 'NO' AND person_id IS NOT NULL GROUP BY month, person_id, subsidy;

-- paid: what a person was paid for a month in the end, all sheets together, returns taken off; nobody is in it who was paid nothing.
CREATE TABLE paid AS
SELECT payment.month, payment.person_id, payment.subsidy, (sum(payment.amount) - coalesce(any_value(returned.amount), 0))::DECIMAL(12, 2) AS amount,
    count(DISTINCT (payment.roster_id, payment.row)) FILTER (WHERE payment.nature = 'REGULAR') AS regular,
    any_value(payment.rate) FILTER (WHERE payment.nature = 'REGULAR') AS rate_on_list, any_value(payment.grade) FILTER (WHERE payment.nature = 'REGULAR') AS grade_on_list
FROM payment LEFT JOIN returned ON returned.month = payment.sheet_month AND returned.person_id = payment.person_id
    AND returned.subsidy = payment.subsidy AND payment.sheet_month = payment.month
WHERE payment.person_id IS NOT NULL
GROUP BY payment.month, payment.person_id, payment.subsidy
HAVING sum(payment.amount) - coalesce(any_value(returned.amount), 0) > 0;
