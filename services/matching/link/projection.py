"""What officials said of each row without a usable citizen id: who is meant, who is not, and what they were shown. A fold only."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.domain import divisions
from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.link.events import (
    Candidate,
    IdentityLinked,
    IdentityRefusalWithdrawn,
    IdentityRefused,
    IdentityUnlinked,
    OnList,
    Row,
)
from services.matching.vocabulary import LinkEvidence, NotMeant, RosterKind, UnlinkReason


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A row of which officials said something. `person_id`: who is meant; `refused`: who is not; `candidates`: who was shown with it the last
    time, `weight` the greatest among theirs; `kinds` and `senders`: of the lists on which it stood then."""

    link_id: UUID
    identity: UUID
    county: str
    division: str
    birth_year: int | None
    birth_month: str | None
    male: bool | None
    lists: tuple[OnList, ...]
    kinds: tuple[RosterKind, ...]
    senders: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    weight: Decimal
    person_id: UUID | None
    evidence: LinkEvidence | None
    refused: tuple[UUID, ...]
    reason: NotMeant | None
    decided_on: date
    decided_by: str
    version: int


def _link(key: tuple[UUID], row: LinkRow | None, recorded: Recorded) -> LinkRow | None:
    match recorded.event:
        case IdentityLinked() as linked:
            shown = _shown(key[0], linked.row, (linked.candidate,), row, recorded)
            return replace(shown, person_id=linked.candidate.person_id, evidence=linked.evidence)
        case IdentityRefused(row=said, candidates=candidates, reason=reason):
            shown = _shown(key[0], said, candidates, row, recorded)
            refused = dict.fromkeys((*shown.refused, *(each.person_id for each in candidates)))
            return replace(shown, refused=tuple(refused), reason=reason)
    return _taken_back(row, recorded) if row else None


def _shown(link_id: UUID, said: Row, candidates: tuple[Candidate, ...], before: LinkRow | None, recorded: Recorded) -> LinkRow:
    """What was shown when something was decided; nobody is linked."""
    return LinkRow(
        link_id=link_id,
        identity=said.identity,
        county=divisions.county(said.division),
        division=said.division,
        birth_year=said.birth_year,
        birth_month=said.birth_month,
        male=said.male,
        lists=said.lists,
        kinds=tuple(dict.fromkeys(each.kind for each in said.lists)),
        senders=tuple(dict.fromkeys(each.sent_by for each in said.lists)),
        candidates=candidates,
        weight=max(each.weight for each in candidates),
        person_id=None,
        evidence=None,
        refused=before.refused if before else (),
        reason=before.reason if before else None,
        decided_on=recorded.occurred_on,
        decided_by=recorded.actor,
        version=recorded.version,
    )


def _taken_back(row: LinkRow, recorded: Recorded) -> LinkRow:
    now = replace(row, decided_on=recorded.occurred_on, decided_by=recorded.actor, version=recorded.version)
    match recorded.event:
        case IdentityUnlinked(person_id=person_id, reason=reason):
            wrong = (person_id,) if reason is UnlinkReason.WRONG_PERSON else ()
            return replace(now, person_id=None, evidence=None, refused=tuple(dict.fromkeys((*row.refused, *wrong))))
        case IdentityRefusalWithdrawn(persons=persons):
            return replace(now, refused=tuple(each for each in row.refused if each not in persons))
    raise AssertionError(recorded.event)


LINKS: Projection[LinkRow] = Projection(
    table="link",
    row=LinkRow,
    key=("link_id",),
    keys=Projection.by_stream((IdentityLinked, IdentityUnlinked, IdentityRefused, IdentityRefusalWithdrawn)),
    evolve=_link,
)
