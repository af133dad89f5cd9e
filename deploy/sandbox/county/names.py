"""Names as people of Diqing bear and write them (domain reference, 8.3): put together from syllables, so they are nobody's."""

import random

GROUPS = (
    ("次仁", "此里", "泽仁", "次里"),
    ("农布", "诺布"),
    ("七林", "次林"),
    ("卓玛", "珠玛"),
    ("拉姆", "拉母"),
)  # one name, several spellings
_TIBETAN = (
    "扎西",
    "央宗",
    "尼玛",
    "格茸",
    "定主",
    "江初",
    "吾堆",
    "益西",
    "顿珠",
    "永宗",
    "斯那",
    "培楚",
    "阿茸",
    "知诗",
    "都吉",
    "安翁",
)
_SURNAMES = ("和", "木", "余", "熊", "蜂", "李", "杨", "王", "张", "赵", "何", "邓")
_GIVEN = "志明文花丽春金福玉珍国华建平秀英学军光荣永胜红梅树林海云雪松"
_DOT = "·"
_FIRST = {spelling: group[0] for group in GROUPS for spelling in group}
_UNITS = (*_TIBETAN, *(group[0] for group in GROUPS))


def name(rng: random.Random) -> str:
    """Half of them Tibetan of two parts, some with the separator; the others a Han surname (Naxi, Lisu and Yi have these, too)."""
    if rng.random() < 0.5:
        first, second = rng.sample(_UNITS, 2)
        return rng.choice(GROUPS)[0] + _DOT + first if rng.random() < 0.05 else first + second
    return rng.choice(_SURNAMES) + "".join(rng.sample(_GIVEN, rng.choice((1, 2, 2, 2))))


def canonical(name: str) -> str:
    """The same text for all spellings of a name: without separators, each group by its first spelling."""
    bare = "".join(each for each in name if each not in "·•．.・-‧ ")
    for spelling, first in _FIRST.items():
        bare = bare.replace(spelling, first)
    return bare


def same(written: str, name: str) -> bool:
    """Whether an office may have meant this name: any spelling of it, with □ or ? for any character."""
    one, two = canonical(written), canonical(name)
    if not set(one) & {"□", "?"}:
        return one == two
    return len(one) == len(two) and all(each in ("□", "?", other) for each, other in zip(one, two, strict=True))


def variants(name: str) -> list[str]:
    """Other ways in which offices write this very name: another spelling of a part, another separator, a character that no font had."""
    found = [name.replace(part, other) for group in GROUPS for part in group if part in name for other in group if other != part]
    if _DOT in name:
        found += [name.replace(_DOT, other) for other in ("•", "．", ".", "")]
    return found


def damaged(name: str) -> str:
    """With a character that the office's fonts did not have."""
    return name[:-1] + ("□" if len(name) % 2 else "?")


def another(rng: random.Random, than: str) -> str:
    """A name that nobody takes for this one: no character in common."""
    while True:
        other = name(rng)
        if not set(canonical(other)) & set(canonical(than)):
            return other
