"""What waits for an office about one household is one letter, whatever it is about: members, cases, cards."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from services.engine.deliver import Delivery
from services.engine.rebuild import Rebuild
from services.monitoring.household.events import HouseholdMembersChanged, HouseholdRegistered
from services.monitoring.risk_case.events import RiskDetected
from services.notifications.subscription import fanout
from services.notifications.subscription.household_projection import HOMES, HomeRow
from tests.contract.golden import sample
from tests.notifications.delivery.outside import NOTICE_OF, Outside, about
from tests.notifications.samples import VILLAGE, recorded

HOME, CASE, MOTHER, SON = (UUID(int=n) for n in range(1, 5))
MEMBERS = HouseholdRegistered(division=VILLAGE, members=(MOTHER, SON))
MOVED = HouseholdMembersChanged(members=(MOTHER,), changed_on=date(2026, 3, 2))
RISK = replace(sample(RiskDetected), household_id=HOME)


def said(stream: UUID, event: Any, version: int = 1) -> Any:
    """An event of monitoring as the worker hears it."""
    return replace(recorded(event, VILLAGE), stream_id=stream, version=version, event_id=uuid4(), service="monitoring")


def test_a_household_has_its_members_of_now_and_a_case_belongs_to_its_household() -> None:
    home = HOMES.evolve((HOME,), None, said(HOME, MEMBERS))
    assert home == HomeRow(HOME, VILLAGE, HOME, (str(MOTHER), str(SON)))
    assert HOMES.evolve((HOME,), home, said(HOME, MOVED, 2)) == HomeRow(HOME, VILLAGE, HOME, (str(MOTHER),))
    assert HOMES.evolve((HOME,), None, said(HOME, MOVED, 2)) is None
    assert HOMES.evolve((CASE,), None, said(CASE, RISK)) == HomeRow(CASE, VILLAGE, HOME, (str(CASE),))


async def test_what_waits_about_one_household_is_one_letter(office: Outside) -> None:
    await office.subscribe(event_types=["CaseOpened"])  # and not of the risk itself
    async with office.runtime.pool.acquire() as conn, conn.transaction():
        await Delivery(office.runtime).apply(conn, [said(HOME, MEMBERS), said(CASE, RISK)])
    card = replace(NOTICE_OF, person_id=None, cause_type="CaseOpened")
    await office.queue(
        about("母亲", replace(card, person_id=MOTHER)),
        about("儿子", replace(card, person_id=SON)),
        about("个案", card, CASE),
        about("另一户", replace(card, person_id=uuid4())),
        about("无人", card),
    )
    assert await office.deliver() == 3
    assert {frozenset(letter) for letter in office.texts()} == {
        frozenset(("母亲", "儿子", "个案")),
        frozenset(("另一户",)),
        frozenset(("无人",)),
    }


async def test_who_left_the_household_is_told_of_by_himself(office: Outside) -> None:
    await office.subscribe()
    async with office.runtime.pool.acquire() as conn, conn.transaction():
        await Delivery(office.runtime).apply(conn, [said(HOME, MEMBERS), said(HOME, MOVED, 2)])
    await office.queue(about("母亲", replace(NOTICE_OF, person_id=MOTHER)), about("儿子", replace(NOTICE_OF, person_id=SON)))
    assert await office.deliver() == 2
    await Rebuild(office.runtime, "home", office.runtime.settings.rebuild_url.get_secret_value()).run()
    assert await office.deliver() == 0


async def test_a_round_finds_households_by_the_index_also_in_a_rebuilt_table(office: Outside) -> None:
    await office.subscribe()
    await Rebuild(office.runtime, "home", office.runtime.settings.rebuild_url.get_secret_value()).run()
    await office.place.sql(
        "notifications",
        """WITH made AS (INSERT INTO views.home SELECT id, $1, id, jsonb_build_array(gen_random_uuid(), gen_random_uuid())
           FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, 50000)) ids RETURNING 1) SELECT count(*) FROM made""",
        VILLAGE,
    )
    await office.place.sql("notifications", "ANALYZE views.home")
    async with office.runtime.pool.acquire() as conn, conn.transaction():
        await Delivery(office.runtime).apply(conn, [said(HOME, MEMBERS)])
    await office.queue(*(about(str(n), replace(NOTICE_OF, person_id=person)) for n, person in enumerate((MOTHER, SON, uuid4()))))
    async with office.runtime.pool.acquire() as conn, conn.transaction():  # as the role that the fan-out runs as
        read = "SELECT seq_scan, idx_scan FROM pg_stat_xact_user_tables WHERE relid = 'views.home'::regclass"
        before = await conn.fetchrow(read)
        told = await conn.fetch(fanout._TAKE, 500)
        after = await conn.fetchrow(read)
    households = [r["about"] for r in told]
    assert (len(households), households.count(HOME)) == (3, 2)
    assert (after["seq_scan"] - before["seq_scan"], after["idx_scan"] - before["idx_scan"]) == (0, 3)
