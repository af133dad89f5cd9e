-- The policy files under each version that ever decided something, so that a decision can be explained after they have changed.
CREATE TABLE policy_version (
    version       text NOT NULL,
    file          text NOT NULL,
    content       text NOT NULL,
    first_used_on date NOT NULL,
    PRIMARY KEY (version, file)
);
GRANT SELECT, INSERT ON policy_version TO {service}_app;

-- What belongs to one cause.
CREATE INDEX events_correlation ON events (correlation_id, position);
