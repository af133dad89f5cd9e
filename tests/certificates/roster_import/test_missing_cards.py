"""What a newer roster says by its silence, what only the register can see in a row, and rosters taken by several processes."""

import multiprocessing
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from services.certificates.certificate import commands
from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.roster_import.importer import Intake
from services.certificates.roster_import.validation import Report
from services.certificates.service import SERVICE
from services.engine.runtime import Runtime
from services.kernel.errors import Conflict
from services.kernel.events import Context
from tests.certificates.office import CITIZENS
from tests.certificates.roster_import.samples import COUNTY, person, sheet
from tests.world import World

FIRST, NEXT, LATER = date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16)
PROPOSED, INCOMPLETE = "CertificateActionProposed", "roster_looks_incomplete"
EVENTS = "SELECT type, count(*) AS n FROM events GROUP BY type ORDER BY type"


@pytest.fixture
async def register(place: World) -> Runtime:
    """A register of 16 March 2026 that took in a roster of twelve on 2 March."""
    runtime = await place.open(SERVICE)
    place.set_clock(datetime.fromisoformat("2026-03-16T10:00+08:00"))
    await taken(runtime, FIRST, *(person(n) for n in range(12)))
    return runtime


async def taken(
    register: Runtime, as_of: date, *rows: dict[str, Any], percent: int = 50, keep: bool = True, complete: bool = True
) -> Report:
    """The report of a roster; a share of `percent` may be missing from it."""
    intake = Intake(register, sheet(*rows), COUNTY, as_of, f"CL:{COUNTY}:clerk")
    limits = replace(intake.judgement.limits, max_missing_percent=percent, max_rejected_percent=50)
    intake.judgement.limits = limits
    return await intake.take(intake.judge(), keep, complete=complete)


async def proposals(place: World) -> dict[str, str]:
    """What is proposed about whom, by citizen id."""
    query = """SELECT p.citizen_id, v.proposal FROM views.certificate_view v JOIN person p USING (person_id)
        WHERE v.proposal IS NOT NULL"""
    return {row["citizen_id"]: row["proposal"] for row in await place.sql("certificates", query)}


async def test_a_card_missing_from_a_complete_newer_roster_is_proposed_once(register: Runtime, place: World) -> None:
    ten = [person(n) for n in range(10)]
    dry = await taken(register, NEXT, *ten, keep=False)
    assert (dry.outcomes[PROPOSED], await proposals(place)) == (2, {})
    part = await taken(register, NEXT, *ten, complete=False)
    assert (part.outcomes[PROPOSED], await proposals(place)) == (0, {})
    few = await taken(register, NEXT, *ten, percent=5)
    assert (few.outcomes[PROPOSED], few.findings[INCOMPLETE], await proposals(place)) == (0, 2, {})
    assert (await taken(register, NEXT, *ten)).outcomes[PROPOSED] == 2
    assert await proposals(place) == dict.fromkeys(CITIZENS[10:], "CANCEL:NOT_ON_ROSTER")
    assert (await taken(register, NEXT, *ten)).outcomes == Counter(unchanged=0)
    assert await place.sql("certificates", EVENTS) == [(PROPOSED, 2), ("CertificateRecorded", 12), ("PersonRegistered", 12)]


async def test_a_dismissed_proposal_is_not_made_again_by_the_same_roster(register: Runtime, place: World) -> None:
    eleven = [person(n) for n in range(11)]
    await taken(register, NEXT, *eleven)
    card = (await place.sql("certificates", "SELECT certificate_id FROM views.certificate_view WHERE proposal IS NOT NULL"))[0][0]
    async with register.pool.acquire() as conn, conn.transaction():
        by = Context(f"CL:{COUNTY}:clerk", register.clock(), card, card, None, COUNTY)
        await register.executor.execute(conn, CERTIFICATE, card, commands.Dismiss("held"), by)
    assert (await taken(register, NEXT, *eleven)).outcomes[PROPOSED] == 0
    assert await proposals(place) == {}


async def test_a_card_on_an_unusable_row_or_an_older_roster_is_not_missing(register: Runtime, place: World) -> None:
    seen = [person(n) for n in range(10)]
    unusable = person(10, valid_to=""), person(11, citizen_id=5.3e17, number="")
    assert (await taken(register, LATER, *seen, *unusable, percent=90)).outcomes[PROPOSED] == 0
    assert (await taken(register, NEXT, *seen)).outcomes[PROPOSED] == 0
    assert await proposals(place) == {}


async def test_a_card_that_is_shown_again_is_reported_and_the_proposal_stays(register: Runtime, place: World) -> None:
    await taken(register, NEXT, *(person(n) for n in range(11)))
    again = await taken(register, LATER, *(person(n) for n in range(12)))
    assert (again.findings["shown_again"], again.outcomes[PROPOSED]) == (1, 0)
    assert await proposals(place) == {CITIZENS[11]: "CANCEL:NOT_ON_ROSTER"}
    older = await taken(register, NEXT, *(person(n) for n in range(12)))
    assert older.findings["shown_again"] == 0


async def test_what_only_the_register_can_see_in_a_row_has_a_name(register: Runtime, place: World) -> None:
    changed = {
        0: "UPDATE person SET died_on = '2026-01-01' WHERE citizen_id = $1",
        1: "UPDATE person SET division = '533422101001' WHERE citizen_id = $1",
        2: "UPDATE certificate_number SET number = number || 'B1' WHERE starts_with(number, $1)",
    }
    for n, change in changed.items():
        await place.sql("certificates", change, CITIZENS[n])
    rows = [person(n, phone="13900000001") for n in range(12)]
    rows[3]["name"], rows[4]["number"] = "改名", f"{CITIZENS[4]}42B1"
    report = await taken(register, LATER, *rows)
    assert report.findings == Counter(
        village_unknown=12, phone_shared=12, person_dead=1, person_elsewhere=1, cert_suffix=1, info_mismatch=1
    )
    assert report.outcomes == Counter(unchanged=11)
    current = await place.sql("certificates", "SELECT number FROM certificate_number WHERE until IS NULL AND number LIKE '%B1'")
    assert {row["number"][:18] for row in current} == {CITIZENS[2], CITIZENS[4]}


async def test_a_phone_of_many_rows_is_not_kept_and_a_name_has_the_official_dot(register: Runtime, place: World) -> None:
    await place.sql("certificates", "TRUNCATE person, views.certificate_view, events, certificate_number")
    rows = [person(n, phone="13900000001", name=f"扎西•测{n}") for n in range(5)]
    await taken(register, LATER, *rows, person(5, phone="13900000002"))
    kept = await place.sql("certificates", "SELECT name, phone FROM person ORDER BY phone, name")
    assert kept == [("测试5", "13900000002"), *((f"扎西·测{n}", None) for n in range(5))]


async def test_processes_take_what_one_would_and_a_killed_one_loses_nothing(place: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.certificates.roster_import.validation.BATCH", 1)
    runtime = await place.open(SERVICE)
    place.set_clock(datetime.fromisoformat("2026-03-16T10:00+08:00"))
    intake = Intake(runtime, sheet(*(person(n) for n in range(12))), COUNTY, FIRST, f"CL:{COUNTY}:clerk")

    def kill(_: int) -> None:
        for process in multiprocessing.active_children():
            process.kill()

    with pytest.raises(Conflict, match="worker_died"):
        await intake.take(intake.judge(), tick=kill, processes=2)
    assert (await place.sql("certificates", "SELECT finished_at FROM roster_import"))[0]["finished_at"] is None
    again = Intake(runtime, intake.data, COUNTY, FIRST, f"CL:{COUNTY}:clerk")
    ticks: list[int] = []
    await again.take(again.judge(), tick=ticks.append, processes=2)
    assert sum(ticks) == 12
    assert await place.sql("certificates", EVENTS) == [("CertificateRecorded", 12), ("PersonRegistered", 12)]
    assert (await place.sql("certificates", "SELECT finished_at FROM roster_import"))[0]["finished_at"] is not None
