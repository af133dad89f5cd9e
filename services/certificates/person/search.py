"""Finding a registered person by citizen id or by name. Reads names of the caller's division only; who asks, and that it is recorded,
is for the endpoint.

An id is certain. A name is a question: the same name, then names that contain it or sound like it (扎西次里 / 扎西此里), which are
candidates for a human and nothing more (domain reference, 8.3).
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.certificates.person import sound
from services.certificates.policy.rows import Search
from services.domain import citizen_id as citizen_ids


class Likeness(StrEnum):
    """Why somebody was found."""

    CITIZEN_ID = "CITIZEN_ID"
    SAME_NAME = "SAME_NAME"
    PART_OF_NAME = "PART_OF_NAME"
    SOUND = "SOUND"


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody found."""

    person_id: UUID
    likeness: Likeness


def candidates(wanted: str, names: Iterable[tuple[UUID, str]], rule: Search) -> list[Match]:
    """The persons of `names` (comparable) whose name is like the wanted one: same, part, sound; a stable order inside each."""
    order, sounds = list(Likeness), sound.spelled(wanted)
    found = [Match(person, like) for person, name in names if (like := _likeness(wanted, sounds, name, rule))]
    return sorted(found, key=lambda match: (order.index(match.likeness), str(match.person_id)))


def _likeness(wanted: str, sounds: Sequence[sound.Spelling], name: str, rule: Search) -> Likeness | None:
    """How a name is like the wanted one, both comparable; None when it is not."""
    if name == wanted:
        return Likeness.SAME_NAME
    if wanted in name or (len(name) >= rule.min_characters and name in wanted):
        return Likeness.PART_OF_NAME
    heard = len(name) == len(wanted) and sound.alike(sounds, sound.spelled(name), rule.likeness_percent)
    return Likeness.SOUND if heard else None


async def by_citizen_id(conn: Any, site_key: str, citizen_id: str) -> list[Match]:
    """The person with this citizen id, if the connection sees one."""
    found = await conn.fetchval(
        "SELECT person_id FROM person WHERE blind_index = $1", citizen_ids.blind_index(site_key, citizen_id)
    )
    return [Match(found, Likeness.CITIZEN_ID)] if found else []


async def by_name(conn: Any, wanted: str, division: str, rule: Search) -> list[Match]:
    """Persons of a division with this name; inside a township or village also those whose name is like it. One more than may be shown."""
    if len(division) >= rule.narrowest_digits:
        rows = await conn.fetch("SELECT person_id, name_key FROM person WHERE starts_with(division, $1)", division)
    else:
        rows = await conn.fetch(
            """SELECT person_id, name_key FROM person WHERE name_key = $1 AND starts_with(division, $2)
               ORDER BY person_id LIMIT $3""",
            wanted,
            division,
            rule.most + 1,
        )
    names = [(row["person_id"], row["name_key"]) for row in rows]
    found = await asyncio.to_thread(candidates, wanted, names, rule)  # a township's names take longer than others should wait
    return found[: rule.most + 1]
