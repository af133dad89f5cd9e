-- The whole life of a certificate: what stands beside its step. Rows from before get the day of the migration as the day of their
-- step; `python -m services.certificates rebuild certificate_view` gives them their own.

ALTER TABLE views.certificate_view
    ADD COLUMN step_on      date NOT NULL DEFAULT CURRENT_DATE,
    ADD COLUMN forwarded    boolean NOT NULL DEFAULT false,
    ADD COLUMN setting      text,
    ADD COLUMN home_due_on  date,
    ADD COLUMN visit_on     date,
    ADD COLUMN constituents jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN suffix       bigint NOT NULL DEFAULT 0,
    ADD COLUMN lost_on      date,
    ADD COLUMN frozen_on    date,
    ADD COLUMN arriving     boolean NOT NULL DEFAULT false,
    ADD COLUMN proposal     text,
    ADD COLUMN review       text,
    ADD COLUMN disputed     text;
CREATE INDEX certificate_view_expiry ON views.certificate_view (valid_to) WHERE step = 'ISSUED';
-- What somebody must do something about: few rows among many, read by every office every morning.
CREATE INDEX certificate_view_waiting ON views.certificate_view (step_on, certificate_id)
    WHERE step NOT IN ('ISSUED', 'REFUSED', 'CANCELLED', 'WITHDRAWN') OR proposal IS NOT NULL OR arriving OR review IS NOT NULL
        OR disputed IS NOT NULL OR home_due_on IS NOT NULL;

ALTER TABLE views.certificate_state
    ADD COLUMN frozen_on date,
    ADD COLUMN lost_on   date;

-- Who objected to a public notice, why, and what was answered: confidential, kept for the register, in no event.
CREATE TABLE objection (
    objection_id   uuid PRIMARY KEY,
    certificate_id uuid NOT NULL,
    division       text NOT NULL,
    said           text NOT NULL,
    raised_by      text NOT NULL,
    raised_on      date NOT NULL,
    answer         text,
    upheld         boolean,
    answered_on    date
);
CREATE INDEX objection_certificate ON objection (certificate_id);
ALTER TABLE objection ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON objection USING (sees(division)) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (answer, upheld, answered_on) ON objection TO {service}_app;

-- The guardian (监护人) of a person; the latest row counts.
CREATE TABLE guardian (
    person_id    uuid NOT NULL,
    division     text NOT NULL,
    since        timestamptz NOT NULL DEFAULT clock_timestamp(),
    name         text NOT NULL,
    relationship text NOT NULL,
    citizen_id   text NOT NULL,
    phone        text,
    PRIMARY KEY (person_id, since)
);
ALTER TABLE guardian ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON guardian USING (sees(division)) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON guardian TO {service}_app;

-- Earlier citizen ids of a person: a correction is a link that can be taken back.
CREATE TABLE citizen_id_history (
    link_id     uuid PRIMARY KEY,
    person_id   uuid NOT NULL,
    division    text NOT NULL,
    citizen_id  text NOT NULL,
    blind_index uuid NOT NULL,
    until       date NOT NULL,
    reverted_on date
);
CREATE INDEX citizen_id_history_person ON citizen_id_history (person_id);
ALTER TABLE citizen_id_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON citizen_id_history USING (sees(division)) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE, UPDATE (reverted_on) ON citizen_id_history TO {service}_app;
ALTER TABLE person ADD COLUMN died_on date;
GRANT UPDATE (division) ON certificate_number TO {service}_app;
GRANT UPDATE (division, citizen_id, blind_index, died_on) ON person TO {service}_app;
