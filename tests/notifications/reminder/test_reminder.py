"""A reminder that is owed: rung by rung until a proof is there, stopped by a renewal, missed by a lapse."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.errors import Forbidden, NotFound, ShouwangError
from services.notifications.policy.load import POLICY
from services.notifications.reminder import commands, decider
from services.notifications.reminder import events as reminder_events
from tests.notifications.reminder.reminding import (
    AT_VILLAGE,
    CARD,
    COMMANDS,
    DAY,
    ENDS,
    HOLDER,
    IN_LAST_MONTH,
    LAST,
    LIAISON,
    MACHINE,
    OPEN,
    OPENED,
    STATES,
    VILLAGE,
    decided,
    opened,
    tried,
)
from tests.spec import Spec, spec


def reminder(*past: object) -> Spec:
    """A reminder with this past."""
    return spec(decider.REMINDER, POLICY).given(*past)


def test_a_window_opens_a_reminder_once_and_the_person_is_tried_first() -> None:
    reminder().when(OPEN, DAY, MACHINE).then(*OPENED)
    reminder(*OPENED).when(OPEN, DAY, MACHINE).then_nothing()


def test_a_message_on_the_handset_is_a_proof_half_a_year_before_the_end() -> None:
    reached = reminder_events.ReminderReached(rung="PERSON", proof=reminder_events.Proof.HANDSET, reached_on=DAY)
    reminder(*OPENED).when(commands.NoteOutcome(True), DAY, MACHINE).then(reached)
    reminder(*OPENED, reached).when(commands.NoteOutcome(True), DAY, MACHINE).then_nothing()


def test_in_the_last_month_somebody_must_confirm() -> None:
    arrived = reminder_events.ReminderArrived(rung="PERSON", arrived_on=DAY)
    reminder(*LAST).when(commands.NoteOutcome(True), DAY, MACHINE).then(arrived)
    reminder(*LAST, arrived).when(commands.NoteOutcome(True), DAY, MACHINE).then_nothing()
    told = reminder_events.ReminderReached(rung="PERSON", proof=reminder_events.Proof.HOLDER, reached_on=DAY)
    reminder(*LAST, arrived).when(commands.Confirm(reminder_events.Proof.HOLDER), DAY, LIAISON).then(told)
    following = reminder_events.ReminderNotReached(rung="PERSON", reason="no_proof_in_time", ended_on=date(2026, 3, 6))
    second = tried(1, date(2026, 3, 6), date(2026, 3, 11), IN_LAST_MONTH)
    reminder(*LAST, arrived).when(commands.Climb(), date(2026, 3, 6), MACHINE).then(following, second)


def test_a_receipt_that_comes_late_is_a_proof_all_the_same_but_a_late_failure_moves_nothing() -> None:
    reached = reminder_events.ReminderReached(rung="PERSON", proof=reminder_events.Proof.HANDSET, reached_on=DAY)
    reminder(*AT_VILLAGE).when(commands.NoteOutcome(True), DAY, MACHINE).then(reached)
    reminder(*AT_VILLAGE).when(commands.NoteOutcome(False, "refused"), DAY, MACHINE).then_nothing()


def test_who_has_no_phone_is_visited_at_once() -> None:
    ended = reminder_events.ReminderNotReached(rung="PERSON", reason="no_phone", ended_on=DAY)
    reminder(*OPENED).when(commands.NoteOutcome(False, "no_phone"), DAY, MACHINE).then(ended, tried(1, DAY, date(2026, 3, 16)))


def test_silence_leads_to_the_next_rung_the_day_after_and_not_before() -> None:
    reminder(*OPENED).when(commands.Climb(), date(2026, 3, 16), MACHINE).then_nothing()
    on = date(2026, 3, 17)
    ended = reminder_events.ReminderNotReached(rung="PERSON", reason="no_proof_in_time", ended_on=on)
    reminder(*OPENED).when(commands.Climb(), on, MACHINE).then(ended, tried(1, on, date(2026, 3, 31)))


def test_the_last_rung_is_tried_until_the_end() -> None:
    on = date(2026, 8, 20)
    past = (opened(), tried(2, date(2026, 8, 5), date(2026, 8, 19)))
    ended = reminder_events.ReminderNotReached(rung="CL@township", reason="no_proof_in_time", ended_on=on)
    reminder(*past).when(commands.Climb(), on, MACHINE).then(ended, tried(3, on, None))
    reminder(*past, ended, tried(3, on, None)).when(commands.Climb(), date(2026, 9, 1), MACHINE).then_nothing()


def test_no_rung_follows_when_the_certificate_has_lapsed() -> None:
    past = (opened(), tried(1, date(2026, 8, 25), ENDS))
    last = reminder_events.ReminderNotReached(rung="CUN@village", reason="no_proof_in_time", ended_on=date(2026, 9, 1))
    reminder(*past).when(commands.Climb(), date(2026, 9, 1), MACHINE).then(last)


def test_no_rung_has_more_days_than_the_certificate() -> None:
    asked, late = commands.Open(CARD, HOLDER, VILLAGE, ENDS, "SIX_MONTHS", 1), date(2026, 8, 28)
    reminder().when(asked, late, MACHINE).then(opened(on=late), tried(0, late, ENDS))


def test_a_visitor_who_told_the_holder_is_a_proof_whatever_is_being_tried() -> None:
    reached = reminder_events.ReminderReached(rung="CUN@village", proof=reminder_events.Proof.VISITOR, reached_on=DAY)
    reminder(*OPENED).when(commands.NoteVisit(True, VILLAGE), DAY, MACHINE).then(reached)
    reminder(*OPENED, tried(2, DAY, ENDS)).when(commands.NoteVisit(True, VILLAGE), DAY, MACHINE).then(reached)
    reminder(*OPENED, reached).when(commands.NoteVisit(True, VILLAGE), DAY, MACHINE).then_nothing()


def test_a_visitor_who_met_nobody_hands_it_on_when_the_village_is_being_tried() -> None:
    ended = reminder_events.ReminderNotReached(rung="CUN@village", reason="moved_away", ended_on=DAY)
    reminder(*AT_VILLAGE).when(commands.NoteVisit(False, VILLAGE, "moved_away"), DAY, MACHINE).then(
        ended, tried(2, DAY, date(2026, 3, 16))
    )
    reminder(*OPENED).when(commands.NoteVisit(False, VILLAGE, "moved_away"), DAY, MACHINE).then_nothing()


def test_a_village_that_the_card_has_left_does_not_end_the_turn_of_the_one_where_it_is() -> None:
    there, on = "533422101001", date(2026, 3, 4)
    moved = (
        *AT_VILLAGE,
        reminder_events.ReminderMoved(from_division=VILLAGE, to_division=there, moved_on=on),
        tried(1, on, date(2026, 3, 18)),
    )
    reminder(*moved).when(commands.NoteVisit(False, VILLAGE, "moved_away"), on, MACHINE).then_nothing()
    ended = reminder_events.ReminderNotReached(rung="CUN@village", reason="not_met", ended_on=on)
    reminder(*moved).when(commands.NoteVisit(False, there, "not_met"), on, MACHINE).then(ended, tried(2, on, date(2026, 3, 18)))
    reached = reminder_events.ReminderReached(rung="CUN@village", proof=reminder_events.Proof.VISITOR, reached_on=on)
    reminder(*moved).when(commands.NoteVisit(True, VILLAGE), on, MACHINE).then(reached)
    reminder(*moved, reached).when(commands.NoteVisit(True, VILLAGE), on, MACHINE).then_nothing()


def test_what_was_stopped_is_owed_again_when_its_end_is_taken_back() -> None:
    stopped = reminder_events.ReminderStopped(reason=reminder_events.StopReason.DEATH, stopped_on=DAY)
    reminder(*OPENED, stopped).when(OPEN, DAY, MACHINE).then(*OPENED)


@pytest.mark.parametrize("proof", [reminder_events.Proof.HOLDER, reminder_events.Proof.GUARDIAN, reminder_events.Proof.VISITOR])
def test_an_office_confirms_what_a_person_said_and_only_once(proof: reminder_events.Proof) -> None:
    reached = reminder_events.ReminderReached(rung="PERSON", proof=proof, reached_on=DAY)
    reminder(*OPENED).when(commands.Confirm(proof), DAY, LIAISON).then(reached)
    reminder(*OPENED, reached).when(commands.Confirm(proof), DAY, LIAISON).rejected("reminder_settled")


def test_a_machine_confirms_nothing_and_an_office_notes_no_receipt() -> None:
    with pytest.raises(Forbidden, match="not_your_duty"):
        reminder(*OPENED).when(commands.Confirm(reminder_events.Proof.HOLDER), DAY, MACHINE).then_nothing()
    with pytest.raises(Forbidden, match="not_your_duty"):
        reminder(*OPENED).when(commands.NoteOutcome(True), DAY, LIAISON).then_nothing()
    with pytest.raises(Forbidden, match="not_your_duty"):
        reminder(*OPENED).when(commands.Confirm(reminder_events.Proof.HOLDER), DAY, "MZ:533401:official-1").then_nothing()
    with pytest.raises(NotFound, match="reminder_unknown"):
        reminder().when(commands.Confirm(reminder_events.Proof.HOLDER), DAY, LIAISON).then_nothing()
    for proof in (reminder_events.Proof.HANDSET, reminder_events.Proof.UNKNOWN):
        reminder(*OPENED).when(commands.Confirm(proof), DAY, LIAISON).rejected("no_proof")


def test_a_renewal_stops_it_and_a_lapse_says_that_nobody_was_reached() -> None:
    stopped = reminder_events.ReminderStopped(reason=reminder_events.StopReason.RENEWED, stopped_on=DAY)
    missed = reminder_events.ReminderMissed(certificate_id=CARD, person_id=HOLDER, valid_to=ENDS, missed_on=DAY)
    reminder(*OPENED).when(commands.Stop(reminder_events.StopReason.RENEWED), DAY, MACHINE).then(stopped)
    reminder(*OPENED).when(commands.Lapse(), DAY, MACHINE).then(missed)
    for ended in (
        stopped,
        missed,
        reminder_events.ReminderReached(rung="PERSON", proof=reminder_events.Proof.HOLDER, reached_on=DAY),
    ):
        for command in (
            commands.Stop(reminder_events.StopReason.CANCELLED),
            commands.Lapse(),
            commands.Climb(),
            commands.NoteOutcome(False, "refused"),
        ):
            reminder(*OPENED, ended).when(command, date(2026, 9, 1), MACHINE).then_nothing()


def test_a_card_that_moves_takes_its_reminders_along_and_the_office_there_has_days_of_its_own() -> None:
    there, on = "533422101001", date(2026, 3, 4)
    moved = reminder_events.ReminderMoved(from_division=VILLAGE, to_division=there, moved_on=on)
    reminder(*AT_VILLAGE).when(commands.Move(there), on, MACHINE).then(moved, tried(1, on, date(2026, 3, 18)))
    reminder(*OPENED).when(commands.Move(there), on, MACHINE).then(moved)
    reached = reminder_events.ReminderReached(rung="PERSON", proof=reminder_events.Proof.HANDSET, reached_on=DAY)
    reminder(*OPENED, reached).when(commands.Move(there), on, MACHINE).then(moved)
    reminder(*OPENED, moved).when(commands.Move(there), on, MACHINE).then_nothing()
    reminder().when(commands.Move(there), on, MACHINE).then_nothing()
    assert decider.REMINDER.division(decider.REMINDER.fold((*OPENED, reached, moved))) == there


def test_an_office_that_sends_it_back_hands_it_on_at_once_and_only_for_its_own_rung() -> None:
    ended = reminder_events.ReminderNotReached(rung="CUN@village", reason="NOT_OUR_AREA", ended_on=DAY)
    back = commands.NoteReturned("CUN@village", "NOT_OUR_AREA")
    reminder(*AT_VILLAGE).when(back, DAY, MACHINE).then(ended, tried(2, DAY, date(2026, 3, 16)))
    reminder(*OPENED).when(back, DAY, MACHINE).then_nothing()
    reminder(*AT_VILLAGE, ended, tried(2, DAY, date(2026, 3, 16))).when(back, DAY, MACHINE).then_nothing()
    reminder(*OPENED, tried(3, DAY, None)).when(commands.NoteReturned("CL@county", "DUPLICATE"), DAY, MACHINE).then_nothing()


def test_every_state_and_every_command_is_in_the_table() -> None:
    assert {type(decider.REMINDER.fold(past)) for past in STATES.values()} == set(decider.State.__args__)
    assert {type(command) for command in COMMANDS} == set(commands.Command.__args__)


@given(
    st.sampled_from(["SIX_MONTHS", "ONE_MONTH"]),
    st.lists(st.tuples(st.sampled_from(COMMANDS[1:]), st.integers(0, 40)), max_size=25),
)
def test_whatever_happens_no_rung_goes_back_and_nothing_follows_an_end(window: str, path: list[tuple[Any, int]]) -> None:
    day, past = DAY, decided((), replace(OPEN, window=window), DAY)
    for command, days in path:
        day += timedelta(days=days)
        try:
            past += decided(tuple(past), command, day)
        except ShouwangError:
            continue
    rungs = [x.number for x in past if isinstance(x, reminder_events.ReminderTried)]
    ends = [
        n
        for n, x in enumerate(past)
        if isinstance(x, reminder_events.ReminderReached | reminder_events.ReminderStopped | reminder_events.ReminderMissed)
    ]
    assert rungs == sorted(rungs)
    assert len(ends) <= 1
    assert not ends or all(isinstance(x, reminder_events.ReminderMoved) for x in past[ends[0] + 1 :])
    proofs = [x.proof for x in past if isinstance(x, reminder_events.ReminderReached)]
    assert not (window == "ONE_MONTH" and reminder_events.Proof.HANDSET in proofs)
    assert all(x.answer_by <= ENDS for x in past if isinstance(x, reminder_events.ReminderTried) and x.answer_by is not None)
