-- Notices as offices see them, reminders and messages to persons, and what is still to be told to the world.

-- Notices: each with its closed loop (what its office accepted, did, sent back; what verified it; what it was routed by) and its text.

CREATE TABLE views.notice (
    notice_id        uuid PRIMARY KEY,
    division         text NOT NULL,
    agency           text NOT NULL,
    route            text NOT NULL,
    cause_type       text NOT NULL,
    cause_id         uuid NOT NULL,
    subject_id       uuid NOT NULL,
    file_number      text NOT NULL,
    person_id        uuid,
    subject_division text NOT NULL,
    severity         text NOT NULL,
    text             text NOT NULL,
    stage            bigint NOT NULL,
    reminder         text,
    acknowledge_by   date NOT NULL,
    state            text NOT NULL,
    channels         jsonb NOT NULL,
    sent             jsonb NOT NULL,
    queued_at        timestamptz NOT NULL,
    acknowledged_on  date,
    acknowledged_by  text,
    chain            jsonb NOT NULL,
    escalated_to     text,
    suppressed_for   text,
    correlation_id   uuid NOT NULL,
    cause_version    bigint NOT NULL,
    waiting          boolean NOT NULL,
    next_by          date,
    reminded         bigint NOT NULL,
    accepted_on      date,
    acted_on         date,
    outcome          text,
    rejected_for     text,
    verified_by      text,
    verified_on      date,
    lead             text,
    answer           text,
    template         text NOT NULL,
    facts            jsonb NOT NULL,
    accept_days      bigint NOT NULL,
    act_days         bigint NOT NULL,
    remind_days      jsonb NOT NULL,
    trail            jsonb NOT NULL,
    sender           text,
    returned         boolean NOT NULL,
    row_since        date,
    row_until        date,
    row_source       text NOT NULL,
    version          bigint NOT NULL
);
CREATE INDEX notice_inbox ON views.notice (agency, queued_at, notice_id);
CREATE INDEX notice_subject ON views.notice (subject_id);
CREATE INDEX notice_file_number ON views.notice (file_number);
CREATE INDEX notice_cause ON views.notice (cause_id, route);
CREATE INDEX notice_reminder ON views.notice (reminder, cause_id) WHERE reminder IS NOT NULL;
CREATE INDEX notice_overdue ON views.notice (next_by) WHERE waiting;
CREATE INDEX notice_month ON views.notice (queued_at);
-- What waits for one office, counted whenever its group's robot says how much there is.
CREATE INDEX notice_waiting ON views.notice (agency, division) WHERE waiting;
SELECT guard('notice');

-- Since when what a subject's notices were about is over: a notice that comes of an earlier event is not told any more.
CREATE TABLE views.over (
    subject_id uuid PRIMARY KEY,
    division   text NOT NULL,
    over_at    bigint NOT NULL
);
SELECT guard('over');

-- Events that may show that something told about their subject is done; the policy's resolutions say for which notices.
CREATE TABLE views.settling (
    event_id    uuid PRIMARY KEY,
    subject_id  uuid NOT NULL,
    division    text NOT NULL,
    by_type     text NOT NULL,
    facts       jsonb NOT NULL,
    at_version  bigint NOT NULL,
    happened_on date NOT NULL
);
CREATE INDEX settling_subject ON views.settling (subject_id, at_version);
SELECT guard('settling');

-- An office reads its inbox in the order of publishing; from a notice to its place in it.
CREATE INDEX feed_position ON feed (position);

-- Telling offices: one row per notice, made in the transaction that stores NoticeQueued. A rebuild folds events but stores none, so it
-- makes no effect; and its role has no right on this table. What is settled is deleted after some days (`stale.py`), found by its age.

CREATE TABLE effect (
    notice_id  uuid PRIMARY KEY,
    state      text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sent', 'suppressed', 'failed')),
    due_at     timestamptz NOT NULL DEFAULT now(),
    attempt    int NOT NULL DEFAULT 0,
    reason     text,
    settled_at timestamptz
) WITH (fillfactor = 80);
CREATE INDEX effect_due ON effect (due_at, notice_id) WHERE state = 'due';
CREATE INDEX effect_settled ON effect (settled_at) WHERE state <> 'due';
GRANT SELECT, INSERT, UPDATE, DELETE ON effect TO {service}_app;

CREATE FUNCTION make_effect() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO effect (notice_id) VALUES (NEW.stream_id);
    RETURN NULL;
END $$;
CREATE TRIGGER notice_queued AFTER INSERT ON events FOR EACH ROW WHEN (NEW.type = 'NoticeQueued') EXECUTE FUNCTION make_effect();

-- Replies: what became of each one that came by an office's own topic. Not a projection: the row makes a reply that comes twice do nothing.

CREATE TABLE reply (
    agency    text NOT NULL,
    division  text NOT NULL,
    reply_id  uuid NOT NULL,
    notice_id uuid,
    state     text NOT NULL CHECK (state IN ('DONE', 'REFUSED')),
    reason    text,
    at        timestamptz NOT NULL DEFAULT now(),
    seq       bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    PRIMARY KEY (agency, division, reply_id)
);
CREATE INDEX reply_office ON reply (agency, seq);
-- An agency's replies of one state, which are few when refused: over 100,000 rows 10 ms without it, 0.9 ms with it.
CREATE INDEX reply_state ON reply (agency, state, seq);
ALTER TABLE reply ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON reply USING (sees(division)) WITH CHECK (true);
CREATE POLICY own_agency ON reply AS RESTRICTIVE
    USING (coalesce(current_setting('shouwang.agency', true), '') IN ('*', agency)) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON reply TO {service}_app;

-- Subscriptions: offices that are told outside. What they want, where they are, how far they have been read to.

CREATE TABLE views.subscriber (
    subscriber_id uuid PRIMARY KEY,
    division      text NOT NULL,
    agency        text NOT NULL,
    version       bigint NOT NULL
);
SELECT guard('subscriber');

-- `divisions`: of which subjects it is told.
CREATE TABLE views.subscription (
    subscription_id uuid PRIMARY KEY,
    subscriber_id   uuid NOT NULL,
    division        text NOT NULL,
    agency          text NOT NULL,
    channel         text NOT NULL,
    event_types     jsonb NOT NULL,
    least_severity  text NOT NULL,
    digest          boolean NOT NULL,
    divisions       jsonb NOT NULL,
    state           text NOT NULL,
    disabled_for    text,
    generation      bigint NOT NULL
);
CREATE INDEX subscription_of ON views.subscription (subscriber_id);
SELECT guard('subscription');

-- Addresses and secrets: in no event, log, metric or answer. Who set them, and when, stands beside.
CREATE TABLE subscription_address (
    subscription_id uuid PRIMARY KEY,
    division        text NOT NULL,
    agency          text NOT NULL,
    address         text NOT NULL,
    keys            text[] NOT NULL,
    former_keys     text[] NOT NULL DEFAULT '{}',
    former_until    timestamptz,
    changed_at      timestamptz NOT NULL DEFAULT now(),
    changed_by      text NOT NULL
);
ALTER TABLE subscription_address ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON subscription_address USING (sees(division)) WITH CHECK (true);
CREATE POLICY own_agency ON subscription_address AS RESTRICTIVE
    USING (coalesce(current_setting('shouwang.agency', true), '') IN ('*', agency)) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON subscription_address TO {service}_app;

CREATE TABLE address_change (
    change_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subscription_id uuid NOT NULL,
    what            text NOT NULL CHECK (what IN ('SET', 'ADDRESS', 'KEYS')),
    actor           text NOT NULL,
    at              timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT ON address_change TO {service}_app;

-- How far a subscription has been read in the order of publishing, and how it fares. Not a projection: a rebuild must not move it.
CREATE TABLE reading (
    subscription_id uuid PRIMARY KEY,
    seq             bigint NOT NULL,
    generation      bigint NOT NULL DEFAULT 0,
    failing_since   timestamptz,
    last_state      text,
    last_reason     text,
    last_at         timestamptz
);
GRANT SELECT, INSERT, UPDATE ON reading TO {service}_app;

-- Deliveries: one row per notice (or test, or message to a person) and recipient. Made by the fan-out, which a rebuild cannot do.
-- `due_at` and `leased_until` are technical time; `held_until` and `sent_on` are the domain's: quiet hours, digests, ceilings.

CREATE TABLE delivery (
    delivery_id    uuid PRIMARY KEY,
    source         text NOT NULL,
    stream_id      uuid NOT NULL,
    subject_id     uuid,
    recipient      uuid NOT NULL,
    cause_id       uuid NOT NULL,
    correlation_id uuid NOT NULL,
    agency         text NOT NULL,
    division       text NOT NULL,
    channel        text NOT NULL,
    urgent         boolean NOT NULL,
    digest         boolean NOT NULL DEFAULT false,
    generation     bigint NOT NULL DEFAULT 0,
    state          text NOT NULL DEFAULT 'due'
                   CHECK (state IN ('due', 'sending', 'sent', 'delivered', 'failed', 'unknown', 'suppressed')),
    attempt        bigint NOT NULL DEFAULT 0,
    tries          bigint NOT NULL DEFAULT 0,
    unknowns       bigint NOT NULL DEFAULT 0,
    flagged        boolean NOT NULL DEFAULT false,
    due_at         timestamptz NOT NULL DEFAULT now(),
    held_until     timestamptz,
    held_for       text,
    leased_until   timestamptz,
    letter_id      uuid,
    sent_on        date,
    provider_ref   text,
    reason         text,
    created_at     timestamptz NOT NULL DEFAULT now(),
    settled_at     timestamptz,
    seq            bigint GENERATED ALWAYS AS IDENTITY UNIQUE
) WITH (fillfactor = 70);
-- What may be sent now, by whom it is for: however much waits for one office, or is held for the morning, the others' is found by itself.
-- `delivery_apart` is what else is open for a recipient: no index over both, or it would be taken for the first.
CREATE INDEX delivery_next ON delivery (recipient, source, due_at, delivery_id)
    WHERE state IN ('due', 'unknown') AND held_until IS NULL;
CREATE INDEX delivery_next_else ON delivery (channel, due_at, delivery_id)
    WHERE state IN ('due', 'unknown') AND held_until IS NULL AND source NOT IN ('NOTICE', 'TEST');
CREATE INDEX delivery_held ON delivery (channel, held_until) WHERE state IN ('due', 'unknown') AND held_until IS NOT NULL;
CREATE INDEX delivery_apart ON delivery (recipient)
    WHERE state = 'sending' OR state IN ('due', 'unknown') AND held_until IS NOT NULL;
CREATE INDEX delivery_sending ON delivery (channel, leased_until) WHERE state = 'sending';
CREATE INDEX delivery_day ON delivery (recipient, sent_on) WHERE sent_on IS NOT NULL;
CREATE INDEX delivery_letter ON delivery (letter_id) WHERE letter_id IS NOT NULL;
CREATE INDEX delivery_office ON delivery (agency, seq);
CREATE INDEX delivery_office_state ON delivery (agency, state, seq);
-- How often a subscription was tested.
CREATE INDEX delivery_test ON delivery (agency, division, created_at) WHERE source = 'TEST';
CREATE INDEX delivery_test_open ON delivery (recipient) WHERE source = 'TEST' AND state IN ('due', 'sending', 'unknown');
CREATE INDEX delivery_cause ON delivery (cause_id) WHERE source = 'PERSON';
CREATE INDEX delivery_reminder ON delivery (stream_id) WHERE source = 'PERSON';
ALTER TABLE delivery ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON delivery USING (sees(division)) WITH CHECK (true);
CREATE POLICY own_agency ON delivery AS RESTRICTIVE
    USING (coalesce(current_setting('shouwang.agency', true), '') IN ('*', agency)) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON delivery TO {service}_app;

-- How many letters a channel may still send now: one bucket for all processes, and the lock under which they take turns.
CREATE TABLE pace (
    channel   text PRIMARY KEY,
    allowance double precision NOT NULL,
    at        timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON pace TO {service}_app;

-- Households, so that what an office is told of one at one time is one letter.

CREATE TABLE views.home (
    home_id      uuid PRIMARY KEY,
    division     text NOT NULL,
    household_id uuid NOT NULL,
    subjects     jsonb NOT NULL
);
-- Without a list of what is not in the index yet, which each look would read as well.
CREATE INDEX home_subjects ON views.home USING gin (subjects) WITH (fastupdate = off);
SELECT guard('home');

-- To which household a person or a case belongs, for the fan-out. The operator of its index is not leakproof, so under row security the
-- application's role reads the whole table for each notice; the table's owner reads the index. Gives ids alone.
CREATE FUNCTION views.home_of(subject uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT h.household_id FROM views.home h WHERE h.subjects ? subject::text ORDER BY h.household_id LIMIT 1
$$;
REVOKE ALL ON FUNCTION views.home_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION views.home_of(uuid) TO {service}_app;
ALTER FUNCTION views.home_of(uuid) OWNER TO {service}_rebuild;

-- The reminder ledger: every reminder that was owed, and the cards for which the register asked for one.

CREATE TABLE views.reminder (
    reminder_id    uuid PRIMARY KEY,
    file_number    text NOT NULL,
    certificate_id uuid NOT NULL,
    card_number    text NOT NULL,
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
CREATE INDEX reminder_file_number ON views.reminder (file_number);
CREATE INDEX reminder_card_number ON views.reminder (card_number);
CREATE INDEX reminder_card ON views.reminder (certificate_id);
-- The reminders that became owed in a month, of the prefecture, a county or a township: over 100,000 rows under row security 33, 17 and
-- 13 ms without it, 11, 5 and 0.6 ms with it.
CREATE INDEX reminder_opened ON views.reminder (opened_on, division text_pattern_ops);
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

-- Messages to persons: which tries of a person wait to be begun, and of a delivery to a person, whose phone it goes to. No number is
-- kept anywhere: the register is asked again when a message goes out.

-- One row per event that begins a try, made in the transaction that stores it. A rebuild stores no event, so it makes no row. `begun`:
-- there are deliveries; `ended`: nothing more is sent for this try, for a reason; such a row is deleted after some days, found by its age.
CREATE TABLE to_reach (
    cause_id   uuid PRIMARY KEY,
    stream_id  uuid NOT NULL,
    state      text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'begun', 'ended')),
    reason     text,
    due_at     timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz
) WITH (fillfactor = 80);
CREATE INDEX to_reach_due ON to_reach (due_at, cause_id) WHERE state = 'due';
CREATE INDEX to_reach_ended ON to_reach (settled_at) WHERE state = 'ended';
GRANT SELECT, INSERT, UPDATE, DELETE ON to_reach TO {service}_app;

CREATE FUNCTION make_to_reach() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO to_reach (cause_id, stream_id) VALUES (NEW.event_id, NEW.stream_id);
    RETURN NULL;
END $$;
CREATE TRIGGER person_tried AFTER INSERT ON events FOR EACH ROW WHEN (NEW.type IN ('ReminderTried', 'PolicyTellingBegun'))
    EXECUTE FUNCTION make_to_reach();

CREATE TABLE to_person (
    delivery_id uuid PRIMARY KEY REFERENCES delivery,
    person_id   uuid NOT NULL,
    owner       text NOT NULL,
    proves      boolean NOT NULL
);
GRANT SELECT, INSERT ON to_person TO {service}_app;

-- Reports: which lists came in, which comparisons were run over them, and a way from a month to the events of it.

CREATE TABLE views.arrival (
    roster_id  uuid PRIMARY KEY,
    division   text NOT NULL,
    kind       text NOT NULL,
    arrived_on date NOT NULL,
    refused    text,
    confirmed_on date,
    withdrawn_on date
);
CREATE INDEX arrival_day ON views.arrival (arrived_on);
SELECT guard('arrival');

CREATE TABLE views.comparison (
    event_id      uuid PRIMARY KEY,
    comparison_id uuid NOT NULL,
    division      text NOT NULL,
    title         text NOT NULL,
    period        text NOT NULL,
    ran_on        date NOT NULL,
    lists         jsonb NOT NULL,
    lacking       jsonb NOT NULL,
    version       bigint NOT NULL
);
CREATE INDEX comparison_day ON views.comparison (ran_on);
CREATE INDEX comparison_period ON views.comparison (period, comparison_id, version);
SELECT guard('comparison');

-- Events are stored nearly in the order of their times, so a few pages of this index lead to any month.
CREATE INDEX event_time ON events USING brin (occurred_at);
