-- Offices that are told outside: what they want, where they are, how far they have been read to, and every letter to them.

CREATE TABLE views.subscriber (
    subscriber_id uuid PRIMARY KEY,
    division      text NOT NULL,
    agency        text NOT NULL,
    version       bigint NOT NULL
);
SELECT guard('subscriber');

CREATE TABLE views.subscription (
    subscription_id uuid PRIMARY KEY,
    subscriber_id   uuid NOT NULL,
    division        text NOT NULL,
    agency          text NOT NULL,
    channel         text NOT NULL,
    event_types     jsonb NOT NULL,
    least_severity  text NOT NULL,
    digest          boolean NOT NULL,
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
CREATE TABLE address_change (
    change_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subscription_id uuid NOT NULL,
    what            text NOT NULL CHECK (what IN ('SET', 'ADDRESS', 'KEYS')),
    actor           text NOT NULL,
    at              timestamptz NOT NULL DEFAULT now()
);

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

-- One row per notice (or test, or message to a person) and recipient. Made by the fan-out, which a rebuild cannot do.
-- `due_at` and `leased_until` are technical time; `held_until` and `sent_on` are the domain's: quiet hours, digests, ceilings.
CREATE TABLE delivery (
    delivery_id  uuid PRIMARY KEY,
    source       text NOT NULL,
    stream_id    uuid NOT NULL,
    subject_id   uuid,
    recipient    uuid NOT NULL,
    cause_id     uuid NOT NULL,
    correlation_id uuid NOT NULL,
    agency       text NOT NULL,
    division     text NOT NULL,
    channel      text NOT NULL,
    urgent       boolean NOT NULL,
    digest       boolean NOT NULL DEFAULT false,
    generation   bigint NOT NULL DEFAULT 0,
    state        text NOT NULL DEFAULT 'due'
                 CHECK (state IN ('due', 'sending', 'sent', 'delivered', 'failed', 'unknown', 'suppressed')),
    attempt      bigint NOT NULL DEFAULT 0,
    tries        bigint NOT NULL DEFAULT 0,
    unknowns     bigint NOT NULL DEFAULT 0,
    flagged      boolean NOT NULL DEFAULT false,
    due_at       timestamptz NOT NULL DEFAULT now(),
    held_until   timestamptz,
    held_for     text,
    leased_until timestamptz,
    letter_id    uuid,
    sent_on      date,
    provider_ref text,
    reason       text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    settled_at   timestamptz,
    seq          bigint GENERATED ALWAYS AS IDENTITY UNIQUE
) WITH (fillfactor = 70);
CREATE INDEX delivery_due ON delivery (channel, due_at, delivery_id) WHERE state IN ('due', 'unknown');
CREATE INDEX delivery_sending ON delivery (channel, leased_until) WHERE state = 'sending';
CREATE INDEX delivery_open ON delivery (recipient) WHERE state IN ('due', 'sending', 'unknown');
CREATE INDEX delivery_day ON delivery (recipient, sent_on) WHERE sent_on IS NOT NULL;
CREATE INDEX delivery_letter ON delivery (letter_id) WHERE letter_id IS NOT NULL;
CREATE INDEX delivery_office ON delivery (agency, seq);
CREATE INDEX delivery_office_state ON delivery (agency, state, seq);

-- How many letters a channel may still send now: one bucket for all processes, and the lock under which they take turns.
CREATE TABLE pace (
    channel   text PRIMARY KEY,
    allowance double precision NOT NULL,
    at        timestamptz NOT NULL DEFAULT now()
);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['subscription_address', 'delivery'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY seen ON %I USING (sees(division)) WITH CHECK (true)', t);
        EXECUTE format('CREATE POLICY own_agency ON %I AS RESTRICTIVE USING '
            || '(coalesce(current_setting(''shouwang.agency'', true), '''') IN (''*'', agency)) WITH CHECK (true)', t);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON subscription_address, reading, delivery, pace TO {service}_app;
GRANT SELECT, INSERT ON address_change TO {service}_app;
