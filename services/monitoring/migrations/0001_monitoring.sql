-- Monitoring's read models, and the one table with free text.

CREATE TABLE views.household_view (
    household_id  uuid PRIMARY KEY,
    division      text NOT NULL,
    members       jsonb NOT NULL,
    last_visit_on date,
    visits        bigint NOT NULL,
    version       bigint NOT NULL
);
CREATE INDEX household_division ON views.household_view (division text_pattern_ops, household_id);
SELECT guard('household_view');

CREATE TABLE views.visit_view (
    visit_id        uuid PRIMARY KEY,
    household_id    uuid NOT NULL,
    division        text NOT NULL,
    visited_on      date NOT NULL,
    incidents       jsonb NOT NULL,
    income_per_head numeric,
    income_fell     boolean,
    visitor         text NOT NULL,
    unknown_rules   jsonb NOT NULL
);
CREATE INDEX visit_household ON views.visit_view (household_id, visited_on);
SELECT guard('visit_view');

CREATE TABLE views.case_view (
    case_id         uuid PRIMARY KEY,
    household_id    uuid NOT NULL,
    division        text NOT NULL,
    state           text NOT NULL,
    rule            text NOT NULL,
    kind            text NOT NULL,
    severity        text NOT NULL,
    source          text NOT NULL,
    clue_on         date NOT NULL,
    verify_by       date NOT NULL,
    decided_on      date,
    officer         text,
    household_class text,
    closed_on       date,
    version         bigint NOT NULL
);
CREATE INDEX case_household ON views.case_view (household_id);
CREATE INDEX case_state ON views.case_view (state, case_id);
SELECT guard('case_view');

CREATE TABLE views.measure_view (
    measure_id   uuid PRIMARY KEY,
    case_id      uuid NOT NULL,
    household_id uuid NOT NULL,
    division     text NOT NULL,
    measure      text NOT NULL,
    owner        text NOT NULL,
    due_on       date NOT NULL,
    state        text NOT NULL,
    overdue      boolean NOT NULL,
    delivered_on date,
    checked_on   date
);
CREATE INDEX measure_case ON views.measure_view (case_id);
SELECT guard('measure_view');

-- What officers write in their own words: never in an event, a topic or a log.
CREATE TABLE visit_note (
    visit_id uuid PRIMARY KEY,
    division text NOT NULL,
    note     text NOT NULL
);
ALTER TABLE visit_note ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON visit_note USING (sees(division)) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON visit_note TO {service}_app;
