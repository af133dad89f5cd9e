-- How a person wants to be reached, and which numbers their owners confirmed. The confirmed number is kept, not a flag: a number that is
-- exchanged is unconfirmed by itself.
ALTER TABLE person ADD COLUMN confirmed_phone text, ADD COLUMN contact_choice text, ADD COLUMN language text;
ALTER TABLE guardian ADD COLUMN confirmed_phone text;
GRANT UPDATE (confirmed_phone, contact_choice, language) ON person TO {service}_app;
GRANT UPDATE (confirmed_phone) ON guardian TO {service}_app;
CREATE INDEX person_phone ON person (phone) WHERE phone IS NOT NULL;
