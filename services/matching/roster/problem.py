"""What is wrong with a row of a roster, or with the file: told by number and code, never by content."""

from dataclasses import dataclass

NOT_IN_FORCE = "not_in_force"  # of a row that says itself that nothing was paid, or that the allowance has ended
OF_THE_FILE = 0  # the row of a problem that is none of a row


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row, or (row `OF_THE_FILE`) with the file; `rejected` rows are not used, others are reported only."""

    row: int
    code: str
    rejected: bool = True
