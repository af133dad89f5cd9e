"""How characters of names sound, without tones. Pure."""

import os
from functools import lru_cache

# Characters are read one by one, so the dictionary of phrases, 44 MB of each process and a fifth of a second of its start, stays unread.
os.environ["PYPINYIN_NO_PHRASES"] = "true"
from pypinyin import Style, pinyin


@lru_cache(maxsize=8192)
def readings(character: str) -> tuple[str, ...]:
    """The toneless readings of one character; itself when it has none."""
    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="default")
    return tuple(dict.fromkeys(found[0])) if found else ()
