-- The register's read models, and the audited tables that are the only place where names and numbers stand.

CREATE TABLE views.certificate_view (
    certificate_id uuid PRIMARY KEY,
    division       text NOT NULL,
    person_id      uuid NOT NULL,
    step           text NOT NULL,
    channel        text NOT NULL,
    applied_on     date NOT NULL,
    changed_on     date NOT NULL,
    reason         text,
    institution    text,
    notice_ends_on date,
    objections     bigint,
    category       text,
    grade          bigint,
    valid_from     date,
    valid_to       date,
    cancelled_on   date,
    version        bigint NOT NULL
);
CREATE INDEX certificate_view_person ON views.certificate_view (person_id);
CREATE INDEX certificate_view_division ON views.certificate_view (division text_pattern_ops, certificate_id);
SELECT guard('certificate_view');

CREATE TABLE views.certificate_state (
    certificate_id uuid PRIMARY KEY,
    division       text NOT NULL,
    person_id      uuid NOT NULL,
    category       text NOT NULL,
    grade          bigint NOT NULL,
    valid_from     date NOT NULL,
    valid_to       date NOT NULL,
    cancelled_on   date
);
SELECT guard('certificate_state');

-- Identity. The blind index is unique: one citizen id, one person. Erasing a person deletes the row; the log then points to nobody.
CREATE TABLE person (
    person_id     uuid PRIMARY KEY,
    division      text NOT NULL,
    name          text NOT NULL,
    citizen_id    text NOT NULL,
    blind_index   uuid NOT NULL UNIQUE,
    key_id        text NOT NULL,
    phone         text,
    address       text,
    registered_on date NOT NULL
);

-- 残疾人证号 is an attribute with history, not an identity: regrading or a corrected citizen id changes it.
CREATE TABLE certificate_number (
    certificate_id uuid NOT NULL,
    number         text NOT NULL,
    division       text NOT NULL,
    since          date NOT NULL,
    until          date,
    PRIMARY KEY (certificate_id, number)
);
CREATE UNIQUE INDEX certificate_number_current ON certificate_number (number) WHERE until IS NULL;

-- Who asked for whose identity, for what; also when the answer was no. Nobody may change or delete a row.
CREATE TABLE person_read (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    division  text NOT NULL,
    actor     text NOT NULL,
    agency    text NOT NULL,
    purpose   text NOT NULL,
    reference text NOT NULL,
    person_id uuid NOT NULL,
    granted   boolean NOT NULL,
    at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX person_read_actor ON person_read (actor, at);
CREATE INDEX person_read_person ON person_read (person_id, at);

ALTER TABLE person ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON person USING (sees(division)) WITH CHECK (true);
ALTER TABLE certificate_number ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON certificate_number USING (sees(division)) WITH CHECK (true);
ALTER TABLE person_read ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON person_read USING (sees(division)) WITH CHECK (true);

-- UPDATE of the contact columns also carries the right to lock a person's row while an application is decided.
GRANT SELECT, INSERT, DELETE, UPDATE (phone, address) ON person TO {service}_app;
GRANT SELECT, INSERT, UPDATE (until) ON certificate_number TO {service}_app;
GRANT SELECT, INSERT ON person_read TO {service}_app;
