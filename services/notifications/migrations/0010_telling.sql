-- A person is told of more than reminders: what begins a try may be another event, of another stream.
ALTER TABLE to_reach RENAME COLUMN reminder_id TO stream_id;
CREATE OR REPLACE FUNCTION make_to_reach() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO to_reach (cause_id, stream_id) VALUES (NEW.event_id, NEW.stream_id);
    RETURN NULL;
END $$;
CREATE TRIGGER policy_telling_begun AFTER INSERT ON events FOR EACH ROW WHEN (NEW.type = 'PolicyTellingBegun')
    EXECUTE FUNCTION make_to_reach();
