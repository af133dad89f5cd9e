-- To which household a person or a case belongs, for the fan-out. The operator of its index is not leakproof, so under row security the
-- application's role reads the whole table for each notice; the table's owner reads the index. Gives ids alone.

CREATE FUNCTION views.home_of(subject uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT h.household_id FROM views.home h WHERE h.subjects ? subject::text ORDER BY h.household_id LIMIT 1
$$;
REVOKE ALL ON FUNCTION views.home_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION views.home_of(uuid) TO {service}_app;
ALTER FUNCTION views.home_of(uuid) OWNER TO {service}_rebuild;

-- The index as it is, without a list of what is not in it yet, which each look would read as well. A rebuild has named it anew.
DO $$
DECLARE old regclass;
BEGIN
    FOR old IN SELECT i.indexrelid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
               WHERE i.indrelid = 'views.home'::regclass AND a.amname = 'gin' LOOP
        EXECUTE format('DROP INDEX %s', old);
    END LOOP;
END $$;
CREATE INDEX home_subjects ON views.home USING gin (subjects) WITH (fastupdate = off);
