"""Small numbers: below the smallest cell of the rules in force, a count of persons is kept back from whoever has no part in the work."""

from typing import Protocol, TypeVar

from services.kernel.policy import Rules
from services.shell.http.call import Call


class Counting(Protocol):
    """A policy row that keeps small numbers back."""

    @property
    def smallest_cell(self) -> int:
        """The smallest count that is shown."""


R = TypeVar("R", bound=Counting)


def smallest_cell(call: Call, rules: Rules[R], row: str) -> int:
    """The smallest count that the caller's division shows today, by the row of this id."""
    return rules.one(row, call.context.today, call.principal.division).smallest_cell


def least_shown(call: Call, rules: Rules[R], row: str, unless: str) -> int:
    """The smallest count that the caller may see: every one (0) with the scope `unless`, else the smallest cell."""
    return 0 if call.has(unless) else smallest_cell(call, rules, row)
