"""What can be compared of a person to whom no citizen id leads: keyed features of name, birth and what is legible of an id. Pure.

Each feature is the same for the same thing, and shows nothing of it without the site's key. None is ever proof: whoever compares them finds
candidates, and a person decides (domain reference, 8.3).
"""

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from uuid import UUID

from services.domain import citizen_id
from services.domain.characters import clean, digits
from services.domain.likeness.sounds import readings
from services.domain.names import comparable_name, name_faults

# One Tibetan name in several Han spellings (domain reference, 8.3). Pairs of which that reference is unsure are left to the sound.
_GROUPS = (("次仁", "此里", "泽仁", "次里"), ("农布", "诺布"), ("七林", "次林"), ("卓玛", "珠玛"), ("拉姆", "拉母"))
_FIRST = {spelling: group[0] for group in _GROUPS for spelling in group[1:]}
_SPELLED = re.compile("|".join(_FIRST))
_BESIDE = re.compile(r"[(（\[【].*?[)）\]】]|[,，、;；/].*")  # a note, or a second person
_NUMBER = re.compile(r"([0-9])\.([0-9]{13,})[Ee]\+17")  # fifteen digits of it are right, or all that are written
_OLDEST = 100  # years; of two centuries the one in which somebody is likelier to live


@dataclass(frozen=True, slots=True)
class Legible:
    """What a citizen id says even where it cannot be used: the day of birth, the sequence code (顺序码, digits 15 to 17), and
    the sex; None where it is not legible. `born` may lack the day (`birth_year` alone)."""

    born: date | None = None
    birth_year: int | None = None
    sequence: str | None = None
    male: bool | None = None


def legible(raw: object, today: date) -> Legible:
    """What a cell says that should hold a citizen id: one that a spreadsheet made a number (its last digits are lost), one with a digit too
    few at its end, of the first generation, or with a wrong check digit or day."""
    number = citizen_id.normalised(f"{raw:.14e}" if isinstance(raw, float) else str(raw))
    if as_number := _NUMBER.fullmatch(number):
        return _legible(as_number[1] + as_number[2][:13], "")
    if len(number) in (17, 18) and digits(number[:17]):
        return _legible(number[:14], number[14:17])
    if len(number) == 15 and digits(number):
        century = "19" if today.year - int(f"19{number[6:8]}") < _OLDEST else "20"
        return _legible(number[:6] + century + number[6:12], number[12:])
    return Legible()


def _legible(head: str, sequence: str) -> Legible:
    born, year = citizen_id.birth_date(head), int(head[6:10])
    male = int(sequence[2]) % 2 == 1 if sequence else None
    return Legible(born, year, sequence or None, male)


@dataclass(frozen=True, slots=True)
class Features:
    """`name`: of the whole name, the same for all spellings of a part and whatever separates its parts; None where a character stands for
    another. `sounds`: of each two neighbouring characters as they sound, in no order. `born`: of the day of birth; `sequence`: of the
    id's digits 15 to 17. `male` by the id's 17th digit, or as it is said."""

    name: UUID | None = None
    sounds: tuple[UUID, ...] = ()
    birth_year: int | None = None
    birth_month: str | None = None  # "1980-01"
    born: UUID | None = None
    sequence: UUID | None = None
    male: bool | None = None


def features(site_key: str, name: str | None, known: Legible) -> Features:
    """The features of a name as it was typed, and of what is known of an id."""
    written = _bare(name or "")
    born = known.born
    return Features(
        name=name_feature(site_key, name),
        sounds=tuple(sorted({_keyed(site_key, "sound", sound) for sound in _sounds(written)})),
        birth_year=born.year if born else known.birth_year,
        birth_month=f"{born:%Y-%m}" if born else None,
        born=_keyed(site_key, "born", born.isoformat()) if born else None,
        sequence=_keyed(site_key, "sequence", known.sequence) if known.sequence else None,
        male=known.male,
    )


@lru_cache(maxsize=8192)  # many bear one name
def name_feature(site_key: str, name: str | None) -> UUID | None:
    """The feature of a whole name as it was typed; None where there is none, or a character stands for another."""
    written = _bare(name or "")
    return _keyed(site_key, "name", written) if written and "NAME_CHARSET" not in name_faults(written) else None


def of_person(site_key: str, name: str, number: str) -> Features:
    """The features of somebody whose citizen id is sound."""
    return features(site_key, name, _legible(number[:14], number[14:17]))


def row_identity(site_key: str, name: str | None, raw_id: object, known: Legible, place: str | None) -> UUID | None:
    """Who a row without a usable citizen id is about, the same in every list that says the same of them: None where nothing but a name is
    said, for nobody is known by that alone."""
    said = (comparable_name(name or ""), clean(str(raw_id or "")), str(known.born or ""), place or "")
    legible_of_it = known.birth_year or known.sequence or known.born or place
    return _keyed(site_key, "row", "\n".join(said)) if said[0] and legible_of_it else None


def _bare(name: str) -> str:
    """The name alone, each part by its first spelling; a digit behind it tells namesakes apart (扎西2)."""
    name = comparable_name(_BESIDE.sub("", clean(name)).rstrip("0123456789"))
    return _SPELLED.sub(lambda spelling: _FIRST[spelling[0]], name)


def _sounds(name: str) -> Iterator[str]:
    """Each two neighbours by their first reading: both sides read alike, so it need not be the one that is spoken."""
    for one, other in pairwise(name):
        if not name_faults(one) and not name_faults(other):
            yield f"{readings(one)[0]} {readings(other)[0]}"


def _keyed(site_key: str, what: str, text: str) -> UUID:
    return UUID(bytes=hmac.digest(site_key.encode(), f"{what}\0{text}".encode(), hashlib.sha256)[:16])
