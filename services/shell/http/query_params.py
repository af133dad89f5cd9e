"""What the endpoints of several services ask in the same words: a division, a page's length, a day, a number from a paper."""

import re
from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, BeforeValidator

from services.domain.divisions import PREFIX_PATTERN
from services.domain.file_number import WrongNumber, read_number
from services.kernel.errors import Malformed

Prefix = Annotated[str, Query(pattern=PREFIX_PATTERN)]
Limit = Annotated[int, Query(ge=1, le=500)]


def _iso(given: object) -> object:
    """A day as YYYY-MM-DD; pydantic alone would take a number for seconds since 1970."""
    if isinstance(given, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", given):
        return given
    raise ValueError("a day is written YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(_iso)]


def _number(given: str) -> str:
    try:
        return read_number(given)
    except WrongNumber as error:
        read = "其中有数字看错或写错" if error.digits == 14 else f"现有{error.digits}位数字"
        raise Malformed("number_mistyped", f"编号应为14位数字，{read}，请对照原件核对") from error


# 编号 as it stands on a paper or in a text, however it is typed; a misread one is told from an unknown one.
Number = Annotated[str, Query(pattern=r"^[^\x00-\x08\x0e-\x1f\x7f]+$", max_length=64), AfterValidator(_number)]
