-- The reminder ledger: every reminder that was owed, and the cards for which the register asked for one.

CREATE TABLE views.reminder (
    reminder_id    uuid PRIMARY KEY,
    certificate_id uuid NOT NULL,
    person_id      uuid NOT NULL,
    division       text NOT NULL,
    valid_to       date NOT NULL,
    expiry_window  text NOT NULL,
    number         bigint NOT NULL,
    ladder         jsonb NOT NULL,
    rung           text NOT NULL,
    answer_by      date,
    state          text NOT NULL,
    proof          text,
    reached_on     date,
    stopped_for    text,
    opened_on      date NOT NULL,
    tried          jsonb NOT NULL,
    correlation_id uuid NOT NULL,
    version        bigint NOT NULL
);
CREATE INDEX reminder_list ON views.reminder (valid_to, reminder_id);
CREATE INDEX reminder_open ON views.reminder (valid_to, reminder_id) WHERE state IN ('OWED', 'ARRIVED');
CREATE INDEX reminder_card ON views.reminder (certificate_id);
SELECT guard('reminder');

CREATE TABLE views.reminded_card (
    certificate_id uuid PRIMARY KEY,
    person_id      uuid NOT NULL,
    division       text NOT NULL,
    valid_to       date,
    cancelled      boolean NOT NULL,
    asked          jsonb NOT NULL,
    lapsed         jsonb NOT NULL
);
CREATE INDEX reminded_card_person ON views.reminded_card (person_id);
SELECT guard('reminded_card');
