-- The closed loop of a notice: what its office accepted, did, sent back; what verified it; what it was routed by; reminders.

ALTER TABLE views.notice
    ADD COLUMN waiting      boolean NOT NULL DEFAULT true,
    ADD COLUMN next_by      date,
    ADD COLUMN reminded     bigint NOT NULL DEFAULT 0,
    ADD COLUMN accepted_on  date,
    ADD COLUMN acted_on     date,
    ADD COLUMN outcome      text,
    ADD COLUMN rejected_for text,
    ADD COLUMN verified_by  text,
    ADD COLUMN verified_on  date,
    ADD COLUMN lead         text,
    ADD COLUMN answer       text,
    ADD COLUMN template     text NOT NULL DEFAULT '',
    ADD COLUMN facts        jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN accept_days  bigint NOT NULL DEFAULT 0,
    ADD COLUMN act_days     bigint NOT NULL DEFAULT 0,
    ADD COLUMN remind_days  jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN trail        jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN sender       text,
    ADD COLUMN returned     boolean NOT NULL DEFAULT false,
    ADD COLUMN row_since    date,
    ADD COLUMN row_until    date,
    ADD COLUMN row_source   text NOT NULL DEFAULT '';
UPDATE views.notice SET waiting = state IN ('QUEUED', 'SENT', 'FAILED'), next_by = acknowledge_by;

CREATE INDEX notice_cause ON views.notice (cause_id, route);
CREATE INDEX notice_overdue ON views.notice (next_by) WHERE waiting;
CREATE INDEX notice_month ON views.notice (queued_at);

-- Events that may show that something told about their subject is done; the policy's resolutions say for which notices.
CREATE TABLE views.settling (
    event_id    uuid PRIMARY KEY,
    subject_id  uuid NOT NULL,
    division    text NOT NULL,
    by_type     text NOT NULL,
    facts       jsonb NOT NULL,
    at_version  bigint NOT NULL,
    happened_on date NOT NULL
);
CREATE INDEX settling_subject ON views.settling (subject_id, at_version);
SELECT guard('settling');
