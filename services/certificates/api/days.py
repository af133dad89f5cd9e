"""A day as the doors take it."""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator


def _iso(given: object) -> object:
    """A day as YYYY-MM-DD; pydantic alone would take a number for seconds since 1970."""
    if isinstance(given, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", given):
        raise ValueError("a day is written YYYY-MM-DD")
    return given


Day = Annotated[date, BeforeValidator(_iso)]
