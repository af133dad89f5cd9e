"""Codes: one word for a reason, a source, a piece of evidence or an institution, as events carry it for ever. Pure.

A code is no text: it has no spaces, and no run of digits as long as a phone's, an account's or a citizen id's, so nobody writes about a
person in it.
"""

from typing import Annotated

from pydantic import Field

Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z]([0-9]{0,8}[A-Za-z_-])*[0-9]{0,8}$")]
