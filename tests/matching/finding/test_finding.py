"""A finding: what each command causes, who may say it, when it is refused, and what a repeat does."""

from dataclasses import replace
from datetime import date

import pytest

from services.kernel.errors import Forbidden, Malformed, NotFound
from services.matching.finding import decider
from services.matching.finding.decider import FINDING, Command, Find, NoteOverdue, Settle, found_in
from services.matching.finding.events import (
    FindingAssigned,
    FindingOpened,
    FindingOverdue,
    FindingPersisted,
    FindingRefuted,
    FindingReopened,
    FindingResolved,
    FindingTransferred,
    FindingVerified,
)
from services.matching.policy.load import load_policy
from services.matching.vocabulary import Refutation, Settled, Stage, SubjectKind
from tests.matching.finding.samples import FOUND, MONDAY
from tests.spec import Spec, spec

POLICY = load_policy()
MZ, RS = "MZ:533401:official-1", "RS:533401:official-2"
VERIFY_BY, ACT_BY = date(2026, 3, 16), date(2026, 3, 30)  # ten and twenty working days after Monday, 2 March
OPENED = FindingOpened(found=FOUND, verify_by=VERIFY_BY)
ASSIGNED = FindingAssigned(assigned_to="clerk-7", assigned_on=MONDAY)
VERIFIED = FindingVerified(found=FOUND, evidence="HOME_VISIT", verified_on=MONDAY, act_by=ACT_BY)
REFUTED = FindingRefuted(found=FOUND, reason=Refutation.NOT_TRUE, refuted_on=MONDAY, until=None)
UNTIL_MAY = replace(REFUTED, until=date(2026, 5, 31))
RESOLVED = FindingResolved(found=FOUND, how=Settled.FACT_ARRIVED, resolved_on=MONDAY)
MOVED = replace(FOUND, owner="RS")
TRANSFERRED = FindingTransferred(found=MOVED, from_owner="MZ", reason="WRONG_AGENCY", transferred_on=MONDAY, verify_by=VERIFY_BY)
OVERDUE = FindingOverdue(found=FOUND, stage=Stage.VERIFY, due_on=VERIFY_BY)
SAID: tuple[Command, ...] = (
    decider.Assign("clerk-7"),
    decider.Verify("HOME_VISIT"),
    decider.Refute(Refutation.NOT_TRUE),
    decider.Transfer("RS", "WRONG_AGENCY"),
)


def finding(*past: object) -> Spec:
    """A finding with this past."""
    return spec(FINDING, POLICY).given(*past)


def test_a_rule_finds_it_once_and_its_owner_has_working_days_to_look() -> None:
    finding().when(Find(FOUND)).then(OPENED)
    finding(OPENED).when(Find(FOUND)).then_nothing()
    finding(OPENED, VERIFIED).when(Find(FOUND)).then_nothing()
    before_the_holiday = replace(FOUND, verify_days=1)
    finding().when(Find(before_the_holiday), on=date(2026, 9, 30)).then(
        FindingOpened(found=before_the_holiday, verify_by=POLICY.calendar.add(date(2026, 9, 30), 1))
    )
    assert POLICY.calendar.add(date(2026, 9, 30), 1) > date(2026, 10, 1)


def test_it_ends_by_itself_once_and_comes_back_under_its_id() -> None:
    finding(OPENED).when(Settle(Settled.FACT_ARRIVED)).then(RESOLVED)
    finding(OPENED, VERIFIED).when(Settle(Settled.FACT_ARRIVED)).then(RESOLVED)
    for past in ((), (OPENED, RESOLVED), (OPENED, REFUTED)):
        finding(*past).when(Settle(Settled.FACT_ARRIVED)).then_nothing()
    again = replace(FOUND, as_of=date(2026, 3, 1))
    finding(OPENED, RESOLVED).when(Find(again)).then(FindingReopened(found=again, verify_by=VERIFY_BY))


def test_what_a_person_said_outranks_the_rule_until_its_day() -> None:
    finding(OPENED, REFUTED).when(Find(FOUND), on=date(2030, 1, 1)).then_nothing()
    finding(OPENED, UNTIL_MAY).when(Find(FOUND), on=date(2026, 5, 31)).then_nothing()
    june = date(2026, 6, 1)
    finding(OPENED, UNTIL_MAY).when(Find(FOUND), on=june).then(
        FindingReopened(found=FOUND, verify_by=POLICY.calendar.add(june, 10))
    )


def test_what_may_be_a_delay_is_owed_by_nobody_until_newer_lists_show_it_still_or_a_person_looked() -> None:
    young = replace(FOUND, may_be_lag=True)
    marked = FindingOpened(found=young, verify_by=None)
    finding().when(Find(young)).then(marked)
    finding(marked).when(NoteOverdue(date(2030, 1, 1))).then_nothing()
    finding(marked).when(Find(young)).then_nothing()
    persisted = FindingPersisted(found=FOUND, verify_by=VERIFY_BY)
    finding(marked).when(Find(FOUND)).then(persisted)
    finding(marked, persisted).when(Find(FOUND)).then_nothing()
    finding(marked, persisted).when(NoteOverdue(date(2026, 3, 17))).then(OVERDUE)
    finding(marked).when(Settle(Settled.FACT_ARRIVED)).then(replace(RESOLVED, found=young))
    finding(marked, RESOLVED).when(Find(young)).then(FindingReopened(found=young, verify_by=None))
    finding(marked).when(decider.Verify("HOME_VISIT"), actor=MZ).then(VERIFIED)
    finding(marked, VERIFIED).when(Find(FOUND)).then_nothing()
    finding(marked).when(decider.Transfer("RS", "WRONG_AGENCY"), actor=MZ).then(TRANSFERRED)
    finding(marked, TRANSFERRED).when(Find(FOUND)).then_nothing()


def test_its_owner_assigns_verifies_and_refutes_it() -> None:
    finding(OPENED).when(decider.Assign("clerk-7"), actor=MZ).then(ASSIGNED)
    finding(OPENED, ASSIGNED).when(decider.Assign("clerk-7"), actor=MZ).then_nothing()
    finding(OPENED).when(decider.Verify("HOME_VISIT"), actor=MZ).then(VERIFIED)
    finding(OPENED, VERIFIED).when(decider.Verify("HOME_VISIT"), actor=MZ).rejected("finding_verified")
    finding(OPENED).when(decider.Refute(Refutation.NOT_TRUE), actor=MZ).then(REFUTED)
    finding(OPENED, VERIFIED).when(decider.Refute(Refutation.NOT_TRUE, date(2026, 5, 31)), actor=MZ).then(UNTIL_MAY)


@pytest.mark.parametrize("until", [MONDAY, date(2026, 3, 1), date(2027, 3, 4)])
def test_a_refutation_holds_at_least_a_day_and_at_most_a_year(until: date) -> None:
    with pytest.raises(Malformed, match="until_out_of_range"):
        finding(OPENED).when(decider.Refute(Refutation.NOT_TRUE, until), actor=MZ).then_nothing()


def test_a_refutation_says_why() -> None:
    with pytest.raises(Malformed, match="reason_missing"):
        finding(OPENED).when(decider.Refute(Refutation.UNKNOWN), actor=MZ).then_nothing()


@pytest.mark.parametrize("said", SAID)
def test_nobody_but_its_owner_says_anything_of_it(said: Command) -> None:
    for actor in (RS, "CL:533401:clerk-1", "machine:matching.comparing"):
        with pytest.raises(Forbidden, match="not_your_finding"):
            finding(OPENED).when(said, actor=actor).then_nothing()
    with pytest.raises(NotFound, match="finding_unknown"):
        finding().when(said, actor=MZ).then_nothing()
    for ended in (RESOLVED, REFUTED):
        finding(OPENED, ended).when(said, actor=MZ).rejected("finding_closed")


def test_it_is_transferred_to_an_agency_that_there_is_with_its_own_time() -> None:
    finding(OPENED, ASSIGNED, VERIFIED).when(decider.Transfer("RS", "WRONG_AGENCY"), actor=MZ).then(TRANSFERRED)
    finding(OPENED, TRANSFERRED).when(decider.Verify("HOME_VISIT"), actor=RS).then(replace(VERIFIED, found=MOVED))
    with pytest.raises(Forbidden, match="not_your_finding"):
        finding(OPENED, TRANSFERRED).when(decider.Verify("HOME_VISIT"), actor=MZ).then_nothing()
    for to, code in (("MZ", "owner_is_the_same"), ("NOBODY", "agency_unknown")):
        with pytest.raises(Malformed, match=code):
            finding(OPENED).when(decider.Transfer(to, "WRONG_AGENCY"), actor=MZ).then_nothing()


def test_to_whom_people_gave_it_answers_for_it_when_it_comes_back() -> None:
    reopened = FindingReopened(found=MOVED, verify_by=VERIFY_BY)
    finding(OPENED, TRANSFERRED, RESOLVED).when(Find(FOUND)).then(reopened)
    finding(OPENED, TRANSFERRED, RESOLVED, reopened).when(decider.Verify("HOME_VISIT"), actor=RS).then(
        replace(VERIFIED, found=MOVED)
    )


def test_what_is_owed_and_not_done_by_its_day_is_noted_once_for_each_stage() -> None:
    day_after = date(2026, 3, 17)
    finding(OPENED).when(NoteOverdue(VERIFY_BY)).then_nothing()
    finding(OPENED).when(NoteOverdue(day_after)).then(OVERDUE)
    finding(OPENED, OVERDUE).when(NoteOverdue(day_after)).then_nothing()
    acting = replace(OVERDUE, stage=Stage.ACT, due_on=ACT_BY)
    finding(OPENED, OVERDUE, VERIFIED).when(NoteOverdue(date(2026, 3, 31))).then(acting)
    finding(OPENED, OVERDUE, TRANSFERRED).when(NoteOverdue(day_after)).then(replace(OVERDUE, found=MOVED))
    for past in ((), (OPENED, RESOLVED), (OPENED, REFUTED)):
        finding(*past).when(NoteOverdue(date(2026, 12, 1))).then_nothing()


def test_a_finding_belongs_to_the_village_of_its_subject() -> None:
    for past in ((OPENED,), (OPENED, RESOLVED), (OPENED, REFUTED)):
        assert FINDING.division(FINDING.fold(past)) == FOUND.division
    assert FINDING.division(FINDING.initial) == ""


def test_somebody_whom_no_register_knows_is_looked_for_by_each_county() -> None:
    unknown = replace(FOUND, subject_kind=SubjectKind.ROSTER_ROW, division="533401")
    elsewhere = replace(unknown, division="533423")
    assert found_in(unknown) != found_in(elsewhere)
    assert found_in(replace(FOUND, division="533423102201")) == found_in(FOUND)  # a person who moves is the same person
