-- What may be sent now, by whom it is for: however much waits for one office, or is held for the morning, the others' is found by itself.
-- `delivery_apart` is what else is open for a recipient: no index over both, or it would be taken for the first.
DROP INDEX delivery_due, delivery_open;
CREATE INDEX delivery_next ON delivery (recipient, source, due_at, delivery_id)
    WHERE state IN ('due', 'unknown') AND held_until IS NULL;
CREATE INDEX delivery_next_else ON delivery (channel, due_at, delivery_id)
    WHERE state IN ('due', 'unknown') AND held_until IS NULL AND source NOT IN ('NOTICE', 'TEST');
CREATE INDEX delivery_held ON delivery (channel, held_until) WHERE state IN ('due', 'unknown') AND held_until IS NOT NULL;
CREATE INDEX delivery_apart ON delivery (recipient)
    WHERE state = 'sending' OR state IN ('due', 'unknown') AND held_until IS NOT NULL;
