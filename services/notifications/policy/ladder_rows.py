"""The rows behind the reminder ledger: who is tried one after the other in a window, and which counts are kept back. Values only."""

from collections.abc import Callable
from dataclasses import dataclass

from services.kernel.policy import PolicyError, Rules

FEDERATION = "CL"  # the agency whose duty it is to remind
PERSON = "PERSON"  # the rung that is the holder or guardian; every other one is an office, AGENCY@level


@dataclass(frozen=True, slots=True)
class Ladder:
    """Who is tried one after the other to remind a holder; the row's id is the register's window.

    `rungs`: PERSON, then offices AGENCY@level; each has `working_days` until the next one is tried. `handset`: that a message arrived
    on the holder's or guardian's phone is a proof.
    """

    rungs: tuple[str, ...]
    working_days: int
    handset: bool

    @property
    def offices(self) -> tuple[str, ...]:
        """The rungs that are offices."""
        return tuple(rung for rung in self.rungs if rung != PERSON)


@dataclass(frozen=True, slots=True)
class Counting:
    """Below `smallest_cell` a count of persons is kept back from whoever has no part in the work."""

    smallest_cell: int


def check(ladders: Rules[Ladder], tells: Callable[[str, str], bool]) -> None:
    """An office that is a rung must be told when its turn comes: `tells(window, rung)`. Raises `PolicyError`."""
    for row in ladders.rows:
        where, ladder = f"policy.toml [[ladder]] {row.id}", row.value
        if not ladder.rungs or ladder.working_days < 1:
            raise PolicyError(f"{where}: a ladder has a rung, and a rung a working day")
        for rung in ladder.offices:
            if not tells(row.id, rung):
                raise PolicyError(f"{where}: no row of routing.toml tells {rung}")
