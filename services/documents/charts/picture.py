"""Pictures for offices: stacked bars with an optional line, as SVG text. A leaf that every service may import; knows no rule.

A browser and a printer show it alike; it holds no script, loads nothing, and says in words (`desc`) what it shows, for a reader who
cannot see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, log10

COLOURS = ("#2F6DA8", "#D9822B", "#5A9367", "#A23B55", "#7A6BA8", "#8A8A8A")
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 960, 420, 64, 64, 72, 96
_LEVEL = 14  # labels that stand beside each other; more are turned
_HALO = 'paint-order="stroke" stroke="#fff" stroke-width="3"'  # so that a number can be read across the line
_FONT = "font-family=\"'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',sans-serif\""


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the picture: its name and a value per label (not negative; None: there is none, and nothing is drawn)."""

    name: str
    values: Sequence[float | None]


def bars(
    title: str,
    unit: str,
    labels: Sequence[str],
    stacked: Sequence[Series],
    line: Series | None = None,
    note: str = "",
    line_unit: str = "",
) -> str:
    """Bars of `stacked` values on each other, one per label, and `line` over them; `note` stands below the title.

    With a `line_unit` the line is drawn to a scale of its own, at the right.
    """
    drawn = [*stacked, *([line] if line else [])]
    tops = [sum(series.values[n] or 0 for series in stacked) for n in range(len(labels))]
    high_line = max([value for value in (line.values if line else ()) if value is not None], default=0)
    high = _ceiling(max([*tops, 0 if line_unit else high_line, 0]))
    step, floor = (_WIDTH - _LEFT - (_RIGHT if line_unit else 16)) / max(1, len(labels)), _HEIGHT - _BOTTOM
    scale = (floor - _TOP) / high
    edge, bottom = _WIDTH - (_RIGHT if line_unit else 16), floor + _below(labels)
    parts = [_heading(title, note, bottom), _grid(high, unit, scale, floor, edge)]
    for n, label in enumerate(labels):
        parts += _bar(n, label, [series.values[n] or 0 for series in stacked], step, scale, floor, len(labels))
    totals = [(_LEFT + (n + 0.5) * step, floor - top * scale - 4, top) for n, top in enumerate(tops) if top]
    if line:
        line_scale = (floor - _TOP) / _ceiling(high_line) if line_unit else scale
        parts += _line(line, step, line_scale, floor, COLOURS[len(stacked)])
        parts += _right(_ceiling(high_line), line_unit, floor) if line_unit else []
    parts += [_text(x, y, f"{top:g}", f'text-anchor="middle" {_HALO}') for x, y, top in totals]
    parts.append(_legend(stacked, line, bottom))
    in_words = "；".join(described(labels, series) for series in drawn)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {bottom}" role="img" {_FONT}>'
    return f"{head}<title>{escape(title)}</title><desc>{escape(in_words)}</desc>{''.join(parts)}</svg>\n"


def _below(labels: Sequence[str]) -> int:
    """What stands below the bars: labels, as deep as the longest where they are turned, and the legend below them."""
    if len(labels) <= _LEVEL:
        return _BOTTOM
    longest = max(sum(7 if character.isascii() else 12 for character in label) for label in labels)
    return max(_BOTTOM, ceil(longest * 0.71) + 56)


def described(labels: Sequence[str], series: Series) -> str:
    """The values of a series in words; a dash where there is none."""
    values = ("—" if value is None else f"{value:g}" for value in series.values)
    return f"{series.name}：" + "，".join(f"{label} {value}" for label, value in zip(labels, values, strict=True))


def _line(line: Series, step: float, scale: float, floor: float, colour: str) -> list[str]:
    """Through the values that there are; each is a dot, so that one alone shows, too."""
    known = [(_LEFT + (n + 0.5) * step, floor - value * scale) for n, value in enumerate(line.values) if value is not None]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in known)
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in known]
    return [f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>', *dots]


def _right(high: float, unit: str, floor: float) -> list[str]:
    """The line's own scale, on the same grid."""
    marks = [_text(_WIDTH - _RIGHT + 24, floor - (floor - _TOP) * n / 5 + 4, f"{high * n / 5:g}") for n in range(6)]
    return [_text(_WIDTH - 12, _TOP - 10, unit, 'text-anchor="end"'), *marks]


def _ceiling(high: float) -> float:
    """A round number at or above the highest value, so that five grid lines have round values, too."""
    if high <= 5:
        return 5
    size = 10 ** int(log10(high))
    return next(float(size * m) for m in (1, 2, 2.5, 5, 10) if size * m >= ceil(high))


def _text(x: float, y: float, words: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="12" fill="#333" {more}>{escape(words)}</text>'


def _heading(title: str, note: str, height: int) -> str:
    big = f'<text x="{_LEFT}" y="28" font-size="18" font-weight="bold" fill="#111">{escape(title)}</text>'
    return f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>{big}{_text(_LEFT, 48, note)}'


def _grid(high: float, unit: str, scale: float, floor: float, edge: float) -> str:
    parts = [_text(8, _TOP - 10, unit)]
    for n in range(6):
        value, y = high * n / 5, floor - high * n / 5 * scale
        parts.append(f'<line x1="{_LEFT}" x2="{edge}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(_text(_LEFT - 8, y + 4, f"{value:g}", 'text-anchor="end"'))
    return "".join(parts)


def _bar(n: int, label: str, values: Sequence[float], step: float, scale: float, floor: float, count: int) -> list[str]:
    x, y, parts = _LEFT + n * step + step * 0.15, floor, []
    for colour, value in zip(COLOURS, values, strict=False):
        y -= value * scale
        parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{step * 0.7:.1f}" height="{value * scale:.1f}" fill="{colour}"/>')
    middle, turned = x + step * 0.35, count > _LEVEL
    where = f'text-anchor="end" transform="rotate(-45 {middle:.1f} {floor + 14})"' if turned else 'text-anchor="middle"'
    parts.append(_text(middle, floor + 16, label, where))
    return parts


def _legend(stacked: Sequence[Series], line: Series | None, height: int) -> str:
    parts, x = [], float(_LEFT)
    for colour, series in zip(COLOURS, [*stacked, *([line] if line else [])], strict=False):
        high = 3 if series is line else 12  # a line looks like a line
        parts.append(f'<rect x="{x:.1f}" y="{height - 18 - high / 2:g}" width="12" height="{high}" fill="{colour}"/>')
        parts.append(_text(x + 18, height - 14, series.name))
        x += 36 + 13 * len(series.name)
    return "".join(parts)
