-- What is settled is deleted after some days (stale.py), found by its age.
CREATE INDEX effect_settled ON effect (settled_at) WHERE state <> 'due';
CREATE INDEX to_reach_ended ON to_reach (settled_at) WHERE state = 'ended';
GRANT DELETE ON effect, to_reach TO {service}_app;
