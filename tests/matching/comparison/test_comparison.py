"""A comparison that was run: noted once, and taken back with a sheet that it went by."""

from datetime import date
from uuid import UUID

from services.matching.comparison.decider import COMPARISON, Note, TakeBack
from services.matching.comparison.events import ComparisonRun, ComparisonWithdrawn
from services.matching.policy.load import load_policy
from tests.spec import Spec, spec

POLICY, SHEET = load_policy(), UUID(int=7)
RUN = ComparisonRun(
    rule="C3a",
    division="533401",
    month="2026-03",
    as_of=date(2026, 3, 1),
    rosters=(SHEET,),
    certificates=9,
    beneficiaries=5,
    payments=4,
    found=1,
    closed=0,
)
WITHDRAWN = ComparisonWithdrawn(rule="C3a", division="533401", month="2026-03", roster_id=SHEET)


def comparison(*past: object) -> Spec:
    """A comparison with this past."""
    return spec(COMPARISON, POLICY).given(*past)


def test_a_comparison_that_was_run_is_noted_once_and_taken_back_once() -> None:
    comparison().when(Note(RUN)).then(RUN)
    comparison(RUN).when(Note(RUN)).then_nothing()
    comparison(RUN).when(TakeBack(SHEET)).then(WITHDRAWN)
    comparison(RUN, WITHDRAWN).when(TakeBack(SHEET)).then_nothing()
    comparison(RUN, WITHDRAWN).when(Note(RUN)).then_nothing()
    comparison().when(TakeBack(SHEET)).then_nothing()
