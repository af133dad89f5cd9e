"""Whom a row means: what each command causes, which office may give it, what a repeat does, and what each event makes of the row."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.kernel.errors import Forbidden, Malformed, NotFound
from services.matching.link.decider import LINK, Command, Link, Refuse, Unlink, WithdrawRefusal, link_id
from services.matching.link.events import IdentityLinked, IdentityRefusalWithdrawn, IdentityRefused, IdentityUnlinked
from services.matching.link.projection import LINKS
from services.matching.link.sight import sight
from services.matching.policy.load import load_policy
from services.matching.vocabulary import LinkEvidence, NotMeant, RosterKind, UnlinkReason
from tests.matching.link.samples import CIVIL, COUNTY, FEDERATION, LISTED, MEANT, NAMESAKE, ROW, SCHOOLS, VILLAGE
from tests.matching.samples import rows
from tests.spec import Spec, spec

POLICY = load_policy()
MONDAY = date(2026, 3, 2)
ROW_ID, OTHER_ID = ROW.identity, UUID(int=81)
LINKED = IdentityLinked(row=ROW, candidate=MEANT, evidence=LinkEvidence.OWN_FILE, linked_on=MONDAY)
REFUSED = IdentityRefused(row=ROW, candidates=(NAMESAKE,), reason=NotMeant.ANOTHER_PERSON, refused_on=MONDAY)
WRONG = IdentityUnlinked(identity=ROW_ID, person_id=MEANT.person_id, reason=UnlinkReason.WRONG_PERSON, unlinked_on=MONDAY)
UNSURE = replace(WRONG, reason=UnlinkReason.NOT_CERTAIN)
BACK = IdentityRefusalWithdrawn(identity=ROW_ID, persons=(NAMESAKE.person_id,), withdrawn_on=MONDAY)
TO_MEANT = Link(ROW, MEANT, LinkEvidence.OWN_FILE)
TO_NAMESAKE = Link(ROW, NAMESAKE, LinkEvidence.VILLAGE)
NONE_OF_THESE = Refuse(ROW, (MEANT, NAMESAKE), NotMeant.NOT_REGISTERED)
ALL: tuple[Command, ...] = (TO_MEANT, NONE_OF_THESE, Unlink(UnlinkReason.NOT_CERTAIN), WithdrawRefusal((NAMESAKE.person_id,)))


def row(*past: object) -> Spec:
    """A row of which this was said."""
    return spec(LINK, POLICY).given(*past)


def test_an_official_says_who_is_meant_once_by_the_facts_that_were_shown() -> None:
    row().when(TO_MEANT, actor=FEDERATION).then(LINKED)
    row(LINKED).when(TO_MEANT, actor=FEDERATION).then_nothing()
    row(LINKED).when(TO_NAMESAKE, actor=FEDERATION).rejected("row_linked")
    row(LINKED).when(NONE_OF_THESE, actor=FEDERATION).rejected("row_linked")
    row(REFUSED).when(TO_NAMESAKE, actor=FEDERATION).rejected("candidate_refused")
    row(REFUSED).when(TO_MEANT, actor=FEDERATION).then(LINKED)


def test_who_was_refused_is_not_refused_again() -> None:
    both = IdentityRefused(row=ROW, candidates=(MEANT, NAMESAKE), reason=NotMeant.NOT_REGISTERED, refused_on=MONDAY)
    row().when(NONE_OF_THESE, actor=FEDERATION).then(both)
    row(REFUSED).when(NONE_OF_THESE, actor=FEDERATION).then(replace(both, candidates=(MEANT,)))
    row(both).when(NONE_OF_THESE, actor=FEDERATION).then_nothing()


def test_both_can_be_taken_back() -> None:
    row(LINKED).when(Unlink(UnlinkReason.WRONG_PERSON), actor=FEDERATION).then(WRONG)
    row(LINKED, WRONG).when(TO_MEANT, actor=FEDERATION).rejected("candidate_refused")
    row(LINKED, UNSURE).when(TO_MEANT, actor=FEDERATION).then(LINKED)
    row(LINKED, UNSURE).when(Unlink(UnlinkReason.NOT_CERTAIN), actor=FEDERATION).rejected("row_not_linked")
    row(REFUSED).when(WithdrawRefusal((NAMESAKE.person_id, MEANT.person_id)), actor=FEDERATION).then(BACK)
    row(REFUSED, BACK).when(WithdrawRefusal((NAMESAKE.person_id,)), actor=FEDERATION).then_nothing()
    row(REFUSED, BACK).when(TO_NAMESAKE, actor=FEDERATION).then(replace(LINKED, candidate=NAMESAKE, evidence=LinkEvidence.VILLAGE))
    for nothing in (Unlink(UnlinkReason.NOT_CERTAIN), WithdrawRefusal((MEANT.person_id,))):
        with pytest.raises(NotFound):
            row().when(nothing, actor=FEDERATION).then_nothing()


@pytest.mark.parametrize("command", ALL)
@pytest.mark.parametrize(
    "actor",
    [
        SCHOOLS,
        "CL:533422:official-1",  # of another county
        "CL:5334:official-1",  # of the prefecture
        "CL:533401102:official-1",  # of a township
        "machine:matching.comparing",
    ],
)
def test_nobody_decides_but_the_countys_federation_and_civil_affairs(command: Command, actor: str) -> None:
    with pytest.raises(Forbidden, match="not_your_row"):
        row(REFUSED).when(command, actor=actor).then_nothing()


def test_civil_affairs_decide_of_their_own_lists_alone() -> None:
    row().when(TO_MEANT, actor=CIVIL).then(LINKED)
    of_schools = replace(ROW, lists=(replace(LISTED, kind=RosterKind.SCHOOL_ROLL, sent_by="JT"),))
    with pytest.raises(Forbidden):
        row().when(replace(TO_MEANT, row=of_schools), actor=CIVIL).then_nothing()
    both = replace(ROW, lists=(*of_schools.lists, LISTED))
    row().when(replace(TO_MEANT, row=both), actor=CIVIL).then(replace(LINKED, row=both))


def test_what_an_office_sees() -> None:
    def seen(agency: str) -> tuple[bool, tuple[str, ...]]:
        found = sight(agency, MONDAY, COUNTY, POLICY.linking_offices)
        return found.every_list, found.senders

    assert seen("CL")[0]
    assert seen("MZ") == (False, ("MZ",))
    assert seen("JT") == seen("CGW") == (False, ())


@pytest.mark.parametrize(
    "command",
    [
        replace(TO_MEANT, evidence=LinkEvidence.UNKNOWN),
        replace(NONE_OF_THESE, reason=NotMeant.UNKNOWN),
        Unlink(UnlinkReason.UNKNOWN),
    ],
)
def test_whoever_decides_says_why(command: Command) -> None:
    with pytest.raises(Malformed):
        row(LINKED).when(command, actor=FEDERATION).then_nothing()


def test_each_county_looks_for_itself() -> None:
    assert link_id("533401", ROW_ID) != link_id("533422", ROW_ID)
    assert link_id("533401", ROW_ID) != link_id("533401", OTHER_ID)


def test_a_row_keeps_who_was_refused_and_what_was_shown() -> None:
    (linked,) = rows(LINKS, REFUSED, LINKED)
    assert (linked.person_id, linked.refused, linked.candidates) == (MEANT.person_id, (NAMESAKE.person_id,), (MEANT,))
    assert (linked.county, linked.division, linked.kinds, linked.senders) == (COUNTY, VILLAGE, (LISTED.kind,), ("MZ",))
    assert (linked.decided_by, linked.version) == ("CL:533401:clerk-1", 2)
    (wrong,) = rows(LINKS, REFUSED, LINKED, WRONG)
    assert (wrong.person_id, wrong.evidence) == (None, None)
    assert wrong.refused == (NAMESAKE.person_id, MEANT.person_id)
    (unsure,) = rows(LINKS, REFUSED, LINKED, UNSURE, BACK)
    assert (unsure.person_id, unsure.refused) == (None, ())
    assert rows(LINKS, WRONG) == []
