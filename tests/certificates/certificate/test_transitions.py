"""The transition table is complete, is what the document says, and every way through it keeps what must always hold."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.certificates.certificate import commands, states
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.certificate.described import DESCRIBED
from services.certificates.certificate.events import EVENTS
from services.certificates.certificate.projection import CERTIFICATE_VIEW
from services.certificates.certificate.queries import Status
from services.certificates.certificate.who_may import ASKED
from services.kernel.errors import Forbidden, ShouwangError
from services.kernel.projection import fold_into
from tests.certificates.certificate import story, transitions
from tests.certificates.certificate.lives import COMMANDS, DAY, OBJECTION, RAISED, STATES
from tests.certificates.certificate.samples import recorded
from tests.spec import context

FOREIGNERS = ("MZ:533401:a", "H99:533401:b", "CUN:533401204001:c", "WJ:533401:d", "CL:5334:e", "XZ:533401204:f", "CL:533401:g")


def test_the_document_is_what_the_code_decides() -> None:
    assert transitions.TABLE.read_text(encoding="utf-8") == transitions.text()


def test_every_state_and_every_command_is_in_the_table() -> None:
    reached = {type(CERTIFICATE.fold(past)).__name__ for past in STATES.values()}
    all_states = {"Absent", "Refused", "Disputed", "Withdrawn", "Valid", "Ended"} | {k.__name__ for k in states.Open.__args__}
    assert reached == all_states
    assert {type(command) for command in COMMANDS} == set(commands.Command.__args__) == set(ASKED)


def test_every_event_has_words_and_every_step_a_status() -> None:
    assert set(DESCRIBED) == set(EVENTS) == set(CERTIFICATE_VIEW.keys)
    steps = {str(row) for row in CERTIFICATE_VIEW.row.__dataclass_fields__["step"].type}
    assert steps - {"ISSUED"} == {str(x) for x in Status} - {"VALID", "EXPIRED", "FROZEN", "LOST"}


@pytest.mark.parametrize("command", COMMANDS, ids=transitions.named)
def test_a_command_is_refused_to_every_office_whose_duty_it_is_not(command: Any) -> None:
    """办法 arts 6, 7: also before it is looked at whether it fits."""
    mine = story.OFFICES.get(type(command), story.CLERK)
    allowed = {f"{agency}/{level}" for agency, level in ASKED[type(command)].offices}
    past = STATES["复评中"] if isinstance(command, commands.CompleteAssessment) else STATES["持证"]
    for actor in FOREIGNERS:
        agency, division, _ = actor.split(":")
        if actor[:-2] == mine[:-2] or (f"{agency}/{len(division)}" in allowed and not mine.startswith(("machine", "H01"))):
            continue
        with pytest.raises(Forbidden, match="not_your_duty"):
            CERTIFICATE.decide(CERTIFICATE.fold(past), command, story.POLICY, context(DAY, actor))


def test_a_machine_neither_freezes_nor_cancels() -> None:
    for command in COMMANDS:
        if not isinstance(
            command, commands.Propose | commands.NoteExpired | commands.NoteExpiryApproaching | commands.NoteHomeOverdue
        ):
            with pytest.raises(Forbidden, match="not_your_duty"):
                CERTIFICATE.decide(CERTIFICATE.fold(STATES["持证"]), command, story.POLICY, context(DAY, story.MACHINE))


def possible(past: list[Any], today: date) -> list[list[Any]]:
    """What each command would lead to today, without those that lead to nothing."""
    state, found = CERTIFICATE.fold(past), []
    for command in COMMANDS:
        office = story.OFFICES.get(type(command), story.CLERK)
        try:
            new = CERTIFICATE.decide(state, command, story.POLICY, context(today, office))
        except ShouwangError:
            continue
        if new:
            found.append(list(new))
    return found


STEPS = {
    states.Applied: "APPLIED",
    states.Returned: "RETURNED",
    states.Accepted: "ACCEPTED",
    states.InAssessment: "IN_ASSESSMENT",
    states.Assessed: "ASSESSED",
    states.NotMet: "STANDARD_NOT_MET",
    states.NoticeOrdered: "NOTICE_ORDERED",
    states.InNotice: "IN_NOTICE",
    states.NoticeClosed: "NOTICE_CLOSED",
    states.Contested: "OBJECTED",
    states.Refused: "REFUSED",
    states.Disputed: "DISPUTED",
    states.Withdrawn: "WITHDRAWN",
    states.Valid: "ISSUED",
    states.Ended: "CANCELLED",
}


def shown(past: list[Any]) -> str:
    """The step that the read model shows after this past."""
    rows: dict[Any, Any] = {}
    for version, happened in enumerate(past, 1):
        fold_into(CERTIFICATE_VIEW, rows, recorded(happened, version))
    return str(next(iter(rows.values())).step)


def test_a_notice_against_which_an_objection_was_upheld_shows_as_contested_until_it_hangs_anew() -> None:
    upheld = [
        *story.NOTICE_PAST,
        RAISED,
        application_events.ObjectionAnswered(objection_id=OBJECTION, upheld=True, answered_on=DAY),
        story.CLOSED,
    ]
    assert (shown(upheld), type(CERTIFICATE.fold(upheld))) == ("OBJECTED", states.Contested)
    anew = [*upheld, story.SHEET, story.NOTICE, story.CLOSED]
    assert (shown(anew), type(CERTIFICATE.fold(anew))) == ("NOTICE_CLOSED", states.NoticeClosed)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 400)), min_size=10, max_size=40))
def test_whatever_happens_what_must_always_hold_holds(path: list[tuple[int, int]]) -> None:
    """One card at a time, dates in order, nothing after a cancellation but its revocation, nothing told twice."""
    past: list[Any] = [story.SUBMITTED]
    today = date(2026, 3, 2)
    for choice, days in path:
        today += timedelta(days=days % 12 if choice % 4 else days)
        ways = possible(past, today)
        if not ways:
            continue
        new = ways[choice % len(ways)]
        if isinstance(CERTIFICATE.fold(past), states.Ended):
            assert all(isinstance(event, card_events.CertificateCancellationRevoked) for event in new)
        past += new
    told = [(x.valid_to, x.window, x.reminder) for x in past if isinstance(x, card_events.CertificateExpiryApproaching)]
    periods = [
        x
        for x in past
        if isinstance(x, card_events.CertificateIssued | card_events.CertificateRenewed | card_events.CertificateRegraded)
    ]
    assert len(told) == len(set(told)), "a reminder was told twice"
    assert [x.valid_from for x in periods] == sorted(x.valid_from for x in periods)
    assert all(x.valid_from < x.valid_to for x in periods)
    assert len([x for x in past if isinstance(x, card_events.CertificateIssued)]) <= 1
    assert isinstance(CERTIFICATE.fold(past), states.Valid) <= bool(periods)
    assert shown(past) == STEPS[type(CERTIFICATE.fold(past))]
