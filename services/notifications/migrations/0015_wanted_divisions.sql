-- Of which divisions' subjects a subscription is told, and how often it was tested.

ALTER TABLE views.subscription ADD COLUMN divisions jsonb NOT NULL DEFAULT '[]';
CREATE INDEX delivery_test ON delivery (agency, division, created_at) WHERE source = 'TEST';
CREATE INDEX delivery_test_open ON delivery (recipient) WHERE source = 'TEST' AND state IN ('due', 'sending', 'unknown');
