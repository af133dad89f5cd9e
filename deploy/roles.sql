-- Roles and database of one service; run once as a superuser. `{service}` and `{password}` are filled in by the deployer.
-- migrator owns the tables; app reads and appends, never rewrites the log; rebuild owns the projections and nothing else;
-- reader is for downstream reporting on projections.
DO $$
DECLARE r text;
BEGIN
    FOREACH r IN ARRAY ARRAY['{service}_migrator', '{service}_app', '{service}_rebuild', '{service}_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', r);
        END IF;
        EXECUTE format('ALTER ROLE %I PASSWORD %L', r, '{password}');
    END LOOP;
END $$;
ALTER ROLE {service}_migrator SET search_path = public, views;
ALTER ROLE {service}_app SET search_path = public, views;
ALTER ROLE {service}_rebuild SET search_path = public, views;
ALTER ROLE {service}_reader SET search_path = public, views;
GRANT {service}_rebuild TO {service}_migrator;
