"""Officials verify a finding that says something of a household's life: one lead for each household and episode, over the real database."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.engine.deliver import Delivery
from services.kernel.errors import Malformed
from services.kernel.events import Context, Recorded
from services.kernel.policy import load
from services.matching.comparison.rules import FOLDER, Rule
from services.matching.finding.events import FindingVerified, Found
from services.matching.vocabulary import SubjectKind
from services.monitoring.household.decider import HOUSEHOLD, Register
from services.monitoring.household.home import Home
from services.monitoring.policy.load import load_policy
from services.monitoring.risk_case.decider import CASE, Refute
from services.monitoring.risk_case.projection import Followed
from services.monitoring.risk_case.reactions import leads_from_finding
from services.monitoring.service import SERVICE
from services.monitoring.vocabulary import RiskKind, RiskOutcome, RiskSource
from tests.monitoring.samples import VILLAGE, recorded
from tests.notifications.samples import FOUND
from tests.world import World

POLICY = load_policy()
DAY = date(2026, 3, 2)
CLUES = [row.id for file in sorted(FOLDER.glob("*.toml")) for row in load(file, "comparison", Rule).rows if row.value.clue]
DROPPED_OUT = replace(FOUND, rule="DROPPED_OUT", title="义务教育阶段辍学", clue=True, object="M08")


def verified(found: Found, finding: UUID, version: int = 2) -> Recorded:
    """Officials of the owner verified what was found."""
    event = FindingVerified(found=found, evidence="HOME_VISIT", verified_on=DAY, act_by=date(2026, 3, 30))
    return recorded(event, finding, version, on=DAY)


def leads(found: Found, *rules: str) -> list[Any]:
    """What a finding leads to for a household that these rules follow already."""
    about = [Followed(Home(UUID(int=9), VILLAGE), frozenset(rules))]
    return [command for _, _, command in leads_from_finding(verified(found, UUID(int=8)), about, POLICY)]


def test_a_verified_clue_is_a_lead_that_names_the_finding() -> None:
    (lead,) = leads(DROPPED_OUT)
    assert (lead.rule, lead.kind, lead.source, lead.finding_id) == (
        "DROPPED_OUT",
        RiskKind.EDUCATION,
        RiskSource.DATA_COMPARISON,
        UUID(int=8),
    )
    assert (lead.clue_on, lead.verify_by) == (DAY, date(2026, 3, 4))


def test_no_clue_and_no_second_one_while_the_household_is_followed() -> None:
    assert leads(replace(DROPPED_OUT, clue=False)) == []
    assert leads(DROPPED_OUT, "DROPPED_OUT") == []
    assert len(leads(DROPPED_OUT, "UNSAFE_HOME")) == 1


@pytest.mark.parametrize(
    ("about", "kind"), [("SCHOOL", "EDUCATION"), ("MEDICAL", "ILLNESS"), ("HOUSE", "HOUSING"), ("WATER", "WATER")]
)
def test_a_basic_need_is_a_risk_of_its_own_kind(about: str, kind: str) -> None:
    (lead,) = leads(replace(DROPPED_OUT, rule="BASIC_NEED_GAP", object=about))
    assert (lead.rule, lead.kind.value) == (f"BASIC_NEED_GAP.{about}", kind)


@pytest.mark.parametrize("rule", CLUES)
def test_monitoring_knows_what_kind_of_risk_every_clue_of_matching_is(rule: str) -> None:
    objects = ("SCHOOL", "MEDICAL", "HOUSE", "WATER") if rule == "BASIC_NEED_GAP" else ("M01",)
    for about in objects:
        assert len(leads(replace(DROPPED_OUT, rule=rule, object=about))) == 1


def test_a_clue_that_monitoring_does_not_know_is_not_lost_in_silence() -> None:
    with pytest.raises(Malformed, match="no_policy_row"):
        leads(replace(DROPPED_OUT, rule="NEWER"))


async def test_the_households_of_the_person_or_the_household_itself_get_one_lead_an_episode(place: World) -> None:
    runtime = await place.open(SERVICE)
    pupil, home, other = uuid4(), uuid4(), uuid4()
    async with runtime.pool.acquire() as conn, conn.transaction():
        for stream, member in ((home, pupil), (other, uuid4())):
            await runtime.executor.execute(conn, HOUSEHOLD, stream, Register(VILLAGE, (member,)), context(runtime))
    found, finding = replace(DROPPED_OUT, subject=pupil), uuid4()
    unsafe = replace(DROPPED_OUT, rule="UNSAFE_HOME", subject=other, subject_kind=SubjectKind.HOUSEHOLD)

    async def happen(*events: Recorded) -> list[Any]:
        async with runtime.pool.acquire() as conn, conn.transaction():
            await Delivery(runtime).apply(conn, list(events))
        sql = "SELECT case_id, household_id, rule, state, finding_id FROM views.case_view ORDER BY rule, state"
        return list(await place.sql("monitoring", sql))

    nobody, later = replace(DROPPED_OUT, subject=uuid4()), replace(found, period="2026-03")
    batch = ((found, finding), (unsafe, uuid4()), (nobody, uuid4()), (later, uuid4()))
    first = await happen(*[verified(*each) for each in batch])
    assert [(row["household_id"], row["rule"], row["state"]) for row in first] == [
        (home, "DROPPED_OUT", "LEAD"),
        (other, "UNSAFE_HOME", "LEAD"),
    ]
    assert first[0]["finding_id"] == finding
    assert await happen(verified(found, finding), verified(later, uuid4())) == first
    async with runtime.pool.acquire() as conn, conn.transaction():
        official = context(runtime, "XCZX:533401:official-1")
        await runtime.executor.execute(conn, CASE, first[0]["case_id"], Refute(RiskOutcome.REFUTED), official)
    handed_on = await happen(verified(replace(found, owner="XCZX"), finding, 4))
    assert [row["state"] for row in handed_on] == ["REFUTED", "LEAD"]
    again = await happen(verified(replace(found, as_of=date(2026, 4, 30)), finding, 6))
    assert [(row["rule"], row["state"]) for row in again] == [
        ("DROPPED_OUT", "LEAD"),
        ("DROPPED_OUT", "REFUTED"),
        ("UNSAFE_HOME", "LEAD"),
    ]


def context(runtime: Any, actor: str = f"CUN:{VILLAGE}:liaison-1") -> Context:
    """A command of this office now."""
    return Context(actor, runtime.clock(), uuid4(), uuid4(), None, VILLAGE)
