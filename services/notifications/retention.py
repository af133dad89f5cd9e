"""The bookkeeping of what was told, when it has been settled for long. Nothing is told again without it: the streams say what was sent.

An effect or a try is made by the database with its event, and an event is stored once; who claims them claims those that are due. What
proves that somebody was told, `delivery` and the log, stays.
"""

from services.engine.retention import Stale
from services.engine.runtime import Runtime
from services.kernel.clock import today


def _kept_days(runtime: Runtime) -> int:
    days: int = runtime.service.policy.bookkeeping.one("settled", today(runtime.clock)).kept_days
    return days


EFFECTS = Stale(
    "effect",
    _kept_days,
    """DELETE FROM effect WHERE ctid = ANY (ARRAY(SELECT ctid FROM effect
        WHERE state <> 'due' AND settled_at < now() - make_interval(days => $1) ORDER BY settled_at LIMIT $2))""",
)
# An ended try has no delivery left that may still prove it; one that is begun is what the last of its deliveries settles under.
TRIES = Stale(
    "to_reach",
    _kept_days,
    """DELETE FROM to_reach WHERE ctid = ANY (ARRAY(SELECT ctid FROM to_reach
        WHERE state = 'ended' AND settled_at < now() - make_interval(days => $1) ORDER BY settled_at LIMIT $2))""",
)
