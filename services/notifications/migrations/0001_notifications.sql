-- Notices as offices see them, and the effects: what is still to be told to the world.

CREATE TABLE views.notice (
    notice_id        uuid PRIMARY KEY,
    division         text NOT NULL,
    agency           text NOT NULL,
    route            text NOT NULL,
    cause_type       text NOT NULL,
    cause_id         uuid NOT NULL,
    subject_id       uuid NOT NULL,
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
    version          bigint NOT NULL
);
CREATE INDEX notice_inbox ON views.notice (agency, queued_at, notice_id);
CREATE INDEX notice_subject ON views.notice (subject_id);
CREATE INDEX notice_reminder ON views.notice (reminder, cause_id) WHERE reminder IS NOT NULL;
SELECT guard('notice');

-- One row per notice, made in the transaction that stores NoticeQueued. A rebuild folds events but stores none, so it makes no
-- effect; and its role has no right on this table.
CREATE TABLE effect (
    notice_id  uuid PRIMARY KEY,
    state      text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sent', 'suppressed', 'failed')),
    due_at     timestamptz NOT NULL DEFAULT now(),
    attempt    int NOT NULL DEFAULT 0,
    reason     text,
    settled_at timestamptz
) WITH (fillfactor = 80);
CREATE INDEX effect_due ON effect (due_at, notice_id) WHERE state = 'due';
GRANT SELECT, INSERT, UPDATE ON effect TO {service}_app;

CREATE FUNCTION make_effect() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO effect (notice_id) VALUES (NEW.stream_id);
    RETURN NULL;
END $$;
CREATE TRIGGER notice_queued AFTER INSERT ON events FOR EACH ROW WHEN (NEW.type = 'NoticeQueued') EXECUTE FUNCTION make_effect();
