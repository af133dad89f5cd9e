"""A printed form as a value: title, number, addressee, body, who issued it when, lines to sign. Pure; `page.py` draws it.

What is not known prints as a line to be filled in by hand; nothing is guessed.
"""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.certificates.policy.form_rows import Office
from services.domain.file_number import file_number

BLANK = "＿" * 6
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside the body, like 一、异议权利."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """Numbered lines."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """A table of labels and what stands there."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header; `widths` in percent. An empty cell is for handwriting."""

    header: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


Block = str | Heading | Items | Pairs | Table


@dataclass(frozen=True, slots=True)
class Form:
    """One form. `number` (with its label) leads a clerk back to the file; `signatures` are lines to sign; `copies` and `footer`
    stand small below."""

    title: str
    body: tuple[Block, ...]
    office: str
    on: date
    number: str = ""
    addressee: str = ""
    signatures: tuple[str, ...] = ()
    copies: str = ""
    footer: str = ""
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """What every form about one application or card knows; `place` is the village in words. `repr` shows no name."""

    certificate_id: UUID
    name: str = field(repr=False)
    guardian: str | None = field(repr=False)
    place: str
    division: str
    office: Office
    today: date

    @property
    def number(self) -> str:
        """What leads a clerk back to the file, and lets the applicant ask how far it is."""
        return f"办件号：{file_number(self.certificate_id)}"

    @property
    def addressee(self) -> str:
        """Whom the form speaks to."""
        return f"{self.name}（监护人：{self.guardian}）" if self.guardian else self.name


def day(on: date) -> str:
    """2026年3月2日."""
    return f"{on.year}年{on.month}月{on.day}日"


def last_day(on: date) -> str:
    """2026年3月2日（星期一）: a last day, so that nobody counts wrong."""
    return f"{day(on)}（星期{_WEEKDAYS[on.weekday()]}）"


def blank(known: str) -> str:
    """What is known, or a line to be filled in by hand."""
    return known or BLANK


def reached(office: Office) -> str:
    """How an office is reached."""
    return f"联系电话：{blank(office.telephone)}　　地址：{blank(office.address)}"
