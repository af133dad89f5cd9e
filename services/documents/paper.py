"""Official papers of a few pages: a title, numbered parts with sentences and tables, notes, who issued them when. Values, and how they fit.

A leaf that every service may import; knows no rule. `paper_docx.py` and `paper_html.py` say the same in the same order; text stays text,
and nothing is loaded, run or linked. How long a paper is, is counted before it is written (`paper_setting.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from services.documents import paper_setting
from services.documents.charts.office import Chart
from services.documents.paper_setting import CHART, INDENT, POINT, SMALLEST, Setting


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows as wide as it. Numbers come as text, as they are to be read; columns from `numbers` on are set to the right,
    but for the last `texts` of them. `by_hand`: the last is filled in on paper.

    `least`: so many rows stay, whatever room there is, None: all of them; the last `sums` stay, too.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: int = 1
    texts: int = 0
    least: int | None = None
    sums: int = 0
    by_hand: bool = False

    @property
    def lines(self) -> Sequence[Sequence[str]]:
        """Header and rows."""
        return (self.header, *self.rows)

    @property
    def spare(self) -> int:
        """How many rows may be left out."""
        return 0 if self.least is None else max(0, len(self.rows) - self.sums - self.least)

    def without(self, count: int) -> "Table":
        """The table without its last rows, but for the sums."""
        end = len(self.rows) - self.sums
        return replace(self, rows=[*self.rows[: end - count], *self.rows[end:]])

    def right(self, place: int) -> bool:
        """Whether this column is set to the right."""
        return self.numbers <= place < len(self.header) - self.texts


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, what is said under it, at most one table and below it at most one chart; `empty` is said in place of a table without
    rows."""

    heading: str
    sentences: Sequence[str] = ()
    table: Table | None = None
    empty: str = "无。"
    chart: Chart | None = None

    @property
    def drawn(self) -> Chart | None:
        """Its chart, where there is anything to draw."""
        return self.chart if self.chart and self.chart.drawable else None


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on the paper: title, lines below it, parts, small notes, and who issued it when. `fixed`: the setting that makes it one
    page; None: as official documents are set, on as many pages as it takes."""

    title: str
    lines: Sequence[str]
    parts: Sequence[Part]
    notes: Sequence[str]
    seal: Sequence[str]
    fixed: Setting | None = None

    @property
    def setting(self) -> Setting:
        """How it is set."""
        return paper_setting.headed(self.title, self.fixed or paper_setting.comfortable(list(_tables(self))))


def fitted(paper: Paper) -> Paper:
    """The paper on one page, which it fills: as large as it can be set. Where even the smallest is too large, the table with most rows to
    spare gives way, row by row, and its heading says how many stand elsewhere.

    What must stay may still be more than a page; `height` says so.
    """
    for setting in paper_setting.smaller():
        whole = replace(paper, fixed=setting)
        if height(whole) <= setting.high and not any(paper_setting.cramped(lines, setting) for lines in _tables(paper)):
            return whole
    fitting, left = replace(paper, fixed=SMALLEST), [0] * len(paper.parts)
    while height(fitting) > SMALLEST.high:
        spare = [part.table.spare - n if part.table else 0 for part, n in zip(paper.parts, left, strict=True)]
        if max(spare, default=0) <= 0:
            break
        left[spare.index(max(spare))] += 1
        fitting = replace(fitting, parts=[_cut(part, n) for part, n in zip(paper.parts, left, strict=True)])
    return fitting


def _tables(paper: Paper) -> Iterator[Sequence[Sequence[str]]]:
    return (part.table.lines for part in paper.parts if part.table and part.table.rows)


def _cut(part: Part, count: int) -> Part:
    if not count or part.table is None:
        return part
    return replace(part, heading=f"{part.heading}（其余{count}行见附表）", table=part.table.without(count))


def height(paper: Paper) -> float:
    """How high a paper is, in mm, without its margins."""
    how = paper.setting
    said = [(paper.title, how.title, 0), *((text, how.text, 0) for text in (*paper.lines, *paper.seal))]
    said += [(note, how.small, INDENT) for note in paper.notes]
    for part in paper.parts:
        said += [(part.heading, how.heading, INDENT), *((sentence, how.text, INDENT) for sentence in part.sentences)]
        if part.table is not None and not part.table.rows:
            said.append((part.empty, how.text, INDENT))
        if part.drawn and part.drawn.note:
            said.append((part.drawn.note, how.small, INDENT))
    lines = sum(paper_setting.lines_of(text, size, how.wide, indent) * how.line(size) for text, size, indent in said)
    charts = CHART * sum(part.drawn is not None for part in paper.parts)
    return lines * POINT + charts + sum(paper_setting.table_height(table, how) for table in _tables(paper))
