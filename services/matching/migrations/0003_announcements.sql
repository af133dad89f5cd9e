-- Policies told: one row per announcement of a county (told, or why not yet) and per village that it was passed on to; and the persons
-- whom it may concern there, as pseudonyms.

CREATE TABLE views.announcement (
    announcement_id uuid PRIMARY KEY,
    part_of         uuid NOT NULL,
    row_id          text NOT NULL,
    row_from        date NOT NULL,
    title           text NOT NULL,
    plain           text,
    owner           text NOT NULL,
    division        text NOT NULL,
    state           text NOT NULL,
    lacking         jsonb NOT NULL,
    as_of           date,
    tell_by         date,
    persons         bigint,
    said_on         date NOT NULL,
    version         bigint NOT NULL
);
CREATE INDEX announcement_division ON views.announcement (division text_pattern_ops);
SELECT guard('announcement');

CREATE TABLE views.concerned (
    announcement_id uuid NOT NULL,
    person_id       uuid NOT NULL,
    part_of         uuid NOT NULL,
    division        text NOT NULL,
    PRIMARY KEY (announcement_id, person_id)
);
CREATE INDEX concerned_county ON views.concerned (part_of, person_id);
SELECT guard('concerned');
