-- Messages to persons: which tries of a person wait to be begun, and of a delivery to a person, whose phone it goes to. No number is
-- kept anywhere: the register is asked again when a message goes out.

-- One row per event that begins a try, made in the transaction that stores it. A rebuild stores no event, so it makes no row. `begun`: there are
-- deliveries; `ended`: nothing more is sent for this try, for a reason.
CREATE TABLE to_reach (
    cause_id    uuid PRIMARY KEY,
    stream_id uuid NOT NULL,
    state       text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'begun', 'ended')),
    reason      text,
    due_at      timestamptz NOT NULL DEFAULT now(),
    settled_at  timestamptz
) WITH (fillfactor = 80);
CREATE INDEX to_reach_due ON to_reach (due_at, cause_id) WHERE state = 'due';

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
CREATE INDEX delivery_cause ON delivery (cause_id) WHERE source = 'PERSON';
CREATE INDEX delivery_reminder ON delivery (stream_id) WHERE source = 'PERSON';
GRANT SELECT, INSERT, UPDATE ON to_reach TO {service}_app;
GRANT SELECT, INSERT ON to_person TO {service}_app;
