-- Matching's read models, and the staging of roster rows: a blind index and what was paid, never a name, number or account.

CREATE TABLE views.person_index (
    index     uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    division  text NOT NULL
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
    cancelled_on   date
);
CREATE INDEX certificate_person ON views.certificate (person_id);
CREATE INDEX certificate_division ON views.certificate (division text_pattern_ops);
SELECT guard('certificate');

CREATE TABLE views.payment (
    person_id uuid NOT NULL,
    subsidy   text NOT NULL,
    month     text NOT NULL,
    division  text NOT NULL,
    amount    numeric NOT NULL,
    roster_id uuid NOT NULL,
    PRIMARY KEY (person_id, subsidy, month)
);
SELECT guard('payment');

CREATE TABLE views.discrepancy (
    discrepancy_id uuid PRIMARY KEY,
    division       text NOT NULL,
    rule           text NOT NULL,
    finding        text NOT NULL,
    person_id      uuid NOT NULL,
    certificate_id uuid,
    subsidy        text NOT NULL,
    month          text NOT NULL,
    as_of          date NOT NULL,
    owner          text NOT NULL,
    verify_by      date NOT NULL,
    state          text NOT NULL,
    found_on       date NOT NULL,
    resolved_on    date,
    resolved_by    text,
    times          bigint NOT NULL,
    version        bigint NOT NULL
);
CREATE INDEX discrepancy_open ON views.discrepancy (rule, division text_pattern_ops) WHERE state = 'OPEN';
CREATE INDEX discrepancy_person ON views.discrepancy (person_id);
SELECT guard('discrepancy');

CREATE TABLE views.roster (
    roster_id   uuid PRIMARY KEY,
    division    text NOT NULL,
    kind        text NOT NULL,
    as_of       date,
    month       text,
    rows        bigint NOT NULL,
    linked      bigint NOT NULL,
    rejected    bigint NOT NULL,
    refused_for text,
    received_on date NOT NULL
);
CREATE INDEX roster_latest ON views.roster (division, kind, month, as_of);
SELECT guard('roster');

CREATE TABLE views.comparison (
    comparison_id uuid PRIMARY KEY,
    division      text NOT NULL,
    rule          text NOT NULL,
    month         text NOT NULL,
    as_of         date NOT NULL,
    certificates  bigint NOT NULL,
    beneficiaries bigint NOT NULL,
    payments      bigint NOT NULL,
    found         bigint NOT NULL,
    closed        bigint NOT NULL,
    run_on        date NOT NULL
);
CREATE INDEX comparison_latest ON views.comparison (month, run_on);
SELECT guard('comparison');

CREATE TABLE roster_row (
    roster_id uuid NOT NULL,
    row       int NOT NULL,
    division  text NOT NULL,
    index     uuid NOT NULL,
    month     text,
    subsidy   text,
    amount    numeric,
    staged_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (roster_id, row)
);
CREATE INDEX roster_row_index ON roster_row (index);
CREATE INDEX roster_row_month ON roster_row (division, month, subsidy);
CREATE INDEX roster_row_age ON roster_row (staged_at);

CREATE TABLE roster_problem (
    roster_id uuid NOT NULL,
    division  text NOT NULL,
    row       int NOT NULL,
    code      text NOT NULL,
    rejected  boolean NOT NULL,
    PRIMARY KEY (roster_id, row, code)
);

ALTER TABLE roster_row ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON roster_row USING (sees(division)) WITH CHECK (true);
ALTER TABLE roster_problem ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON roster_problem USING (sees(division)) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON roster_row, roster_problem TO {service}_app;
