"""Finding a registered person by citizen id or by name. Reads names of the caller's division only; who asks, and that it is recorded,
is for the endpoint.

An id is certain. A name is a question: the same name, then names that contain it or sound like it (扎西次里 / 扎西此里), which are
candidates for a human and nothing more (domain reference, 8.3).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from itertools import product
from typing import Any
from uuid import UUID

from pypinyin import Style, pinyin

from services.certificates.policy.rows import Search
from services.domain import citizen_id as citizen_ids

_SPELLINGS = 16  # of a name of many characters with several readings each, the first ones


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


@lru_cache(maxsize=8192)
def _readings(character: str) -> tuple[str, ...]:
    """The toneless readings of one character; itself when it has none."""
    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="default")
    return tuple(dict.fromkeys(found[0])) if found else ()


def spellings(name: str) -> tuple[str, ...]:
    """How a comparable name may sound, without tones."""
    ways = (" ".join(way) for way, _ in zip(product(*map(_readings, name)), range(_SPELLINGS), strict=False))
    return tuple(dict.fromkeys(ways))


def likeness(wanted: str, name: str, rule: Search) -> Likeness | None:
    """How a name is like the wanted one, both comparable; None when it is not."""
    if name == wanted:
        return Likeness.SAME_NAME
    if wanted in name or (len(name) >= rule.min_characters and name in wanted):
        return Likeness.PART_OF_NAME
    if len(name) != len(wanted):
        return None
    alike = max(
        (SequenceMatcher(None, one, other).ratio() for one, other in product(spellings(wanted), spellings(name))), default=0.0
    )
    return Likeness.SOUND if alike * 100 >= rule.likeness_percent else None


def candidates(wanted: str, names: Iterable[tuple[UUID, str]], rule: Search) -> list[Match]:
    """The persons of `names` (comparable) whose name is like the wanted one: same, part, sound; a stable order inside each."""
    order = list(Likeness)
    found = [Match(person, like) for person, name in names if (like := likeness(wanted, name, rule))]
    return sorted(found, key=lambda match: (order.index(match.likeness), str(match.person_id)))


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
    return candidates(wanted, ((row["person_id"], row["name_key"]) for row in rows), rule)[: rule.most + 1]
