-- 应办未办: what was heard from and about whoever could have a certificate and has none. Who is on the list today follows from this,
-- the register of persons and the certificates (`candidates.py`), and stands in no table.
CREATE TABLE views.outreach (
    person_id   uuid PRIMARY KEY,
    division    text NOT NULL,
    sources     jsonb NOT NULL,
    noted_on    date NOT NULL,
    answer      text,
    way         text,
    answered_on date,
    again_on    date,
    closed      text,
    closed_on   date
);
SELECT guard('outreach');

-- The persons of a village, township or county.
CREATE INDEX person_division ON person (division text_pattern_ops, person_id);

-- What certificates say of persons, wherever in the prefecture these cards lie: a card that has not followed its holder to a new village
-- must not make him a person without one. Gives days and yes or no, of persons that the caller already sees.
CREATE FUNCTION views.certified(persons uuid[])
    RETURNS TABLE (person_id uuid, applying boolean, card_until date, not_met_on date, own_wish_on date, dead boolean, away boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT c.person_id,
        bool_or(c.step NOT IN ('ISSUED', 'REFUSED', 'CANCELLED', 'WITHDRAWN')),
        max(c.valid_to) FILTER (WHERE c.step = 'ISSUED'),
        max(CASE WHEN c.step = 'REFUSED' AND c.reason = 'standard_not_met' THEN c.step_on
                 WHEN c.step = 'CANCELLED' AND c.reason IN ('RECOVERED', 'FALSE_PAPERS') THEN c.cancelled_on END),
        max(CASE WHEN c.step = 'WITHDRAWN' THEN c.step_on
                 WHEN c.step = 'CANCELLED' AND c.reason = 'VOLUNTARY' THEN c.cancelled_on END),
        bool_or(c.step = 'CANCELLED' AND c.reason = 'DEATH'),
        bool_or(c.step = 'CANCELLED' AND c.reason = 'TRANSFERRED')
    FROM views.certificate_view c WHERE c.person_id = ANY (persons) GROUP BY c.person_id
$$;
REVOKE ALL ON FUNCTION views.certified(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION views.certified(uuid[]) TO {service}_app;
ALTER FUNCTION views.certified(uuid[]) OWNER TO {service}_rebuild;
