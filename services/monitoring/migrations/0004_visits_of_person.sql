-- When the register says that a person has died: the open visits to that person which somebody planned.

CREATE INDEX planned_visit_person ON views.planned_visit (person_id) WHERE state = 'PLANNED' AND reminder_id IS NULL;
