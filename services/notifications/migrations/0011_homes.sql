-- Households, so that what an office is told of one at one time is one letter. Those of before are folded in by a rebuild of `home`.

CREATE TABLE views.home (
    home_id      uuid PRIMARY KEY,
    division     text NOT NULL,
    household_id uuid NOT NULL,
    subjects     jsonb NOT NULL
);
CREATE INDEX home_subjects ON views.home USING gin (subjects);
SELECT guard('home');
