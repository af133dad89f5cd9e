-- An office reads its inbox in the order of publishing; from a notice to its place in it.
CREATE INDEX feed_position ON feed (position);

-- Since when what a subject's notices were about is over: a notice that comes of an earlier event is not told any more.
ALTER TABLE views.notice ADD COLUMN cause_version bigint NOT NULL DEFAULT 0;
CREATE TABLE views.over (
    subject_id uuid PRIMARY KEY,
    division   text NOT NULL,
    over_at    bigint NOT NULL
);
SELECT guard('over');
