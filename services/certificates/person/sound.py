"""How names sound, and whether two sound alike: by toneless pinyin, each character in all its readings. Pure.

A township has thousands of names, and each may be spelled in sixteen ways: the exact comparison (`difflib`) is kept for pairs that two
cheap bounds let through. Both count at least as many letters in common as it does.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product

from services.domain.likeness.sounds import readings

_SPELLINGS = 16  # of a name of many characters with several readings each, the first ones
_LANE = 128  # bits for one letter, more than it can stand in the spelling of a name


def spellings(name: str) -> tuple[str, ...]:
    """How a comparable name may sound, without tones."""
    ways = (" ".join(way) for way, _ in zip(product(*map(readings, name)), range(_SPELLINGS), strict=False))
    return tuple(dict.fromkeys(ways))


@dataclass(frozen=True, slots=True)
class Spelling:
    """One spelling, and how often each letter stands in it: as many bits in the letter's lane, so that what two have in common is `&`."""

    text: str
    letters: int


def spelled(name: str) -> list[Spelling]:
    """All spellings of a comparable name."""
    return [Spelling(text, _letters(text)) for text in spellings(name)]


def alike(wanted: Sequence[Spelling], others: Sequence[Spelling], percent: int) -> bool:
    """Whether any spelling of one is at least so like any of the other."""
    return any(_alike(one, other, percent) for other in others for one in wanted)


def _alike(one: Spelling, other: Spelling, percent: int) -> bool:
    if one.text == other.text:
        return True
    least = percent * (len(one.text) + len(other.text)) / 200  # letters in common
    if (one.letters & other.letters).bit_count() < least or _in_order(one.text, other.text) < least:
        return False
    return SequenceMatcher(None, one.text, other.text).ratio() * 100 >= percent


def _letters(text: str) -> int:
    lanes = {letter: _LANE * (ord(letter) - 96 if "a" <= letter <= "z" else 0) for letter in set(text)}
    counted = Counter[int]()
    for letter, often in Counter(text).items():
        counted[lanes[letter]] += often
    return sum(((1 << min(often, _LANE)) - 1) << lane for lane, often in counted.items())


def _in_order(one: str, other: str) -> int:
    """The length of the longest common subsequence, row by row in the bits of one integer (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for at, letter in enumerate(one):
        places[letter] = places.get(letter, 0) | 1 << at
    whole = (1 << len(one)) - 1
    row = whole
    for letter in other:
        met = row & places.get(letter, 0)
        row = (row + met | row - met) & whole
    return len(one) - row.bit_count()
