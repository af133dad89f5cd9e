"""Files as they were sent, and the jobs that read them, go after some days: names and numbers are kept no longer than their sender needs
them to mend what is wrong. What was read of a file, and the report of its rows, is another matter (`roster/retention.py`)."""

from services.engine.retention import Stale
from services.kernel.clock import today

FILES = Stale(
    "roster_file",
    lambda runtime: runtime.service.policy.intake.one("roster", today(runtime.clock)).files_kept_days,
    """DELETE FROM roster_file WHERE roster_id IN (
        SELECT roster_id FROM roster_file f WHERE f.kept_at < now() - make_interval(days => $1)
            AND NOT EXISTS (SELECT FROM roster_job j WHERE j.roster_id = f.roster_id AND j.finished_at IS NULL) LIMIT $2)""",
)
JOBS = Stale(
    "roster_job",
    lambda runtime: runtime.service.policy.intake.one("roster", today(runtime.clock)).jobs_kept_days,
    """DELETE FROM roster_job WHERE job_id IN (
        SELECT job_id FROM roster_job WHERE finished_at < now() - make_interval(days => $1) LIMIT $2)""",
)
