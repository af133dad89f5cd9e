"""What several endpoints here ask in the same words: a month; and the view of all agencies of a division."""

from dataclasses import replace
from typing import Annotated

from fastapi import Query

from services.shell.http.call import Call

Month = Annotated[str, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]


def of_all(call: Call) -> Call:
    """The call, seeing all agencies of its division."""
    call.principal = replace(call.principal, agency="*")
    return call
