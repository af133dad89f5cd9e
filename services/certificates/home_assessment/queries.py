"""SELECTs over rounds of home assessment. For readers row security confines them; the facts of a command see everything, locked."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.certificates.certificate.states import RoundFacts
from services.certificates.home_assessment.decider import RoundState, Tally
from services.domain.months import add_months

_COUNTS = """LATERAL (SELECT count(*) FILTER (WHERE c.visit_on IS NOT NULL) AS waiting, count(*) FILTER (WHERE c.visit_on IS NULL) AS assessed
    FROM views.certificate_view c WHERE c.round_id = r.round_id) n"""


class Visited(StrEnum):
    """What became of somebody's place in a round."""

    WAITING = "WAITING"
    DONE = "DONE"
    MISSED = "MISSED"
    LEFT = "LEFT"  # put into another round, withdrawn, moved away


@dataclass(frozen=True, slots=True)
class Round:
    """A round with its seats: `taken` by those who wait for it or were assessed in it."""

    round_id: UUID
    file_number: str
    division: str
    on_day: date
    institution: str
    doctor: str
    quota: int
    taken: int
    waiting: int
    state: RoundState
    reason: str | None
    done: int | None
    missed: int | None
    version: int


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody in a round, by pseudonym; `reason`: code why he was missed; `due_on`: until when he is to be assessed."""

    certificate_id: UUID
    person_id: UUID
    division: str
    visited: Visited
    reason: str | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class RoundWithVisits:
    """A round and everybody who was put into it."""

    round: Round
    visits: list[Visit]


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody whom a round is to visit and who has no result yet: the village, since when, and until when."""

    person_id: UUID
    division: str
    applied_on: date
    due_by: date | None


@dataclass(frozen=True, slots=True)
class Request:
    """A village in which home assessments wait for a round: how many, and the day by which the first is to be done."""

    division: str
    waiting: int
    first_due_on: date | None


async def locked(conn: Any, round_id: UUID, sight: str) -> RoundFacts | None:
    """The round as it stands, its row locked until the end of the transaction: who fills, moves or closes it comes one by one.

    None outside `sight`, the caller's division.
    """
    inside = "SELECT * FROM views.home_round WHERE round_id = $1 AND starts_with(division, $2) FOR UPDATE"
    row = await conn.fetchrow(inside, round_id, sight)
    if row is None:
        return None
    count = await tally(conn, round_id)
    open_, free = row["state"] == RoundState.PLANNED, row["quota"] - count.waiting - count.done
    return RoundFacts(round_id, row["division"], row["on_day"], row["institution"], open_, free)


async def tally(conn: Any, round_id: UUID) -> Tally:
    """How many in a round wait, were assessed, were missed. Under its lock nobody comes in meanwhile."""
    row = await conn.fetchrow(
        f"""SELECT n.waiting, n.assessed, (SELECT count(*) FROM views.home_visit v WHERE v.round_id = $1 AND v.missed IS NOT NULL) AS missed
            FROM (SELECT $1::uuid AS round_id) r, {_COUNTS}""",  # noqa: S608
        round_id,
    )
    return Tally(row["waiting"], row["assessed"], row["missed"])


async def waiting_in(conn: Any, round_id: UUID) -> list[UUID]:
    """The certificates that are in a round and have no result."""
    rows = await conn.fetch(
        "SELECT certificate_id FROM views.certificate_view WHERE round_id = $1 AND visit_on IS NOT NULL ORDER BY 1", round_id
    )
    return [row["certificate_id"] for row in rows]


_SELECT = f"""SELECT r.round_id, r.file_number, r.division, r.on_day, r.institution, r.doctor, r.quota,
    n.waiting + n.assessed AS taken, n.waiting, r.state, r.reason, r.done, r.missed, r.version FROM views.home_round r, {_COUNTS}"""  # noqa: S608


def _round(row: Any) -> Round:
    return Round(**{**row, "state": RoundState(row["state"])})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rounds are asked for; `month`: its first day; None = all."""

    division: str
    month: date | None = None
    state: RoundState | None = None
    file_number: str | None = None


async def rounds(conn: Any, wanted: Wanted, after: tuple[str, str] | None, limit: int) -> list[Round]:
    """Rounds in order of their days."""
    on, round_id = after or (None, None)
    rows = await conn.fetch(
        f"""{_SELECT} WHERE starts_with(r.division, $1) AND ($2::date IS NULL OR r.on_day >= $2 AND r.on_day < $3)
            AND ($4::text IS NULL OR r.state = $4) AND ($5::text IS NULL OR r.file_number = $5)
            AND ($6::date IS NULL OR (r.on_day, r.round_id) > ($6, $7::uuid)) ORDER BY r.on_day, r.round_id LIMIT $8""",
        wanted.division,
        wanted.month,
        wanted.month and add_months(wanted.month, 1),
        wanted.state,
        wanted.file_number,
        on and date.fromisoformat(on),
        round_id,
        limit,
    )
    return [_round(row) for row in rows]


async def not_closed(conn: Any, today: date) -> list[Round]:
    """Rounds whose day has passed and which nobody has closed, the oldest first."""
    rows = await conn.fetch(f"{_SELECT} WHERE r.on_day < $1 AND r.state = 'PLANNED' ORDER BY r.on_day, r.round_id", today)
    return [_round(row) for row in rows]


async def one(conn: Any, round_id: UUID) -> RoundWithVisits | None:
    """A round and everybody who was put into it; None when the caller may see no such round."""
    row = await conn.fetchrow(f"{_SELECT} WHERE r.round_id = $1", round_id)
    if row is None:
        return None
    visits = await conn.fetch(
        """SELECT v.certificate_id, c.person_id, c.division, v.missed AS reason, c.home_due_on AS due_on,
               CASE WHEN v.missed IS NOT NULL THEN 'MISSED' WHEN c.round_id IS DISTINCT FROM v.round_id THEN 'LEFT'
                   WHEN c.visit_on IS NULL THEN 'DONE' ELSE 'WAITING' END AS visited
           FROM views.home_visit v JOIN views.certificate_view c USING (certificate_id) WHERE v.round_id = $1
           ORDER BY c.division, v.certificate_id""",
        round_id,
    )
    return RoundWithVisits(_round(row), [Visit(**{**visit, "visited": Visited(visit["visited"])}) for visit in visits])


async def requests(conn: Any, division: str) -> list[Request]:
    """Villages in which somebody waits to be put into a round, the most urgent first."""
    rows = await conn.fetch(
        """SELECT division, count(*) AS waiting, min(home_due_on) AS first_due_on FROM views.certificate_view
           WHERE visit_on IS NULL AND starts_with(division, $1)
               AND (home_due_on IS NOT NULL OR step = 'IN_ASSESSMENT' AND setting = 'GROUP')
           GROUP BY division ORDER BY min(home_due_on) NULLS LAST, division""",
        division,
    )
    return [Request(**row) for row in rows]


async def guests(conn: Any, round_id: UUID) -> list[Guest]:
    """Whom a round is to visit, by village, the most urgent first."""
    rows = await conn.fetch(
        """SELECT person_id, division, applied_on, home_due_on AS due_by FROM views.certificate_view
           WHERE round_id = $1 AND visit_on IS NOT NULL ORDER BY division, home_due_on NULLS LAST, person_id""",
        round_id,
    )
    return [Guest(**row) for row in rows]
