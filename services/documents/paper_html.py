"""A paper as one HTML page, which loads nothing and is printed as the docx file is."""

import re
from html import escape

from services.documents.charts import office
from services.documents.paper import Paper, Part, Table
from services.documents.paper_setting import BY_HAND, INDENT, Setting

_WITH_HYPHENS = re.compile("[0-9]+(?:-[0-9]+)+(?: [0-9]{2}:[0-9]{2})?")  # a day, with a time or without; a number
_STYLE = """*{{box-sizing:border-box;margin:0}}@page{{size:A4 {turned};margin:{margins}}}
body{{font:{text}pt/{leading} 仿宋,FangSong,STFangsong,'Noto Serif CJK SC','Songti SC',SimSun,serif;color:#000;background:#fff}}
h1{{font:{title}pt/{leading} 方正小标宋简体,FZXiaoBiaoSong-B05S,STZhongsong,SimSun,'Noto Serif CJK SC',serif;text-align:center}}
h2{{font:{heading}pt/{leading} 黑体,SimHei,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;text-indent:{indent}em;break-after:avoid}}
h2.sub{{font-family:楷体,KaiTi,STKaiti,'Noto Serif CJK SC',serif}}
p{{text-align:justify;text-indent:{indent}em;overflow-wrap:anywhere}}p.line{{text-align:center;text-indent:0}}
p.small{{font-size:{small}pt}}p.seal{{text-align:right;text-indent:0;padding-right:4em}}
.end,figure{{break-inside:avoid}}figure svg{{width:100%;height:auto}}
table{{border-collapse:collapse;width:100%;font-size:{cell}pt;line-height:{cell_leading}}}thead{{display:table-header-group}}
td,th{{border:.5pt solid #000;padding:0 1mm;text-align:left;vertical-align:middle}}tr{{break-inside:avoid}}
th{{font-family:黑体,SimHei,'Noto Sans CJK SC',sans-serif;font-weight:normal;text-align:center}}td.n{{text-align:right;white-space:nowrap}}
td:first-child{{white-space:nowrap}}.by-hand td{{height:{by_hand}mm}}@media screen{{body{{max-width:{wide}mm;margin:12mm auto}}}}"""


def unbroken(plain: str) -> str:
    """A text escaped, in which no end of a line tears a day, a time or a file number apart."""
    return _WITH_HYPHENS.sub(lambda found: f"<span style='white-space:nowrap'>{found[0]}</span>", escape(plain))


def page(paper: Paper) -> str:
    """The paper as one HTML page; it loads nothing."""
    lines = "".join(f"<p class=line>{escape(line)}</p>" for line in paper.lines)
    parts = "".join(_part(part) for part in paper.parts)
    notes = "".join(f"<p class=small>{escape(note)}</p>" for note in paper.notes)
    seal = "".join(f"<p class=seal>{escape(line)}</p>" for line in paper.seal)
    head = f'<meta charset="utf-8"><title>{escape(paper.title)}</title><style>{_style(paper.setting)}</style>'
    body = f"<h1>{escape(paper.title)}</h1>{lines}{parts}<div class=end>{notes}{seal}</div>"
    return f'<!doctype html><html lang="zh-CN"><head>{head}</head><body>{body}</body></html>\n'


def _style(how: Setting) -> str:
    sides = (how.right, how.bottom, how.left, how.top) if how.landscape else (how.top, how.right, how.bottom, how.left)
    return _STYLE.format(
        turned="landscape" if how.landscape else "portrait",
        margins=" ".join(f"{side:g}mm" for side in sides),
        indent=INDENT,
        by_hand=BY_HAND,
        wide=how.wide,
        **{name: f"{getattr(how, name):g}" for name in ("title", "text", "heading", "cell", "small", "leading", "cell_leading")},
    )


def _part(part: Part) -> str:
    kind = " class=sub" if part.heading.startswith("（") else ""
    said = "".join(f"<p>{unbroken(sentence)}</p>" for sentence in part.sentences)
    return f"<h2{kind}>{escape(part.heading)}</h2>{said}{_table(part)}{_chart(part)}"


def _chart(part: Part) -> str:
    if part.drawn is None:
        return ""
    return f"<figure>{office.svg(part.drawn)}</figure>"


def _table(part: Part) -> str:
    if part.table is None:
        return ""
    if not part.table.rows:
        return f"<p>{escape(part.empty)}</p>"
    head = "".join(f"<th scope=col>{escape(name)}</th>" for name in part.table.header)
    rows = "".join(f"<tr>{''.join(_cell(n, cell, part.table) for n, cell in enumerate(row))}</tr>" for row in part.table.rows)
    kind = " class=by-hand" if part.table.by_hand else ""
    return f"<table{kind}><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(place: int, cell: str, table: Table) -> str:
    return f"<td{' class=n' if table.right(place) else ''}>{unbroken(cell)}</td>"
