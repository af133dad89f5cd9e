"""A form as a page to print on A4 in the manner of official documents (margins of GB/T 9704). Everything is escaped here, once.

The page needs nothing from outside: no script, no picture, no font; a machine without the official fonts falls back to its own.
"""

import re
from html import escape
from itertools import count

from services.certificates.forms.form import Block, Form, Heading, Items, Pairs, Table, day
from services.documents.paper_html import unbroken

_STYLE = """
@page { size: A4 SIZE; margin: MARGIN; @bottom-center { content: counter(page) " / " counter(pages); font: 10.5pt SimSun, serif; } }
* { box-sizing: border-box; }
body { margin: 0 auto; color: #000; background: #fff; font: 14pt/1.5 FangSong, FangSong_GB2312, 仿宋, STFangsong,
  "Noto Serif CJK SC", "Songti SC", SimSun, serif; }
h1 { margin: 0 0 .7em; text-align: center; font: 22pt/1.4 方正小标宋简体, FZXiaoBiaoSong-B05S, 小标宋, STZhongsong, SimSun,
  "Noto Serif CJK SC", serif; letter-spacing: .04em; }
h2 { margin: .3em 0 0; text-indent: 2em; break-after: avoid; font: 14pt/1.5 SimHei, 黑体, "Noto Sans CJK SC", sans-serif; }
p { margin: 0; text-align: justify; text-indent: 2em; overflow-wrap: anywhere; }
p.flush, p.number, p.signature, p.small { text-indent: 0; }
p.number { margin-bottom: .6em; text-align: right; font-size: 10.5pt; }
table { width: 100%; margin: .6em 0; border-collapse: collapse; font-size: TABLE; line-height: 1.5; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { padding: .18em .5em; border: .75pt solid #000; text-align: left; vertical-align: middle; overflow-wrap: anywhere; }
thead th { text-align: center; font: TABLE/1.5 SimHei, 黑体, "Noto Sans CJK SC", sans-serif; }
tbody th { width: 30%; font-weight: normal; }
.tall td { height: 2.8em; }
.wide { font-size: 11pt; }
.blank { display: inline-block; height: 1.1em; border-bottom: .75pt solid #000; vertical-align: baseline; }
.office { margin: .7em 2em .5em auto; width: fit-content; text-align: center; line-height: 1.7; break-inside: avoid; }
.end { break-inside: avoid; }
p.signature { margin-top: .5em; }
p.small { margin-top: .5em; padding-top: .3em; border-top: .5pt solid #000; font-size: 10.5pt; line-height: 1.5; }
p.small + p.small { margin-top: 0; border: 0; padding: 0; }
@media screen { body { max-width: WIDTH; padding: 12mm; } }
"""
_PORTRAIT = {"SIZE": "portrait", "MARGIN": "22mm 26mm 22mm 28mm", "WIDTH": "210mm", "TABLE": "13pt"}
_LANDSCAPE = {"SIZE": "landscape", "MARGIN": "18mm", "WIDTH": "297mm", "TABLE": "12pt"}


def as_html(form: Form) -> str:
    """The form as a complete HTML document."""
    style = _STYLE
    for word, value in (_LANDSCAPE if form.landscape else _PORTRAIT).items():
        style = style.replace(word, value)
    # The seal never stands on a page without text: the last paragraph goes with it.
    body, last = list(form.body), ""
    if isinstance(body[-1], str):
        last = _block(body.pop())
    parts = [
        f'<p class="number">{_text(form.number)}</p>' if form.number else "",
        f"<h1>{escape(form.title)}</h1>",
        f'<p class="flush">{escape(form.addressee)}：</p>' if form.addressee else "",
        *(_block(block) for block in body),
        _end(form, last),
    ]
    content = "\n".join(part for part in parts if part)
    head = f'<meta charset="utf-8"><title>{escape(form.title)}</title><style>{style}</style>'
    return f'<!doctype html>\n<html lang="zh-CN"><head>{head}</head><body>\n{content}\n</body></html>\n'


def _text(plain: str) -> str:
    """Escaped; a row of ＿ becomes one line to write on, which no end of a line tears apart."""
    return re.sub("＿+", lambda line: f'<span class="blank" style="width:{len(line[0])}em"></span>', unbroken(plain))


def _block(block: Block) -> str:
    match block:
        case str():
            return f"<p>{_text(block)}</p>"
        case Heading(text):
            return f"<h2>{escape(text)}</h2>"
        case Items(lines):
            return "\n".join(f"<p>{number}. {_text(line)}</p>" for number, line in zip(count(1), lines, strict=False))
        case Pairs(rows):
            return _table("", "".join(f"<tr><th>{escape(label)}</th><td>{_text(value)}</td></tr>" for label, value in rows))
        case Table(header, widths, rows):
            columns = zip(header, widths, strict=True)
            head = "".join(f'<th style="width:{width}%">{escape(name)}</th>' for name, width in columns)
            body = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows)
            return _table(f"<thead><tr>{head}</tr></thead>", body, _shape(block))


def _shape(table: Table) -> str:
    """Higher rows where something is written by hand, smaller letters where many columns share a page."""
    tall, wide = any("" in row for row in table.rows), len(table.header) > 4
    return f' class="{" ".join(name for name, holds in (("tall", tall), ("wide", wide)) if holds)}"'


def _table(head: str, body: str, kind: str = "") -> str:
    return f"<table{kind}>{head}<tbody>{body}</tbody></table>"


def _end(form: Form, last: str) -> str:
    """The last paragraph, office and date at the lower right, then what is signed; never torn from one another by the end of a page."""
    lines = [f'<div class="office">{escape(form.office)}<br>{day(form.on)}</div>']
    lines += [f'<p class="signature">{_text(line)}</p>' for line in form.signatures]
    lines += [f'<p class="small">{escape(line)}</p>' for line in (form.copies, form.footer) if line]
    return f'<div class="end">{last}{"".join(lines)}</div>'
