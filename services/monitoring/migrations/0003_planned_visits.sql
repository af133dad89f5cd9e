-- Planned visits: who is to be visited in which village until when, for what, and what came of it.

CREATE TABLE views.planned_visit (
    planned_visit_id uuid PRIMARY KEY,
    household_id     uuid,
    person_id        uuid NOT NULL,
    division         text NOT NULL,
    purpose          text NOT NULL,
    certificate_id   uuid,
    valid_to         date,
    reminder_id      uuid,
    planned_by       text NOT NULL,
    planned_on       date NOT NULL,
    due_on           date NOT NULL,
    report_by        date NOT NULL,
    state            text NOT NULL,
    missed_on        date,
    outcome          text,
    told             text,
    visited_on       date,
    visit_id         uuid,
    reported_by      text,
    withdrawn_for    text,
    version          bigint NOT NULL
);
-- A county or the prefecture reads by day, a village its own few.
CREATE INDEX planned_visit_list ON views.planned_visit (due_on, planned_visit_id);
CREATE INDEX planned_visit_open ON views.planned_visit (due_on, planned_visit_id) WHERE state = 'PLANNED';
CREATE INDEX planned_visit_village ON views.planned_visit (division text_pattern_ops, state);
SELECT guard('planned_visit');
