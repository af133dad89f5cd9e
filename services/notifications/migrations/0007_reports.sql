-- What the monthly report needs beside the notices: which lists came in, and a way from a month to the events of it.
-- Lists that came before this migration are folded in by a rebuild of `arrival`.

CREATE TABLE views.arrival (
    roster_id  uuid PRIMARY KEY,
    division   text NOT NULL,
    kind       text NOT NULL,
    arrived_on date NOT NULL,
    refused    text
);
CREATE INDEX arrival_day ON views.arrival (arrived_on);
SELECT guard('arrival');

-- Events are stored nearly in the order of their times, so a few pages of this index lead to any month.
CREATE INDEX event_time ON events USING brin (occurred_at);
