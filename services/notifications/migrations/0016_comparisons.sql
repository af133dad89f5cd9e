-- Which comparisons were run over the lists that came in. Those of before are folded in by a rebuild of `comparison`.

CREATE TABLE views.comparison (
    comparison_id uuid PRIMARY KEY,
    division      text NOT NULL,
    ran_on        date NOT NULL,
    whole         boolean NOT NULL
);
CREATE INDEX comparison_day ON views.comparison (ran_on);
SELECT guard('comparison');
