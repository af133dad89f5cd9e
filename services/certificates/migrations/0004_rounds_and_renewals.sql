-- Rounds of home assessment, and what the register follows of payments and households to rank renewals. Rows from before get their
-- round by `python -m services.certificates rebuild certificate_view` and `… rebuild home_visit`.

CREATE TABLE views.home_round (
    round_id    uuid PRIMARY KEY,
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

ALTER TABLE views.certificate_view ADD COLUMN round_id uuid;
CREATE INDEX certificate_view_round ON views.certificate_view (round_id) WHERE round_id IS NOT NULL;
-- What waits for a round.
CREATE INDEX certificate_view_wanted ON views.certificate_view (division)
    WHERE visit_on IS NULL AND (home_due_on IS NOT NULL OR step = 'IN_ASSESSMENT' AND setting = 'GROUP');

-- Of matching: per person and subsidy the latest month paid (yuan). Of monitoring: who lives together, and open cases.
CREATE TABLE views.benefit (
    person_id uuid NOT NULL,
    subsidy   text NOT NULL,
    division  text NOT NULL,
    month     text NOT NULL,
    amount    numeric NOT NULL,
    heard_at  timestamptz NOT NULL,
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
