-- A certificate that is frozen or reported lost entitles to nothing (domain reference, 2.2). A rebuild of `certificate` fills them.
ALTER TABLE views.certificate
    ADD COLUMN frozen_on date,
    ADD COLUMN lost_on   date;
