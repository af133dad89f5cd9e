"""An adjustment list is signed in order, by the edition that was read; who refuses opens it, and it is made anew as another edition."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.kernel.errors import Forbidden, NotFound
from services.kernel.events import Context
from services.matching.month_list.decider import MONTH_LIST, Follow, Freeze, Refuse, Sign
from services.matching.month_list.events import (
    PAGE,
    Followed,
    SubsidyListFollowed,
    SubsidyListLinesConfirmed,
    SubsidyListLinesFrozen,
    SubsidyListReopened,
    SubsidyListSigned,
)
from services.matching.policy.load import load_policy
from services.matching.vocabulary import LineOutcome, ListPart
from tests.matching.month_list.samples import COUNTY, FREEZE, FREEZE_DAY, FROZEN, STOP, anew, line
from tests.spec import Spec, context, spec

POLICY = load_policy()
LINES = SubsidyListLinesFrozen(division=COUNTY, edition=1, month="2026-07", lines=FREEZE.lines)
FRIDAY = date(2026, 7, 10)


def signed(agency: str, next_one: str, complete: bool = False) -> SubsidyListSigned:
    """The event of a signature."""
    return SubsidyListSigned(
        division=COUNTY,
        subsidy=FROZEN.subsidy,
        month=FROZEN.month,
        edition=1,
        title=FROZEN.title,
        pay_day=FROZEN.pay_day,
        agency=agency,
        signed_on=FREEZE_DAY,
        complete=complete,
        owner=next_one,
    )


BY_CL, BY_MZ, BY_CZ = signed("CL", "MZ"), signed("MZ", "CZ"), signed("CZ", "CZ", complete=True)
REOPENED = SubsidyListReopened(
    division=COUNTY,
    subsidy=FROZEN.subsidy,
    month=FROZEN.month,
    edition=1,
    title=FROZEN.title,
    agency="MZ",
    reason="WRONG_SHEET",
    reopened_on=FRIDAY,
    again_on=date(2026, 7, 13),
    owner="CL",
)


def example(*past: object) -> Spec:
    """After the list was made, and what is named here."""
    return spec(MONTH_LIST, POLICY).given(FROZEN, LINES, *past)


def asked(agency: str) -> dict[str, object]:
    """Who asks, on which day."""
    return {"on": FREEZE_DAY, "actor": f"{agency}:{COUNTY}:official-1"}


def test_a_list_is_made_once() -> None:
    spec(MONTH_LIST, POLICY).given().when(FREEZE, FREEZE_DAY, "machine:matching.listing").then(FROZEN, LINES)
    example().when(FREEZE, FREEZE_DAY).then_nothing()
    example().when(anew(2), FREEZE_DAY).then_nothing()  # it stands as long as nobody refused it


def test_lines_travel_in_parts() -> None:
    many = tuple(line(ListPart.ADD, number) for number in range(PAGE + 1))
    decided = list(MONTH_LIST.decide(MONTH_LIST.initial, Freeze(FROZEN, many), POLICY, _context("machine")))
    assert [len(event.lines) for event in decided[1:]] == [PAGE, 1]


def test_each_signs_in_its_turn_and_civil_affairs_with_what_is_verified() -> None:
    example().when(Sign(1), **asked("CL")).then(BY_CL)  # type: ignore[arg-type]
    confirmed = SubsidyListLinesConfirmed(division=COUNTY, edition=1, lines=(STOP.line_id,))
    example(BY_CL).when(Sign(1, (STOP.line_id,)), **asked("MZ")).then(confirmed, BY_MZ)  # type: ignore[arg-type]
    example(BY_CL, BY_MZ).when(Sign(1), **asked("CZ")).then(BY_CZ)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("past", "agency", "edition", "code"),
    [
        ((), "MZ", 1, "not_your_turn"),
        ((), "CZ", 1, "not_your_turn"),
        ((BY_CL,), "CL", 1, "not_your_turn"),
        ((BY_CL, BY_MZ, BY_CZ), "CZ", 1, "month_list_signed"),
        ((), "CL", 2, "edition_not_current"),
        ((BY_CL, REOPENED), "MZ", 1, "month_list_reopened"),
    ],
)
def test_nobody_signs_or_refuses_out_of_turn_or_what_was_not_read(
    past: tuple[object, ...], agency: str, edition: int, code: str
) -> None:
    example(*past).when(Sign(edition), **asked(agency)).rejected(code)  # type: ignore[arg-type]
    example(*past).when(Refuse(edition, "WRONG_SHEET"), **asked(agency)).rejected(code)  # type: ignore[arg-type]


@pytest.mark.parametrize("actor", ["JT:533401:official-1", "CGW:533401:official-1", "CL:5334:official-1", "machine:x"])
def test_only_the_countys_own_signers_sign(actor: str) -> None:
    state = MONTH_LIST.fold([FROZEN, LINES])
    with pytest.raises(Forbidden):
        MONTH_LIST.decide(state, Sign(1), POLICY, _context(actor))


def test_a_list_that_nobody_made_is_not_there() -> None:
    with pytest.raises(NotFound):
        MONTH_LIST.decide(MONTH_LIST.initial, Sign(1), POLICY, _context(f"CL:{COUNTY}:official-1"))


def test_who_refuses_opens_it_and_it_is_made_anew_on_the_next_working_day() -> None:
    refusal = {"on": FRIDAY, "actor": f"MZ:{COUNTY}:official-1"}
    example(BY_CL).when(Refuse(1, "WRONG_SHEET"), **refusal).then(REOPENED)  # type: ignore[arg-type]
    example(BY_CL, REOPENED).when(anew(2), on=FRIDAY).then_nothing()
    made = anew(2)
    lines = SubsidyListLinesFrozen(division=COUNTY, edition=2, month="2026-07", lines=made.lines)
    example(BY_CL, REOPENED).when(made, on=date(2026, 7, 13)).then(made.frozen, lines)
    example(BY_CL, REOPENED, made.frozen, lines).when(Sign(2), **asked("CL")).then(  # type: ignore[arg-type]
        replace(BY_CL, edition=2)
    )


def test_what_became_of_lines_is_told_when_it_is_news() -> None:
    said = (Followed(line_id=STOP.line_id, outcome=LineOutcome.STILL_PAID),)
    told = SubsidyListFollowed(division=COUNTY, edition=1, outcomes=said)
    example(BY_CL, BY_MZ).when(Follow(1, said)).then(told)
    example(BY_CL, BY_MZ, told).when(Follow(1, said)).then_nothing()
    example().when(Follow(2, said)).then_nothing()
    unknown = (Followed(line_id=UUID(int=9), outcome=LineOutcome.NOT_KNOWN),)
    example().when(Follow(1, unknown)).then_nothing()


def _context(actor: str) -> Context:
    return context(FREEZE_DAY, actor)
