"""The states of a reminder as pasts, and one of every command: for the table, its test, and the walk."""

from datetime import date
from typing import Any
from uuid import UUID

from services.notifications.policy.load import POLICY
from services.notifications.reminder import commands, decider
from services.notifications.reminder import events as reminder_events
from tests.spec import context

CARD, HOLDER, VILLAGE = UUID(int=1), UUID(int=2), "533401102201"
ENDS, DAY = date(2026, 8, 31), date(2026, 3, 2)
LATER = date(2026, 3, 20)  # the time of the rungs below, but of the last one, has run out
MACHINE, LIAISON = "machine:notifications.worker", f"CUN:{VILLAGE}:liaison-1"
SIX = ("PERSON", "CUN@village", "CL@township", "CL@county")


def opened(
    window: str = "SIX_MONTHS", ladder: tuple[str, ...] = SIX, ends: date = ENDS, on: date = DAY
) -> reminder_events.ReminderOpened:
    """A reminder's beginning."""
    return reminder_events.ReminderOpened(
        certificate_id=CARD,
        person_id=HOLDER,
        division=VILLAGE,
        valid_to=ends,
        window=window,
        reminder=1,
        ladder=ladder,
        opened_on=on,
    )


def tried(
    number: int, on: date, by: date | None, first: reminder_events.ReminderOpened | None = None
) -> reminder_events.ReminderTried:
    """A rung."""
    said = first or opened()
    return reminder_events.ReminderTried(
        certificate_id=CARD,
        person_id=HOLDER,
        valid_to=said.valid_to,
        window=said.window,
        rung=said.ladder[number],
        number=number,
        tried_on=on,
        answer_by=by,
    )


OPEN = commands.Open(CARD, HOLDER, VILLAGE, ENDS, "SIX_MONTHS", 1)
OPENED = (opened(), tried(0, DAY, date(2026, 3, 16)))
AT_VILLAGE = (*OPENED, tried(1, DAY, date(2026, 3, 16)))
IN_LAST_MONTH = opened("ONE_MONTH", ("PERSON", "CUN@village", "CL@county"))
LAST = (IN_LAST_MONTH, tried(0, DAY, date(2026, 3, 5), IN_LAST_MONTH))
STOPPED = reminder_events.ReminderStopped(reason=reminder_events.StopReason.DEATH, stopped_on=DAY)
REACHED = reminder_events.ReminderReached(rung="PERSON", proof=reminder_events.Proof.HANDSET, reached_on=DAY)
MISSED = reminder_events.ReminderMissed(certificate_id=CARD, person_id=HOLDER, valid_to=ENDS, missed_on=DAY)
STATES: dict[str, tuple[Any, ...]] = {
    "not owed": (),
    "owed, the person is tried": OPENED,
    "owed, the village is tried": AT_VILLAGE,
    "owed, the last rung": (*OPENED, tried(3, DAY, None)),
    "owed in the last month, on the handset": (*LAST, reminder_events.ReminderArrived(rung="PERSON", arrived_on=DAY)),
    "reached": (*OPENED, REACHED),
    "stopped": (*OPENED, STOPPED),
    "missed": (*OPENED, MISSED),
}
COMMANDS: tuple[Any, ...] = (
    OPEN,
    commands.NoteOutcome(True),
    commands.NoteOutcome(False, "refused"),
    commands.NoteVisit(True, VILLAGE),
    commands.NoteVisit(False, VILLAGE, "not_met"),
    commands.NoteReturned("CUN@village", "NOT_OUR_AREA"),
    commands.Climb(),
    commands.Confirm(reminder_events.Proof.GUARDIAN),
    commands.Stop(reminder_events.StopReason.RENEWED),
    commands.Move("533422101001"),
    commands.Lapse(),
)


def decided(past: tuple[Any, ...], command: Any, day: date = LATER) -> list[Any]:
    """What the decider says to a liaison who confirms, to a machine that does anything else."""
    actor = LIAISON if isinstance(command, commands.Confirm) else MACHINE
    return list(decider.decide(decider.REMINDER.fold(past), command, POLICY, context(day, actor)))
