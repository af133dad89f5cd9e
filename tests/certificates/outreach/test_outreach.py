"""应办未办: leads, answers and endings, three questions each, and that nobody is asked again before his day."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.certificates.outreach import decider
from services.certificates.outreach import events as outreach_events
from services.certificates.outreach.events import LeadSource, OutreachAnswer, OutreachEnd, OutreachWay
from services.certificates.outreach.projection import OUTREACH_VIEW, OutreachRow
from services.kernel.errors import Forbidden, Malformed, Rejected
from services.kernel.projection import fold_into
from tests.certificates.certificate import story
from tests.certificates.certificate.samples import recorded
from tests.spec import Spec, context, spec

PERSON, VILLAGE, OTHER = story.PERSON, story.VILLAGE, "533422101001"
DAY, NEXT_YEAR = date(2026, 3, 2), date(2027, 3, 2)
LIAISON = f"CUN:{VILLAGE}:liaison-1"
KNOWN = decider.Facts(VILLAGE)
DEAD, HOLDER, APPLICANT = replace(KNOWN, dead=True), replace(KNOWN, holder=True), replace(KNOWN, applying=True)
HOME = OutreachWay.HOME_VISIT
NOTED = outreach_events.OutreachLeadNoted(person_id=PERSON, division=VILLAGE, source=LeadSource.VISIT, noted_on=DAY)
CLOSED = outreach_events.OutreachClosed(person_id=PERSON, reason=OutreachEnd.NOT_DISABLED, closed_on=DAY, again_on=NEXT_YEAR)
MOVED = outreach_events.OutreachMoved(person_id=PERSON, to_division=OTHER, moved_on=DAY)


def lead(source: LeadSource = LeadSource.VISIT, facts: decider.Facts = KNOWN, as_of: date | None = None) -> decider.NoteLead:
    """A lead about the person."""
    return decider.NoteLead(PERSON, source, facts, as_of)


def says(answer: OutreachAnswer, facts: decider.Facts = KNOWN, volunteered: bool = False) -> decider.RecordAnswer:
    """An answer at home."""
    return decider.RecordAnswer(PERSON, answer, HOME, facts, volunteered)


def ends(reason: OutreachEnd = OutreachEnd.NOT_DISABLED, facts: decider.Facts = KNOWN) -> decider.CloseOutreach:
    """An ending."""
    return decider.CloseOutreach(PERSON, reason, facts)


def said(
    answer: OutreachAnswer, on: date = DAY, again_on: date | None = None, volunteered: bool = False
) -> outreach_events.OutreachAnswered:
    """The fact of an answer."""
    return outreach_events.OutreachAnswered(
        person_id=PERSON, answer=answer, way=HOME, volunteered=volunteered, answered_on=on, again_on=again_on
    )


NO = said(OutreachAnswer.UNWILLING, again_on=NEXT_YEAR)
YES = said(OutreachAnswer.WILLING)


def outreach(*past: Any) -> Spec:
    """An example about a person of whom this is known."""
    return spec(decider.OUTREACH, story.POLICY).given(*past)


def test_a_lead_is_noted_also_by_a_machine() -> None:
    outreach().when(lead()).then(NOTED)
    outreach().when(lead(), actor="machine:certificates.lists").then(NOTED)


def test_a_lead_that_is_open_only_gets_another_source() -> None:
    outreach(NOTED).when(lead()).then_nothing()
    outreach(NOTED, NO).when(lead(LeadSource.JT_SCHOOL_ROLL)).then(replace(NOTED, source=LeadSource.JT_SCHOOL_ROLL))


@pytest.mark.parametrize("facts", [DEAD, HOLDER, APPLICANT])
def test_a_lead_about_the_dead_a_holder_or_an_applicant_gives_nothing(facts: decider.Facts) -> None:
    outreach().when(lead(facts=facts)).then_nothing()


def test_a_lead_from_nowhere_is_malformed() -> None:
    with pytest.raises(Malformed, match="source_unknown"):
        outreach().when(lead(LeadSource.UNKNOWN)).then()


def test_after_an_ending_a_list_opens_nothing_for_a_year_and_a_person_opens_it_at_once() -> None:
    roll, again = lead(LeadSource.JT_SCHOOL_ROLL), replace(NOTED, source=LeadSource.JT_SCHOOL_ROLL)
    outreach(NOTED, CLOSED).when(roll, date(2027, 3, 1)).then_nothing()
    outreach(NOTED, CLOSED).when(roll, NEXT_YEAR).then(replace(again, noted_on=NEXT_YEAR))
    outreach(NOTED, CLOSED).when(lead(LeadSource.HOUSEHOLD)).then(replace(NOTED, source=LeadSource.HOUSEHOLD))
    later = date(2026, 9, 1)
    lapsed = lead(LeadSource.JT_SCHOOL_ROLL, replace(KNOWN, lapsed=True, since=date(2026, 8, 1)))
    outreach(NOTED, CLOSED).when(lapsed, later).then(replace(again, noted_on=later))


def test_a_list_of_before_the_ending_never_says_anything_new() -> None:
    outreach(NOTED, CLOSED).when(lead(LeadSource.JT_SCHOOL_ROLL, as_of=DAY), date(2028, 1, 1)).then_nothing()


@pytest.mark.parametrize(
    ("answer", "again_on"),
    [
        (OutreachAnswer.WILLING, None),
        (OutreachAnswer.CANNOT_TRAVEL, None),
        (OutreachAnswer.UNWILLING, NEXT_YEAR),
        (OutreachAnswer.NOT_MET, date(2026, 3, 16)),
    ],
)
def test_an_answer_says_from_when_on_the_person_may_be_asked_again(answer: OutreachAnswer, again_on: date | None) -> None:
    outreach(NOTED).when(says(answer), actor=LIAISON).then(said(answer, again_on=again_on))


def test_an_answer_of_whom_nobody_had_spoken_brings_its_lead() -> None:
    register = replace(NOTED, source=LeadSource.REGISTER)
    outreach().when(says(OutreachAnswer.WILLING)).then(register, YES)
    lapsed = replace(KNOWN, lapsed=True)
    outreach().when(says(OutreachAnswer.WILLING, lapsed)).then(replace(NOTED, source=LeadSource.LAPSED_CERTIFICATE), YES)
    came = says(OutreachAnswer.WILLING, volunteered=True)
    outreach().when(came).then(replace(NOTED, source=LeadSource.SELF_REPORT), replace(YES, volunteered=True))


def test_the_same_answer_on_the_same_day_is_a_repeat() -> None:
    outreach(NOTED, NO).when(says(OutreachAnswer.UNWILLING)).then_nothing()
    outreach(NOTED, YES).when(says(OutreachAnswer.WILLING), date(2026, 3, 3)).then(said(OutreachAnswer.WILLING, date(2026, 3, 3)))


def test_whoever_declined_is_not_asked_again_before_the_day_unless_he_comes_himself() -> None:
    eve = date(2027, 3, 1)
    outreach(NOTED, NO).when(says(OutreachAnswer.WILLING), eve).rejected("asked_too_soon")
    outreach(NOTED, NO).when(says(OutreachAnswer.WILLING), NEXT_YEAR).then(said(OutreachAnswer.WILLING, NEXT_YEAR))
    came = says(OutreachAnswer.WILLING, volunteered=True)
    outreach(NOTED, NO).when(came, eve).then(said(OutreachAnswer.WILLING, eve, volunteered=True))


def test_a_new_lead_does_not_shorten_the_wait() -> None:
    again = replace(NOTED, source=LeadSource.JT_SCHOOL_ROLL)
    outreach(NOTED, NO, again).when(says(OutreachAnswer.WILLING), date(2026, 6, 1)).rejected("asked_too_soon")
    outreach(NOTED, NO, CLOSED, again).when(says(OutreachAnswer.WILLING), date(2026, 6, 1)).rejected("asked_too_soon")


def test_whose_application_or_card_ended_not_long_ago_is_not_asked() -> None:
    resting = replace(KNOWN, rests_until=date(2026, 9, 1))
    outreach().when(says(OutreachAnswer.WILLING, resting), date(2026, 8, 31)).rejected("asked_too_soon")
    came = says(OutreachAnswer.WILLING, resting, volunteered=True)
    outreach(NOTED).when(came).then(replace(YES, volunteered=True))


def test_whoever_was_not_found_may_be_asked_after_two_weeks() -> None:
    nobody = said(OutreachAnswer.NOT_MET, again_on=date(2026, 3, 16))
    outreach(NOTED, nobody).when(says(OutreachAnswer.WILLING), date(2026, 3, 15)).rejected("asked_too_soon")
    on = date(2026, 3, 16)
    outreach(NOTED, nobody).when(says(OutreachAnswer.WILLING), on).then(said(OutreachAnswer.WILLING, on))


def test_who_wishes_it_still_does_when_nobody_opens_the_door() -> None:
    outreach(NOTED, YES).when(says(OutreachAnswer.NOT_MET), date(2026, 4, 1)).then_nothing()


@pytest.mark.parametrize(("facts", "code"), [(DEAD, "person_dead"), (HOLDER, "certificate_held"), (APPLICANT, "application_open")])
def test_the_dead_a_holder_and_an_applicant_are_not_asked(facts: decider.Facts, code: str) -> None:
    outreach(NOTED).when(says(OutreachAnswer.WILLING, facts)).rejected(code)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (says(OutreachAnswer.UNKNOWN), "answer_unknown"),
        (replace(says(OutreachAnswer.WILLING), way=OutreachWay.UNKNOWN), "answer_unknown"),
        (says(OutreachAnswer.NOT_MET, volunteered=True), "answer_contradicts_itself"),
        (ends(OutreachEnd.UNKNOWN), "reason_unknown"),
    ],
)
def test_what_says_nothing_is_malformed(command: Any, code: str) -> None:
    with pytest.raises(Malformed, match=code):
        outreach(NOTED).when(command).then()


def test_an_ending_ends_it_once() -> None:
    outreach(NOTED).when(ends(), actor=LIAISON).then(CLOSED)
    outreach(NOTED, CLOSED).when(ends()).then_nothing()
    outreach(NOTED, CLOSED).when(ends(OutreachEnd.WRONG_PERSON)).rejected("outreach_closed")
    outreach().when(ends()).then(replace(NOTED, source=LeadSource.REGISTER), CLOSED)


def test_after_an_ending_only_who_comes_himself_answers_or_whose_card_lapsed_since() -> None:
    outreach(NOTED, CLOSED).when(says(OutreachAnswer.WILLING)).rejected("outreach_closed")
    came = says(OutreachAnswer.WILLING, volunteered=True)
    outreach(NOTED, CLOSED).when(came).then(replace(NOTED, source=LeadSource.SELF_REPORT), replace(YES, volunteered=True))
    later = date(2026, 9, 1)
    lapsed = replace(KNOWN, lapsed=True, since=date(2026, 8, 1))
    opening = replace(NOTED, source=LeadSource.LAPSED_CERTIFICATE, noted_on=later)
    outreach(NOTED, CLOSED).when(says(OutreachAnswer.WILLING, lapsed), later).then(opening, said(OutreachAnswer.WILLING, later))


def test_a_refusal_goes_with_the_person_to_another_village() -> None:
    outreach(NOTED, NO).when(decider.FollowMove(OTHER)).then(MOVED)
    outreach(NOTED, CLOSED).when(decider.FollowMove(OTHER)).then(MOVED)
    outreach().when(decider.FollowMove(OTHER)).then_nothing()
    outreach(NOTED, MOVED).when(decider.FollowMove(OTHER)).then_nothing()
    assert [decider.OUTREACH.division(decider.OUTREACH.fold(past)) for past in ([], [NOTED], [NOTED, CLOSED, MOVED])] == [
        "",
        VILLAGE,
        OTHER,
    ]
    there = replace(KNOWN, division=OTHER)
    outreach(NOTED, NO, MOVED).when(says(OutreachAnswer.WILLING, there), date(2026, 6, 1)).rejected("asked_too_soon")


@pytest.mark.parametrize(
    "actor", ["MZ:533401:a", "XZ:533401204:a", "JT:533401:a", "CL:5334:a", "CUN:533401:a", "machine:certificates.scheduler"]
)
@pytest.mark.parametrize("command", [says(OutreachAnswer.WILLING), ends()])
def test_no_other_office_and_no_machine_answers_for_a_person(command: Any, actor: str) -> None:
    with pytest.raises(Forbidden, match="not_your_duty"):
        decider.OUTREACH.decide(decider.OUTREACH.fold([NOTED]), command, story.POLICY, context(DAY, actor))


ANSWERS = st.sampled_from([OutreachAnswer.WILLING, OutreachAnswer.UNWILLING, OutreachAnswer.CANNOT_TRAVEL, OutreachAnswer.NOT_MET])
STEPS = st.one_of(
    st.builds(lead, st.sampled_from([LeadSource.VISIT, LeadSource.JT_SCHOOL_ROLL])),
    st.builds(says, ANSWERS, st.just(KNOWN), st.booleans()),
    st.builds(ends, st.sampled_from([OutreachEnd.NOT_DISABLED, OutreachEnd.HAS_CERTIFICATE])),
    st.builds(decider.FollowMove, st.sampled_from([VILLAGE, OTHER])),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(STEPS, st.integers(0, 200)), max_size=30))
def test_on_no_way_is_anybody_asked_again_before_his_day(path: list[tuple[Any, int]]) -> None:
    """Nor asked after an ending without a new lead; and the read model says what the stream says."""
    past, today, again_on = list[Any](), DAY, None
    for command, days in path:
        today += timedelta(days)
        state = decider.OUTREACH.fold(past)
        try:
            new = decider.OUTREACH.decide(state, command, story.POLICY, context(today))
        except (Rejected, Malformed):
            continue
        for happened in new:
            if isinstance(happened, outreach_events.OutreachAnswered):
                assert happened.volunteered or again_on is None or again_on <= today
                again_on = happened.again_on
                assert not isinstance(decider.OUTREACH.fold(past), decider.Closed)
            past.append(happened)
    assert row(*past) == _expected(past)


def row(*past: Any) -> OutreachRow | None:
    """The read model of a past."""
    rows: dict[Any, OutreachRow | None] = {}
    for version, happened in enumerate(past, 1):
        division = decider.OUTREACH.division(decider.OUTREACH.fold(past[:version]))
        fold_into(OUTREACH_VIEW, rows, replace(recorded(happened, 1), version=version, division=division))
    return rows.get((PERSON,))


def _expected(past: list[Any]) -> OutreachRow | None:
    state = decider.OUTREACH.fold(past)
    if isinstance(state, decider.Absent):
        return None
    known = state.was if isinstance(state, decider.Closed) else state
    sources = tuple(dict.fromkeys(x.source.value for x in past if isinstance(x, outreach_events.OutreachLeadNoted)))
    found = OutreachRow(PERSON, known.division, sources, past[0].noted_on)
    if last := known.answered:
        found = replace(found, answer=last.answer, way=last.way, answered_on=last.answered_on, again_on=last.again_on)
    return replace(found, closed=state.reason, closed_on=state.closed_on) if isinstance(state, decider.Closed) else found
