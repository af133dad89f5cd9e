"""应办未办 as of a day: who is on the list, and as what. SELECTs over the register's persons, their certificates and the outreach.

Everybody who is registered, lives, and has neither an open application nor a card that is valid or may still be renewed is on it, spoken
of or not. Shows pseudonyms only. Row security confines persons and outreach to the caller's division; what certificates say of these
persons counts wherever the card lies (`views.certified`). Months come from the policy rows of each person's county.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.certificates.outreach.decider import Facts
from services.certificates.policy.load import CertificatePolicy
from services.domain.suppression import kept_back


class CandidateState(StrEnum):
    """As what somebody is on the list; the last three are no candidates: they are shown when asked for."""

    NOT_CONTACTED = "NOT_CONTACTED"
    LAPSED = "LAPSED"  # a card that may no longer be renewed, and nothing heard since
    WILLING = "WILLING"
    CANNOT_TRAVEL = "CANNOT_TRAVEL"
    NOT_MET = "NOT_MET"
    UNWILLING = "UNWILLING"
    APPLIED = "APPLIED"
    HAS_CARD = "HAS_CARD"  # only persons of whom somebody had spoken
    RESTING = "RESTING"  # standard not met, or given up at own wish, not long ago
    CLOSED = "CLOSED"


CANDIDATES = (
    CandidateState.NOT_CONTACTED,
    CandidateState.LAPSED,
    CandidateState.WILLING,
    CandidateState.CANNOT_TRAVEL,
    CandidateState.NOT_MET,
    CandidateState.UNWILLING,
    CandidateState.APPLIED,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person on the list. `since`: the day of the answer, the lead, the lapse or the registration, whichever made him what he is."""

    person_id: UUID
    division: str
    state: CandidateState
    sources: tuple[str, ...]
    since: date
    answered_on: date | None
    again_on: date | None


@dataclass(frozen=True, slots=True)
class VillageCount:
    """How many persons a village has in a state; None when there are fewer than may be shown."""

    village: str
    state: CandidateState
    count: int | None


# An answer or ending older than `ended_on` counts no more: a card lapsed after it, or an application or a card ended.
_KNOWN = """
WITH rule AS (SELECT * FROM unnest($2::text[], $3::int[], $4::int[], $5::int[]) AS r(county, closes, refused, wished)),
somebody AS (SELECT person_id, division, registered_on, died_on FROM person WHERE {whose}),
dated AS (
    SELECT s.*, o.sources, o.noted_on, o.answer, o.answered_on, o.again_on, o.closed, o.closed_on, c.applying, c.away,
        s.died_on IS NOT NULL OR coalesce(c.dead, false) AS dead,
        (c.card_until + make_interval(months => r.closes))::date AS renewable_until,
        (c.not_met_on + make_interval(months => r.refused))::date AS refused_until,
        (c.own_wish_on + make_interval(months => r.wished))::date AS wished_until,
        greatest(c.not_met_on, c.own_wish_on) AS given_up_on
    FROM somebody s JOIN rule r ON r.county = left(s.division, 6)
        LEFT JOIN views.certified(ARRAY(SELECT person_id FROM somebody)) c USING (person_id)
        LEFT JOIN views.outreach o USING (person_id)),
ended AS (
    SELECT *, renewable_until >= $1::date AS holder, renewable_until < $1::date AS lapsed,
        greatest(refused_until, wished_until) AS rests_until,
        greatest(given_up_on, CASE WHEN renewable_until < $1::date THEN renewable_until + 1 END) AS ended_on
    FROM dated),
known AS (SELECT *, ended_on IS NULL OR answered_on >= ended_on AS heard, ended_on IS NULL OR closed_on >= ended_on AS over FROM ended)
"""
_PLACED = """,
placed AS (
    SELECT *, CASE WHEN applying THEN 'APPLIED' WHEN holder THEN CASE WHEN sources IS NOT NULL THEN 'HAS_CARD' END
        WHEN away THEN NULL WHEN closed IS NOT NULL AND over THEN 'CLOSED' WHEN answer IS NOT NULL AND heard THEN answer
        WHEN rests_until > $1::date THEN 'RESTING' WHEN lapsed THEN 'LAPSED' ELSE 'NOT_CONTACTED' END AS state
    FROM known WHERE NOT dead)
"""
_LIST = _KNOWN.format(whose="starts_with(division, $6)") + _PLACED
_SOME = _KNOWN.format(whose="person_id = ANY($6::uuid[])")


def _months(policy: CertificatePolicy, today: date) -> tuple[list[str], list[int], list[int], list[int]]:
    """Counties, and for each: months after which a card may not be renewed, rest after a refusal, rest after own wish."""
    counties = policy.counties
    renewal = [policy.renewal.one("renewal", today, county).closes_months_after for county in counties]
    rules = [policy.outreach.one("outreach", today, county) for county in counties]
    return counties, renewal, [rule.refused_months for rule in rules], [rule.own_wish_months for rule in rules]


async def candidates(
    conn: Any,
    today: date,
    policy: CertificatePolicy,
    division: str,
    states: Sequence[CandidateState],
    after: UUID | None,
    limit: int,
) -> list[Candidate]:
    """The list of a division in these states, in order of the pseudonyms, those after `after`."""
    rows = await conn.fetch(
        f"""{_LIST} SELECT person_id, division, state, coalesce(sources, '[]') AS sources, answered_on,
            CASE state WHEN 'RESTING' THEN rests_until WHEN answer THEN again_on END AS again_on,
            CASE WHEN state = answer THEN answered_on ELSE greatest(ended_on, noted_on, registered_on) END AS since
            FROM placed WHERE state = ANY($7::text[]) AND ($8::uuid IS NULL OR person_id > $8)
            ORDER BY person_id LIMIT $9""",  # noqa: S608
        today,
        *_months(policy, today),
        division,
        list(states),
        after,
        limit,
    )
    return [_candidate(row) for row in rows]


def _candidate(row: Any) -> Candidate:
    return Candidate(**{**row, "state": CandidateState(row["state"]), "sources": tuple(json.loads(row["sources"]))})


async def village_counts(conn: Any, today: date, policy: CertificatePolicy, division: str, least: int) -> list[VillageCount]:
    """Persons by village and state; a cell of fewer than `least` shows no number, and no total gives it away."""
    rows = await conn.fetch(
        f"""{_LIST} SELECT division AS village, state, count(*) AS n FROM placed WHERE state IS NOT NULL
            GROUP BY 1, 2 ORDER BY 1, 2""",  # noqa: S608
        today,
        *_months(policy, today),
        division,
    )
    found = {(row["village"], row["state"]): row["n"] for row in rows}
    back = kept_back(found, (), least)
    return [VillageCount(at[0], CandidateState(at[1]), None if at in back else n) for at, n in found.items()]


async def facts(conn: Any, today: date, policy: CertificatePolicy, person_ids: Sequence[UUID]) -> dict[UUID, Facts]:
    """What a command about these persons must know. Needs a connection that sees every division."""
    rows = await conn.fetch(f"{_SOME} SELECT * FROM known", today, *_months(policy, today), list(person_ids))  # noqa: S608
    return {row["person_id"]: _facts(row) for row in rows}


def _facts(row: Any) -> Facts:
    return Facts(
        division=row["division"],
        dead=row["dead"],
        applying=bool(row["applying"]),
        holder=bool(row["holder"] or row["away"]),
        lapsed=bool(row["lapsed"]),
        since=row["ended_on"],
        rests_until=None if row["answer"] and row["heard"] else row["rests_until"],
    )
