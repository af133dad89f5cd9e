-- widened_person: whom a place pays a subsidy beyond the rule for all, by the rows of the policy that are on in a month (domain reference 2.2).
INSERT INTO widened_person
SELECT month.month, card.person_id, widened.subsidy, min(widened.id)
FROM widened_group widened
JOIN month ON widened.since <= month.first_day AND (widened.until IS NULL OR widened.until > month.first_day)
JOIN card_month card ON card.month = month.month AND coalesce(card.category = widened.category, widened.category IS NULL)
    AND coalesce(card.grade = widened.grade, widened.grade IS NULL)
WHERE widened.kind IS NULL OR (widened.kind, card.month, card.person_id) IN (SELECT (kind, month, person_id) FROM listed)
GROUP BY month.month, card.person_id, widened.subsidy;
