"""What several endpoints here ask in the same way."""

from typing import Annotated

from pydantic import StringConstraints

Rule = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,39}$")]  # the id of a rule of comparisons
