-- Roles of one service; run as a superuser, safe to repeat. `{service}` and the passwords are filled in by `deploy/databases.py`.
-- migrator owns the tables; app reads and appends, and never rewrites the log; rebuild owns the projections and nothing else;
-- reader is for reporting on projections, as far as the operator wrote into `report_sight`: nothing at first.
DO $$
DECLARE r text[];
BEGIN
    FOREACH r SLICE 1 IN ARRAY ARRAY[['{service}_migrator', '{migrator_password}'], ['{service}_app', '{app_password}'],
                                     ['{service}_rebuild', '{rebuild_password}'], ['{service}_reader', '{reader_password}']] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r[1]) THEN
            EXECUTE format('CREATE ROLE %I LOGIN PASSWORD %L', r[1], r[2]);
            EXECUTE format('ALTER ROLE %I SET search_path = public, views', r[1]);
        END IF;
    END LOOP;
END $$;
GRANT {service}_rebuild TO {service}_migrator;
