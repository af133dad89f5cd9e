"""When a letter may go out: quiet hours, the hour of digests, the next try. Pure; times come in, jitter too."""

from datetime import datetime, time, timedelta

from services.kernel.events import SHANGHAI
from services.notifications.policy.rows import Conduct
from services.notifications.vocabulary import Channel

LONGEST_WAIT = 86_400
# Channels by which all that waits for a recipient goes out as one letter at the hour of digests, the urgent too: it is counted or listed.
GATHERED = frozenset({Channel.WECOM, Channel.DINGTALK, Channel.DROP})


def quiet_until(now: datetime, conduct: Conduct) -> datetime | None:
    """The end of the quiet hours that `now` lies in, or None. `until` itself is no longer quiet."""
    hour, start, end = now.astimezone(SHANGHAI).hour, conduct.quiet_from, conduct.quiet_until
    quiet = start <= hour < end if start < end else start != end and (hour >= start or hour < end)
    return _next(now, end) if quiet else None


def next_digest(now: datetime, conduct: Conduct) -> datetime:
    """When the next digest goes out, after `now`."""
    return _next(now, conduct.digest_at)


def tomorrow(now: datetime) -> datetime:
    """The beginning of the next day in Shanghai, when ceilings count anew."""
    return _next(now, 0)


def next_try(conduct: Conduct, tries: int, retry_after: float | None, jitter: float) -> float | None:
    """Seconds until the next try after `tries` that failed, or None when the schedule is used up.

    A receiver that names a time is not asked earlier, and never waited for longer than a day. `jitter` in [0, 1) adds up to a tenth, so
    that receivers which failed together do not meet all their letters together.
    """
    if tries >= len(conduct.retry):
        return None
    planned = conduct.retry[tries] * (1 + jitter / 10)
    return min(max(planned, retry_after or 0), LONGEST_WAIT * 1.1)


def _next(now: datetime, hour: int) -> datetime:
    local = now.astimezone(SHANGHAI)
    at = datetime.combine(local.date(), time(hour), SHANGHAI)
    return at if at > local else at + timedelta(days=1)
