"""A month of findings as cells, by township and in each county by type, owner and rule, and which cells a report keeps back. Pure.

A finding is about somebody, so every small number is kept back, also from whoever is told the finding itself: the report goes round.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from services.domain import divisions
from services.domain.divisions import Level
from services.domain.statistics.by_unit import added_up, hidden
from services.domain.statistics.figure import Shown, Table
from services.domain.suppression import Cell, Sum
from services.kernel.period import Period
from services.matching.finding.precision import is_refuted, is_upheld
from services.matching.report.as_of_month import Findings, Stood
from services.matching.vocabulary import FindingState

FLOWS = ("new", "verified", "refuted", "resolved")  # in the month
STANDING = ("open", "overdue", "in_time")  # on its last day
TYPE, OWNER, RULE = "type:", "owner:", "rule:"  # what begins the second half of a line's name
UPHELD, AGAINST = "upheld", "against"  # of a rule, by everything decided until then


def shown(found: Findings, within: Period, division: str, least: int) -> Shown:
    """The numbers of a month and of the one before, as the report of each shows them."""
    return Shown(table(found.now, within, division, least), table(found.before, within.before, division, least))


def table(rows: Iterable[Stood], within: Period, division: str, least: int) -> Table:
    """The cells of a division, and those that are kept back."""
    cells = added_up(tally(rows, within), division)
    parts = {
        unit: sorted({who for who, _ in cells if who.startswith(f"{unit}/")}) for unit in {who.split("/")[0] for who, _ in cells}
    }

    def inside(who: str) -> list[Sum]:
        unit, _, part = who.partition("/")
        if part.startswith(RULE):
            return []
        made = [Sum((who, "open"), ((who, "overdue"), (who, "in_time")))]
        for kind in () if part else (TYPE, OWNER):
            lines = [line for line in parts[unit] if line.startswith(f"{unit}/{kind}")]
            made += [Sum((who, measure), tuple((line, measure) for line in lines)) for measure in (*FLOWS, *STANDING) if lines]
        return made

    return Table(cells, hidden(cells, division, inside, least))


def tally(rows: Iterable[Stood], within: Period) -> Counter[Cell]:
    """Every cell that is not 0; who lives in no township that is known is in one of its own (`nowhere`)."""
    found: Counter[Cell] = Counter()
    for row in rows:
        county = divisions.county(row.division)
        unit = divisions.township(row.division) if divisions.reaches(row.division, Level.TOWNSHIP) else nowhere(county)
        lines = f"{unit}/", f"{county}/{TYPE}{row.finding}", f"{county}/{OWNER}{row.owner}"
        found.update((line, measure) for measure in _measures(row, within) for line in lines)
        if is_upheld(row) or is_refuted(row):
            found[f"{county}/{RULE}{row.rule}", UPHELD if is_upheld(row) else AGAINST] += 1
    return found


def nowhere(county: str) -> str:
    """The code of a county's findings that lie in no township: of a list as a whole, or of somebody whom no register knows."""
    return f"{county}{divisions.WHOLE_TOWNSHIP}"


def _measures(row: Stood, within: Period) -> Iterator[str]:
    if within.holds(row.opened_on):
        yield "new"
    if row.verified_on and within.holds(row.verified_on):
        yield "verified"
    if row.closed_on and within.holds(row.closed_on):
        yield "refuted" if row.state is FindingState.REFUTED else "resolved"
    if row.state is FindingState.OPEN:
        yield "open"
        yield "overdue" if row.overdue else "in_time"
