-- The steps of every application and review, for quality and appraisal; and what counting on a past day needs.
-- Rows of what happened before: `python -m services.certificates rebuild course`.
CREATE TABLE views.course (
    certificate_id uuid NOT NULL,
    township       text NOT NULL,
    division       text NOT NULL,
    first_on       date NOT NULL,
    last_on        date NOT NULL,
    waits          boolean NOT NULL,
    marks          jsonb NOT NULL,
    PRIMARY KEY (certificate_id, township)
);
CREATE INDEX course_last ON views.course (last_on);
CREATE INDEX course_waiting ON views.course (first_on) WHERE waits;
SELECT guard('course');

-- Which institutions ever assessed: few rows among the cards that only the roster knows.
CREATE INDEX certificate_view_institution ON views.certificate_view (institution) WHERE institution IS NOT NULL;

-- Cards that have left a county since a day: they are out of its sight now, and were in it then.
CREATE INDEX events_transferred_out ON events (occurred_at) WHERE type = 'CertificateTransferredOut';
