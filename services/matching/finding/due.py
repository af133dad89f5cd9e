"""What a finding has to be done for on a day: nobody looked, or acted, until its end."""

from datetime import date

from services.kernel.due import DueRow, Duty, day_after
from services.matching.finding.decider import FINDING, NoteOverdue
from services.matching.finding.events import (
    FindingOpened,
    FindingOverdue,
    FindingPersisted,
    FindingRefuted,
    FindingReopened,
    FindingResolved,
    FindingTransferred,
    FindingVerified,
)


def _overdue(_: DueRow, today: date) -> NoteOverdue:
    return NoteOverdue(today)


DUTIES = (
    Duty(
        "FINDING",
        FINDING,
        _overdue,
        when={
            FindingOpened: day_after("verify_by"),
            FindingReopened: day_after("verify_by"),
            FindingPersisted: day_after("verify_by"),
            FindingTransferred: day_after("verify_by"),
            FindingVerified: day_after("act_by"),
        },
        until=(FindingOverdue, FindingRefuted, FindingResolved),
    ),
)
