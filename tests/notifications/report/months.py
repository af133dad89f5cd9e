"""Notices of a made-up month, for tests of reports: rows by day and office, and what their offices did."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any
from uuid import UUID

from services.kernel.period import Period, period
from services.notifications.notice.projection import NoticeRow, NoticeState
from services.notifications.report.tally import Standing
from tests.notifications.notice.lives import ASKED, row_of

MARCH = period("2026-03", datetime(2026, 4, 10, 2, tzinfo=UTC))
_ids = count(1)


def told(on: date, agency: str = "MZ", division: str = "533401", **known: Any) -> NoticeRow:
    """A notice to an office on a day, that nobody has done anything about; it asks for an act."""
    this = UUID(int=next(_ids))
    row = row_of(ASKED, stream=this)
    fresh: dict[str, Any] = {
        "agency": agency,
        "division": division,
        "queued_at": datetime.combine(on, time(2), UTC),
        "cause_id": this,
        "subject_id": this,
    }
    return replace(row, **(fresh | known))


def noted(row: NoticeRow, on: date, **more: Any) -> NoticeRow:
    """The same, and the office took note."""
    changes: dict[str, Any] = {"acknowledged_on": on, "state": NoticeState.ACKNOWLEDGED}
    return replace(row, **(changes | more))


def acted(row: NoticeRow, on: date) -> NoticeRow:
    """The same, and the office reported what it did."""
    return noted(row, row.acknowledged_on or on, acted_on=on, state=NoticeState.ACTED, waiting=False)


def withdrawn(row: NoticeRow) -> NoticeRow:
    """The same, withdrawn."""
    return replace(row, state=NoticeState.SUPPRESSED, waiting=False)


def many(n: int, on: date, agency: str = "MZ", division: str = "533401", **known: Any) -> list[NoticeRow]:
    """`n` notices alike."""
    return [told(on, agency, division, **known) for _ in range(n)]


def stood(rows: list[NoticeRow], within: Period = MARCH, before: list[NoticeRow] | None = None) -> Standing:
    """The rows as they stood; of those told before the month, nothing had happened then unless said otherwise."""
    return Standing([r for r in rows if r.queued_at < within.begins] if before is None else before, rows)
