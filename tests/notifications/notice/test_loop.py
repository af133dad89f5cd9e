"""The closed loop of one notice: every state and command, the clocks, what is refused, and what always holds along a chain."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kernel.errors import NotFound, ShouwangError
from services.notifications import vocabulary
from services.notifications.notice import commands, decider, states
from services.notifications.notice import events as notice_events
from services.notifications.notice.commands import ByMachine, ByOffice
from services.notifications.notice.due import ACKNOWLEDGE, ACT, REMIND
from services.notifications.notice.states import Known
from services.notifications.policy.load import POLICY
from services.notifications.routing.projection import Matter
from services.notifications.routing.reactions import give_back, stand_down, tell_lead, tell_next
from services.notifications.service import SERVICE
from tests.notifications.notice import lives, transitions
from tests.notifications.samples import DAY
from tests.spec import Spec, context, spec


def notice(*past: object) -> Spec:
    """A notice with this past."""
    return spec(decider.NOTICE, POLICY).given(*past)


def test_the_document_is_what_the_code_decides() -> None:
    assert transitions.TABLE.read_text(encoding="utf-8") == transitions.text()


def test_every_state_and_every_command_is_in_the_table() -> None:
    assert {type(decider.NOTICE.fold(past)) for past in lives.STATES.values()} == set(Known.__args__)
    assert {type(command) for command in lives.COMMANDS} == {*ByOffice.__args__, *ByMachine.__args__}


@pytest.mark.parametrize("command", [c for c in lives.COMMANDS if isinstance(c, ByOffice)], ids=lambda c: type(c).__name__)
def test_no_other_agency_answers_in_any_state(command: Any) -> None:
    for past in lives.STATES.values():
        with pytest.raises(NotFound, match="notice_unknown"):
            notice(*past).when(command, on=DAY, actor="JT:533401:x").then_nothing()


def test_what_was_never_queued_is_unknown_to_every_command() -> None:
    for command in lives.COMMANDS[1:]:
        with pytest.raises(NotFound, match="notice_unknown"):
            notice().when(command).then_nothing()
    notice().when(commands.Queue(lives.ASKED)).then(lives.ASKED)


def test_a_notice_is_sent_once_per_channel_and_may_arrive_or_fail() -> None:
    notice(lives.ASKED).when(commands.MarkSent(vocabulary.Channel.TOPIC, 1)).then(lives.SENT)
    notice(lives.ASKED, lives.SENT).when(commands.MarkSent(vocabulary.Channel.TOPIC, 2)).then_nothing()
    failed = notice_events.NoticeFailed(channel=vocabulary.Channel.TOPIC, reason="gone")
    notice(lives.ASKED).when(commands.MarkFailed(vocabulary.Channel.TOPIC, "gone")).then(failed)
    notice(lives.ASKED, failed).when(commands.MarkFailed(vocabulary.Channel.TOPIC, "gone")).then_nothing()


def test_taking_note_starts_the_next_clock_in_working_days() -> None:
    noted = notice_events.NoticeAcknowledged(
        channel=vocabulary.Channel.INBOX,
        acknowledged_on=date(2026, 3, 5),
        next_by=date(2026, 3, 10),
        reminders=(date(2026, 3, 9),),
        escalate_on=date(2026, 3, 11),
    )
    notice(lives.ASKED).when(commands.Acknowledge(vocabulary.Channel.INBOX), on=lives.LATER, actor=lives.OWNER).then(noted)
    notice(lives.ASKED, noted).when(
        commands.Acknowledge(vocabulary.Channel.INBOX), on=lives.LATER, actor=lives.OWNER
    ).then_nothing()
    notice(lives.NOTE_ONLY).when(commands.Acknowledge(vocabulary.Channel.INBOX), on=DAY, actor=lives.OWNER).then(lives.NOTED_ONLY)


def test_after_the_next_office_was_told_the_first_has_a_date_but_no_clock() -> None:
    late = replace(lives.NOTED, acknowledged_on=lives.LATER, next_by=date(2026, 3, 10), reminders=(), escalate_on=None)
    notice(lives.ASKED, *lives.ESCALATED).when(
        commands.Acknowledge(vocabulary.Channel.INBOX), on=lives.LATER, actor=lives.OWNER
    ).then(late)


@pytest.mark.parametrize(
    ("by_on", "gives"),
    [
        (None, date(2026, 3, 16)),  # ten working days
        (date(2026, 3, 16), date(2026, 3, 16)),
        (DAY, DAY),
        (date(2026, 3, 17), "later_than_allowed"),
        (date(2026, 3, 1), "by_on_in_the_past"),
    ],
)
def test_an_office_accepts_with_its_own_date_inside_what_the_row_allows(by_on: date | None, gives: date | str) -> None:
    asked = notice(lives.ASKED, lives.NOTED).when(commands.Accept(by_on), on=DAY, actor=lives.OWNER)
    if isinstance(gives, str):
        asked.rejected(gives)
    else:
        left = tuple(day for day in (date(2026, 3, 4),) if day <= gives)
        asked.then(
            notice_events.NoticeAccepted(accepted_on=DAY, by_on=gives, reminders=left, escalate_on=gives + timedelta(days=1))
        )
    notice(lives.ASKED, lives.ACCEPTED).when(commands.Accept(date(2026, 3, 12)), on=DAY, actor=lives.OWNER).then_nothing()
    notice(lives.ASKED, lives.ACCEPTED).when(commands.Accept(date(2026, 3, 11)), on=DAY, actor=lives.OWNER).rejected(
        "already_accepted"
    )


def test_what_was_done_is_reported_once_and_may_be_corrected() -> None:
    report = commands.ReportActed(vocabulary.WorkOutcome.DONE, DAY)
    notice(lives.ASKED, lives.ACCEPTED).when(report, on=DAY, actor=lives.OWNER).then(lives.ACTED)
    notice(lives.ASKED, lives.ACCEPTED, lives.ACTED).when(report, on=lives.LATER, actor=lives.OWNER).then_nothing()
    other = commands.ReportActed(vocabulary.WorkOutcome.NOT_REACHED, DAY)
    notice(lives.ASKED, lives.ACCEPTED, lives.ACTED).when(other, on=lives.LATER, actor=lives.OWNER).then(
        notice_events.NoticeActedOn(outcome=vocabulary.WorkOutcome.NOT_REACHED, acted_on=DAY, reported_on=lives.LATER)
    )
    notice(lives.ASKED).when(commands.ReportActed(vocabulary.WorkOutcome.DONE, lives.LATER), on=DAY, actor=lives.OWNER).rejected(
        "acted_on_in_the_future"
    )


def test_what_is_sent_back_goes_to_the_sender_then_only_upwards() -> None:
    reject = commands.Reject(vocabulary.ReturnReason.NOT_OUR_DUTY)
    back = notice_events.NoticeRejected(
        reason=vocabulary.ReturnReason.NOT_OUR_DUTY,
        rejected_on=DAY,
        to_agency="XCZX",
        to_division="533401",
        next_notice_id=states.notice_id(UUID(int=1), "measure-planned", "XCZX", "533401", 1, "returned by", "MZ:533401"),
        stage=1,
        trail=("MZ:533401:0:REJECTED.NOT_OUR_DUTY:2026-03-02",),
    )
    notice(lives.ASKED).when(reject, on=DAY, actor=lives.OWNER).then(back)
    notice(lives.ASKED, back).when(reject, on=DAY, actor=lives.OWNER).then_nothing()
    to_sender = replace(lives.ASKED, agency="XCZX", stage=1, chain=("CGW:533401",), trail=back.trail, returned=True)
    (upwards,) = lives.decided((to_sender,), reject)
    assert (upwards.to_agency, upwards.to_division, upwards.stage) == ("CGW", "533401", 2)
    notice(replace(to_sender, chain=())).when(reject, on=DAY, actor="XCZX:533401:a").rejected("nobody_to_return_to")
    second_stage = replace(lives.ASKED, agency="CL", stage=1, trail=("MZ:533401:0:NOT_ACCEPTED:2026-03-02",))
    (before,) = lives.decided((second_stage,), reject)
    assert (before.to_agency, before.stage) == ("MZ", 2)


@pytest.mark.parametrize(
    ("state", "what"),
    [("queued", "NOT_ACKNOWLEDGED"), ("acknowledged", "NOT_ACCEPTED"), ("accepted", "NOT_ACTED_ON")],
)
def test_a_clock_that_ran_out_tells_the_next_offices_what_was_not_done(state: str, what: str) -> None:
    first, second = lives.decided(lives.STATES[state], commands.Escalate(), lives.LATER)
    assert [(x.to_agency, x.to_division, x.stage) for x in (first, second)] == [("CL", "533401", 1), ("XCZX", "533401", 1)]
    assert first.trail == second.trail == (f"MZ:533401:0:{what}:2026-03-05",)


def test_a_reminder_comes_on_its_day_and_not_after_the_next_office_was_told() -> None:
    two = replace(lives.ASKED, remind_days=(1, 2), reminders=(date(2026, 3, 3), date(2026, 3, 4)))
    first = notice_events.NoticeReminded(count=1, reminded_on=date(2026, 3, 3), again_on=date(2026, 3, 4))
    notice(two).when(commands.Remind(), on=DAY).then_nothing()
    notice(two).when(commands.Remind(), on=date(2026, 3, 3)).then(first)
    notice(two, first).when(commands.Remind(), on=date(2026, 3, 3)).then_nothing()
    second = notice_events.NoticeReminded(count=2, reminded_on=date(2026, 3, 4), again_on=None)
    notice(two, first).when(commands.Remind(), on=date(2026, 3, 4)).then(second)
    notice(two, *lives.ESCALATED).when(commands.Remind(), on=date(2026, 3, 4)).then_nothing()


@pytest.mark.parametrize(
    ("agency", "division", "code"),
    [
        ("RS", "533422", "outside_your_division"),
        ("RS", "533499", "outside_your_division"),
        ("XX", "533401", "agency_unknown"),
        ("CGW", "533401", "agency_unknown"),
    ],
)
def test_a_lead_is_an_agency_inside_the_committees_division(agency: str, division: str, code: str) -> None:
    notice(lives.TO_COMMITTEE).when(commands.AssignLead(agency, division), on=DAY, actor=lives.COMMITTEE).rejected(code)


def test_the_committee_assigns_one_lead_and_answers_once() -> None:
    lead = commands.AssignLead("RS", "533401")
    notice(lives.TO_COMMITTEE).when(lead, on=DAY, actor=lives.COMMITTEE).then(lives.LED)
    notice(lives.TO_COMMITTEE, lives.LED).when(lead, on=DAY, actor=lives.COMMITTEE).then_nothing()
    notice(lives.TO_COMMITTEE, lives.LED).when(commands.AssignLead("MZ", "533401"), on=DAY, actor=lives.COMMITTEE).rejected(
        "lead_assigned"
    )
    answer = commands.Answer(vocabulary.Answered.SETTLED)
    notice(lives.TO_COMMITTEE, lives.LED).when(answer, on=DAY, actor=lives.COMMITTEE).then(lives.ANSWERED)
    notice(lives.TO_COMMITTEE, lives.LED, lives.ANSWERED).when(answer, on=DAY, actor=lives.COMMITTEE).then_nothing()


DUE = SERVICE.projection("due")


def due(*past: Any) -> dict[str, date]:
    """The due rows after a past."""
    rows: dict[str, Any] = {}
    for version, event in enumerate(past, 1):
        for kind in (REMIND, ACKNOWLEDGE, ACT):
            rows[kind] = DUE.evolve((UUID(int=7), kind), rows.get(kind), lives.happened(event, UUID(int=7), version))
    return {kind: row.due_on for kind, row in rows.items() if row is not None}


def test_each_state_has_its_clock_as_a_due_row_and_an_end_has_none() -> None:
    assert due(lives.ASKED) == {REMIND: date(2026, 3, 4), ACKNOWLEDGE: date(2026, 3, 6)}
    assert due(lives.ASKED, lives.REMINDED) == {ACKNOWLEDGE: date(2026, 3, 6)}
    assert due(lives.ASKED, lives.NOTED) == {REMIND: date(2026, 3, 4), ACT: date(2026, 3, 6)}
    assert due(lives.ASKED, lives.NOTED, lives.ACCEPTED) == {REMIND: date(2026, 3, 4), ACT: date(2026, 3, 13)}
    ends = [
        past
        for past in lives.STATES.values()
        if not isinstance(decider.NOTICE.fold(past), states.Queued | states.Acknowledged | states.Accepted)
    ]
    assert len(ends) == 6
    for past in (*ends, lives.STATES["sent, next office told"], lives.STATES["with the committee, lead assigned"]):
        assert due(*past) == {}
    assert due(replace(lives.ASKED, chain=(), reminders=())) == {}


def test_the_row_says_what_is_asked_until_when() -> None:
    rows = {state: lives.row_of(*past) for state, past in lives.STATES.items()}
    assert {state for state, row in rows.items() if row.waiting} == {
        state
        for state, past in lives.STATES.items()
        if isinstance(decider.NOTICE.fold(past), states.Queued | states.Acknowledged | states.Accepted)
    }
    accepted = rows["accepted"]
    assert (accepted.state, accepted.next_by, accepted.acknowledged_on, accepted.acknowledged_by) == (
        "ACCEPTED",
        date(2026, 3, 12),
        DAY,
        lives.OWNER,
    )
    assert (rows["sent back"].rejected_for, rows["answered"].answer, rows["verified"].verified_by) == (
        "NOT_OUR_DUTY",
        "SETTLED",
        "MeasureChecked",
    )


class Chain:
    """All notices that come of one, with the reactions between them; asserts what must hold after every step."""

    def __init__(self) -> None:
        self.pasts: dict[UUID, list[Any]] = {lives.id_of(lives.ASKED): [lives.ASKED]}
        self.forward, self.backward = ["MZ:533401"], list[str]()

    def step(self, stream: UUID, command: Any, today: date) -> None:
        """One command on one notice, and what follows from its events."""
        past = self.pasts[stream]
        state = decider.NOTICE.fold(past)
        actor = f"{past[0].agency}:{past[0].division}:a" if isinstance(command, ByOffice) else lives.MACHINE
        try:
            new = decider.NOTICE.decide(state, command, POLICY, context(today, actor))
        except ShouwangError:
            return
        assert not (isinstance(state, states.Ended) and new), "an ended notice moved"
        for event in new:
            past.append(event)
            self.follow(stream, event, today)

    def follow(self, stream: UUID, event: Any, today: date) -> None:
        """What reactions make of an event, as the worker does."""
        matter = Matter(lives.row_of(*self.pasts[stream], stream=stream))
        recorded = lives.happened(event, stream, len(self.pasts[stream]))
        match event:
            case notice_events.NoticeEscalated():
                found, told = tell_next(recorded, matter, POLICY), self.forward
            case notice_events.NoticeRejected():
                found, told = give_back(recorded, matter, POLICY), self.backward
            case notice_events.LeadAssigned():
                found, told = tell_lead(recorded, matter, POLICY), list[str]()
            case notice_events.NoticeActedOn():
                rows = [lives.row_of(*past, stream=each) for each, past in self.pasts.items()]
                for _, other, command in stand_down(recorded, rows, POLICY):
                    self.step(other, command, today)
                return
            case _:
                return
        for _, following, queue in found:
            sent_back = f"{self.pasts[stream][0].agency}>" if told is self.backward else ""
            assert len(queue.notice.trail) == len(self.pasts[stream][0].trail) + 1
            assert following not in self.pasts
            self.pasts[following] = [queue.notice]
            told.append(f"{sent_back}{queue.notice.agency}:{queue.notice.division}")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 9)), min_size=5, max_size=60))
def test_whatever_offices_do_nobody_is_told_twice_and_what_ended_stays_ended(path: list[tuple[int, int, int]]) -> None:
    chain, today = Chain(), DAY
    asked = [*lives.COMMANDS[1:], commands.Escalate(), commands.Escalate(), commands.Accept()]
    for which, what, days in path:
        today += timedelta(days=days)
        streams = sorted(chain.pasts)
        chain.step(streams[which % len(streams)], asked[what % len(asked)], today)
    assert len(chain.forward) == len(set(chain.forward)), "an office was told twice by the same chain"
    assert len(chain.backward) == len(set(chain.backward)), "an office sent it back to the same office twice"
    assert all(len(each.trail) == each.stage for each in (past[0] for past in chain.pasts.values()))
