"""A paper read back."""

from io import BytesIO
from typing import Any

from docx import Document


def read(content: bytes) -> tuple[list[str], list[list[list[str]]]]:
    """The paragraphs and tables of a docx file."""
    document: Any = Document(BytesIO(content))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    return [p.text for p in document.paragraphs if p.text], tables
