"""What was read of rosters goes when nothing asks for it any more. That a list came, with its counts and the report of its rows, stays.

A finding of a month is open until that month is paid, and arrears reach back two years: what a roster says is needed for so long.
"""

from services.engine.retention import Stale
from services.kernel.clock import today

CONTENTS = Stale(
    "roster_content",
    lambda runtime: runtime.service.policy.intake.one("roster", today(runtime.clock)).contents_kept_days,
    """DELETE FROM roster_content WHERE roster_id IN (
        SELECT roster_id FROM roster_content WHERE staged_at < now() - make_interval(days => $1) LIMIT $2)""",
)
