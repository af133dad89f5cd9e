-- From a person to the households it belongs to: what the register says of a person touches them.
CREATE INDEX household_members ON views.household_view USING gin (members);
