"""What the endpoints of several services ask in the same words: a division, a page's length, a day."""

import re
from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import BeforeValidator

from services.domain.divisions import PREFIX_PATTERN

Prefix = Annotated[str, Query(pattern=PREFIX_PATTERN)]
Limit = Annotated[int, Query(ge=1, le=500)]


def _iso(given: object) -> object:
    """A day as YYYY-MM-DD; pydantic alone would take a number for seconds since 1970."""
    if isinstance(given, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", given):
        return given
    raise ValueError("a day is written YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(_iso)]
