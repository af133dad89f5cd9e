-- Rosters of the national register as they were taken in: how far, and what was wrong with which row. No personal data.
CREATE TABLE roster_import (
    import_id   uuid PRIMARY KEY,
    division    text NOT NULL,
    as_of       date NOT NULL,
    next_row    int NOT NULL,
    counts      jsonb NOT NULL DEFAULT '{}',
    actor       text NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
CREATE TABLE roster_finding (
    import_id uuid NOT NULL,
    row       int NOT NULL,
    code      text NOT NULL,
    rejected  boolean NOT NULL,
    PRIMARY KEY (import_id, row, code)
);
GRANT SELECT, INSERT, UPDATE ON roster_import TO {service}_app;
GRANT SELECT, INSERT ON roster_finding TO {service}_app;
