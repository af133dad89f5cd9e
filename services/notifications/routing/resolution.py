"""Which later event shows that what an office was told is done: the resolutions of the policy against facts. Pure.

Events that may settle something are kept by subject, so that a notice whose matter was settled before it could be told is not told.
"""

from collections.abc import Sequence

from services.kernel.policy import Row
from services.notifications.notice.facts import by_name, comparable
from services.notifications.policy.load import NoticePolicy
from services.notifications.policy.route_rows import Resolution
from services.notifications.routing.projection import SettlingRow


def resolved_by(
    route: str, facts: tuple[str, ...], division: str, later: Sequence[SettlingRow], policy: NoticePolicy
) -> Row[Resolution] | None:
    """The first resolution by which one of the later events settles a notice of this route with these facts; None: it stands.

    A predicate that cannot be decided settles nothing: a notice too many is the smaller mistake.
    """
    cause = by_name(facts)
    for row in policy.resolutions.rows:
        for event in later:
            resolution = row.value
            if resolution.on != event.by_type or route not in resolution.routes or not row.holds(event.happened_on, division):
                continue
            mine = by_name(event.facts)
            same = all(cause.get(name) == mine.get(name) for name in resolution.same)
            if same and (resolution.when is None or resolution.when(comparable(event.facts)) is True):
                return row
    return None
