"""Which rows without a usable citizen id an office sees, and may decide: by the policy's rows of its agency. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.domain.agencies import AGENCIES
from services.kernel.policy import Rules
from services.matching.policy.linking_rows import LinkingOffice


@dataclass(frozen=True, slots=True)
class Sight:
    """What an agency sees: rows of every list, or those of lists that one of `senders` sent; it may be none at all."""

    every_list: bool
    senders: tuple[str, ...]

    def covers(self, sent_by: Iterable[str]) -> bool:
        """Whether a row that stands on lists of these senders is seen."""
        return self.every_list or not set(self.senders).isdisjoint(sent_by)


def sight(agency: str, day: date, division: str, rows: Rules[LinkingOffice]) -> Sight:
    """What an agency sees on a day of rows of a division; what it has taken over from another agency is its own."""
    codes = (agency, *sorted(code for code in AGENCIES.codes if code != agency and AGENCIES.successor(code, day) == agency))
    held = [row for row in rows.rows if row.id in codes and row.holds(day, division)]
    return Sight(any(row.value.every_list for row in held), codes if held else ())
