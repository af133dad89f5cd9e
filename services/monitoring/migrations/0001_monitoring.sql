-- Monitoring's read models, and the one table with free text.

-- The register's copy: in which village a person lives, so that nobody plans a visit to somebody of another county.

CREATE TABLE views.person (
    person_id uuid PRIMARY KEY,
    division  text NOT NULL
);
SELECT guard('person');

-- Households, who belongs to them, and how often they were visited.

CREATE TABLE views.household_view (
    household_id  uuid PRIMARY KEY,
    division      text NOT NULL,
    members       jsonb NOT NULL,
    last_visit_on date,
    visits        bigint NOT NULL,
    version       bigint NOT NULL
);
CREATE INDEX household_division ON views.household_view (division text_pattern_ops, household_id);
-- From a person to the households it belongs to. Every event looks into the index, and few change it: new entries go where they belong at
-- once, not into a list that each look would read first.
CREATE INDEX household_members ON views.household_view USING gin (members) WITH (fastupdate = off);
SELECT guard('household_view');

-- From persons to their households by the index. `?` is not leakproof: under row security it is asked of every household, one after the
-- other. So the owner asks, and the rule of who sees what stands in the query itself. The text names the table when it runs: a rebuild's
-- swap changes nothing. The planner takes `?` for as cheap as `=` and would still read all households for a batch of persons.
CREATE FUNCTION views.homes_of(persons text[]) RETURNS TABLE (n bigint, household_id uuid, division text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog SET enable_seqscan = off AS $$
    SELECT u.n, h.household_id, h.division FROM unnest(persons) WITH ORDINALITY AS u(person_id, n)
    JOIN views.household_view h ON h.members ? u.person_id AND public.sees(h.division) ORDER BY u.n, h.household_id
$$;
REVOKE ALL ON FUNCTION views.homes_of(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION views.homes_of(text[]) TO {service}_app;
ALTER FUNCTION views.homes_of(text[]) OWNER TO {service}_rebuild;

-- Visits as they were recorded, and what officers write in their own words: never in an event, a topic or a log.

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

CREATE TABLE visit_note (
    visit_id uuid PRIMARY KEY,
    division text NOT NULL,
    note     text NOT NULL
);
ALTER TABLE visit_note ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON visit_note USING (sees(division)) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON visit_note TO {service}_app;

-- Planned visits: who is to be visited in which village until when, for what, and what came of it.

CREATE TABLE views.planned_visit (
    planned_visit_id uuid PRIMARY KEY,
    file_number      text NOT NULL,
    household_id     uuid,
    person_id        uuid NOT NULL,
    division         text NOT NULL,
    purpose          text NOT NULL,
    certificate_id   uuid,
    valid_to         date,
    reminder_id      uuid,
    planned_by       text NOT NULL,
    planned_on       date NOT NULL,
    due_on           date NOT NULL,
    report_by        date NOT NULL,
    state            text NOT NULL,
    missed_on        date,
    outcome          text,
    told             text,
    visited_on       date,
    visit_id         uuid,
    reported_by      text,
    withdrawn_for    text,
    version          bigint NOT NULL
);
-- A county or the prefecture reads by day, a village its own few.
CREATE INDEX planned_visit_list ON views.planned_visit (due_on, planned_visit_id);
CREATE INDEX planned_visit_open ON views.planned_visit (due_on, planned_visit_id) WHERE state = 'PLANNED';
CREATE INDEX planned_visit_file_number ON views.planned_visit (file_number);
CREATE INDEX planned_visit_village ON views.planned_visit (division text_pattern_ops, state);
-- When the register says that a person has died: the open visits to that person which somebody planned.
CREATE INDEX planned_visit_person ON views.planned_visit (person_id) WHERE state = 'PLANNED' AND reminder_id IS NULL;
SELECT guard('planned_visit');

-- Risk cases, and the measures that were planned for them.

CREATE TABLE views.case_view (
    case_id         uuid PRIMARY KEY,
    file_number     text NOT NULL,
    household_id    uuid NOT NULL,
    division        text NOT NULL,
    state           text NOT NULL,
    rule            text NOT NULL,
    kind            text NOT NULL,
    severity        text NOT NULL,
    source          text NOT NULL,
    clue_on         date NOT NULL,
    verify_by       date NOT NULL,
    finding_id      uuid,
    decided_on      date,
    officer         text,
    household_class text,
    closed_on       date,
    version         bigint NOT NULL
);
CREATE INDEX case_household ON views.case_view (household_id);
CREATE INDEX case_file_number ON views.case_view (file_number);
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
