"""Which findings an office may read: its own, and those that the policy's rows open to its agency. Pure."""

from dataclasses import dataclass
from datetime import date

from services.domain.agencies import AGENCIES
from services.kernel.policy import Rules
from services.matching.policy.load import Sight
from services.matching.vocabulary import Finding


@dataclass(frozen=True, slots=True)
class Seen:
    """What an agency sees: findings of these owners, of these types, and of these types once they are verified; or all."""

    owners: tuple[str, ...]
    types: tuple[Finding, ...]
    verified_types: tuple[Finding, ...]


def seen(agency: str, day: date, rows: Rules[Sight]) -> Seen:
    """What an agency sees on a day; what it has taken over from another one is its own."""
    owners = (agency, *sorted(code for code in AGENCIES.codes if code != agency and AGENCIES.successor(code, day) == agency))
    opened = {False: set[Finding](), True: set[Finding]()}
    for row in rows.rows:
        if row.id in owners and row.holds(day, row.division):
            opened[row.value.verified] |= set(row.value.findings or Finding)
    return Seen(owners, tuple(sorted(opened[False])), tuple(sorted(opened[True])))
