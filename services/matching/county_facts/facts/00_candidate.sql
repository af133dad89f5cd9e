-- Whom a row may mean that leads to nobody for certain: Fellegi and Sunter's match weights over pairs that agree in enough to be looked at.

-- known: whom a row may mean. sought: each row once, in however many lists it stands; `share`: of how many persons its name is the name.
CREATE TABLE known AS
SELECT features.*, left(features.birth_month, 4)::BIGINT AS birth_year, division, left(division, 9) AS township
FROM person_features features JOIN person USING (person_id);
CREATE TABLE sought AS
WITH said AS (
    SELECT identity, any_value(features.name) AS name, any_value(sounds) AS sounds, any_value(birth_year) AS birth_year,
        any_value(birth_month) AS birth_month, any_value(born) AS born, any_value(sequence) AS sequence, any_value(male) AS male,
        any_value(stands_in) AS stands_in, left(any_value(stands_in), 9) AS township
    FROM row_features features JOIN person_row USING (roster_id, row) SEMI JOIN (FROM feed WHERE usable) USING (roster_id)
    WHERE person_row.person_id IS NULL GROUP BY identity)
SELECT said.*, bearers / (SELECT count(name) FROM known) AS share
FROM said LEFT JOIN (SELECT name, count(*) AS bearers FROM known SEMI JOIN said USING (name) GROUP BY name) USING (name);

-- blocked: the pairs that are compared. Nobody is a candidate by the name alone: the birth, or where there is none the township, agrees, too.
CREATE TABLE blocked AS
SELECT identity, person_id FROM sought JOIN known USING (born)
UNION SELECT identity, person_id FROM sought JOIN known USING (name, birth_month)
UNION SELECT identity, person_id FROM sought JOIN known USING (name, township)
    WHERE coalesce(sought.birth_year = known.birth_year, true)
UNION SELECT identity, person_id
    FROM (SELECT identity, birth_year, township, unnest(sounds) AS sound FROM sought)
    JOIN (SELECT person_id, birth_year, township, unnest(sounds) AS sound FROM known) USING (birth_year, township, sound);

-- compared: to which degree each field agrees; NULL where a side does not say it, which speaks neither for nor against. Sounds are sorted.
-- weighed: those that are likely enough, in bits. That two bear one name says less the more persons bear it. Before anything is compared, each
-- person of the register is as likely to be meant as any other.
CREATE TABLE weighed AS
WITH compared AS (
SELECT identity, person_id, share,
    CASE WHEN sought.name = known.name THEN 'SAME'
        WHEN len(sought.sounds) = 0 OR len(known.sounds) = 0 THEN CASE WHEN sought.name IS NOT NULL THEN 'OTHER' END
        WHEN NOT list_has_any(sought.sounds, known.sounds) THEN 'OTHER'
        WHEN sought.sounds = known.sounds THEN 'SOUND'
        WHEN list_has_all(known.sounds, sought.sounds) OR list_has_all(sought.sounds, known.sounds) THEN 'PART'
        ELSE 'SOME' END AS name,
    CASE WHEN sought.born = known.born THEN 'DAY' WHEN sought.birth_month = known.birth_month THEN 'MONTH'
        WHEN sought.birth_year = known.birth_year THEN 'YEAR' WHEN sought.birth_year IS NOT NULL THEN 'OTHER' END AS birth,
    CASE sought.sequence = known.sequence WHEN true THEN 'SAME' WHEN false THEN 'OTHER' END AS sequence,
    CASE sought.male = known.male WHEN true THEN 'SAME' WHEN false THEN 'OTHER' END AS sex,
    CASE WHEN stands_in = division AND right(division, 3) <> '000' THEN 'VILLAGE' WHEN sought.township = known.township THEN 'TOWNSHIP'
        WHEN stands_in IS NOT NULL THEN 'OTHER' END AS place
FROM blocked JOIN sought USING (identity) JOIN known USING (person_id))
SELECT compared.* EXCLUDE (share), coalesce(log2(by_name.m / CASE WHEN compared.name = 'SAME' THEN share ELSE by_name.u END), 0) AS name_weight,
    coalesce(log2(by_birth.m / by_birth.u), 0) AS birth_weight, coalesce(log2(by_sequence.m / by_sequence.u), 0) AS sequence_weight,
    coalesce(log2(by_sex.m / by_sex.u), 0) AS sex_weight, coalesce(log2(by_place.m / by_place.u), 0) AS place_weight,
    name_weight + birth_weight + sequence_weight + sex_weight + place_weight - log2(persons) AS weight,
    1 / (1 + pow(2, -weight)) AS probability, most
FROM compared CROSS JOIN (SELECT count(*) AS persons FROM known) CROSS JOIN candidate_limit
LEFT JOIN match_weight by_name ON by_name.field = 'NAME' AND by_name.level = compared.name
LEFT JOIN match_weight by_birth ON by_birth.field = 'BIRTH' AND by_birth.level = birth
LEFT JOIN match_weight by_sequence ON by_sequence.field = 'SEQUENCE' AND by_sequence.level = sequence
LEFT JOIN match_weight by_sex ON by_sex.field = 'SEX' AND by_sex.level = sex
LEFT JOIN match_weight by_place ON by_place.field = 'PLACE' AND by_place.level = place
ANTI JOIN refused_candidate refused ON (refused.identity, refused.person_id) = (compared.identity, compared.person_id)
WHERE probability >= least;

-- likely: the candidates of each row, the likeliest first, with what speaks for and against each.
CREATE TABLE likely AS
SELECT identity, person_id, nth, weight, probability, [
    {field: 'NAME', level: name, weight: name_weight}, {field: 'BIRTH', level: birth, weight: birth_weight},
    {field: 'SEQUENCE', level: sequence, weight: sequence_weight}, {field: 'SEX', level: sex, weight: sex_weight},
    {field: 'PLACE', level: place, weight: place_weight}] AS fields
FROM (SELECT *, row_number() OVER (PARTITION BY identity ORDER BY weight DESC, person_id) AS nth FROM weighed)
WHERE nth <= most;

-- candidate: the same for every row of a list; nobody has decided it.
CREATE TABLE candidate AS
SELECT roster_id, row, likely.person_id, nth FROM row_features JOIN likely USING (identity)
JOIN person_row USING (roster_id, row) WHERE person_row.person_id IS NULL;
