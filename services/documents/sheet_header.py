"""Which column of a sheet means what: its header found, of one row or of several with merged cells, and every column named once.

A column is meant by its label and qualified by the headings above it: 身份证号 under 代领人 is an agent's. What two columns could mean, and
whose a column is that stands under an unknown heading, or beside another person's name (监护人 | 联系电话), is never guessed: the file is
refused, and the refusal names the columns; one that the list can do without is left out, and that is told.
Knows no rule of any roster; shows no row that could be somebody's data.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from services.documents.sheet_labels import Labelled, labelled, letters
from services.documents.sheet_words import is_another_persons, is_own, names_another, plain, says_own, tells_of_another
from services.domain.characters import half_width
from services.kernel.errors import Malformed

HEADER_ROWS = 15
_WIDEST = 300  # columns that are looked at
_DEEPEST = 4  # rows that one header has at most
_SHORT = 5  # digits; a count of persons has no more, and an id that somebody mistyped has
_SUMS = ("合计", "总计", "小计", "累计")
_SIGNED = ("制表", "审核", "填报", "填表", "负责人", "单位负责", "(盖章", "(公章")
_NOT_DATA = (*_SUMS, *_SIGNED, "备注:", "注:", "说明")  # how a row begins that is about nobody
_MONTH_BEFORE = re.compile("(?:[0-9]{4}年)?[0-9]{1,2}月份?(?=.)")  # 9月发放金额: the column is the amount, whatever the month
_UNIT_BEHIND = re.compile(r"(?<=.)\((?:元|人|人次|户|元/月|元/人|元/人/月|元/人·月|元/年)\)$")
_TITLES = ("册", "名单", "表", "台账", "公示", "明细", "清单")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a roster: the words that name it, and whether a sheet without it is refused.

    `personal`: another person could have one in the same row (a name, a phone), so it counts only where no heading makes it another's;
    `own`: further words of headings under which, and of labels beside which, it is the row's own (户主 on a list of households).
    """

    aliases: tuple[str, ...]
    required: bool = False
    personal: bool = False
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a block of rows says as a header, by the names of columns: which columns fit, whose heading is unknown, which are another's, and
    which stand beside another person's name, so that it is not said whose they are."""

    fitting: Mapping[str, Sequence[Labelled]]
    unknown: Mapping[str, Sequence[Labelled]]
    foreign: Mapping[str, Sequence[Labelled]]
    beside: Mapping[str, Sequence[Labelled]]
    labelled: Sequence[Labelled]

    def lacks(self, columns: Mapping[str, Column]) -> list[str]:
        """The required columns that no column could be."""
        return [name for name, column in columns.items() if column.required and not self.found(name)]

    def found(self, name: str) -> list[Labelled]:
        """The columns that could be this one of the row's own person."""
        return [*self.fitting[name], *self.unknown[name], *self.beside[name]]

    @property
    def known(self) -> int:
        """How many columns have the label of some column that is looked for."""
        return sum(len(self.found(name)) + len(self.foreign[name]) for name in self.fitting)


def header(cells: Sequence[Sequence[Any]], columns: Mapping[str, Column]) -> tuple[int, dict[str, int], list[str]]:
    """The last row of the header, where each column that the sheet has stands, and the columns that are left out: they may be another's.

    Raises `Malformed`: header_not_found (with the columns that are missing and what was found instead), header_ambiguous (two columns
    fit one meaning), header_heading_unknown (a required column of persons under a heading that does not say whose it is, or beside
    another person's name).
    """
    head = [[plain(cell) for cell in row[:_WIDEST]] for row in islice(cells, HEADER_ROWS)]
    names = _names(columns)
    nearest: tuple[int, _Reading] | None = None
    for last in range(len(head)):
        reading = _read(head, last, names, columns)
        if reading.known and not reading.lacks(columns):
            last = _continued(head, last, reading, names)  # noqa: PLW2901  (a header goes on below the row that completes it)
            return last, *_places(_read(head, last, names, columns), columns)
        if reading.known > (nearest[1].known if nearest else 0):
            nearest = last, reading
    raise Malformed("header_not_found", _missing(columns, head, nearest))


def cell(line: Sequence[Any], places: Mapping[str, int], name: str) -> Any:
    """A named cell; "" where the line or sheet has none."""
    place = places.get(name)
    return line[place] if place is not None and place < len(line) else ""


def beside_data(line: Sequence[Any], places: Mapping[str, int]) -> bool:
    """Totals and signatures: nothing like a citizen id (审核人, 共120人), and the first word of the row says what it is."""
    found = str(cell(line, places, "citizen_id")).strip()
    if found and (found.isascii() or sum(c.isdigit() for c in found) > _SHORT):
        return False
    first = next((text for each in line if (text := str(each).strip())), "")
    return half_width("".join(first.split())).startswith(_NOT_DATA)


def header_again(line: Sequence[Any], places: Mapping[str, int], columns: Mapping[str, Column]) -> bool:
    """A header that is repeated at the top of a printed page: the id's cell holds the label of a column.

    Raises `Malformed("header_changes")` when its columns are others than those that are read by: a second list begins there. One label
    alone is none: somebody typed a word where an id belongs.
    """
    found = str(cell(line, places, "citizen_id"))
    if found.isascii():  # an id, as nearly always: no label, and not to be kept with the labels that were met
        return False
    names = _names(columns)
    said = {name: names.get(_bare(plain(line[place]))) for name, place in places.items() if place < len(line)}
    if said["citizen_id"] is None or len([label for label in said.values() if label]) == 1 < len(said):
        return False
    for name, label in said.items():
        if label not in (None, name):
            place = places[name]
            raise Malformed(
                "header_changes", f"{letters(place)}列下方又有表头“{plain(line[place])}”，与上方不同；请每个文件只放一张名单"
            )
    return True


def _names(columns: Mapping[str, Column]) -> dict[str, str]:
    return {_bare(plain(alias)): name for name, column in columns.items() for alias in column.aliases}


def _bare(label: str) -> str:
    """A label without the month before it and the unit behind it; 万元 stays, for it counts otherwise."""
    return _UNIT_BEHIND.sub("", _MONTH_BEFORE.sub("", label))


def _read(head: Sequence[Sequence[str]], last: int, names: Mapping[str, str], columns: Mapping[str, Column]) -> _Reading:
    """What the rows up to `last` say, as far up as they are headings."""
    top = last
    while top > 0 and last - top < _DEEPEST - 1 and _is_heading(head[top - 1], head[top], names):
        top -= 1
    every = labelled([[_without_caption(text, names) for text in row] for row in head[top:last]] + [head[last]])
    fitting, unknown, foreign, beside = ({name: list[Labelled]() for name in columns} for _ in range(4))
    for number, column in enumerate(every):
        if (found := _meant(column.labels, names)) is None:
            continue
        name, headings = found
        asked = [heading for heading in headings if not is_own(heading, columns[name].own) and names.get(heading) != name]
        others = any(is_another_persons(heading) for heading in asked)
        kind = fitting
        if others:
            # A card or an amount under another person's heading: the heading reaches too far, or the sheet is of another kind.
            kind = foreign if columns[name].personal else unknown
        elif asked and columns[name].personal:
            kind = unknown
        if kind is fitting and columns[name].personal and _is_beside(every[: number + 1], name, names, columns):
            kind = beside
        kind[name].append(column)
    for some in fitting.values():
        # A heading that reads like a column (参保情况 over 年度 and 参保状态) means the one below it that does, too, and not all.
        if named := [column for column in some if _bare(column.labels[-1]) in names]:
            some[:] = named
    for name, some in beside.items():
        if foreign[name] or any(_says_whose(column.labels[-1], name, names) for column in every):
            fitting[name] += some
            some.clear()
    return _Reading(fitting, unknown, foreign, beside, every)


def _is_beside(some: Sequence[Labelled], name: str, names: Mapping[str, str], columns: Mapping[str, Column]) -> bool:
    """Whether the last of these columns follows another person's name, so that it may be that person's (监护人 | 联系电话).

    Between them stands at most what else is said of persons. A name is of the row's own person, and so is what a sheet has once more
    under a label that says whose: 监护人 | 监护人电话 | 联系电话.
    """
    *before, column = some
    if _is_name(columns[name]) or says_own(column.labels[-1]):
        return False
    for left in reversed(before):
        label = left.labels[-1]
        known = columns.get(names.get(label, ""))
        if left.labels[:-1] != column.labels[:-1] or (known and _is_name(known)):
            return False
        if names_another(label) and not is_own(label.removesuffix("姓名"), columns[name].own):
            return True
        if not (tells_of_another(label) or (known and known.personal)):
            return False
    return False


def _is_name(column: Column) -> bool:
    return "姓名" in column.aliases


def _says_whose(label: str, name: str, names: Mapping[str, str]) -> bool:
    """Whether a label means this column of another person: 监护人电话."""
    return any(names.get(label[end:]) == name and is_another_persons(label[:end]) for end in range(1, len(label)))


def _meant(labels: Sequence[str], names: Mapping[str, str]) -> tuple[str, list[str]] | None:
    """The name that a column's labels mean, and the headings that qualify it. The lowest words decide: 有效期 over 至 is 有效期至."""
    for end in range(len(labels), 0, -1):
        for start in range(end):
            if name := names.get("".join(map(_bare, labels[start:end]))):
                return name, [*labels[:start], *labels[end:]]
    return None


def _is_heading(row: Sequence[str], below: Sequence[str], names: Mapping[str, str]) -> bool:
    """Whether a row belongs to the header below it, and is no title, no line of the office and day, no empty line."""
    filled = [(place, text) for place, text in enumerate(row) if text]
    if any(_is_known(text, names) for _, text in filled):
        return True
    told = [(place, text) for place, text in filled if _without_caption(text, names)]
    first = next((place for place, text in enumerate(below) if text), 0)
    return bool(told) and not (len(filled) == 1 and told[0][0] <= first)


def _without_caption(text: str, names: Mapping[str, str]) -> str:
    """A text as a heading; "" for a title, and for what is said of the sheet (填报单位：…)."""
    caption = ":" in text or text.endswith(_TITLES)
    return "" if caption and not _is_known(text, names) else text


def _is_known(text: str, names: Mapping[str, str]) -> bool:
    return _bare(text) in names or is_own(text) or is_another_persons(text)


def _continued(head: Sequence[Sequence[str]], last: int, reading: _Reading, names: Mapping[str, str]) -> int:
    """The last row of a header that is complete in `last`: rows of labels below it, which show nothing where data would stand."""
    places = {column.place for name in reading.fitting for column in reading.found(name)}
    while last + 1 < min(len(head), _DEEPEST + last):
        above = [*head[last], *[""] * len(head[last + 1])]
        below = {place: text for place, text in enumerate(head[last + 1]) if text}
        again = any(text == above[place] for place, text in below.items())  # at the top of the next printed page
        words = all(_is_known(text, names) for text in below.values())
        merged = any(not above[place] for place in below)  # a group stands above, not only single columns
        beside = merged and not places & set(below) and not any(c.isdigit() for text in below.values() for c in _bare(text))
        if not below or again or not (words or (beside and not next(iter(below.values())).startswith(_NOT_DATA))):
            break
        last += 1
    return last


def _places(reading: _Reading, columns: Mapping[str, Column]) -> tuple[dict[str, int], list[str]]:
    """Where each column stands, and those that are left out. Raises `Malformed`, as `header`."""
    for name, column in columns.items():
        both = reading.found(name) if column.required else [*reading.fitting[name], *reading.unknown[name]]
        if len(both) > 1:
            shown = "、".join(str(each) for each in both)
            raise Malformed("header_ambiguous", f"“{column.aliases[0]}”对应不止一列：{shown}；请只保留一列，或在上方表头写明是谁的")
        if both and not reading.fitting[name]:
            how = "改写上方表头" if reading.unknown[name] else f"写明是谁的，如“本人{column.aliases[0]}”"
            raise Malformed("header_heading_unknown", f"{both[0]}：不能确定这一列是否属于本行人员，请{how}")
    if missing := reading.lacks(columns):
        raise Malformed("header_not_found", _lacking(missing, columns, reading))
    found = {name: some[0].place for name, some in reading.fitting.items() if some}
    return found, [name for name, some in reading.beside.items() if some and name not in found]


def _missing(columns: Mapping[str, Column], head: Sequence[Sequence[str]], nearest: tuple[int, _Reading] | None) -> str:
    """What a sheet without header lacks, in words for whoever made it. Of its rows only one is shown that has labels and no numbers."""
    if nearest is None:
        needed = "、".join(f"“{column.aliases[0]}”" for column in columns.values() if column.required)
        return f"前{HEADER_ROWS}行中没有表头：应有{needed}"
    last, reading = nearest
    said = _lacking(reading.lacks(columns), columns, reading)
    if any(sum(c.isdigit() for c in text) > 5 for text in head[last]):  # a row of data that has a label among it
        return said
    labels = "、".join("/".join(column.labels)[:24] for column in reading.labelled[:20])
    return f"{said}；第{last + 1}行的表头是：{labels}"


def _lacking(missing: Iterable[str], columns: Mapping[str, Column], reading: _Reading) -> str:
    said = []
    for name in missing:
        first, *more = columns[name].aliases
        also = f"（也可写作{'、'.join(more)}）" if more else ""
        others = f"，{'、'.join(str(each) for each in reading.foreign[name])}是他人的" if reading.foreign[name] else ""
        said.append(f"“{first}”{also}{others}")
    return f"表头中没有{'、'.join(said)}"
