-- The register's read models, and the audited tables that are the only place where names and numbers stand.

-- Persons: identity, who asked for it, and what stood there before.

-- The blind index is unique: one citizen id, one person. Erasing a person deletes the row; the log then points to nobody.
CREATE TABLE person (
    person_id       uuid PRIMARY KEY,
    file_number     text NOT NULL,
    division        text NOT NULL,
    name            text NOT NULL,
    -- The same rule as `identity.comparable_name`: without separators and spaces, Latin letters small.
    name_key        text GENERATED ALWAYS AS
        (lower(regexp_replace(name, '[\s\u00a0\u3000·•．.・‧∙⋅﹒－-]', '', 'g'))) STORED,
    citizen_id      text NOT NULL,
    blind_index     uuid NOT NULL UNIQUE,
    key_id          text NOT NULL,
    phone           text,
    confirmed_phone text,  -- kept, not a flag: a number that is exchanged is unconfirmed by itself
    address         text,
    contact_choice  text,
    language        text,
    registered_on   date NOT NULL,
    died_on         date
);
-- The persons of a village, township or county.
CREATE INDEX person_division ON person (division text_pattern_ops, person_id);
CREATE INDEX person_file_number ON person (file_number);
CREATE INDEX person_name ON person (name_key text_pattern_ops);
CREATE INDEX person_phone ON person (phone) WHERE phone IS NOT NULL;
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON person USING (sees(division)) WITH CHECK (true);
-- UPDATE of the contact columns also carries the right to lock a person's row while an application is decided.
GRANT SELECT, INSERT, DELETE,
    UPDATE (division, name, citizen_id, blind_index, phone, confirmed_phone, address, contact_choice, language, died_on)
    ON person TO {service}_app;

-- The guardian (监护人) of a person; the latest row counts.
CREATE TABLE guardian (
    person_id       uuid NOT NULL,
    division        text NOT NULL,
    since           timestamptz NOT NULL DEFAULT clock_timestamp(),
    name            text NOT NULL,
    relationship    text NOT NULL,
    citizen_id      text NOT NULL,
    phone           text,
    confirmed_phone text,
    PRIMARY KEY (person_id, since)
);
ALTER TABLE guardian ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON guardian USING (sees(division)) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE, UPDATE (confirmed_phone) ON guardian TO {service}_app;

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
ALTER TABLE person_read ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON person_read USING (sees(division)) WITH CHECK (true);
GRANT SELECT, INSERT ON person_read TO {service}_app;

-- Certificates: each with its step and what stands beside it, the state that is published, numbers, objections.

CREATE TABLE views.certificate_view (
    certificate_id uuid PRIMARY KEY,
    file_number    text NOT NULL,
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
    step_on        date NOT NULL,
    forwarded      boolean NOT NULL,
    setting        text,
    home_due_on    date,
    visit_on       date,
    constituents   jsonb NOT NULL,
    suffix         bigint NOT NULL,
    lost_on        date,
    frozen_on      date,
    arriving       boolean NOT NULL,
    proposal       text,
    review         text,
    disputed       text,
    version        bigint NOT NULL,
    round_id       uuid
);
CREATE INDEX certificate_view_file_number ON views.certificate_view (file_number);
CREATE INDEX certificate_view_person ON views.certificate_view (person_id);
CREATE INDEX certificate_view_division ON views.certificate_view (division text_pattern_ops, certificate_id);
CREATE INDEX certificate_view_expiry ON views.certificate_view (valid_to) WHERE step = 'ISSUED';
-- What somebody must do something about: few rows among many, read by every office every morning.
CREATE INDEX certificate_view_waiting ON views.certificate_view (step_on, certificate_id)
    WHERE step NOT IN ('ISSUED', 'REFUSED', 'CANCELLED', 'WITHDRAWN') OR proposal IS NOT NULL OR arriving OR review IS NOT NULL
        OR disputed IS NOT NULL OR home_due_on IS NOT NULL;
-- Who is in a round of home assessment, and what waits for one.
CREATE INDEX certificate_view_round ON views.certificate_view (round_id) WHERE round_id IS NOT NULL;
CREATE INDEX certificate_view_wanted ON views.certificate_view (division)
    WHERE visit_on IS NULL AND (home_due_on IS NOT NULL OR step = 'IN_ASSESSMENT' AND setting = 'GROUP');
-- Which institutions ever assessed: few rows among the cards that only the roster knows.
CREATE INDEX certificate_view_institution ON views.certificate_view (institution) WHERE institution IS NOT NULL;
SELECT guard('certificate_view');

CREATE TABLE views.certificate_state (
    certificate_id uuid PRIMARY KEY,
    division       text NOT NULL,
    person_id      uuid NOT NULL,
    category       text NOT NULL,
    grade          bigint NOT NULL,
    valid_from     date NOT NULL,
    valid_to       date NOT NULL,
    cancelled_on   date,
    frozen_on      date,
    lost_on        date
);
SELECT guard('certificate_state');

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
ALTER TABLE certificate_number ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON certificate_number USING (sees(division)) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (division, until) ON certificate_number TO {service}_app;

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

-- Home assessment (上门评残): rounds, and who was visited or missed in them.

CREATE TABLE views.home_round (
    round_id    uuid PRIMARY KEY,
    file_number text NOT NULL,
    division    text NOT NULL,
    on_day      date NOT NULL,
    institution text NOT NULL,
    doctor      text NOT NULL,
    quota       bigint NOT NULL,
    state       text NOT NULL,
    reason      text,
    done        bigint,
    missed      bigint,
    version     bigint NOT NULL
);
CREATE INDEX home_round_day ON views.home_round (on_day, round_id);
SELECT guard('home_round');

CREATE TABLE views.home_visit (
    round_id       uuid NOT NULL,
    certificate_id uuid NOT NULL,
    division       text NOT NULL,
    visit_on       date,
    missed         text,
    PRIMARY KEY (round_id, certificate_id)
);
SELECT guard('home_visit');

-- Renewals: what the register follows to rank them. Of matching, per person and subsidy the latest month paid (yuan); of monitoring, who
-- lives together, and open cases.

CREATE TABLE views.benefit (
    person_id uuid NOT NULL,
    subsidy   text NOT NULL,
    division  text NOT NULL,
    month     text NOT NULL,
    amount    numeric NOT NULL,
    heard_at  timestamptz NOT NULL,
    months    jsonb NOT NULL,
    amounts   jsonb NOT NULL,
    PRIMARY KEY (person_id, subsidy)
);
SELECT guard('benefit');

CREATE TABLE views.household (
    household_id uuid PRIMARY KEY,
    division     text NOT NULL,
    members      jsonb NOT NULL,
    heard_at     timestamptz NOT NULL
);
SELECT guard('household');

CREATE TABLE views.monitored_case (
    case_id      uuid PRIMARY KEY,
    household_id uuid NOT NULL,
    division     text NOT NULL
);
SELECT guard('monitored_case');

-- Outreach (应办未办): what was heard from and about whoever could have a certificate and has none. Who is on the list today follows from
-- this, the register of persons and the certificates (`candidates.py`), and stands in no table.

CREATE TABLE views.outreach (
    person_id   uuid PRIMARY KEY,
    division    text NOT NULL,
    sources     jsonb NOT NULL,
    noted_on    date NOT NULL,
    answer      text,
    way         text,
    answered_on date,
    again_on    date,
    closed      text,
    closed_on   date
);
SELECT guard('outreach');

-- What certificates say of persons, wherever in the prefecture these cards lie: a card that has not followed its holder to a new village
-- must not make him a person without one. Gives days and yes or no, of persons that the caller already sees.
CREATE FUNCTION views.certified(persons uuid[])
    RETURNS TABLE (person_id uuid, applying boolean, card_until date, not_met_on date, own_wish_on date, dead boolean, away boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT c.person_id,
        bool_or(c.step NOT IN ('ISSUED', 'REFUSED', 'CANCELLED', 'WITHDRAWN')),
        max(c.valid_to) FILTER (WHERE c.step = 'ISSUED'),
        max(CASE WHEN c.step = 'REFUSED' AND c.reason = 'standard_not_met' THEN c.step_on
                 WHEN c.step = 'CANCELLED' AND c.reason IN ('RECOVERED', 'FALSE_PAPERS') THEN c.cancelled_on END),
        max(CASE WHEN c.step = 'WITHDRAWN' THEN c.step_on
                 WHEN c.step = 'CANCELLED' AND c.reason = 'VOLUNTARY' THEN c.cancelled_on END),
        bool_or(c.step = 'CANCELLED' AND c.reason = 'DEATH'),
        bool_or(c.step = 'CANCELLED' AND c.reason = 'TRANSFERRED')
    FROM views.certificate_view c WHERE c.person_id = ANY (persons) GROUP BY c.person_id
$$;
REVOKE ALL ON FUNCTION views.certified(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION views.certified(uuid[]) TO {service}_app;
ALTER FUNCTION views.certified(uuid[]) OWNER TO {service}_rebuild;

-- Rosters of the national register as they were taken in: how far, and what was wrong with which row. No personal data.

CREATE TABLE roster_import (
    import_id   uuid PRIMARY KEY,
    division    text NOT NULL,
    as_of       date NOT NULL,
    next_row    int NOT NULL,
    counts      jsonb NOT NULL DEFAULT '{}',
    actor       text NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
GRANT SELECT, INSERT, UPDATE ON roster_import TO {service}_app;

CREATE TABLE roster_finding (
    import_id uuid NOT NULL,
    row       int NOT NULL,
    code      text NOT NULL,
    rejected  boolean NOT NULL,
    PRIMARY KEY (import_id, row, code)
);
GRANT SELECT, INSERT ON roster_finding TO {service}_app;

-- Quality and counts: the steps of every application and review, and what counting on a past day needs.

CREATE TABLE views.course (
    certificate_id uuid NOT NULL,
    township       text NOT NULL,
    division       text NOT NULL,
    first_on       date NOT NULL,
    last_on        date NOT NULL,
    waits          boolean NOT NULL,
    marks          jsonb NOT NULL,
    PRIMARY KEY (certificate_id, township)
);
CREATE INDEX course_last ON views.course (last_on);
CREATE INDEX course_waiting ON views.course (first_on) WHERE waits;
SELECT guard('course');

-- Cards that have left a county since a day: they are out of its sight now, and were in it then.
CREATE INDEX events_transferred_out ON events (occurred_at) WHERE type = 'CertificateTransferredOut';

-- Explanations: the policy files under each version that ever decided something, so that a decision can be explained after they have
-- changed; and what belongs to one cause.

CREATE TABLE policy_version (
    version       text NOT NULL,
    file          text NOT NULL,
    content       text NOT NULL,
    first_used_on date,  -- NULL: the clock was in doubt
    PRIMARY KEY (version, file)
);
GRANT SELECT, INSERT ON policy_version TO {service}_app;
CREATE INDEX events_correlation ON events (correlation_id, position);
