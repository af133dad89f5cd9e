-- Of which divisions' subjects a subscription is told.

ALTER TABLE views.subscription ADD COLUMN divisions jsonb NOT NULL DEFAULT '[]';
