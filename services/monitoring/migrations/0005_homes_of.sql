-- From persons to their households by the index. `?` is not leakproof: under row security it is asked of every household, one after the
-- other. So the owner asks, and the rule of who sees what stands in the query itself. The text names the table when it runs: a rebuild's
-- swap changes nothing. The planner takes `?` for as cheap as `=` and would still read all households for a batch of persons.
CREATE FUNCTION views.homes_of(persons text[]) RETURNS TABLE (n bigint, household_id uuid, division text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog SET enable_seqscan = off AS $$
    SELECT u.n, h.household_id, h.division FROM unnest(persons) WITH ORDINALITY AS u(person_id, n)
    JOIN views.household_view h ON h.members ? u.person_id AND public.sees(h.division) ORDER BY u.n, h.household_id
$$;
REVOKE ALL ON FUNCTION views.homes_of(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION views.homes_of(text[]) TO {service}_app;
ALTER FUNCTION views.homes_of(text[]) OWNER TO {service}_rebuild;

-- Every event looks into the index, and few change it: new entries go where they belong at once, not into a list that each look would read
-- first. A rebuild gave the index another name, and keeps this.
DO $$
DECLARE i regclass;
BEGIN
    FOR i IN SELECT x.indexrelid FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_am a ON a.oid = c.relam
             WHERE x.indrelid = 'views.household_view'::regclass AND a.amname = 'gin' LOOP
        EXECUTE format('ALTER INDEX %s SET (fastupdate = off)', i);
        PERFORM gin_clean_pending_list(i);
    END LOOP;
END $$;
