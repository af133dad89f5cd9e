"""Rows without a usable citizen id as officials see them: what the last comparison weighed, and what was decided. Everybody sees what
`sight.py` says."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from services.domain.codes import Word
from services.matching.link.events import Candidate, OnList, Row
from services.matching.link.sight import Sight
from services.matching.vocabulary import LinkEvidence, NotMeant, RosterKind


class LinkState(Word):
    """Where it stands who a row without a usable citizen id means."""

    UNKNOWN = "UNKNOWN"
    OPEN = "OPEN"  # somebody may be meant, and nobody has decided
    LINKED = "LINKED"  # a named official said who is meant
    REFUSED = "REFUSED"  # a named official said of all who may be meant that they are not


@dataclass(frozen=True, slots=True)
class Unidentified:
    """A row without a usable citizen id: what it says, on which lists it stands, and who may be meant, the likeliest first; of one that is
    decided, as it was shown to whoever decided. `weight`: of the likeliest; `person_id`: who is linked; `refused`: who is not meant;
    `version` of its stream, 0 while nobody has said anything."""

    link_id: UUID
    identity: UUID
    division: str
    birth_year: int | None
    birth_month: str | None
    male: bool | None
    lists: tuple[OnList, ...]
    candidates: tuple[Candidate, ...]
    weight: Decimal
    state: LinkState
    person_id: UUID | None
    evidence: LinkEvidence | None
    refused: tuple[UUID, ...]
    reason: NotMeant | None
    decided_on: date | None
    decided_by: str | None
    version: int

    @property
    def row(self) -> Row:
        """What the lists say."""
        return Row(
            identity=self.identity,
            division=self.division,
            birth_year=self.birth_year,
            birth_month=self.birth_month,
            male=self.male,
            lists=self.lists,
        )

    @property
    def digest(self) -> str:
        """Of the facts of both sides."""
        return hashlib.sha256(repr((self.row, self.candidates)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows are asked for; None is any."""

    division: str = ""
    kind: RosterKind | None = None
    state: LinkState | None = None


_READ = TypeAdapter(Unidentified)
_SAID = ("link_id", "identity", "county", "division", "birth_year", "birth_month", "male", "lists", "kinds", "senders")
# open: those of whom somebody may be meant still, without whoever was refused since.
_EVERY = f"""WITH open AS (
    SELECT {", ".join(f"row.{name}" for name in _SAID)}, still.candidates, still.weight,
        NULL::uuid AS person_id, NULL::text AS evidence, coalesce(link.refused, '[]') AS refused, link.reason,
        link.decided_on, link.decided_by, coalesce(link.version, 0) AS version, 'OPEN' AS state, 1 AS place
    FROM unidentified row LEFT JOIN views.link USING (link_id) CROSS JOIN LATERAL (
        SELECT jsonb_agg(each ORDER BY nth) AS candidates, max((each->>'weight')::numeric) AS weight
        FROM jsonb_array_elements(row.candidates) WITH ORDINALITY candidate(each, nth)
        WHERE link.refused IS NULL OR NOT link.refused ? (each->>'person_id')) still
    WHERE link.person_id IS NULL AND still.candidates IS NOT NULL),
every AS (
    TABLE open UNION ALL
    SELECT {", ".join(_SAID)}, candidates, weight, person_id, evidence, refused, reason, decided_on, decided_by, version,
        CASE WHEN person_id IS NULL THEN 'REFUSED' ELSE 'LINKED' END, 2
    FROM views.link WHERE (person_id IS NOT NULL OR refused <> '[]') AND link_id NOT IN (SELECT link_id FROM open))
SELECT place, to_jsonb(every)::text AS row FROM every
WHERE ($1 OR senders ?| $2::text[]) AND starts_with(division, $3)"""  # noqa: S608
_ONE = f"{_EVERY} AND link_id = $4"
_PAGE = f"""{_EVERY} AND ($4::text IS NULL OR kinds ? $4) AND ($5::text IS NULL OR state = $5)
    AND ($6::int IS NULL OR (place, -weight, link_id) > ($6, $7::numeric, $8::uuid))
    ORDER BY place, -weight, link_id LIMIT $9"""


def place(row: Unidentified) -> tuple[int, str, str]:
    """Where a row stands in the list."""
    return 1 if row.state is LinkState.OPEN else 2, str(-row.weight), str(row.link_id)


async def unidentified_row(conn: Any, seen: Sight, division: str, link_id: UUID) -> Unidentified | None:
    """One row of a division, or None."""
    found = await conn.fetchrow(_ONE, seen.every_list, list(seen.senders), division, link_id)
    return _READ.validate_json(found["row"]) if found else None


async def unidentified_rows(
    conn: Any, seen: Sight, asked: Asked, after: tuple[int, str, str] | None, limit: int
) -> Sequence[Unidentified]:
    """Rows that are open first, then those with the likeliest candidates."""
    behind, weight, link_id = after or (None, None, None)
    given = (seen.every_list, list(seen.senders), asked.division, asked.kind, asked.state)
    rows = await conn.fetch(_PAGE, *given, behind, weight and Decimal(weight), link_id, limit)
    return [_READ.validate_json(row["row"]) for row in rows]
