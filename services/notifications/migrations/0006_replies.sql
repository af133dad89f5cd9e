-- What became of each reply that came by an office's own topic. Not a projection: the row makes a reply that comes twice do nothing.

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
ALTER TABLE reply ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON reply USING (sees(division)) WITH CHECK (true);
CREATE POLICY own_agency ON reply AS RESTRICTIVE
    USING (coalesce(current_setting('shouwang.agency', true), '') IN ('*', agency)) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON reply TO {service}_app;
GRANT SELECT ON reply TO {service}_reader;
