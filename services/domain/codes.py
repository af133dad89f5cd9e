"""Codes: one word for a reason, a source, a piece of evidence or an institution, as events carry it for ever. Pure.

A code is no text, so nobody writes about a person in it; what looks like somebody's number all the same is refused by the kernel.
"""

from typing import Annotated

from pydantic import Field

Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
