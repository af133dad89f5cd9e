"""Reminders of a made-up month, for tests of reports: cards that were due, and what their reminders came to."""

from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from services.domain.file_number import file_number
from services.notifications.reminder.projection import ReminderRow, ReminderState
from services.notifications.report.reminder_figures import Reminded
from tests.notifications.reminder.reminding import SIX

ENDS, OPENED, LAPSED = date(2026, 3, 20), date(2025, 9, 22), date(2026, 3, 21)
VILLAGE = "533401102201"
_ids = count(1)


def owed(card: int, window: str = "SIX_MONTHS", **known: Any) -> ReminderRow:
    """A reminder of a card, with nobody reached yet."""
    this, holder = UUID(int=(card << 32) + next(_ids)), UUID(int=card)
    row = ReminderRow(
        reminder_id=this,
        file_number=file_number(this),
        certificate_id=holder,
        card_number=file_number(holder),
        person_id=holder,
        division=VILLAGE,
        valid_to=ENDS,
        expiry_window=window,
        number=1,
        ladder=SIX,
        rung="PERSON",
        answer_by=None,
        state=ReminderState.OWED,
        proof=None,
        reached_on=None,
        stopped_for=None,
        opened_on=OPENED if window == "SIX_MONTHS" else date(2026, 2, 20),
        tried=(),
        correlation_id=holder,
        version=2,
    )
    return replace(row, **known)


def reached(card: int, window: str = "SIX_MONTHS", on: date = OPENED, **known: Any) -> ReminderRow:
    """One that reached."""
    return owed(card, window, state=ReminderState.REACHED, proof="HOLDER", reached_on=on, **known)


def twice(first: int, n: int, **known: Any) -> list[ReminderRow]:
    """`n` cards whose two reminders reached, the second one in the month."""
    cards = range(first, first + n)
    return [row for c in cards for row in (reached(c, **known), reached(c, "ONE_MONTH", date(2026, 3, 4), **known))]


def lapsed(card: int, *tried: str, **known: Any) -> ReminderRow:
    """One whose card lapsed with nobody reached; `tried` as the ledger has it."""
    return owed(card, state=ReminderState.MISSED, tried=tried, **known)


def missed(n: int) -> Reminded:
    """A month in which `n` cards lapsed unreached, as their reports by telephone say."""
    rows = [lapsed(card, "PERSON:no_phone:2026-03-02", "CUN@village:not_met:2026-03-10") for card in range(1, n + 1)]
    return Reminded(rows, rows, {row.reminder_id: LAPSED for row in rows})
