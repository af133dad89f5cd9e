-- At the window: earlier names, phones and addresses of a person, and finding a person by name.

-- A correction keeps what stood there before. `name`, `phone`, `address` are the earlier values, all of them.
CREATE TABLE person_detail_history (
    link_id   uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    division  text NOT NULL,
    name      text NOT NULL,
    phone     text,
    address   text,
    until     date NOT NULL,
    at        timestamptz NOT NULL DEFAULT clock_timestamp()  -- of two corrections of one day, which came first
);
CREATE INDEX person_detail_history_person ON person_detail_history (person_id);
ALTER TABLE person_detail_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON person_detail_history USING (sees(division)) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON person_detail_history TO {service}_app;
GRANT UPDATE (name) ON person TO {service}_app;

-- The same rule as `identity.comparable_name`: without separators and spaces, Latin letters small.
ALTER TABLE person ADD COLUMN name_key text GENERATED ALWAYS AS
    (lower(regexp_replace(name, '[\s\u00a0\u3000·•．.・‧∙⋅﹒－-]', '', 'g'))) STORED;
CREATE INDEX person_name ON person (name_key text_pattern_ops);
