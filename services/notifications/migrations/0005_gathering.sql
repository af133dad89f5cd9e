-- What waits for one office, counted whenever its group's robot says how much there is.

CREATE INDEX notice_waiting ON views.notice (agency, division) WHERE waiting;
