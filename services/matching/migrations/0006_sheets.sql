-- Whether a sheet pays a subsidy at all is asked twice a second while an announcement waits for it.
CREATE INDEX roster_row_subsidy ON roster_row (roster_id, subsidy);
