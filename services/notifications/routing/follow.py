"""A notice that follows from another: the same matter, for another office, with what came before in its text and trail. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.domain.divisions import inside
from services.kernel.errors import Malformed
from services.notifications.notice.deadlines import answering_days, reminders
from services.notifications.notice.escalation_chain import Office
from services.notifications.notice.events import NoticeQueued
from services.notifications.notice.projection import NoticeRow
from services.notifications.policy.load import NoticePolicy
from services.notifications.policy.route_rows import OWN_DOORS, Route, receiver
from services.notifications.policy.templates import Rendered
from services.notifications.routing.route import doors
from services.notifications.routing.wording import text_for

_DAYS = 5  # working days to take note of what follows a row that is not in the policy any more


@dataclass(frozen=True, slots=True)
class Onward:
    """How a matter goes on: `template` stands around the text of the notice before, with `words` of its own; `chain` and `trail` are the
    following notice's."""

    template: str
    to: Office
    stage: int
    chain: tuple[str, ...]
    trail: tuple[str, ...]
    day: date
    words: Mapping[str, str] = field(default_factory=dict)


def follow(first: NoticeRow, onward: Onward, policy: NoticePolicy) -> NoticeQueued:
    """The notice that follows from `first`."""
    to, day = onward.to, onward.day
    row = _row(first, policy)
    by = policy.calendar.add(day, row.days if row else _DAYS)
    text = _text(first, onward, by, policy)
    return NoticeQueued(
        route=first.route,
        cause_type=first.cause_type,
        cause_id=first.cause_id,
        subject_id=first.subject_id,
        person_id=first.person_id,
        agency=to.agency,
        division=to.division,
        subject_division=first.subject_division,
        severity=first.severity,
        text=text.text,
        channels=doors(to.division, policy, day, row.doors if row else OWN_DOORS),
        acknowledge_by=by,
        stage=onward.stage,
        chain=onward.chain,
        reminder=first.reminder,
        cause_version=first.cause_version,
        template=text.template,
        facts=first.facts,
        accept_days=first.accept_days,
        act_days=answering_days(to.agency, first.act_days, policy, day),
        remind_days=first.remind_days,
        reminders=reminders(first.remind_days, day, by, policy),
        trail=onward.trail,
        sender=first.sender,
        returned=first.returned,
        row_since=first.row_since,
        row_until=first.row_until,
        row_source=first.row_source,
    )


def _row(first: NoticeRow, policy: NoticePolicy) -> Route | None:
    """The row that made the notice, as it was in force when it was: one of another county or of a later day changes nothing of it.

    Known by its beginning and source (its end may have been written since). None: no row made it, or none of that name is left.
    """
    named = (first.route, first.row_since, first.row_source)
    rows = [r for r in policy.routes.rows if (r.id, r.since, r.source) == named and inside(first.subject_division, r.division)]
    if rows:
        return max(rows, key=lambda r: (r.until == first.row_until, len(r.division))).value
    if first.row_since is None:
        return None
    try:
        return policy.routes.one(first.route, first.row_since, first.subject_division)
    except Malformed:
        return None


def _text(first: NoticeRow, onward: Onward, by: date, policy: NoticePolicy) -> Rendered:
    """What the first was about, for this office, inside what is said around it; what no template says stays as it was written."""
    template, reader = first.template.partition(".")[0], receiver(onward.to.agency)
    if not template or policy.templates.latest(template, reader) is None:
        return Rendered(first.template, first.text)
    plain = text_for(template, onward.to, first.subject_id, first.facts, by, policy)
    around = {"from_name": policy.name(f"{first.agency}:{first.division}", onward.day), "text": plain.text, **onward.words}
    return Rendered(plain.template, policy.templates.render(onward.template, reader, around).text)
