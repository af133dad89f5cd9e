-- Matching's read models, and the staging of roster rows: a blind index and what was paid, never a name, number or account.

-- The register's copy: whom a blind index names, and each issued card. A card that is frozen or reported lost entitles to nothing (domain
-- reference, 2.2).

CREATE TABLE views.person_index (
    index            uuid PRIMARY KEY,
    person_id        uuid NOT NULL,
    division         text NOT NULL,
    name_feature     uuid,
    sound_features   jsonb NOT NULL,
    born_feature     uuid,
    sequence_feature uuid,
    male             boolean
);
CREATE INDEX person_index_person ON views.person_index (person_id);
SELECT guard('person_index');

CREATE TABLE views.certificate (
    certificate_id uuid PRIMARY KEY,
    person_id      uuid NOT NULL,
    division       text NOT NULL,
    grade          bigint NOT NULL,
    valid_from     date NOT NULL,
    valid_to       date NOT NULL,
    cancelled_on   date,
    frozen_on      date,
    lost_on        date
);
CREATE INDEX certificate_person ON views.certificate (person_id);
CREATE INDEX certificate_division ON views.certificate (division text_pattern_ops);
SELECT guard('certificate');

-- Who lives where, and each change of a card in the order of the register: a comparison asks what held on a day (domain reference, 2.5).

CREATE TABLE views.person (
    person_id     uuid PRIMARY KEY,
    division      text NOT NULL,
    birth_month   text NOT NULL,
    registered_on date NOT NULL,
    deaths        jsonb NOT NULL
);
CREATE INDEX person_division ON views.person (division text_pattern_ops);
SELECT guard('person');

CREATE TABLE views.person_move (
    person_id     uuid NOT NULL,
    version       bigint NOT NULL,
    division      text NOT NULL,
    from_division text NOT NULL,
    moved_on      date NOT NULL,
    told_on       date NOT NULL,
    PRIMARY KEY (person_id, version)
);
CREATE INDEX person_move_from ON views.person_move (from_division text_pattern_ops);
SELECT guard('person_move');

CREATE TABLE views.card_change (
    certificate_id uuid NOT NULL,
    version        bigint NOT NULL,
    person_id      uuid NOT NULL,
    kind           text NOT NULL,
    day            date NOT NULL,
    category       text,
    grade          bigint,
    valid_from     date,
    valid_to       date,
    issued         boolean NOT NULL,
    division       text NOT NULL,
    told_on        date NOT NULL,
    PRIMARY KEY (certificate_id, version)
);
CREATE INDEX card_change_person ON views.card_change (person_id);
SELECT guard('card_change');

CREATE TABLE views.home_request (
    person_id      uuid NOT NULL,
    asked_on       date NOT NULL,
    done_on        date,
    certificate_id uuid PRIMARY KEY,
    division       text NOT NULL
);
CREATE INDEX home_request_person ON views.home_request (person_id);
SELECT guard('home_request');

CREATE TABLE views.renewal (
    certificate_id uuid PRIMARY KEY,
    person_id      uuid,
    begun_on       date NOT NULL,
    division       text NOT NULL
);
CREATE INDEX renewal_person ON views.renewal (person_id);
SELECT guard('renewal');

-- Monitoring's copy: households with their members and water, risks and planned measures.

CREATE TABLE views.household (
    household_id uuid NOT NULL,
    version      bigint NOT NULL,
    division     text NOT NULL,
    members      jsonb NOT NULL,
    told_on      date NOT NULL,
    PRIMARY KEY (household_id, version)
);
CREATE INDEX household_division ON views.household (division text_pattern_ops);
SELECT guard('household');

CREATE TABLE views.water_seen (
    household_id uuid NOT NULL,
    seen_on      date NOT NULL,
    division     text NOT NULL,
    safe         boolean NOT NULL,
    PRIMARY KEY (household_id, seen_on)
);
CREATE INDEX water_seen_division ON views.water_seen (division text_pattern_ops);
SELECT guard('water_seen');

CREATE TABLE views.risk (
    case_id      uuid PRIMARY KEY,
    household_id uuid NOT NULL,
    division     text NOT NULL,
    found_on     date NOT NULL,
    ended_on     date
);
CREATE INDEX risk_household ON views.risk (household_id);
SELECT guard('risk');

CREATE TABLE views.planned_measure (
    measure_id   uuid PRIMARY KEY,
    case_id      uuid NOT NULL,
    household_id uuid NOT NULL,
    division     text NOT NULL,
    measure      text NOT NULL,
    owner        text NOT NULL,
    due_on       date NOT NULL,
    planned_on   date NOT NULL,
    delivered_on date
);
CREATE INDEX planned_measure_household ON views.planned_measure (household_id);
SELECT guard('planned_measure');

-- Rosters: the files that offices sent, what became of each, and what is kept of those that can be used.

CREATE TABLE views.roster (
    roster_id   uuid PRIMARY KEY,
    division    text NOT NULL,
    kind        text NOT NULL,
    as_of       date NOT NULL,
    period      text,
    state       text NOT NULL,
    why         text,
    sent_by     text NOT NULL,
    rows        bigint NOT NULL,
    linked      bigint NOT NULL,
    rejected    bigint NOT NULL,
    identified  bigint NOT NULL,
    cells       bigint NOT NULL,
    empty_cells bigint NOT NULL,
    usual_rows  bigint,
    received_at timestamptz NOT NULL,
    received_on date NOT NULL,
    version     bigint NOT NULL
);
CREATE INDEX roster_latest ON views.roster (division, kind, period, as_of);
CREATE INDEX roster_received ON views.roster (received_at, roster_id);
SELECT guard('roster');

-- One Parquet file (zstd) for each roster that can be used: row, index, and the columns that are kept of its kind (policy/rosters.py). It
-- holds keyed hashes, days, words and amounts; no name, number, phone or account.
CREATE TABLE roster_content (
    roster_id uuid PRIMARY KEY,
    division  text NOT NULL,
    kind      text NOT NULL,
    rows      bigint NOT NULL,
    content   bytea NOT NULL,
    staged_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX roster_content_age ON roster_content (staged_at);
ALTER TABLE roster_content ALTER content SET STORAGE EXTERNAL;  -- it is compressed already
ALTER TABLE roster_content ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON roster_content USING (sees(division)) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON roster_content TO {service}_app;

-- A file as it was sent, encrypted (intake/sealed.py): until it is read, and some days longer for its sender's copy with what is wrong.
CREATE TABLE roster_file (
    roster_id uuid PRIMARY KEY,
    division  text NOT NULL,
    agency    text NOT NULL,
    content   bytea NOT NULL,
    kept_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX roster_file_age ON roster_file (kept_at);
ALTER TABLE roster_file ALTER content SET STORAGE EXTERNAL;
ALTER TABLE roster_file ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON roster_file USING (sees(division)) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON roster_file TO {service}_app;

-- What is to be read, and how far that is. A job belongs to a worker until `lease`, which it puts off while it reads.
CREATE TABLE roster_job (
    job_id       uuid PRIMARY KEY,
    roster_id    uuid NOT NULL,
    division     text NOT NULL,
    kind         text NOT NULL,
    as_of        date NOT NULL,
    period       text,
    sent_by      text NOT NULL,
    scope        text NOT NULL,
    digest       text NOT NULL,
    size         bigint NOT NULL,
    state        text NOT NULL DEFAULT 'WAITING',
    code         text,
    rows_read    bigint NOT NULL DEFAULT 0,
    attempts     int NOT NULL DEFAULT 0,
    lease        timestamptz,
    asked_at     timestamptz NOT NULL,
    finished_at  timestamptz
);
CREATE UNIQUE INDEX roster_job_open ON roster_job (roster_id) WHERE state IN ('WAITING', 'READING');
CREATE INDEX roster_job_next ON roster_job (asked_at, job_id) WHERE state IN ('WAITING', 'READING');
CREATE INDEX roster_job_age ON roster_job (finished_at);
ALTER TABLE roster_job ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON roster_job USING (sees(division)) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON roster_job TO {service}_app;

CREATE TABLE roster_problem (
    roster_id uuid NOT NULL,
    division  text NOT NULL,
    row       int NOT NULL,
    code      text NOT NULL,
    rejected  boolean NOT NULL,
    PRIMARY KEY (roster_id, row, code)
);
ALTER TABLE roster_problem ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON roster_problem USING (sees(division)) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON roster_problem TO {service}_app;

-- Every upload that was refused: who sent what when. Never deleted: it says what an office tried to tell us.
CREATE TABLE roster_refusal (
    refusal_id uuid PRIMARY KEY,
    refused_at timestamptz NOT NULL,
    sent_by    text NOT NULL,
    division   text NOT NULL,
    county     text NOT NULL,
    kind       text NOT NULL,
    as_of      date,
    period     text,
    digest     text NOT NULL,
    size       bigint NOT NULL,
    code       text NOT NULL
);
ALTER TABLE roster_refusal ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON roster_refusal USING (sees(division)) WITH CHECK (true);
GRANT SELECT, INSERT ON roster_refusal TO {service}_app;

-- Link: rows without a usable citizen id, whom they may mean, and what officials decided. What stands in `unidentified` the county's last
-- comparison weighed, and the next one replaces it.

CREATE TABLE views.link (
    link_id     uuid PRIMARY KEY,
    identity    uuid NOT NULL,
    county      text NOT NULL,
    division    text NOT NULL,
    birth_year  bigint,
    birth_month text,
    male        boolean,
    lists       jsonb NOT NULL,
    kinds       jsonb NOT NULL,
    senders     jsonb NOT NULL,
    candidates  jsonb NOT NULL,
    weight      numeric NOT NULL,
    person_id   uuid,
    evidence    text,
    refused     jsonb NOT NULL,
    reason      text,
    decided_on  date NOT NULL,
    decided_by  text NOT NULL,
    version     bigint NOT NULL
);
CREATE INDEX link_county ON views.link (county);
SELECT guard('link');

CREATE TABLE unidentified (
    link_id     uuid PRIMARY KEY,
    identity    uuid NOT NULL,
    county      text NOT NULL,
    division    text NOT NULL,
    birth_year  bigint,
    birth_month text,
    male        boolean,
    lists       jsonb NOT NULL,
    kinds       jsonb NOT NULL,
    senders     jsonb NOT NULL,
    candidates  jsonb NOT NULL,
    weight      numeric NOT NULL
);
CREATE INDEX unidentified_county ON unidentified (county);
ALTER TABLE unidentified ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON unidentified USING (sees(division)) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON unidentified TO {service}_app;

-- Expectation: which lists were expected for which month, by when, and whether they came.

CREATE TABLE views.expectation (
    expectation_id uuid PRIMARY KEY,
    division       text NOT NULL,
    kind           text NOT NULL,
    period         text NOT NULL,
    owner          text NOT NULL,
    due_on         date NOT NULL,
    roster_id      uuid,
    arrived_on     date,
    days_late      bigint
);
CREATE INDEX expectation_due ON views.expectation (due_on, expectation_id);
CREATE INDEX expectation_period ON views.expectation (period, owner);
SELECT guard('expectation');

-- Entitlement: what was paid to whom in which month, in yuan.

CREATE TABLE views.payment (
    person_id   uuid NOT NULL,
    subsidy     text NOT NULL,
    month       text NOT NULL,
    sheet_month text NOT NULL,
    county      text NOT NULL,
    nature      text NOT NULL,
    division    text NOT NULL,
    amount      numeric NOT NULL,
    roster_id   uuid NOT NULL,
    reason      text,
    PRIMARY KEY (person_id, subsidy, month, sheet_month, county, nature)
);
CREATE INDEX payment_roster ON views.payment (roster_id);
-- What a county's comparison knows already: of the sheets of its months.
CREATE INDEX payment_sheet ON views.payment (county, sheet_month, subsidy);
SELECT guard('payment');

-- What stands of each person's subsidies: likely or not, at risk or not, decided or not.

CREATE TABLE views.standing (
    person_id      uuid NOT NULL,
    subsidy        text NOT NULL,
    division       text NOT NULL,
    entitled       boolean,
    from_month     text,
    reason         text,
    certificate_id uuid,
    grade          bigint,
    yuan           numeric,
    unchecked      jsonb NOT NULL,
    judged_on      date,
    at_risk_card   uuid,
    at_risk_by     date,
    decided        text,
    decided_from   text,
    decided_until  text,
    approved_on    date,
    decided_here_on date,
    PRIMARY KEY (person_id, subsidy)
);
CREATE INDEX standing_division ON views.standing (division text_pattern_ops, subsidy);
SELECT guard('standing');

-- 民政's month: the adjustment list of each county, subsidy and month as it stands, and the lines of all its editions.

CREATE TABLE views.subsidy_list (
    list_id      uuid PRIMARY KEY,
    file_number  text NOT NULL,
    division     text NOT NULL,
    subsidy      text NOT NULL,
    month        text NOT NULL,
    edition      bigint NOT NULL,
    title        text NOT NULL,
    pay_day      date NOT NULL,
    paid_month   text,
    signers      jsonb NOT NULL,
    decides      text NOT NULL,
    pays         text NOT NULL,
    readers      jsonb NOT NULL,
    inputs       jsonb NOT NULL,
    parts        jsonb NOT NULL,
    state        text NOT NULL,
    turn         text,
    signatures   jsonb NOT NULL,
    confirmed    boolean NOT NULL,
    refused_by   text,
    refused_for  text,
    again_on     date,
    frozen_on    date NOT NULL,
    version      bigint NOT NULL
);
CREATE INDEX subsidy_list_month ON views.subsidy_list (month, list_id);
CREATE INDEX subsidy_list_file_number ON views.subsidy_list (file_number);
SELECT guard('subsidy_list');

CREATE TABLE views.subsidy_list_line (
    line_id      uuid PRIMARY KEY,
    list_id      uuid NOT NULL,
    edition      bigint NOT NULL,
    part         text NOT NULL,
    person_id    uuid NOT NULL,
    division     text NOT NULL,
    reason       text,
    grade_before bigint,
    grade        bigint,
    yuan         numeric,
    months       jsonb NOT NULL,
    valid_to     date,
    decided      boolean NOT NULL,
    finding_id   uuid,
    unchecked    jsonb NOT NULL,
    confirmed    boolean NOT NULL,
    outcome      text NOT NULL
);
CREATE INDEX subsidy_list_line_place ON views.subsidy_list_line (list_id, edition, division, line_id);
CREATE INDEX subsidy_list_line_person ON views.subsidy_list_line (person_id);
SELECT guard('subsidy_list_line');

-- What each rule last said of a county and a period; how often something changed by which a county is compared, and which change its last
-- comparison has seen.

CREATE TABLE views.comparison (
    comparison_id uuid PRIMARY KEY,
    division      text NOT NULL,
    rule          text NOT NULL,
    rule_from     date NOT NULL,
    title         text NOT NULL,
    finding       text NOT NULL,
    owner         text NOT NULL,
    period        text NOT NULL,
    inputs        jsonb NOT NULL,
    found         bigint NOT NULL,
    closed        bigint NOT NULL,
    open          bigint NOT NULL,
    suspended     jsonb NOT NULL,
    run_on        date NOT NULL,
    version       bigint NOT NULL
);
CREATE INDEX comparison_period ON views.comparison (period, division, rule);
SELECT guard('comparison');

CREATE TABLE views.county_change (
    division text PRIMARY KEY,
    changes  bigint NOT NULL,
    lists    bigint NOT NULL
);
SELECT guard('county_change');

CREATE TABLE comparison_run (
    division text PRIMARY KEY,
    changes  bigint NOT NULL,
    lists    bigint NOT NULL,
    month    text NOT NULL,
    version  text NOT NULL,
    run_at   timestamptz NOT NULL
);
ALTER TABLE comparison_run ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON comparison_run USING (sees(division)) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON comparison_run TO {service}_app;

-- Findings: what a rule found of a subject for a period, who owes what until when, and how it ended.

CREATE TABLE views.finding (
    finding_id   uuid PRIMARY KEY,
    file_number  text NOT NULL,
    division     text NOT NULL,
    rule         text NOT NULL,
    rule_from    date NOT NULL,
    title        text NOT NULL,
    finding      text NOT NULL,
    clue         boolean NOT NULL,
    subject_kind text NOT NULL,
    subject      uuid NOT NULL,
    object       text NOT NULL,
    period       text NOT NULL,
    as_of        date NOT NULL,
    may_be_lag   boolean NOT NULL,
    owner        text NOT NULL,
    facts        jsonb NOT NULL,
    state        text NOT NULL,
    stage        text NOT NULL,
    due_on       date,
    overdue      boolean NOT NULL,
    assigned_to  text,
    verified_on  date,
    evidence     text,
    refutation   text,
    until        date,
    settled      text,
    opened_on    date NOT NULL,
    closed_on    date,
    closed_by    text,
    times        bigint NOT NULL,
    version      bigint NOT NULL
);
-- Soonest due first; what nobody owes anything of comes last.
CREATE INDEX finding_due ON views.finding (coalesce(due_on, 'infinity'), finding_id);
CREATE INDEX finding_owed ON views.finding (owner, coalesce(due_on, 'infinity'), finding_id);
CREATE INDEX finding_county ON views.finding (division text_pattern_ops, rule, state);
CREATE INDEX finding_file_number ON views.finding (file_number);
CREATE INDEX finding_subject ON views.finding (subject);
SELECT guard('finding');

-- What other services may know of a person: subsidies, the months that are paid, findings that are open.

CREATE TABLE views.person_facts (
    person_id     uuid PRIMARY KEY,
    division      text NOT NULL,
    subsidies     jsonb NOT NULL,
    living_months jsonb NOT NULL,
    care_months   jsonb NOT NULL,
    open          jsonb NOT NULL
);
SELECT guard('person_facts');

-- Announcements: policies told. One row per announcement of a county (told, or why not yet) and per village that it was passed on to; and
-- the persons whom it may concern there, as pseudonyms.

CREATE TABLE views.announcement (
    announcement_id uuid PRIMARY KEY,
    file_number     text NOT NULL,
    part_of         uuid NOT NULL,
    row_id          text NOT NULL,
    row_from        date NOT NULL,
    title           text NOT NULL,
    plain           text,
    owner           text NOT NULL,
    division        text NOT NULL,
    state           text NOT NULL,
    lacking         jsonb NOT NULL,
    as_of           date,
    tell_by         date,
    persons         bigint,
    said_on         date NOT NULL,
    version         bigint NOT NULL
);
CREATE INDEX announcement_division ON views.announcement (division text_pattern_ops);
SELECT guard('announcement');

CREATE TABLE views.concerned (
    announcement_id uuid NOT NULL,
    person_id       uuid NOT NULL,
    part_of         uuid NOT NULL,
    division        text NOT NULL,
    PRIMARY KEY (announcement_id, person_id)
);
CREATE INDEX concerned_county ON views.concerned (part_of, person_id);
SELECT guard('concerned');
