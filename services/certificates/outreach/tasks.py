"""What an office owes to whoever could have a certificate and has none, as tasks of 今日待办. Pure; nothing in it has a deadline.

The village asks its own people; the township's federation those whose village is not known. Who is not to be asked yet, has applied or
has a card is nobody's task.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.certificates.outreach.queries import Candidate, CandidateState
from services.domain.divisions import Level, level, only_township_known

WAITING = (
    CandidateState.NOT_CONTACTED,
    CandidateState.LAPSED,
    CandidateState.NOT_MET,
    CandidateState.UNWILLING,
    CandidateState.WILLING,
    CandidateState.CANNOT_TRAVEL,
)
_CONTACT = ("CONTACT", "了解本人办证意愿（自愿申领，不得强求）")
_TASKS = {
    CandidateState.WILLING: ("HELP_APPLY", "协助本人或监护人提出申请"),
    CandidateState.CANNOT_TRAVEL: ("SUGGEST_HOME_ASSESSMENT", "本人愿意但行动不便：协助申请，并建议县残联、卫健局安排上门评残"),
}


@dataclass(frozen=True, slots=True)
class OutreachTask:
    """One person to speak to or to help: what, in words, and since when it waits. Voluntary, so there is no day until which."""

    person_id: UUID
    division: str
    state: CandidateState
    task: str
    words: str
    since: date


def asks(agency: str, division: str) -> bool:
    """Whether this office has such tasks at all."""
    return (agency, level(division)) in (("CUN", Level.VILLAGE), ("CL", Level.TOWNSHIP))


def tasks(listed: Sequence[Candidate], division: str, today: date) -> list[OutreachTask]:
    """The tasks of an office that `asks`, of the candidates of its division, longest waiting first."""
    found = []
    for one in listed:
        mine = level(division) is Level.VILLAGE or only_township_known(one.division)
        if one.state in WAITING and mine and (one.again_on is None or one.again_on <= today):
            since = max(one.since, one.again_on or one.since)
            found.append(OutreachTask(one.person_id, one.division, one.state, *_TASKS.get(one.state, _CONTACT), since))
    return sorted(found, key=lambda task: (task.since, str(task.person_id)))
