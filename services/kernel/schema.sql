-- What every service's database has: the log, what must still leave, what has arrived, what went wrong, what was asked before.
-- `{service}` is replaced by the service's name; roles come from deploy/roles.sql.

CREATE SCHEMA views AUTHORIZATION {service}_rebuild;
GRANT USAGE ON SCHEMA views TO {service}_app, {service}_reader, {service}_migrator;
GRANT CREATE ON SCHEMA views TO {service}_migrator;

CREATE TABLE events (
    position       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream_id      uuid NOT NULL,
    version        int NOT NULL CHECK (version > 0),
    category       text NOT NULL,
    type           text NOT NULL,
    schema_fp      bytea NOT NULL CHECK (octet_length(schema_fp) = 8),
    event_id       uuid NOT NULL UNIQUE,
    data           bytea NOT NULL,
    occurred_at    timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    actor          text NOT NULL,
    division       text NOT NULL,
    correlation_id uuid NOT NULL,
    causation_id   uuid,
    policy_version text NOT NULL,
    xid            xid8 NOT NULL DEFAULT pg_current_xact_id(),
    UNIQUE (stream_id, version)
);

-- Rows live for milliseconds: keep dead ones from piling up in front of the relay's `ORDER BY seq LIMIT n`.
CREATE TABLE outbox (
    seq       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic     text NOT NULL,
    key       text NOT NULL,
    position  bigint,
    headers   text,
    schema_fp bytea,
    data      bytea,
    at        timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE feed (
    seq      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    position bigint NOT NULL
);

CREATE TABLE inbox (
    consumer    text NOT NULL,
    event_id    uuid NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
);

-- How far each consumer has read, moved in the same transaction as its effects: a rebuild folds exactly what was delivered. `deaths`:
-- how many processes began with what stands next and did not come to its end.
CREATE TABLE progress (
    consumer  text NOT NULL,
    topic     text NOT NULL,
    partition int NOT NULL,
    next      bigint NOT NULL,
    deaths    int NOT NULL DEFAULT 0,
    PRIMARY KEY (consumer, topic, partition)
);

-- Names, keys and headers are escaped and bounded (`engine/inbound/aside.py`), the value is as it came; of one that is longer than any
-- of ours there is only size and digest. `first`: the letter stands for all offsets from there to its own.
CREATE TABLE quarantine (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer   text NOT NULL,
    reference  text NOT NULL,
    topic      text NOT NULL,
    key        text NOT NULL,
    partition  int,
    "offset"   bigint,
    first      bigint,
    reason     text NOT NULL,
    parked     boolean NOT NULL,
    headers    text NOT NULL,
    data       bytea,
    size       bigint,
    digest     text,
    at         timestamptz NOT NULL DEFAULT now(),
    closed_at  timestamptz,
    closed_as  text,
    UNIQUE (consumer, reference)
);
CREATE INDEX quarantine_key ON quarantine (consumer, topic, key) WHERE closed_at IS NULL;
CREATE INDEX quarantine_skipped ON quarantine (consumer) WHERE reason = 'skipped';

CREATE TABLE idempotency (
    principal    text NOT NULL,
    key          text NOT NULL,
    request      bytea NOT NULL,
    status       int,
    headers      text,
    body         bytea,
    at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (principal, key)
);
CREATE INDEX idempotency_age ON idempotency (at);

-- The time that processes went by while it was to be trusted (`engine/timekeeping.py`), one row for each role in each start of a machine,
-- and what operators confirmed. `number` says what came later: times cannot, they are what is asked about.
CREATE SEQUENCE clock_number;
CREATE TABLE clock_mark (
    boot    text NOT NULL,
    role    text NOT NULL,
    number  bigint NOT NULL DEFAULT nextval('clock_number'),
    at      timestamptz,       -- NULL: never trusted since that start
    steady  double precision,  -- seconds since that start
    seen_at timestamptz NOT NULL,  -- the database's time
    doubt   text NOT NULL DEFAULT '',
    shown   timestamptz,       -- what the machine shows while in doubt
    PRIMARY KEY (boot, role)
);
CREATE TABLE clock_confirmation (
    number       bigint PRIMARY KEY DEFAULT nextval('clock_number'),
    boot         text NOT NULL,
    at           timestamptz NOT NULL,
    steady       double precision NOT NULL,
    seen_at      timestamptz NOT NULL,
    confirmed_by text NOT NULL,
    reason       text NOT NULL,
    doubts       text[] NOT NULL
);

-- What gets on and what stands still in the processes of this service (services/engine/health/pulse.py), for `/readyz`.
CREATE TABLE pulse (
    process text NOT NULL,
    job     text NOT NULL,
    late    float8 NOT NULL,
    figures text NOT NULL,
    at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (process, job)
);

-- `/readyz` writes a row into this table, whose file it makes anew: a full disk has no room for that.
CREATE TABLE write_probe (filler text NOT NULL);

-- The one predicate that decides which rows a read may see. The setting is '*' for commands and machines, a division prefix for a
-- reader, and empty or missing (= nothing) for whoever forgot to say.
CREATE FUNCTION sees(division text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(current_setting('shouwang.division', true), '') = '*'
        OR (coalesce(current_setting('shouwang.division', true), '') <> ''
            AND starts_with(division, current_setting('shouwang.division', true)))
$$;

-- A setting is only what a session says of itself. That is enough for the app role, which checks tokens; it is not for whoever logs in to
-- make reports. What such a role may see, the operator writes here, as the migrator: a division prefix and an agency, or '*' for all.
-- It is the role that logged in which counts: a role for one county that was made in another one could otherwise SET ROLE to that.
CREATE TABLE report_sight (
    role     name PRIMARY KEY,
    division text NOT NULL CHECK (division <> ''),
    agency   text NOT NULL
);
GRANT SELECT ON report_sight TO {service}_reader;
CREATE FUNCTION reported(division text, agency text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (SELECT FROM public.report_sight s WHERE s.role = session_user AND (s.division = '*' OR starts_with($1, s.division))
        AND (s.agency = '*' OR $2 IS NULL OR s.agency = $2))
$$;

-- Every projection passes through here, at birth and at each rebuild: row security on (by division, and by agency where a row has
-- one), grants given, owned by the rebuild role.
CREATE FUNCTION guard(projection text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE agency text := 'NULL';
BEGIN
    EXECUTE format('ALTER TABLE views.%I ENABLE ROW LEVEL SECURITY', projection);
    EXECUTE format('CREATE POLICY seen ON views.%I TO {service}_app USING (sees(division)) WITH CHECK (true)', projection);
    IF EXISTS (SELECT FROM information_schema.columns
               WHERE table_schema = 'views' AND table_name = projection AND column_name = 'agency') THEN
        agency := 'agency';
        EXECUTE format('CREATE POLICY own_agency ON views.%I AS RESTRICTIVE TO {service}_app USING '
            || '(coalesce(current_setting(''shouwang.agency'', true), '''') IN (''*'', agency)) WITH CHECK (true)', projection);
    END IF;
    EXECUTE format('CREATE POLICY reported ON views.%I FOR SELECT TO {service}_reader USING (public.reported(division, %s))',
        projection, agency);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON views.%I TO {service}_app', projection);
    EXECUTE format('GRANT SELECT ON views.%I TO {service}_reader', projection);
    EXECUTE format('ALTER TABLE views.%I OWNER TO {service}_rebuild', projection);
END $$;

GRANT SELECT ON migration TO {service}_app;  -- a process waits for what its version needs
GRANT SELECT, INSERT ON events TO {service}_app;
GRANT SELECT, INSERT, DELETE ON outbox, idempotency TO {service}_app;
GRANT UPDATE ON idempotency, quarantine, progress TO {service}_app;
GRANT SELECT, INSERT ON feed, inbox, quarantine, progress TO {service}_app;
GRANT SELECT, INSERT, UPDATE ON clock_mark TO {service}_app;
GRANT SELECT, INSERT ON clock_confirmation TO {service}_app;
GRANT USAGE ON SEQUENCE clock_number TO {service}_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON pulse TO {service}_app;
GRANT INSERT, TRUNCATE ON write_probe TO {service}_app;
GRANT SELECT ON events, feed, progress TO {service}_rebuild;
GRANT SELECT ON progress TO {service}_reader;  -- how far the projections have come; the log has no rows of one county alone
GRANT SELECT (id, consumer, reference, topic, key, partition, "offset", reason, parked, closed_at, closed_as) ON quarantine TO {service}_rebuild;

-- Timed work is a row of a projection: what is due, for whom, from which day on. The scheduler turns rows into commands.
CREATE TABLE views.due (
    subject        uuid NOT NULL,
    kind           text NOT NULL,
    due_on         date NOT NULL,
    division       text NOT NULL,
    cause_id       uuid NOT NULL,
    correlation_id uuid NOT NULL,
    PRIMARY KEY (subject, kind)
);
CREATE INDEX due_on ON views.due (due_on);
SELECT guard('due');
