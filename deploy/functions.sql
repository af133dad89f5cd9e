-- Functions of PostgreSQL that anybody who may connect could call; run in each service's database as a superuser, safe to repeat.
-- `{service}` is filled in by `deploy/databases.py`. A role for reports could hold the lock by which the relay leads, so that nothing is
-- published any more, and fill the disk with large objects.
DO $$
DECLARE called regprocedure;
BEGIN
    FOR called IN SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
                  AND proname ~ '^(pg_(try_)?advisory_(xact_)?lock|lo_|loread|lowrite)' LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', called);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {service}_migrator, {service}_app, {service}_rebuild', called);
    END LOOP;
END $$;
