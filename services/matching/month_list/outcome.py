"""What became of the lines of adjustment lists, by the sheets of their month, against what was known of it. Pure but for the engine."""

from collections.abc import Iterator
from itertools import groupby

from services.kernel.service import Issued
from services.matching.county_facts.opened import County
from services.matching.month_list.decider import MONTH_LIST, Follow
from services.matching.month_list.events import Followed
from services.matching.vocabulary import LineOutcome

# Of a month whose sheet is not there nothing is known, nor of somebody whose row nobody could read. What came back of a month, and what was
# not paid for it, is made up for by a sheet of the list's month or a later one that pays that very month.
_OUTCOMES = """
WITH line AS (
    SELECT known_line.*, paid.amount AS paid, coalesce(paid.amount, other.amount) > 0 AS is_paid,
        maybe('SUBSIDY_PAYMENT', known_line.month, known_line.person_id) AS unread,
        (SELECT count(DISTINCT made_up.month) FROM payment made_up WHERE made_up.person_id = known_line.person_id
            AND made_up.subsidy = known_line.subsidy AND made_up.sheet_month >= known_line.month AND made_up.amount > 0
            AND list_contains(known_line.months, made_up.month)) AS made_up
    FROM known_line JOIN month USING (month)
    LEFT JOIN paid ON (paid.month, paid.person_id, paid.subsidy) = (known_line.month, known_line.person_id, known_line.subsidy)
    LEFT JOIN paid_elsewhere other ON part = 'ADD'
        AND (other.month, other.person_id, other.subsidy) = (known_line.month, known_line.person_id, known_line.subsidy)),
judged AS (
    SELECT line.*, CASE
        WHEN (FROM feed SELECT count(*) WHERE kind = 'SUBSIDY_PAYMENT' AND usable AND feed.month = line.month) = 0 THEN 'NOT_KNOWN'
        WHEN part IN ('ARREARS', 'RETURNED') THEN CASE WHEN made_up = len(months) THEN 'PAID' WHEN unread THEN 'NOT_KNOWN' ELSE 'NOT_PAID' END
        WHEN is_paid AND part = 'STOP' THEN 'STILL_PAID'
        WHEN is_paid AND part = 'GRADE' AND paid <> yuan THEN 'OTHER_AMOUNT'
        WHEN is_paid THEN 'PAID' WHEN unread THEN 'NOT_KNOWN' WHEN part = 'STOP' THEN 'STOPPED' ELSE 'NOT_PAID' END AS now
    FROM line)
SELECT list_id, edition, line_id, now FROM judged WHERE now <> outcome ORDER BY list_id, edition, line_id"""


def followed(county: County) -> Iterator[Issued]:
    """What is to be said of the lists of a county whose facts are derived."""
    by_list = groupby(county.rows(_OUTCOMES), lambda row: (row["list_id"], row["edition"]))
    for (list_id, edition), rows in by_list:
        outcomes = tuple(Followed(line_id=row["line_id"], outcome=LineOutcome(row["now"])) for row in rows)
        yield MONTH_LIST, list_id, Follow(edition, outcomes)
