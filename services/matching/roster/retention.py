"""Rows of a list of the allowance that a later list of its county has replaced: only the latest list is compared and announced by.

Rows of payment sheets stay: a person who is registered later is paid by them, and a sheet that corrects a month is compared with what the
month's other sheets paid. That a list came, with its counts and the report of its rows, stays in any case.
"""

from services.engine.retention import Stale
from services.kernel.clock import today

# A day's second list does not replace the first: of one day either may be the latest.
LISTS = Stale(
    "roster_row",
    lambda runtime: runtime.service.policy.intake.one("roster", today(runtime.clock)).rows_kept_days,
    """DELETE FROM roster_row WHERE (roster_id, row) IN (
        SELECT s.roster_id, s.row FROM views.roster r JOIN roster_row s USING (roster_id)
        WHERE r.kind = 'SUBSISTENCE_ALLOWANCE' AND s.staged_at < now() - make_interval(days => $1) AND EXISTS (
            SELECT FROM views.roster later WHERE (later.division, later.kind) = (r.division, r.kind)
                AND later.state = 'RECEIVED' AND later.as_of > r.as_of
                AND EXISTS (SELECT FROM roster_row t WHERE t.roster_id = later.roster_id))
        LIMIT $2)""",
)

# A finding of a month is open until that month is paid, and arrears reach back two years: what a roster says is needed for so long.
CONTENTS = Stale(
    "roster_content",
    lambda runtime: runtime.service.policy.intake.one("roster", today(runtime.clock)).contents_kept_days,
    """DELETE FROM roster_content WHERE roster_id IN (
        SELECT roster_id FROM roster_content WHERE staged_at < now() - make_interval(days => $1) LIMIT $2)""",
)
