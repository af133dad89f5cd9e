"""Names of persons as they are kept, compared and faulted (domain reference, 8.3)."""

import re

_DOTS = "·•．.・‧∙⋅﹒-－"  # what is typed for the separator of a name; the official one is the first (domain reference, 8.3)
_DOT = re.compile(rf"(?<=[^\x00-\x7f])\s*[{re.escape(_DOTS)}]\s*(?=[^\x00-\x7f])")  # between two characters that are not Latin
_NOT_COMPARED = re.compile(rf"[\s{re.escape(_DOTS)}]")
_CHARSET = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff\ufffd?？□A-Za-zＡ-Ｚａ-ｚ]")


def displayed_name(raw: str) -> str:
    """A name as it is kept and shown: no outer spaces, inner ones single, the separator of its parts as U+00B7."""
    return _DOT.sub(_DOTS[0], " ".join(raw.split()))


def comparable_name(raw: str) -> str:
    """A name for comparing only: without separators and spaces, Latin letters small. The person table's `name_key` is the same."""
    return _NOT_COMPARED.sub("", raw).lower()


def name_faults(name: str) -> list[str]:
    """NAME_CHARSET for a name in which a character stands for another: private use, `?`, `□`, Latin letters (§8.3). Never a refusal."""
    return ["NAME_CHARSET"] if _CHARSET.search(name) else []
