-- card: each stretch of days on which a person had a valid card; its first and its last day are both valid days.
--
-- A card counts from its first valid day to its last (`valid_to`). It does not count from the day on which it is frozen, reported lost or
-- cancelled, and counts again from the day on which it is unfrozen or a new one is issued: each ends what it answers to, and a card that was
-- both frozen and lost counts when neither holds. What a roster of the national register shows of a card that is frozen or lost here gives it
-- back to nobody. A cancellation that was revoked never was.
CREATE TABLE card AS
WITH standing AS (
    SELECT * FROM (
        SELECT *, lead(kind) OVER (PARTITION BY certificate_id, kind IN ('CANCELLED', 'REVOKED') ORDER BY version) AS followed_by
        FROM card_change)
    WHERE NOT (kind = 'CANCELLED' AND followed_by IS NOT DISTINCT FROM 'REVOKED') AND kind <> 'REVOKED'),
known AS (
    SELECT certificate_id, person_id, day,
        last_value(category IGNORE NULLS) OVER so_far AS category,
        last_value(grade IGNORE NULLS) OVER so_far AS grade,
        last_value(valid_from IGNORE NULLS) OVER so_far AS valid_from,
        last_value(valid_to IGNORE NULLS) OVER so_far AS valid_to,
        last_value(CASE kind WHEN 'STOPPED' THEN true WHEN 'GIVEN_BACK' THEN false END IGNORE NULLS) OVER so_far AS frozen,
        last_value(CASE WHEN kind = 'LOST' THEN true WHEN kind = 'REPLACED' OR kind = 'VALID' AND issued THEN false END IGNORE NULLS)
            OVER so_far AS lost,
        last_value(CASE kind WHEN 'CANCELLED' THEN true WHEN 'VALID' THEN false END IGNORE NULLS) OVER so_far AS cancelled,
        lead(day) OVER (PARTITION BY certificate_id ORDER BY version) AS next_day
    FROM standing
    WINDOW so_far AS (PARTITION BY certificate_id ORDER BY version ROWS UNBOUNDED PRECEDING))
SELECT person_id, certificate_id, category, grade, greatest(day, valid_from) AS from_day,
    least(valid_to, coalesce(next_day - 1, valid_to)) AS until_day, valid_to
FROM known
WHERE NOT coalesce(frozen, false) AND NOT coalesce(lost, false) AND NOT coalesce(cancelled, false)
    AND greatest(day, valid_from) <= least(valid_to, coalesce(next_day - 1, valid_to));

-- card_month: the card that counts for a person in a month, one row for each. A month counts in which the card was valid on any day: one
-- that ends on 15 March counts for March and not for April, one that is issued on 20 June counts for June (domain reference 2.5). While a
-- card is issued anew with another grade, the month is of the earlier one (2.5: the old rate is paid meanwhile).
CREATE TABLE card_month AS
SELECT month, person_id, arg_min(certificate_id, from_day) AS certificate_id, arg_min(category, from_day) AS category,
    arg_min(grade, from_day) AS grade, max(valid_to) AS valid_to
FROM month JOIN card ON card.from_day <= month.last_day AND card.until_day >= month.first_day
GROUP BY month, person_id;

-- away: who was not of the county on a month's first day. That month is the other county's, which pays it or not.
CREATE TABLE away AS
SELECT DISTINCT month.month, person_id FROM elsewhere JOIN month
    ON coalesce(from_day <= first_day, true) AND coalesce(until_day >= first_day, true);
